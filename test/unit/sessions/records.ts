// A session record for the tests of this room: of a process with pid 42 in a terminal, unless a test says otherwise.
import type { SessionRecord } from '../../../src/sessions/sessionRecord.ts';

export const recordId = '11111111-1111-4111-8111-111111111111';
const hash = 'ab'.repeat(32);

export const recordWith = (changed: Partial<SessionRecord> = {}): SessionRecord => ({
  format: 1,
  launch: recordId,
  agent: 'code-agent',
  sessionId: recordId,
  sessionIds: [recordId],
  runner: 'terminal',
  pid: 42,
  pidStarted: 'boot:7',
  cwd: '/w',
  argv: ['/claude'],
  settingsSha: hash,
  memorySha: hash,
  contextSha: hash,
  startedAt: '2026-01-02T03:04:05.678Z',
  phase: 'running',
  ...changed,
});
