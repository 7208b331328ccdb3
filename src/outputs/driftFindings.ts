// Drift as findings: on the line of the file that differs, with the line of the registry it disagrees with.
import { type Json, readJson } from '../claude/jsonText.ts';
import { type Finding, type Range, type Related, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import { type Agent, type Registry, registryPath } from '../registry/model.ts';
import type { Positions } from '../registry/parse.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { ignoredFinding } from './ignoreFindings.ts';
import { segmentsOf } from './leaves.ts';
import { type Loss, lossesOf } from './losses.ts';
import type { KeyDrift, OutputState } from './output.ts';
import { denyRules, type RegistryPath } from './settings.ts';

/** What the findings of one agent's outputs are made from. */
export interface DriftContext {
  readonly agent: Agent;
  readonly policy: Policy;
  readonly registry: Registry;
  readonly positions: Positions;
}

interface Draft {
  readonly code: OutputCode;
  readonly file: string;
  readonly range: Range;
  readonly message: string;
  readonly key?: string;
  readonly args?: Finding['args'];
  readonly related?: readonly Related[];
}

const names = {
  settings: 'settings',
  memory: 'memory',
  policy: 'policy',
  guard: 'guard',
  bash: 'shell guard',
  report: 'report',
};

function finding(draft: Draft, agent?: string): Finding {
  return {
    code: draft.code,
    severity: outputCodes[draft.code].severity,
    file: draft.file,
    ...draft.range,
    ...(agent === undefined ? {} : { agent }),
    ...(draft.key === undefined ? {} : { key: draft.key }),
    args: draft.args ?? {},
    message: draft.message,
    ...(draft.related === undefined ? {} : { related: draft.related }),
  };
}

/** A value as a person reads it in one line; "nothing" where there is none. */
export function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : visibleShort(JSON.stringify(value), 100);
}

/** The place in the registry that a settings key follows from. */
function registryPlaceOf(pointer: string, agent: Agent): RegistryPath {
  const at = (...path: (string | number)[]): RegistryPath => ['agents', agent.id, ...path];
  const [first, second] = segmentsOf(pointer);
  if (first === 'model') return at('model');
  if (first === 'sandbox') return at('sandbox');
  if (first === 'enabledMcpjsonServers') return at('mcp_servers');
  if (first === 'env' && second !== undefined) return at('env', second);
  if (first === 'permissions' && second === 'defaultMode') return at('permission_mode');
  if (first === 'permissions' && second === 'allow') return at('allow_bash');
  return at();
}

/** What still keeps an agent without its guard from what it must not change, in words: two of its globs and who owns them. */
function exposure(agent: Agent, rules: readonly PathRule[], isDenyLost: boolean): string {
  const owners = new Map<string, string | undefined>();
  for (const { glob, from, owner } of rules)
    if (from !== 'protected') owners.set(glob, owner ?? owners.get(glob));
  const some = [...owners].sort((x, y) => Number(y[1] !== undefined) - Number(x[1] !== undefined));
  const list = some
    .slice(0, 2)
    .map(([glob, owner]) => (owner === undefined ? glob : `${glob} (${owner} owns it)`));
  const what = list.length === 0 ? 'what it runs with' : visibleShort(list.join(' and '), 160);
  return `${isDenyLost ? 'nothing keeps' : 'only deny rules keep'} ${agent.id} from ${what}`;
}

const regenerate = (id: string): string => `Regenerate: native-orchestrator generate ${id}`;
const restore = (id: string): string => `Restore: native-orchestrator restore ${id}`;

/** The findings of one output of one agent. `text` is the file's present text, for positions. */
export function* driftFindings(
  state: OutputState,
  text: string | undefined,
  context: DriftContext,
): Generator<Finding> {
  const { agent, positions } = context;
  const name = names[state.kind];
  const registryRange = positions.at(['agents', agent.id]);
  const declared: Related = { file: registryPath, ...registryRange, message: `${agent.id} is declared here` };
  const whole = (code: OutputCode, message: string): Finding =>
    finding({ code, file: state.path, range: startOfFile, message, related: [declared] }, agent.id);
  if (state.drift === 'missing') return; // told of once for the agent, by missingFinding
  if (state.drift === 'unreadable') {
    yield whole(
      'outputs/unreadable',
      `${state.path} ${visibleShort(state.reason ?? 'cannot be read', 200)}. Mend it or move it away; restore writes over it and keeps a backup.`,
    );
    return;
  }
  if (state.kind === 'settings') {
    yield* settingsFindings(state, text ?? '', context);
    return;
  }
  const ignored = ignoredFinding(state, agent, positions, () => startOfFile);
  if (ignored !== undefined) yield ignored;
  if (state.drift === 'stale')
    yield whole(
      'outputs/stale',
      `The registry is newer than the ${name} of ${agent.id}. ${regenerate(agent.id)}`,
    );
  if (state.drift === 'edited')
    yield whole(
      'outputs/edited',
      `The ${name} of ${agent.id} was changed by hand or by a tool. ${restore(agent.id)}`,
    );
  if (state.drift === 'conflict')
    yield whole(
      'outputs/conflict',
      `The ${name} of ${agent.id} was changed, and the registry has moved on too. ${restore(agent.id)}`,
    );
}

