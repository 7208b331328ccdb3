import assert from 'node:assert/strict';
import { sandboxPaths } from '../../../src/outputs/sandboxPaths.ts';
import type { PathRule, Policy } from '../../../src/policy/policy.ts';
import { memoryFiles } from './memoryFiles.ts';

const policyWith = (write: readonly string[], read: readonly string[]): Policy => {
  const rule = (glob: string): PathRule => ({ glob, from: 'cannot_access' });
  return {
    format: 1,
    agent: 'boxed-agent',
    tools: [],
    mcp: [],
    write: { deny: write.map(rule) },
    read: { deny: read.map(rule) },
    bash: { allow: [], deny: [] },
    delegates: {},
  };
};

const workspace = [
  'tests/a.py',
  'pkg/tests/deep/b.py',
  'src/a.gen.js',
  'src/b.js',
  'src/[x]/c.gen.js',
  'docs/a',
  'pkg/docs/a',
  'node_modules/x/tests/a',
  '.git/config',
  'sub/.claude/settings.json',
];

function checkPaths(
  cases: Readonly<Record<string, readonly [globs: readonly string[], paths: readonly string[]]>>,
) {
  const files = memoryFiles(Object.fromEntries(workspace.map((file) => [`/w/${file}`, ''])));
  for (const [name, [globs, paths]] of Object.entries(cases))
    it(name, () => {
      const expected = [...paths];
      assert.deepEqual(sandboxPaths(files, '/w', policyWith(globs, [])).denyWrite, expected);
      assert.deepEqual(sandboxPaths(files, '/w', policyWith([], globs)).denyRead, expected);
    });
}

describe('sandboxPaths', () => {
  checkPaths({
    'a folder at any depth, but in installed packages': [['tests/**'], ['/w/pkg/tests', '/w/tests']],
    'a pattern as the files that match': [['*.gen.*'], ['/w/src/[x]', '/w/src/a.gen.js']],
    'an anchored folder': [['/docs/**'], ['/w/docs']],
    'what is not there, when the glob names it': [
      ['new/**', 'LICENSE'],
      ['/w/LICENSE', '/w/new'],
    ],
    'a pattern that matches nothing': [['*.lock'], []],
    'what lies outside the workspace': [['//state/of\\[us\\]/**'], ['/state/of[us]']],
    'a folder once with what is in it': [
      ['tests/**', '*.py'],
      ['/w/pkg/tests', '/w/tests'],
    ],
    everything: [
      ['**'],
      workspace
        .map((file) => `/w/${file.split('/')[0]}`)
        .filter((file, at, all) => all.indexOf(file) === at && !/node_modules|\.git$/.test(file))
        .sort(),
    ],
  });

  it('leaves .git to be written, for commits', () => {
    const files = memoryFiles({ '/w/.git/config': '', '/w/.claude/x': '' });
    assert.deepEqual(sandboxPaths(files, '/w', policyWith(['.git', '.claude/**'], [])).denyWrite, [
      '/w/.claude',
    ]);
  });

  it('refuses what the sandbox cannot hold', () => {
    const many = memoryFiles(
      Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`/w/${at}.lock`, ''])),
    );
    assert.throws(() => sandboxPaths(many, '/w', policyWith(['*.lock'], [])), /more than 1000 files/);
  });
});
