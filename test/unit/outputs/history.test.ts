import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type Change,
  changedKeys,
  changeLine,
  mostKeys,
  readChange,
  readChanges,
} from '../../../src/outputs/history.ts';

const hash = (digit: string): string => digit.repeat(64);
const change: Change = {
  at: '2026-01-01T14:02:11.000Z',
  file: 'agents/a/.claude/settings.json',
  agent: 'a',
  kind: 'lost',
  before: hash('a'),
  after: hash('b'),
  keys: ['/hooks/PreToolUse'],
  lost: ['guard hook missing'],
  intactAt: '2026-01-01T14:01:00.000Z',
  running: [
    { agent: 'a', by: 'terminal' },
    { agent: 'b', by: 'spool', secondsAgo: 40 },
  ],
  by: '1',
};
const lineOf = (changed: object): string => changeLine({ ...change, ...changed }).trimEnd();

describe('history: a line', () => {
  it('comes back as it was', () => assert.deepEqual(readChange(lineOf({})), change));

  const refused: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no JSON', '{"format":1'],
    ['no object', '[]'],
    ['another format', lineOf({ format: 2 })],
    ['no file', lineOf({ file: '' })],
    ['a path without end', lineOf({ file: 'x'.repeat(2000) })],
    ['no time', lineOf({ at: 'yesterday' })],
    ['another kind', lineOf({ kind: '__proto__' })],
    ['far too long', lineOf({ by: 'x'.repeat(70_000) })],
  ];
  for (const [name, line] of refused) it(`is none: ${name}`, () => assert.equal(readChange(line), undefined));

  it('loses what is of no use in it, and no more', () => {
    const read = readChange(
      lineOf({
        before: '../../etc/passwd',
        keys: [1, '/a', ...Array.from({ length: 50 }, (_, index) => `/${index}`)],
        lost: 'all',
        running: [null, { agent: 'c', by: 'magic' }, { agent: 'x'.repeat(500), by: 'spool', secondsAgo: -1 }],
        intactAt: 7,
        skipped: -1,
        moreKeys: 1.5,
      }),
    );
    assert.equal(read?.before, null);
    assert.equal(read?.keys.length, mostKeys);
    assert.deepEqual(read?.lost, []);
    assert.deepEqual(read?.running, [{ agent: 'x'.repeat(64), by: 'spool' }]);
    assert.deepEqual([read?.intactAt, read?.skipped, read?.moreKeys], [undefined, undefined, undefined]);
  });
});

describe('history: what two windows saw', () => {
  const later = '2026-01-01T14:02:12.000Z';
  it('is one change, with the sessions of both', () => {
    const running = [{ agent: 'c', by: 'terminal' }];
    const [one, ...more] = readChanges([lineOf({}), lineOf({ at: later, by: '2', running })]);
    assert.deepEqual(more, []);
    assert.deepEqual(
      one?.running.map(({ agent }) => agent),
      ['a', 'b', 'c'],
    );
  });
  it('is one each when they tell of two in turn', () => {
    const second = { before: hash('b'), after: hash('c') };
    const lines = [{}, second, { by: '2' }, { ...second, by: '2' }].map(lineOf);
    assert.equal(readChanges(lines).length, 2);
  });
  it('stays two when one window saw it twice, or much later', () => {
    assert.equal(readChanges([lineOf({}), lineOf({ at: later })]).length, 2);
    assert.equal(readChanges([lineOf({}), lineOf({ by: '2', at: '2026-01-01T15:00:00.000Z' })]).length, 2);
  });
  it('keeps its order when the clock was set back', () => {
    const earlier = '2025-12-31T00:00:00.000Z';
    const read = readChanges([lineOf({}), lineOf({ at: earlier, before: hash('b'), after: hash('c') })]);
    assert.deepEqual(
      read.map(({ at }) => at),
      [change.at, earlier],
    );
  });
});

describe('history: the keys that changed', () => {
  const cases: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
    ['none', { a: 1 }, { a: 1 }, []],
    ['one', { a: 1, b: { c: 1 } }, { a: 1, b: { c: 2 } }, ['/b/c']],
    ['come and gone', { a: 1 }, { b: 1 }, ['/a', '/b']],
    ['the order of a set', { permissions: { deny: ['x', 'y'] } }, { permissions: { deny: ['y', 'x'] } }, []],
    ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['names that are dangerous', JSON.parse('{"__proto__": 1}'), {}, ['/__proto__']],
    ['no object', [], { a: 1 }, []],
  ];
  for (const [name, before, after, keys] of cases)
    it(name, () => assert.deepEqual(changedKeys(JSON.stringify(before), JSON.stringify(after)), keys));
  it('of a text that is no JSON, or goes very deep', () => {
    assert.deepEqual(changedKeys('{', '{}'), []);
    assert.deepEqual(changedKeys(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, '{"b":1}'), []);
    assert.deepEqual(changedKeys(undefined, '{"b":1}'), []);
  });
});