/** One finding for all outputs that an agent has not yet, on its line of the registry; undefined when it has them. */
export function missingFinding(
  states: readonly OutputState[],
  agent: Agent,
  positions: Positions,
): Finding | undefined {
  const missing = states.filter(({ drift }) => drift === 'missing');
  if (missing.length === 0) return undefined;
  const kinds = missing.map(({ kind }) => names[kind]);
  const paths = missing.map(({ path }) => path);
  return finding(
    {
      code: 'outputs/missing',
      file: registryPath,
      range: positions.at(['agents', agent.id]),
      args: { paths },
      message: `${agent.id} has no ${kinds.join(', ')} yet: ${paths[0]}${paths.length > 1 ? ' and others' : ''} ${paths.length > 1 ? 'do' : 'does'} not exist. ${regenerate(agent.id)}`,
    },
    agent.id,
  );
}

const driftCode = { stale: 'outputs/stale', edited: 'outputs/edited', conflict: 'outputs/conflict' } as const;

function* settingsFindings(state: OutputState, text: string, context: DriftContext): Generator<Finding> {
  const { agent, positions } = context;
  const losses = new Map(lossesOf(state).map((loss) => [loss.key, loss]));
  const differing = state.keys.filter((key) => key.drift in driftCode);
  if (differing.length === 0 && state.drift !== 'ignored') return;
  const json = readJson(text);
  const rangeOf = (pointer: string): Range => {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const range = json.rangeOfKey(at);
      if (range !== undefined) return range;
    }
    return startOfFile;
  };
  const ignored = ignoredFinding(state, agent, positions, rangeOf);
  if (ignored !== undefined) yield ignored;
  for (const key of differing) {
    const loss = losses.get(key);
    const places = placesOf(key, loss, context);
    const related = places.map((place): Related => {
      const range = positions.at(place);
      return { file: registryPath, ...range, message: `${agent.id}: the settings disagree with this` };
    });
    const line = related[0]?.line ?? positions.at(['agents', agent.id]).line;
    yield finding(
      {
        code: loss === undefined ? driftCode[key.drift as keyof typeof driftCode] : lossCode[loss.kind],
        file: state.path,
        range: rangeOf(key.pointer),
        key: key.pointer,
        args: { drift: key.drift, ...expectedAndFound(key), ...(loss ? { rules: loss.rules } : {}) },
        message: `${loss === undefined ? keyMessage(key, agent) : lossMessage(loss, [...losses.values()], context)} Expected by ${registryPath}:${line}.`,
        related,
      },
      agent.id,
    );
  }
}

const lossCode = {
  guard: 'outputs/guard-lost',
  deny: 'outputs/deny-lost',
  pin: 'outputs/pin-lost',
  sandbox: 'outputs/sandbox-lost',
} as const;

function expectedAndFound(key: KeyDrift): Finding['args'] {
  return { expected: shown(key.expected), found: shown(key.found) };
}

/** The places in the registry that a differing key disagrees with, at most five. */
function placesOf(key: KeyDrift, loss: Loss | undefined, context: DriftContext): readonly RegistryPath[] {
  const { agent, policy, registry } = context;
  if (loss?.kind !== 'deny') return [registryPlaceOf(key.pointer, agent)];
  const origins = denyRules(agent, policy, registry);
  const places = new Map<string, RegistryPath>();
  for (const rule of loss.rules) {
    const origin = origins.get(rule);
    if (origin !== undefined) places.set(origin.join('\n'), origin);
  }
  const all = [...places.values()];
  return all.length === 0 ? [['agents', agent.id]] : all.slice(0, 5);
}

