// What may be lost with a session, which agents "start all" means, and what is said of one that runs.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Agent } from '../../../src/registry/model.ts';
import { isAtWork, lossWords } from '../../../src/sessions/atWork.ts';
import type { SessionState } from '../../../src/sessions/crossCheck.ts';
import type { LiveRecord } from '../../../src/sessions/liveRecords.ts';
import { runsWords } from '../../../src/sessions/sessionWords.ts';
import { partOfStartAll } from '../../../src/sessions/startEach.ts';

const session = (state: Pick<SessionState, 'state' | 'need'>) => ({
  state: { since: '', source: 'hooks', evidence: '', ...state } as SessionState,
});

describe('at work', () => {
  const cases: readonly (readonly [Pick<SessionState, 'state' | 'need'>, boolean])[] = [
    [{ state: 'idle' }, false],
    [{ state: 'stopped' }, false],
    [{ state: 'crashed' }, false],
    [{ state: 'limit' }, false],
    [{ state: 'needsYou', need: 'done' }, false],
    [{ state: 'needsYou', need: 'failed' }, false],
    [{ state: 'needsYou', need: 'permission' }, true],
    [{ state: 'needsYou', need: 'plan' }, true],
    [{ state: 'needsYou', need: 'question' }, true],
    [{ state: 'working' }, true],
    [{ state: 'starting' }, true],
    [{ state: 'unknown' }, true],
  ];
  for (const [state, expected] of cases)
    it(`${state.state}${state.need === undefined ? '' : ` (${state.need})`}: ${expected ? 'may lose work' : 'at rest'}`, () =>
      assert.equal(isAtWork(session(state)), expected));
  it('one of which nothing is known may be', () => assert.ok(isAtWork(undefined)));
  it('is said with each state', () => {
    const sessions = new Map([['a', session({ state: 'working' })]]);
    assert.equal(
      lossWords(sessions, ['a', 'b']),
      'Not known to be at rest: a (working), b (unknown). What they do now would be lost.',
    );
    assert.match(lossWords(sessions, ['a']), /What it does now would be lost\.$/);
  });
});

describe('start all', () => {
  const agents = (...own: readonly boolean[]) =>
    own.map((autostart, index) => ({ id: `a${index}`, autostart }) as Agent);
  for (const [own, expected] of [
    [agents(false, false), ['a0', 'a1']],
    [agents(true, false, true), ['a0', 'a2']],
    [[], []],
  ] as const)
    it(`${own.map(({ autostart }) => autostart).join(', ') || 'nobody'}: ${expected.join(', ') || 'nobody'}`, () =>
      assert.deepEqual(partOfStartAll(own), expected));
});

describe('one that runs', () => {
  const ways = { toEnd: 'END.', toIt: 'GO.' };
  const live = (state: LiveRecord['state'], runner: 'tmux' | 'terminal') =>
    ({ state, record: { runner, pid: 42 } }) as LiveRecord;
  for (const [given, expected] of [
    [live('running', 'tmux'), 'x runs already (tmux, pid 42). Nothing was started. GO.'],
    [
      live('running', 'terminal'),
      'x runs already (terminal, pid 42). Nothing was started. It is in the terminal that it was started in.',
    ],
    [live('starting', 'tmux'), 'x is being started already. Nothing was started.'],
    [
      live('unknown', 'tmux'),
      'x was started as pid 42, and the system does not say whether that is still it. Nothing was started. END.',
    ],
  ] as const)
    it(expected, () => assert.equal(runsWords('x', given, ways), expected));
});
