import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { code, codeList, plain } from '../../../src/editor/markdown.ts';

describe('markdown: plain', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['words', 'words'],
    ['[a](command:x)', '\\[a\\]\\(command\\:x\\)'],
    ['<img src=x>', '\\<img src\\=x\\>'],
    ['![a](https://x/y.png)', '\\!\\[a\\]\\(https\\://x/y\\.png\\)'],
    ['$(trash) `x` **b**', '\\$\\(trash\\) \\`x\\` \\*\\*b\\*\\*'],
    ['a\nb', 'a\\\\nb'],
    ['a\u202eb', 'a\\\\u\\{202e\\}b'],
    ['a & &lt;', 'a &amp; &amp;lt;'],
    ['https://x.test', 'https\\://x\\.test'],
    ['me@x.test', 'me@x\\.test'],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => assert.equal(plain(text), expected));

  it('shows at most what it is told to', () => assert.equal(plain('x'.repeat(20), 5), 'xxxx…'));
});

describe('markdown: code', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['tests/**', '`tests/**`'],
    ['a`b', '`` a`b ``'],
    ['`', '`` ` ``'],
    ['a``b', '``` a``b ```'],
    ['a\nb', '`a\\nb`'],
    ['', ''],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => assert.equal(code(text), expected));

  it('lists some and counts the rest', () =>
    assert.equal(codeList(['a', 'b', 'c'], 2), '`a`, `b`, and 1 more'));
});
