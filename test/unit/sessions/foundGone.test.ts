// A session that nobody saw end: when it was last heard of and when it was found gone are two times.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { crossCheck, type Evidence } from '../../../src/sessions/crossCheck.ts';

const second = (at: number): string => new Date(Date.UTC(2026, 0, 2, 3, 4, at)).toISOString();
const running: Evidence['record'] = { startedAt: second(0), phase: 'running' };

const cases: readonly (readonly [string, Partial<Evidence>, string | undefined])[] = [
  ['found just now', { goneAt: Date.parse(second(30)) }, second(30)],
  [
    'found earlier, as its record says',
    {
      record: { ...running, phase: 'ended', endReason: 'gone', endedAt: second(20) },
      goneAt: Date.parse(second(30)),
    },
    second(20),
  ],
  [
    'seen to end',
    {
      record: { ...running, phase: 'ended', endReason: 'exit 1', endedAt: second(20) },
      goneAt: Date.parse(second(30)),
    },
    undefined,
  ],
  ['found by somebody who does not say when', {}, undefined],
];

describe('a session that crashed', () => {
  for (const [title, evidence, expected] of cases)
    it(title, () => {
      const { state, foundGoneAt } = crossCheck({
        record: running,
        process: 'gone',
        now: Date.parse(second(40)),
        ...evidence,
      });
      assert.deepEqual([state, foundGoneAt], ['crashed', expected]);
    });
});
