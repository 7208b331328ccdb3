// Every session of a folder: as the hub tells it where one does, else as its files, its process and claude tell. The same
// words either way. Part of dist/later.cjs.
import type { AgentsPoll } from '../sessions/agentsList.ts';
import type { LiveSession, LiveStates, LiveUpdate } from '../sessions/liveStates.ts';
import { afterLook, readSeen } from '../sessions/seen.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { type ToldSession, withRecord } from '../sessions/toldSession.ts';

export interface TellsOrFinds {
  readonly store: Pick<RecordStore, 'files' | 'stateDirectory'>;
  readonly states: LiveStates;
  /** What the hub tells, by agent; undefined where no hub does. */
  readonly told: ReadonlyMap<string, ToldSession> | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What claude answered last, for those that are looked at here. */
  readonly poll: AgentsPoll | undefined;
}

export interface ToldOrFound extends LiveUpdate {
  /** Nobody here had to look at a spool or a process. */
  readonly areAllTold: boolean;
}

/** Never throws. */
export async function toldOrFound({ store, states, told, now, poll }: TellsOrFinds): Promise<ToldOrFound> {
  if (told === undefined) return { ...(await states.update(now, poll)), areAllTold: false };
  const { agents, skipped } = states.readAgain();
  const sessions = new Map<string, LiveSession>();
  const others: string[] = [];
  for (const agent of agents) {
    const session = withRecord(told.get(agent), states.recordsOf(agent));
    if (session === undefined) {
      others.push(agent);
      continue;
    }
    // A person may have looked at it a moment ago, of which the hub tells a moment later.
    const state = afterLook(session.state, session.record.launch, readSeen(store, agent));
    sessions.set(agent, { ...session, state });
  }
  for (const [agent, session] of await states.updateSome(others, now, poll)) sessions.set(agent, session);
  return { sessions, skipped, areAllTold: others.length === 0 };
}
