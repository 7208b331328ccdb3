// Why an agent is disarmed, one cause at a time: what an alarm tells apart, so that it says the same loss once.
import type { AgentStatus } from './fleet.ts';
import { type LossKind, lossesOf } from './losses.ts';

/** `dropped`: the CLI ignores the whole file. `hooks`: a live file of the workspace switches them off. */
export type CauseKind = LossKind | 'dropped' | 'hooks' | 'template';

export interface Cause {
  readonly kind: CauseKind;
  /** The same loss has the same id for as long as it lasts, whatever else is lost beside it. */
  readonly id: string;
}

/** What is gone, in no order; empty exactly when the agent is not disarmed. */
export function causesOf(status: AgentStatus): readonly Cause[] {
  if (status.disarmed.length === 0) return [];
  if (status.unguarded !== undefined) return [{ kind: 'template', id: 'template' }];
  const causes: Cause[] = [];
  for (const words of status.disarmed) {
    if (words === droppedWords) causes.push({ kind: 'dropped', id: 'dropped' });
    else if (words.startsWith(hooksOffWords)) causes.push({ kind: 'hooks', id: words });
  }
  if (!causes.some(({ kind }) => kind === 'dropped'))
    for (const { kind, key, rules } of status.outputs.flatMap((output) => lossesOf(output)))
      if (kind === 'deny') causes.push(...rules.map((rule): Cause => ({ kind, id: `deny ${rule}` })));
      else causes.push({ kind, id: `${kind} ${key.pointer}` });
  return causes;
}

/** What `AgentStatus.disarmed` says of a file that is ignored as a whole. */
export const droppedWords = 'settings are dropped whole';
/** How `AgentStatus.disarmed` begins to say which live files switch hooks off. */
export const hooksOffWords = 'hooks switched off in ';
