// The words of shell lines. The expected ones are what /bin/sh makes of them.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { invocationOf, shebangOf } from '../../../src/claude/interpreters.ts';
import { shellWords } from '../../../src/claude/shellWords.ts';

const variables = { CLAUDE_PROJECT_DIR: '/w x' };

const simple: readonly (readonly [string, readonly string[]])[] = [
  ['node a.mjs', ['node', 'a.mjs']],
  ['  node\t a.mjs  ', ['node', 'a.mjs']],
  [`node 'a b' "c d" e\\ f`, ['node', 'a b', 'c d', 'e f']],
  [`a""b '' "\\$x\\n"`, ['ab', '', '$x\\n']],
  ['"$CLAUDE_PROJECT_DIR"/a b', ['/w x/a', 'b']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: shell, not JavaScript
  ['"${CLAUDE_PROJECT_DIR}/a"', ['/w x/a']],
  ['$CLAUDE_PROJECT_DIR/a', ['/w', 'x/a']],
  [`'$CLAUDE_PROJECT_DIR/a'`, ['$CLAUDE_PROJECT_DIR/a']],
  ['FOO=1 BAR="a b" node x', ['node', 'x']],
  ['exec node x', ['node', 'x']],
  ['node x # a note', ['node', 'x']],
  ['node x#y', ['node', 'x#y']],
  ['', []],
  ['FOO=1', []],
];
const more = [
  ...['a | b', 'a && b', 'a; b', 'a &', 'a > f', 'a 2>&1', '(a)', 'a\nb', '`a`', '"`a`"', '$(a)', '"$(a)"'],
  ...[
    '$HOME/x',
    '"$FOO"',
    '~/x',
    '*.sh',
    'a?',
    '{a,b}',
    'if a',
    '! a',
    "a 'b",
    'a "b',
    'a \\',
    'PATH=/x a',
    'cd x',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: shell, not JavaScript
  ...['$', '${CLAUDE_PROJECT_DIR:-x}', '. ./x', '[ -f x ]'],
];

describe('shellWords', () => {
  for (const [line, words] of simple)
    it(line, () => {
      assert.deepEqual(shellWords(line, variables), { words });
    });
  for (const line of more)
    it(`does not guess: ${line}`, () => {
      const read = shellWords(line, variables);
      assert.equal(read.words, undefined);
      assert.match(read.unknown ?? '', /^(has|uses|is|runs|begins|sets|goes) /);
    });
  it('reads back any words in single quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
        const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
        fc.pre(!/^\w+=|^(exec|command)$/.test(words[0] ?? ''));
        const read = shellWords(`x ${quoted}`, {});
        assert.deepEqual(read.words, ['x', ...words]);
      }),
    );
  });
});

describe('invocationOf', () => {
  const lines: readonly (readonly [string, string, string?])[] = [
    ['node a.mjs b', 'script', 'a.mjs'],
    ['node --no-warnings -r ./x a.mjs', 'script', 'a.mjs'],
    ['/usr/bin/python3.11 -W ignore a.py', 'script', 'a.py'],
    ['python3 -u -- -a.py', 'script', '-a.py'],
    ['python3 -m mod', 'inline'],
    ['bash -c x', 'inline'],
    ['node', 'inline'],
    ['env FOO=1 python3 a.py', 'script', 'a.py'],
    ['/usr/bin/env -i node a', 'inline'],
    ['prettier --check', 'direct'],
    ['./a.sh b', 'direct'],
    ['deno run -A a.ts', 'script', 'a.ts'],
    ['deno task x', 'inline'],
  ];
  for (const [line, kind, script] of lines)
    it(line, () => {
      const found = invocationOf(line.split(' '));
      assert.deepEqual([found?.kind, found?.kind === 'script' ? found.script : undefined], [kind, script]);
    });
  it('has nothing to say of no command', () => {
    assert.equal(invocationOf([]), undefined);
    assert.equal(invocationOf(['']), undefined);
  });
});

describe('shebangOf', () => {
  const texts: readonly (readonly [string, string, string?])[] = [
    ['#!/bin/sh\n', 'program', '/bin/sh'],
    ['#! /usr/bin/env python3\n', 'program', 'python3'],
    ['#!/usr/bin/env -S node --x\n', 'program', 'node'],
    ['#!/usr/bin/env python3\r\n', 'carriage-return', 'python3'],
    ['#!/bin/sh', 'program', '/bin/sh'],
    ['echo', 'none'],
    ['', 'none'],
  ];
  for (const [text, kind, program] of texts)
    it(JSON.stringify(text), () => {
      const found = shebangOf(text);
      assert.deepEqual([found.kind, found.kind === 'none' ? undefined : found.program], [kind, program]);
    });
});
