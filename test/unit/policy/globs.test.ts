import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PathNames, ruleSet } from '../../../src/policy/globs.ts';

const path = (relative: string): PathNames => ({
  relative: [relative],
  absolute: [`/disk/space/${relative}`.replace(/\/$/, '')],
});
const rulesOf = (...globs: string[]) => ruleSet(globs.map((glob) => ({ glob, from: 'cannot_access' })));

function checkMatches(expected: boolean, cases: readonly (readonly [glob: string, name: string])[]): void {
  for (const [glob, name] of cases)
    it(`${JSON.stringify(glob.slice(0, 40))} ${expected ? 'forbids' : 'lets'} ${JSON.stringify(name)}`, () => {
      assert.equal(rulesOf(glob).matches(path(name)).length > 0, expected);
    });
}

describe('ruleSet.matches', () => {
  describe('what the CLI blocks as Edit(glob) (CLAUDE-CODE-CONTRACT.md section 1.3) is forbidden here', () => {
    checkMatches(
      true,
      ['tests/**', './tests/**', '/tests/**', '//disk/space/tests/**', '**/tests/**', 'tests', 'tests/']
        .concat(['tests/*', 'foo.py', '*.py', '**'])
        .map((glob) => [glob, 'tests/foo.py'] as const),
    );
  });
  describe('any depth, unless anchored', () => {
    checkMatches(true, [
      ['tests/**', 'pkg/tests/a.py'],
      ['./tests/**', 'pkg/tests/a.py'],
      ['src/gen/*.py', 'pkg/src/gen/a.py'],
      ['src/gen/*.py', 'src/gen/a.py'],
      ['*.test.*', 'src/deep/a.test.ts'],
      ['/agents/registry.yaml', 'agents/registry.yaml'],
      ['//disk/space/a', 'a'],
      ['//', 'a'],
      ['.git', '.git'],
      ['.git', 'sub/.git/config'],
      ['a/**/b', 'a/b'],
      ['a/**/b', 'x/a/1/2/b/c'],
      ['a/**/', 'a/b'],
      ['a/**/', 'x/a/1/b'],
      ['**/**/a', 'a'],
      ['a/**/**', 'a/b'],
    ]);
    checkMatches(false, [
      ['/tests/**', 'pkg/tests/a.py'],
      ['//disk/space/tests/**', 'pkg/tests/a.py'],
      ['//tests/**', 'tests/a.py'],
      ['/agents/registry.yaml', 'x/agents/registry.yaml'],
      ['src/gen/*.py', 'src/gen/deep/a.py'],
      ['tests/**', 'tests'],
      ['tests/**/', 'tests'],
      ['**/', 'a'],
      ['tests/', 'tests'],
      ['tests/**', 'mytests/a'],
      ['.git', '.gitignore'],
      ['*.py', 'a.pyc'],
    ]);
  });
  describe('case, composition and characters that disks leave out', () => {
    checkMatches(true, [
      ['tests/**', 'TESTS/Foo.py'],
      ['Tests/**', 'tests/foo.py'],
      ['caf\u00e9/**', 'cafe\u0301/a'],
      ['cafe\u0301/**', 'CAF\u00c9/a'],
      ['tests/**', 'te\u017fts/a'],
      ['keys/**', '\u212aeys/a'],
      ['.git', '.g\u200cit/config'],
      ['stra\u00dfe/**', 'STRASSE/a'],
    ]);
    // A look-alike is another file on every disk.
    checkMatches(false, [
      ['tests/**', 't\u0435sts/a'],
      ['tests/**', 'tests\u2215a'],
      ['tests/**', '\uff54ests/a'],
    ]);
  });
  describe('classes, escapes and comments', () => {
    checkMatches(true, [
      ['*.[ch]', 'a.c'],
      ['[!a]x', 'bx'],
      ['a\\*b', 'a*b'],
      ['#notes', '#notes'],
      ['tests/** ', 'tests/a'],
      ['\\!x', '!x'],
    ]);
    checkMatches(false, [
      ['*.[ch]', 'a.d'],
      ['a\\*b', 'axb'],
      ['#notes', 'a'],
      ['{a,b}', 'a'],
    ]);
  });
  describe('what cannot be understood forbids everything', () => {
    const hostile = [
      '',
      '  ',
      '/',
      '.',
      './',
      '!src/**',
      '[a',
      'a[',
      '[a/b]',
      '[[:nope:]]',
      'a\\',
      'a\\/',
      '../x',
    ];
    checkMatches(
      true,
      hostile
        .concat(['a/../b', 'a\0b', 'x'.repeat(2000), 'a/**/b/**/c/**/d/**/e'])
        .map((glob) => [glob, 'any/thing'] as const),
    );
  });

  it('never throws, whatever the glob and the name', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'ab*?[]!\\/.# -^{}()|$\u00e9\u017f\u0000\n\ud800') });
    fc.assert(
      fc.property(odd, odd, (glob, name) => {
        const rules = rulesOf(glob);
        rules.matches(path(name));
        rules.covers(path(name));
        rules.reaches(path(name));
      }),
    );
  });

  it('reads * and ? as a plain reference does', () => {
    const reads = (glob: string, name: string): boolean =>
      glob === ''
        ? name === ''
        : glob[0] === '*'
          ? reads(glob.slice(1), name) || (name !== '' && reads(glob, name.slice(1)))
          : name !== '' && (glob[0] === '?' || glob[0] === name[0]) && reads(glob.slice(1), name.slice(1));
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 6 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(globs, names, (glob, name) => {
        assert.equal(rulesOf(glob).matches(path(name)).length > 0, reads(glob, name));
      }),
      { numRuns: 500 },
    );
  });

  it('gives every rule that a path falls under, in the order given', () => {
    const matched = rulesOf('tests/**', 'src/**', '*.py').matches(path('tests/a.py'));
    assert.deepEqual(
      matched.map((rule) => rule.glob),
      ['tests/**', '*.py'],
    );
  });

  it('says nothing of a path outside the workspace, but for an absolute rule', () => {
    const outside = { relative: [], absolute: ['/elsewhere/tests/a'] };
    assert.equal(rulesOf('tests/**', '**', '/tests/**').matches(outside).length, 0);
    assert.equal(rulesOf('//elsewhere/**').matches(outside).length, 1);
  });
});

function checkDirectory(
  ask: 'covers' | 'reaches',
  cases: readonly (readonly [string, string, boolean])[],
): void {
  for (const [glob, name, expected] of cases)
    it(`${ask}: ${glob} and the directory ${JSON.stringify(name)}: ${expected}`, () => {
      assert.equal(rulesOf(glob)[ask](path(name)).length > 0, expected);
    });
}

describe('ruleSet on directories', () => {
  checkDirectory('covers', [
    ['secrets/**', 'secrets', true],
    ['secrets/**', 'a/Secrets', true],
    ['secrets', 'secrets/deep', true],
    ['secrets/**', '', false],
    ['/a/secrets/**', 'a', false],
    ['*.py', 'src', false],
    ['**', '', true],
  ]);
  checkDirectory('reaches', [
    ['secrets/**', 'secrets', false],
    ['/agents/registry.yaml', 'agents', false],
    ['//disk/space/a/b', '', true],
    ['//disk/space/a/b', 'a', true],
    ['//disk/space/A/b', 'a', true],
    ['//disk/space/a/*/c', 'a', true],
    ['//disk/space/a/**', 'a/b', true],
    ['//disk/space/a/b', 'a/b', true],
    ['//disk/space/a/b', 'c', false],
  ]);
});
