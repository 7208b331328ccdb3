import assert from 'node:assert/strict';
import { hasErrors } from '../../../src/findings/finding.ts';
import { lineIndex } from '../../../src/findings/lineIndex.ts';
import { nearMiss } from '../../../src/findings/nearMiss.ts';
import { visible, visibleShort } from '../../../src/findings/visible.ts';

function checkRange(text: string, start: number, end: number, expected: string): void {
  const range = lineIndex(text).rangeOf(start, end);
  assert.equal(`${range.line}:${range.column}-${range.endLine}:${range.endColumn}`, expected);
}

describe('lineIndex', () => {
  it('counts from one, in UTF-16 units, the end exclusive', () => {
    checkRange('ab\ncd\n', 0, 2, '1:1-1:3');
    checkRange('ab\ncd\n', 1, 4, '1:2-2:2');
    checkRange('😀x\n', 2, 3, '1:3-1:4');
    checkRange('a\r\nb', 3, 4, '2:1-2:2');
  });
  it('puts a line break at the end of its line', () => checkRange('ab\ncd', 2, 3, '1:3-2:1'));
  it('clamps what lies outside, and never ends before it begins', () => {
    checkRange('ab', -5, 99, '1:1-1:3');
    checkRange('', 7, 9, '1:1-1:1');
    checkRange('ab\ncd', 4, 1, '2:2-2:2');
  });
});

describe('nearMiss', () => {
  const known = ['model', 'tools', 'cannot_access', 'env', 'constructor'];
  const cases: Readonly<Record<string, string | undefined>> = {
    model: undefined,
    Model: 'model',
    modle: 'model',
    canot_acess: 'cannot_access',
    ENV: 'env',
    enx: 'env',
    exx: undefined,
    colour: undefined,
    '': undefined,
    ['__proto__']: undefined,
  };
  for (const [name, expected] of Object.entries(cases))
    it(`${name || '(empty)'} → ${expected}`, () => assert.equal(nearMiss(name, known), expected));
  it('takes the nearest', () => assert.equal(nearMiss('abcdx', ['abcyy', 'abcde']), 'abcde'));
});

describe('visible', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain é 漢 😀', 'plain é 漢 😀'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\u001b[31m', '\\u{1b}[31m'],
    ['\u202eevil\u200b', '\\u{202e}evil\\u{200b}'],
    ['\u{e0041}\u2028\ud800', '\\u{e0041}\\u{2028}\\u{d800}'],
  ];
  for (const [text, expected] of cases) it(expected, () => assert.equal(visible(text), expected));
  it('cuts with an ellipsis, never through a pair', () => {
    assert.equal(visibleShort('abcdef', 6), 'abcdef');
    assert.equal(visibleShort('abcdefg', 6), 'abcde…');
    assert.equal(visibleShort('abcd😀gh', 6), 'abcd…');
  });
});

describe('hasErrors', () => {
  const finding = {
    code: 'a/b',
    file: 'f',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    args: {},
    message: '',
  };
  it('tells errors from the rest', () => {
    assert.equal(hasErrors([{ ...finding, severity: 'warning' }]), false);
    assert.equal(
      hasErrors([
        { ...finding, severity: 'warning' },
        { ...finding, severity: 'error' },
      ]),
      true,
    );
  });
});
