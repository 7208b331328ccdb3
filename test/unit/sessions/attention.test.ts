// Who comes first of those that wait for a person, and the words of a row.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { attention, stateWords } from '../../../src/sessions/attention.ts';
import type { SessionState } from '../../../src/sessions/crossCheck.ts';

const now = Date.UTC(2026, 0, 2, 3, 10);
const minute = (at: number): string => new Date(Date.UTC(2026, 0, 2, 3, at)).toISOString();
const state = (name: SessionState['state'], more: Partial<SessionState> = {}): SessionState => ({
  state: name,
  since: minute(8),
  source: 'hooks',
  evidence: 'its turn failed (overloaded)',
  heardAt: minute(9),
  ...more,
});
const needs = (need: NonNullable<SessionState['need']>, more: Partial<SessionState> = {}): SessionState =>
  state('needsYou', { need, ...more });

describe('attention', () => {
  it('has who waits, the most urgent first, then whoever waits longest', () => {
    const sessions = {
      done: needs('done'),
      working: state('working'),
      limit: state('limit'),
      late: needs('permission', { since: minute(9) }),
      plan: needs('plan'),
      idle: state('idle'),
      failed: needs('failed'),
      unknown: state('unknown'),
      crashed: state('crashed'),
      stopped: state('stopped'),
      early: needs('permission', { since: minute(7) }),
      question: needs('question'),
    };
    const waiting = attention(Object.entries(sessions).map(([id, each]) => ({ id, state: each })));
    assert.deepEqual(
      waiting.map(({ id }) => id),
      ['early', 'late', 'question', 'plan', 'crashed', 'failed', 'limit', 'done'],
    );
  });

  const cases: readonly (readonly [SessionState, string])[] = [
    [needs('permission', { tool: 'Bash' }), 'needs you: permission to use Bash · 2 m'],
    [needs('permission'), 'needs you: permission · 2 m'],
    [needs('permission', { tool: 'a\u202eb\n' }), 'needs you: permission to use a\\u{202e}b\\n · 2 m'],
    [needs('question'), 'needs you: question · 2 m'],
    [needs('plan'), 'needs you: plan · 2 m'],
    [needs('done'), 'needs you: done · 2 m'],
    [needs('failed'), 'needs you: its turn failed (overloaded) · 2 m'],
    [state('working'), 'working · 2 m'],
    [state('idle', { source: 'list', since: minute(9), heardAt: minute(9) }), 'idle'],
    [state('idle', { source: 'list', heardAt: minute(9) }), 'idle · 2 m'],
    [state('limit'), 'limit · 2 m'],
    [state('starting'), 'starting'],
    [state('crashed'), 'crashed 2 m ago'],
    [
      state('crashed', { heardAt: minute(1), foundGoneAt: minute(9) }),
      'crashed: last heard 9 m ago, found gone 1 m ago',
    ],
    [state('crashed', { heardAt: minute(8), foundGoneAt: minute(8) }), 'crashed 2 m ago'],
    [state('stopped'), 'stopped 2 m ago'],
    [state('unknown', { evidence: 'it runs, but tells nothing' }), 'unknown: it runs, but tells nothing'],
  ];
  for (const [each, expected] of cases)
    it(`says ${expected}`, () => assert.equal(stateWords(each, now), expected));
});
