import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PathRule } from '../../../src/policy/policy.ts';
import { isUnder, standIn } from '../../../src/proof/standIns.ts';

const rule = (glob: string): PathRule => ({ glob, from: 'cannot_access' });
const options = { word: 'proof', ending: '.txt' };

describe('stand-in of a glob', () => {
  for (const [glob, expected, deep] of [
    ['tests/**', 'tests/proof.txt', 'proof-depth/inner/tests/proof.txt'],
    ['/docs/**', 'docs/proof.txt', undefined],
    ['**/tests/**', 'tests/proof.txt', 'proof-depth/inner/tests/proof.txt'],
    ['tests', 'tests/proof.txt', 'proof-depth/inner/tests/proof.txt'],
    ['tests/', 'tests/proof.txt', 'proof-depth/inner/tests/proof.txt'],
    ['*.py', 'proof.py', 'proof-depth/inner/proof.py'],
    ['src/gen/*.py', 'src/gen/proof.py', 'proof-depth/inner/src/gen/proof.py'],
    ['/agents/registry.yaml', 'agents/registry.yaml', undefined],
    ['.git', '.git/proof.txt', 'proof-depth/inner/.git/proof.txt'],
    ['a/**/b', 'a/b/proof.txt', 'proof-depth/inner/a/b/proof.txt'],
    ['[abc]x/**', 'ax/proof.txt', 'proof-depth/inner/ax/proof.txt'],
    ['v?/**', 'vx/proof.txt', 'proof-depth/inner/vx/proof.txt'],
    ['**', 'proof.txt', 'proof-depth/inner/proof.txt'],
    ['a\\*b/**', 'a*b/proof.txt', 'proof-depth/inner/a*b/proof.txt'],
  ] as const)
    it(`${glob} is ${expected}`, () => {
      assert.equal(standIn(rule(glob), options), expected);
      assert.equal(standIn(rule(glob), { ...options, isDeep: true }), deep);
    });

  it('has the ending that is asked for, where the glob leaves it open', () => {
    const notebook = { word: 'proof', ending: '.ipynb' };
    assert.equal(standIn(rule('tests/**'), notebook), 'tests/proof.ipynb');
    assert.match(standIn(rule('*.test.*'), notebook) ?? '', /\.test\..*\.ipynb$/);
    assert.equal(standIn(rule('*.py'), notebook), 'proof.py/proof.ipynb');
    assert.equal(standIn(rule('/agents/registry.yaml'), notebook), 'agents/registry.yaml/proof.ipynb');
  });

  it('is always under the rule, or there is none', () => {
    const globs = [
      'tests/**',
      '!x',
      '[a',
      'x\\',
      '//abs/**',
      '../x',
      'a/../b',
      '',
      '/',
      '*',
      '$(x)',
      "it's/**",
    ];
    for (const glob of [...globs, 'a\0b', '__proto__/**', 'x'.repeat(500)]) {
      const found = standIn(rule(glob), options);
      if (found === undefined) continue;
      assert.ok(isUnder([rule(glob)], found), glob);
      assert.ok(!found.startsWith('/') && !found.split('/').includes('..'), found);
    }
  });
});
