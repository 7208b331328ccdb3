// JSON as the CLI reads it, and where its keys and values stand.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { member, pointer, pointerSegments, readJson } from '../../../src/claude/jsonText.ts';
import type { Range } from '../../../src/findings/finding.ts';

const span = (range: Range | undefined): string | undefined =>
  range && `${range.line}:${range.column}-${range.endLine}:${range.endColumn}`;

const text = `{
  "a/b": {"~": [10, {"x": null}]},
  "__proto__": 1,
  "dup": 1, "dup": 22
}`;

describe('readJson', () => {
  it('finds keys and values', () => {
    const json = readJson(text);
    assert.equal(json.error, undefined);
    const places: readonly (readonly [string, string | undefined, string | undefined])[] = [
      ['', undefined, '1:1-5:2'],
      ['/a~1b', '2:3-2:8', '2:10-2:34'],
      ['/a~1b/~0', '2:11-2:14', '2:16-2:33'],
      ['/a~1b/~0/0', '2:17-2:19', '2:17-2:19'],
      ['/a~1b/~0/1/x', '2:22-2:25', '2:27-2:31'],
      ['/__proto__', '3:3-3:14', '3:16-3:17'],
      ['/dup', '4:13-4:18', '4:20-4:22'],
      ['/a~1b/~0/2', undefined, undefined],
      ['/a~1b/~0/-1', undefined, undefined],
      ['/a~1b/~0/00', undefined, undefined],
      ['/constructor', undefined, undefined],
      ['/dup/x', undefined, undefined],
    ];
    for (const [path, key, value] of places)
      assert.deepEqual([span(json.rangeOfKey(path)), span(json.rangeOfValue(path))], [key, value], path);
  });
  it('finds duplicates, the losing key', () => {
    assert.deepEqual(
      readJson(text).duplicateKeys.map((each) => [each.pointer, span(each.range)]),
      [['/dup', '4:3-4:8']],
    );
    assert.deepEqual(
      readJson('[{"a":1,"a":2,"a":{"b":1,"b":2}}]').duplicateKeys.map((each) => each.pointer),
      ['/0/a', '/0/a/b'],
    );
  });
  it('keeps the members that have dangerous names', () => {
    const { value } = readJson('{"__proto__": {"x": 1}}');
    assert.deepEqual(member(value, '__proto__'), { x: 1 });
    assert.equal(member(value, 'toString'), undefined);
    assert.equal(member(readJson('{}').value, '__proto__'), undefined);
  });
  const broken: readonly (readonly [string, string, string])[] = [
    ['', '1:1-1:1', 'it is empty'],
    [' \n\t', '1:1-1:1', 'it is empty'],
    ['{"a": 1,}', '1:8-1:9', 'a comma stands after the last item'],
    ['[1,\n]', '1:3-1:4', 'a comma stands after the last item'],
    ['{"a": 1} // x', '1:10-1:14', 'it has a comment, and the CLI reads strict JSON without comments'],
    ['{"a": 1', '1:7-1:8', 'a closing } is missing'],
    ["{'a': 1}", '1:2-1:5', 'this is not a JSON value; strings and keys stand in double quotes'],
    ['{"a": 1} 2', '1:10-1:11', 'something follows the end of the JSON value'],
  ];
  for (const [input, range, message] of broken)
    it(`says what is wrong: ${JSON.stringify(input)}`, () => {
      const { value, error } = readJson(input);
      assert.equal(value, undefined);
      assert.deepEqual([span(error?.range), error?.message], [range, message]);
    });
  it('agrees with the strict parser on any text, and never throws', () => {
    const json = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((good) => good.slice(1)),
    );
    fc.assert(
      fc.property(json, (input) => {
        const read = readJson(input);
        let strict: unknown;
        try {
          strict = JSON.parse(input);
        } catch {
          assert.ok(read.error);
        }
        assert.deepEqual(read.value, strict);
        assert.ok(Array.isArray(read.duplicateKeys));
      }),
    );
  });
  it('a byte order mark moves no column of a later line', () => {
    const json = readJson('\ufeff{\n"a": 1}');
    assert.deepEqual(json.value, { a: 1 });
    assert.equal(span(json.rangeOfKey('/a')), '2:1-2:4');
  });
});

describe('pointer', () => {
  it('is undone by pointerSegments', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (segments) => {
        assert.deepEqual(pointerSegments(pointer(...segments)), segments);
      }),
    );
  });
});
