// Single keys put back, as text before and text after: every other byte stays.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Json } from '../../../src/claude/jsonText.ts';
import { restoreKeys } from '../../../src/outputs/restoreKeys.ts';

/** Text before, pointer, what the plan has (undefined: nothing), text after; a pattern where it can't be done. */
const cases: readonly (readonly [string, string, Json | undefined, string | RegExp])[] = [
  ['{"a": 1 , "b":2}', '/a', 3, '{"a": 3 , "b":2}'],
  ['{\n  "a" : 1\n}', '/a', 'x', '{\n  "a" : "x"\n}'],
  ['\uFEFF{\r\n\t"a": 1\r\n}\r\n', '/a', 2, '\uFEFF{\r\n\t"a": 2\r\n}\r\n'],
  ['{\n    "a": 1\n}\n', '/b', ['x'], '{\n    "a": 1,\n    "b": [\n        "x"\n    ]\n}\n'],
  ['{\n  "a": {\n    "b": 1,\n    "c": 2\n  }\n}\n', '/a/b', undefined, '{\n  "a": {\n    "c": 2\n  }\n}\n'],
  ['{\n  "a": {\n    "b": 1\n  },\n  "c": 2\n}\n', '/a/b', undefined, '{\n  "c": 2\n}\n'],
  ['{"a~/b": 1, "c": 2}', '/a~0~1b', 5, '{"a~/b": 5, "c": 2}'],
  ['{"__proto__": {"x": 1}, "a": 1}', '/a', 2, '{"__proto__": {"x": 1}, "a": 2}'],
  ['{"a": "none"}', '/a/b', 1, /another kind/],
  ['{"a": 1, "a": 2}', '/a', 3, /\/a stands twice/],
  ['[1]', '/a', 1, /not a JSON object/],
  ['{"a":', '/a', 1, /not a JSON object/],
  ['', '/a', 1, /not a JSON object/],
];

describe('restoreKeys', () => {
  for (const [before, pointer, expected, after] of cases)
    it(`${pointer} in ${JSON.stringify(before)}`, () => {
      const key = { pointer, drift: 'edited' as const, ...(expected === undefined ? {} : { expected }) };
      const result = restoreKeys(before, [key]);
      if (typeof after === 'string') assert.equal(result.text ?? result.problem, after);
      else assert.match(result.problem ?? '', after);
    });
});
