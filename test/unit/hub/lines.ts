// Lines of spools for tests of the hub.
import type { SpoolLine } from '../../../src/protocol/spoolLine.ts';

/** A line that differs from a plain one in what is given. */
export const spoolLineOf = (more: Partial<SpoolLine>): SpoolLine => ({
  v: 1,
  t: '2026-11-21T12:00:00.000Z',
  id: 'id-1',
  n: 1,
  launch: 'launch-1',
  agent: 'code-agent',
  session: 'session-1',
  src: 'report',
  event: 'PostToolUse',
  ...more,
});
