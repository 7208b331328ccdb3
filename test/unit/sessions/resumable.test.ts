// Which launch a person may want to go on with.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { unfinished } from '../../../src/sessions/resumable.ts';
import type { SessionRecord } from '../../../src/sessions/sessionRecord.ts';

type Given = Partial<Pick<SessionRecord, 'agent' | 'phase' | 'endReason' | 'launch'>>;
const record = (launch: string, endReason: string | undefined, more: Given = {}): SessionRecord =>
  ({
    ...{ launch, agent: 'a', phase: 'ended' },
    ...(endReason === undefined ? {} : { endReason }),
    ...more,
  }) as SessionRecord;

describe('unfinished', () => {
  const cases: readonly (readonly [string, readonly SessionRecord[], string | undefined])[] = [
    ['nothing was ever started', [], undefined],
    ['it was stopped', [record('1', 'stopped')], undefined],
    ['it ended by itself', [record('1', 'exit 0')], undefined],
    ['it ended unseen', [record('1', 'gone')], '1'],
    ['it failed', [record('1', 'exit 1')], '1'],
    ['a signal ended it', [record('1', 'signal SIGKILL')], '1'],
    ['nobody knows how it ended', [record('1', undefined)], '1'],
    ['it runs', [record('2', undefined, { phase: 'running' }), record('1', 'gone')], undefined],
    ['an older one is settled by what came after', [record('2', 'stopped'), record('1', 'gone')], undefined],
    ['one that never began says nothing', [record('2', 'not started'), record('1', 'gone')], '1'],
    ['another agent’s', [record('2', 'gone', { agent: 'b' })], undefined],
  ];
  for (const [title, records, expected] of cases)
    it(`${title}: ${expected === undefined ? 'no' : 'yes'}`, () =>
      assert.equal(unfinished(records, 'a')?.launch, expected));
  it('its hooks told that it ended: no', () =>
    assert.equal(
      unfinished([record('1', 'gone')], 'a', ({ launch }) => launch === '1'),
      undefined,
    ));
});
