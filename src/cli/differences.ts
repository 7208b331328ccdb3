// The differences of one agent that a command is about, and what a command does after it changed the registry.
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import type { Difference } from '../outputs/adoptKeys.ts';
import { type AgentStatus, needsRestore } from '../outputs/fleet.ts';
import { isAbove } from '../outputs/leaves.ts';
import { isEdit, isOutOfSync, type OutputState } from '../outputs/output.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { plural } from './render.ts';
import { outputNamed, pointerOf } from './restore.ts';
import { UsageError } from './usageError.ts';
import type { VerbContext } from './verb.ts';

export interface AskedAgent {
  readonly status: AgentStatus;
  /** The registry's text; it has no error. */
  readonly text: string;
}

/** The one agent that a command names, in a registry without errors. @throws UserError */
export function askedAgent({ io, root, positionals }: VerbContext, verb: string): AskedAgent {
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0)
    throw new UsageError(`Name one agent: native-orchestrator ${verb} <agent>`);
  const fleet = inspect(io, root);
  const text = fleet.registryFile?.text;
  if (text === undefined || fleet.parsed?.registry === undefined)
    throw new UserError('The registry has errors, and those come first. See: native-orchestrator check');
  requireAgents([...fleet.parsed.registry.agents.keys()], [id]);
  const status = fleet.agents.find(({ agent }) => agent.id === id);
  if (status === undefined) throw new UserError(`${id} is not in the registry.`);
  return { status, text };
}

/** The output that `--file` and `--key` speak of; undefined when they say nothing. @throws UsageError */
export function askedOutput(
  { option }: VerbContext,
  { agent, outputs }: AgentStatus,
): OutputState | undefined {
  const file = option('file');
  if (file === undefined && option('key') === undefined) return undefined;
  const named = outputNamed(
    agent.id,
    file,
    outputs.map((output) => output.path),
  );
  return outputs.find((output) => output.path === named);
}

/**
 * The differences that `--file` and `--key` mean; without them all that somebody changed. A key that was asked for by
 * name may be stale or foreign, too. @throws UserError when there are none.
 */
export function askedDifferences(context: VerbContext, status: AgentStatus): readonly Difference[] {
  const only = askedOutput(context, status);
  const asked = context.option('key');
  const pointer = asked === undefined || asked === '' ? undefined : pointerOf(asked);
  const differences = (only === undefined ? status.outputs : [only]).flatMap((output): Difference[] => {
    if (output.kind !== 'settings') return isEdit(output.drift) ? [{ output }] : [];
    const isMeant = (at: string): boolean =>
      pointer === undefined || at === pointer || isAbove(pointer, at) || isAbove(at, pointer);
    return output.keys
      .filter(({ pointer: at, drift }) =>
        pointer === undefined ? isEdit(drift) : isMeant(at) && (isOutOfSync(drift) || drift === 'foreign'),
      )
      .map((key) => ({ output, key }));
  });
  if (differences.length > 0) return differences;
  const where = only === undefined ? status.agent.id : path.posix.basename(only.path);
  throw new UserError(
    pointer === undefined
      ? `Nobody changed anything in ${where} since it was generated.`
      : `${visibleShort(pointer, 80)} in ${where} does not differ from the registry.`,
  );
}

/** Says which agents are behind the registry after it was changed, and the command that brings them along. */
export function sayWhatFollows({ io, root }: VerbContext): void {
  const behind = inspect(io, root).agents.filter(
    (status) => status.sync === 'outOfSync' && !needsRestore(status),
  );
  if (behind.length === 0) return;
  const ids = behind.map(({ agent }) => agent.id);
  io.out(
    `${plural(ids.length, 'agent')} now behind the registry — run: native-orchestrator generate ${ids.length > 3 ? '--all' : ids.join(' ')}\n`,
  );
}
