// Permission rules in the spelling that holds. Each glob was tried with the CLI: what it must stop and what it must not.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import {
  absolutePattern,
  bashRule,
  parseRule,
  readRule,
  renderRule,
  writeRule,
} from '../../../src/claude/permissionRule.ts';

/** Glob, rule of the committed form, rule of a launch copy in /w. */
const globs: readonly (readonly [string, string, string])[] = [
  ['tests/**', 'tests/**', 'tests/**'],
  ['./tests/**', 'tests/**', 'tests/**'],
  ['tests', 'tests', 'tests'],
  ['docs/', 'docs/', 'docs/'],
  ['*.test.*', '*.test.*', '*.test.*'],
  ['**/tests/**', '**/tests/**', '**/tests/**'],
  ['src/gen/**', '**/src/gen/**', '**/src/gen/**'],
  ['src/gen/*.py', '**/src/gen/*.py', '**/src/gen/*.py'],
  ['./src/gen/x.py', '**/src/gen/x.py', '**/src/gen/x.py'],
  ['src/**/x.py', '**/src/**/x.py', '**/src/**/x.py'],
  ['/src/gen/*.py', '**/src/gen/*.py', '//w/src/gen/*.py'],
  ['/tests/**', 'tests/**', '//w/tests/**'],
  ['/agents/registry.yaml', '**/agents/registry.yaml', '//w/agents/registry.yaml'],
  ['/*', '**', '//w/*'],
  ['/', '**', '//w/**'],
  ['*', '**', '**'],
  ['~/x', '**/~/x', '**/~/x'],
  ['~', '**/~', '**/~'],
  ['foo:*', 'foo[:]*', 'foo[:]*'],
  ['a(b).py', 'a(b).py', 'a(b).py'],
  ['//elsewhere/x', '//elsewhere/x', '//elsewhere/x'],
];

describe('writeRule and readRule', () => {
  for (const [glob, committed, launched] of globs)
    it(glob, () => {
      assert.equal(writeRule(glob), `Edit(${committed})`);
      assert.equal(readRule(glob), `Read(${committed})`);
      assert.equal(writeRule(glob, { absoluteRoot: '/w' }), `Edit(${launched})`);
    });
  // The CLI reads a rule without `//` from the folder that the session runs in.
  for (const [glob, elsewhere] of [
    ['tests/**', '//m/**/tests/**'],
    ['**/tests/**', '//m/**/tests/**'],
    ['**', '//m/**'],
    ['*', '//m/**'],
    ['**x', '//m/**/**x'],
    ['.git', '//m/**/.git'],
    ['src/gen/*.py', '//m/**/src/gen/*.py'],
    ['/docs/**', '//m/docs/**'],
    ['~/x', '//m/**/~/x'],
    ['foo:*', '//m/**/foo[:]*'],
    ['//state/**', '//state/**'],
  ] as const)
    it(`${glob} in a checkout that the session does not run in`, () => {
      const options = { absoluteRoot: '/m', isElsewhere: true };
      assert.equal(writeRule(glob, options), `Edit(${elsewhere})`);
      assert.equal(readRule(glob, options), `Read(${elsewhere})`);
    });
  it('no rule of ours is one that the CLI skips or never matches', () => {
    const rules = globs.flatMap(([glob]) => [
      writeRule(glob),
      readRule(glob),
      writeRule(glob, { absoluteRoot: '/w' }),
    ]);
    const text = JSON.stringify({ permissions: { deny: rules } });
    assert.deepEqual(checkSettings(text, { file: 'x', source: 'flag' }).findings, []);
  });
  it('takes the special characters of a folder literally', () => {
    assert.equal(absolutePattern('/w/a (b)[c]!#*?'), '/w/a (b)\\[c\\]\\!\\#\\*\\?');
    assert.equal(absolutePattern('C:\\Users\\x\\'), '/c/Users/x');
  });
});

describe('bashRule', () => {
  const prefixes: readonly (readonly [string, string])[] = [
    ['git push', 'Bash(git push:*)'],
    [' git push ', 'Bash(git push:*)'],
    ['git push:*', 'Bash(git push:*)'],
    ['git push *', 'Bash(git push:*)'],
    ['*', 'Bash'],
    ['', 'Bash(:*)'],
  ];
  for (const [prefix, rule] of prefixes)
    it(JSON.stringify(prefix), () => {
      assert.equal(bashRule(prefix), rule);
    });
});

describe('parseRule', () => {
  const rules: readonly (readonly [string, string | undefined, string?])[] = [
    ['Edit', 'Edit'],
    ['Edit(a)', 'Edit', 'a'],
    ['Edit(a(b).py)', 'Edit', 'a(b).py'],
    ['Edit(a))', 'Edit', 'a)'],
    ['Edit()', 'Edit', ''],
    ['(x)', '', 'x'],
    ['Edit(', undefined],
    ['Edit)', undefined],
    ['Edit(x) ', undefined],
    ['  ', undefined],
  ];
  for (const [text, tool, spec] of rules)
    it(JSON.stringify(text), () => {
      const rule = parseRule(text);
      assert.deepEqual([rule?.tool, rule?.spec], [tool, spec]);
      if (rule) assert.equal(renderRule(rule), text);
    });
  it('reads back what renderRule wrote, whatever the spec', () => {
    fc.assert(
      // A backslash before the last parenthesis takes it out of the rule; no glob may end in one.
      fc.property(
        fc.string().filter((spec) => !/(?<!\\)\\(?:\\\\)*$/.test(spec)),
        (spec) => {
          assert.deepEqual(parseRule(renderRule({ tool: 'Edit', spec })), { tool: 'Edit', spec });
        },
      ),
    );
    assert.equal(parseRule(renderRule({ tool: 'Edit', spec: '\\' })), undefined);
  });
});
