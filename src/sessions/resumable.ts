// Which conversation a launch can be gone on with: the last one it had, if the CLI still has it and no other agent's record does.
import path from 'node:path';
import type { Machine } from './programs.ts';
import type { SessionHost } from './sessionHost.ts';
import { isUuid, readRecords, type SessionRecord } from './sessionRecord.ts';

/** How the CLI names the folder of a working directory's conversations (CLAUDE-CODE-CONTRACT.md section 2.4). */
const conversationFolder = (cwd: string): string => cwd.replace(/[^A-Za-z0-9]/g, '-');

/**
 * Whether the CLI has a conversation of that id that was held in that working directory. Its `--resume` finds one of any
 * folder and goes on among the files of the present one (seen with 2.1.329): only here it is held to its own. Never throws.
 */
export function hasConversation(
  { files, env, home }: Pick<Machine, 'files' | 'env' | 'home'>,
  cwd: string,
  sessionId: string,
): boolean {
  const own = path.join(env.CLAUDE_CONFIG_DIR || path.join(env.HOME || home, '.claude'), 'projects');
  return [cwd, files.realPath(cwd) ?? cwd].some(
    (folder) => files.kind(path.join(own, conversationFolder(folder), `${sessionId}.jsonl`)) === 'file',
  );
}

/**
 * The session id to resume a launch with; undefined when the CLI has none of its conversations. `heard`: the ids that its
 * hooks told, the present one last. They are text that an agent could have written, so one of another agent's is not taken.
 */
export function resumable(
  host: SessionHost,
  record: SessionRecord,
  heard: readonly string[],
): string | undefined {
  const others = new Set(
    readRecords(host)
      .records.filter(({ agent }) => agent !== record.agent)
      .flatMap(({ sessionId, sessionIds }) => [sessionId, ...sessionIds]),
  );
  const own = [...record.sessionIds, record.sessionId, ...heard];
  return own
    .filter((id) => isUuid(id) && !others.has(id) && hasConversation(host.machine, record.cwd, id))
    .at(-1);
}

/**
 * The launch of an agent that a person may want to go on with: its last one, unless that ended as somebody meant it to, or
 * runs. `records`: the newest first. `hasSaidEnd`: its hooks told that it ended by itself, so nothing was cut off.
 */
export function unfinished(
  records: readonly SessionRecord[],
  agent: string,
  hasSaidEnd: (record: SessionRecord) => boolean = () => false,
): SessionRecord | undefined {
  const last = records.find((record) => record.agent === agent && record.endReason !== 'not started');
  if (last?.phase !== 'ended' || hasSaidEnd(last)) return undefined;
  return last.endReason === 'stopped' || last.endReason === 'exit 0' ? undefined : last;
}
