// What is ignored, as information; and entries under `ignore` that speak of what cannot be ignored.
import { type Finding, type Related, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type Agent, type IgnoreEntry, registryPath } from '../registry/model.ts';
import type { Positions } from '../registry/parse.ts';
import { outputCodes } from './codes.ts';
import { ignoreFor } from './ignored.ts';
import { lossesOf } from './losses.ts';
import { isOutOfSync, type OutputState } from './output.ts';

function placeOf(agent: Agent, entry: IgnoreEntry, positions: Positions): Related {
  const index = agent.ignore.indexOf(entry);
  return {
    file: registryPath,
    ...positions.at(['agents', agent.id, 'ignore', index]),
    message: `${agent.id}: the registry says to live with this`,
  };
}

const words = ({ reason, until }: IgnoreEntry): string =>
  `${visibleShort(reason, 80)}${until === undefined ? '' : `, until ${until}`}`;

/** One piece of information for what is ignored in a file, on the line of its first such key; undefined when nothing is. */
export function ignoredFinding(
  state: OutputState,
  agent: Agent,
  positions: Positions,
  rangeOf: (pointer: string) => typeof startOfFile,
): Finding | undefined {
  const keys = state.keys.filter(({ drift }) => drift === 'ignored');
  const [first] = keys;
  const entry = first?.ignored ?? state.ignored;
  if (entry === undefined) return undefined;
  const count = Math.max(1, keys.length);
  const list =
    keys.length === 0
      ? words(entry)
      : keys.map((key) => `${key.pointer} (${key.ignored ? words(key.ignored) : ''})`).join(', ');
  return {
    code: 'outputs/ignored',
    severity: outputCodes['outputs/ignored'].severity,
    file: state.path,
    ...(first === undefined ? startOfFile : rangeOf(first.pointer)),
    agent: agent.id,
    args: { count, keys: keys.map(({ pointer }) => pointer) },
    message: `${count === 1 ? 'One difference' : `${count} differences`} from the registry in ${state.path} ${count === 1 ? 'is' : 'are'} ignored: ${visibleShort(list, 300)}.`,
    related: [placeOf(agent, entry, positions)],
  };
}

/** Why a difference that an entry speaks of counts all the same; undefined when nothing of the kind is the case. */
export function whyNotIgnored(state: OutputState, entry: IgnoreEntry): string | undefined {
  const isMeant = (pointer: string): boolean => ignoreFor(state.path, pointer, [entry]) !== undefined;
  const loss = lossesOf(state).find(({ key }) => isMeant(key.pointer));
  if (loss !== undefined) return `it disarms the agent (${visibleShort(loss.words, 100)})`;
  if (!isMeant('')) return undefined;
  if (state.drift === 'missing') return 'the file does not exist';
  if (state.drift === 'unreadable') return 'the file cannot be read';
  if (state.kind === 'policy' && isOutOfSync(state.drift)) return 'the guard decides by this file';
  return undefined;
}

/** A warning for each entry that speaks of a difference which cannot be ignored. */
export function* refusedIgnores(
  states: readonly OutputState[],
  agent: Agent,
  inForce: readonly IgnoreEntry[],
  positions: Positions,
): Generator<Finding> {
  for (const entry of inForce) {
    const state = states.find(({ path }) => path === entry.file);
    const why = state && whyNotIgnored(state, entry);
    if (why === undefined) continue;
    const { message: _, ...place } = placeOf(agent, entry, positions);
    yield {
      code: 'outputs/ignore-refused',
      severity: outputCodes['outputs/ignore-refused'].severity,
      ...place,
      agent: agent.id,
      args: { path: entry.file, key: entry.key },
      message: `The difference${entry.key === '' ? '' : ` at ${visibleShort(entry.key, 80)}`} in ${visibleShort(entry.file, 120)} cannot be ignored: ${why}. Restore it (native-orchestrator restore ${agent.id}) and delete this entry.`,
    };
  }
}