function keyMessage(key: KeyDrift, agent: Agent): string {
  const event = /^\/hooks\/(\w+)$/.exec(key.pointer)?.[1];
  if (event !== undefined && key.drift !== 'stale') {
    const isThere = Array.isArray(key.found) && key.found.length > 0;
    const ours = isThere && lostItems(key).length === 0;
    return ours
      ? `Somebody added hooks to ${event}; ours is still there, and restoring takes the others out.`
      : `The hook that reports ${event} ${isThere ? 'was changed' : 'is gone'}, so what happens then is not seen.`;
  }
  const name = key.pointer;
  if (key.drift === 'stale')
    return `The registry is newer than ${name} in the settings of ${agent.id}: expected ${shown(key.expected)}, found ${shown(key.found)}.`;
  const what = difference(key);
  return key.drift === 'conflict'
    ? `${name} was changed here, and the registry has moved on too: ${what}.`
    : `${name} was changed: ${what}.`;
}

/** The items of the expected list that the found one has not. */
function lostItems({ expected, found }: KeyDrift): readonly Json[] {
  const there = new Set(Array.isArray(found) ? found.map((item) => JSON.stringify(item)) : []);
  return Array.isArray(expected) ? expected.filter((item) => !there.has(JSON.stringify(item))) : [];
}

/** For two lists only what was added and what is gone; otherwise expected and found. */
function difference(key: KeyDrift): string {
  if (!Array.isArray(key.expected) || !Array.isArray(key.found))
    return `expected ${shown(key.expected)}, found ${shown(key.found)}`;
  const forms = (list: readonly Json[]): ReadonlySet<string> =>
    new Set(list.map((item) => JSON.stringify(item)));
  const expected = forms(key.expected);
  const found = forms(key.found);
  const list = (items: readonly string[]): string => visibleShort(items.join(', '), 160);
  const lost = [...expected].filter((item) => !found.has(item));
  const added = [...found].filter((item) => !expected.has(item));
  const words = [
    ...(lost.length === 0 ? [] : [`gone: ${list(lost)}`]),
    ...(added.length === 0 ? [] : [`added: ${list(added)}`]),
  ];
  return words.length === 0 ? 'its order matters and differs' : words.join('; ');
}

function lossMessage(loss: Loss, all: readonly Loss[], { agent, policy }: DriftContext): string {
  const isLost = (kind: Loss['kind']): boolean => all.some((other) => other.kind === kind);
  if (loss.kind === 'guard') {
    const what = loss.words === 'guard hook changed' ? 'is not the one that was generated' : 'is gone';
    return `The guard hook ${what}: ${exposure(agent, policy.write.deny, isLost('deny'))}.`;
  }
  if (loss.kind === 'deny') {
    const rules = visibleShort(loss.rules.join(', '), 160);
    return `${loss.rules.length === 1 ? 'A deny rule is' : `${loss.rules.length} deny rules are`} gone: ${rules}. ${isLost('guard') ? 'Nothing keeps' : 'Only the guard keeps'} ${agent.id} out.`;
  }
  const values = `expected ${shown(loss.key.expected)}, found ${shown(loss.key.found)}`;
  return loss.kind === 'pin'
    ? `${loss.key.pointer} no longer keeps other settings files from switching the guard of ${agent.id} off: ${values}.`
    : `${loss.key.pointer} no longer keeps ${agent.id} in the sandbox: ${values}.`;
}

/** The findings of an output that all agents share. */
export function* sharedFindings(state: OutputState): Generator<Finding> {
  const all = 'native-orchestrator generate --all';
  const draft = (code: OutputCode, message: string, file = state.path): Finding =>
    finding({ code, file, range: startOfFile, message, args: { path: state.path } });
  const name = names[state.kind];
  if (state.drift === 'missing')
    yield draft(
      'outputs/missing',
      `The ${name} hook of all agents does not exist: ${state.path}. Regenerate: ${all}`,
      registryPath,
    );
  if (state.drift === 'unreadable')
    yield draft(
      'outputs/unreadable',
      `The ${name} hook of all agents ${state.reason ?? 'cannot be read'}. Move it away and regenerate: ${all}`,
    );
  if (state.drift === 'edited' || state.drift === 'conflict')
    yield draft(
      'outputs/edited',
      `The ${name} hook of all agents was changed: it no longer does what the registry asks for. Restore: native-orchestrator restore --all`,
    );
  if (state.drift === 'stale')
    yield draft(
      'outputs/stale',
      `The ${name} hook of all agents is older than this version's. Regenerate: ${all}`,
    );
}
