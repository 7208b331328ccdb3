import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { urgencyOf } from '../../../src/sessions/attention.ts';
import type { SessionState } from '../../../src/sessions/crossCheck.ts';
import { afterLook, readSeen, type Seen } from '../../../src/sessions/seen.ts';

const launch = 'aaaaaaaa-1111-4111-8111-111111111111';
const other = 'bbbbbbbb-1111-4111-8111-111111111111';
const at = (second: number): string => new Date(Date.UTC(2026, 0, 2) + second * 1000).toISOString();
const state = (changed: Partial<SessionState>): SessionState => ({
  state: 'needsYou',
  need: 'done',
  since: at(10),
  source: 'hooks',
  evidence: 'its turn is over',
  ...changed,
});
const seen = (changed: Partial<Seen> = {}): Seen => ({ launch, what: 'done', at: at(20), ...changed });

describe('a look at a session', () => {
  const crashed = { state: 'crashed', need: undefined } as unknown as Partial<SessionState>;
  const cases: readonly (readonly [string, Partial<SessionState>, Seen | undefined, string])[] = [
    ['nobody looked', {}, undefined, 'needsYou calls'],
    ['a turn that is over', {}, seen(), 'idle quiet'],
    ['a turn that failed', { need: 'failed' }, seen({ what: 'failed' }), 'idle quiet'],
    ['a turn that was over before the look, another since', { since: at(30) }, seen(), 'needsYou calls'],
    ['a look at another launch', {}, seen({ launch: other }), 'needsYou calls'],
    ['a look settles no question', { need: 'permission' }, seen({ what: 'permission' }), 'needsYou calls'],
    ['a crash', crashed, seen({ what: 'crashed' }), 'crashed quiet'],
    ['a crash after a look at a turn that was over', crashed, seen(), 'crashed calls'],
    ['a limit', { state: 'limit' }, seen({ what: 'limit' }), 'limit quiet'],
    ['work', { state: 'working' }, seen(), 'working quiet'],
  ];
  for (const [name, changed, look, expected] of cases)
    it(name, () => {
      const after = afterLook(state(changed), launch, look);
      assert.equal(`${after.state} ${urgencyOf(after) === undefined ? 'quiet' : 'calls'}`, expected);
    });

  const files = (text: string, kind = 'file') => ({
    stateDirectory: '/s',
    files: { kind: () => kind, isOwn: () => true, read: () => ({ text }) },
  });
  const good = JSON.stringify({ format: 1, launch, what: 'done', at: at(1) });
  const texts: readonly (readonly [string, string, string | undefined])[] = [
    ['a good one', good, 'done'],
    ['half of one', good.slice(0, 30), undefined],
    ['a later format', good.replace('1', '2'), undefined],
    ['no launch', '{"format":1,"what":"done","at":"x"}', undefined],
    ['a list', '[]', undefined],
  ];
  for (const [name, text, what] of texts)
    it(`is read: ${name}`, () =>
      assert.equal(readSeen(files(text) as unknown as Parameters<typeof readSeen>[0], 'a')?.what, what));

  it('is not read through a link', () =>
    assert.equal(
      readSeen(files(good, 'symlink') as unknown as Parameters<typeof readSeen>[0], 'a'),
      undefined,
    ));
});
