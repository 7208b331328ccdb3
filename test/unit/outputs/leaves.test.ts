// A value taken apart into leaves and put together again is the same value.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Json } from '../../../src/claude/jsonText.ts';
import {
  fromLeaves,
  isTooDeep,
  leafForm,
  leavesOf,
  prettyJson,
  segmentsOf,
} from '../../../src/outputs/leaves.ts';

describe('leaves', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, Json>>])[] = [
    ['{"a": 1, "b": {"c": [1, {"d": 2}], "e": {}}}', { '/a': 1, '/b/c': [1, { d: 2 }], '/b/e': {} }],
    ['{"a/b": {"~": 1, "": 2}}', { '/a~1b/~0': 1, '/a~1b/': 2 }],
    ['{"__proto__": {"x": 1}, "constructor": 2}', { '/__proto__/x': 1, '/constructor': 2 }],
    ['{}', { '': {} }],
  ];
  for (const [text, leaves] of cases)
    it(text, () => {
      const found = leavesOf(JSON.parse(text));
      assert.deepEqual(Object.fromEntries(found), leaves);
      if (text !== '{}') assert.deepEqual(JSON.parse(JSON.stringify(fromLeaves(found))), JSON.parse(text));
      for (const pointer of found.keys())
        assert.equal(
          segmentsOf(pointer)
            .map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`)
            .join(''),
          pointer,
        );
    });

  it('put together again, any object is the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        assert.equal(prettyJson(fromLeaves(leavesOf(json))), prettyJson(json));
      }),
      { numRuns: 200 },
    );
  });

  it('sets have no order and no repeats, lists have both', () => {
    const same = (pointer: string, a: Json, b: Json): boolean =>
      leafForm(pointer, a) === leafForm(pointer, b);
    assert.ok(same('/permissions/deny', ['a', 'b', 'a'], ['b', 'a']));
    assert.ok(!same('/permissions/deny', ['a'], ['a', 'b']));
    assert.ok(!same('/hooks/Stop', ['a', 'b'], ['b', 'a']));
    assert.ok(same('/x', { a: 1, b: 2 }, { b: 2, a: 1 }));
  });

  it('too deep is told without walking down', () => {
    const nested = (depth: number): Json => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    assert.equal(isTooDeep(nested(50)), false);
    assert.equal(isTooDeep(nested(50_000)), true);
    assert.equal(isTooDeep({ a: [nested(200)] }), true);
  });
});
