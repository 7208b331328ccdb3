// Whether a prompt may be typed into a session: asked of the CLI at that very moment, so that it answers no open question.
import { pollAgents } from './agentsList.ts';
import { type LiveSession, listedOf } from './liveStates.ts';
import { sendRefusal } from './sendPrompt.ts';
import type { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** Why nothing may be typed into a session now, as the end of a sentence; undefined when it may. `session`: as last looked at. */
export async function typingRefusal(
  host: SessionHost,
  claudePath: string,
  record: SessionRecord,
  session: (Pick<LiveSession, 'state'> & Partial<Pick<LiveSession, 'sessionIds'>>) | undefined,
): Promise<string | undefined> {
  // Asked last, and of the process itself: what it answers is as it is now.
  const poll = await pollAgents(host.machine, claudePath, () => Date.parse(host.now()));
  const listed = poll && listedOf(record, session?.sessionIds ?? record.sessionIds, poll);
  return sendRefusal(session?.state, listed);
}
