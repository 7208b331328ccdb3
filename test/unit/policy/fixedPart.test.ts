import assert from 'node:assert/strict';
import fc from 'fast-check';
import { couldName, fixedParts } from '../../../src/policy/fixedPart.ts';

describe('fixedParts', () => {
  for (const [glob, ...parts] of [
    ['tests/**', '^tests$'],
    ['**/tests/*.py', '^tests$', '.py$'],
    ['*.test.*', '.test.'],
    ['a/b?c/[de]f*', '^a$', '^b', 'c$', 'f'],
    ['[!a]bc', 'bc$'],
    ['a\\*b', '^a*b$'],
    ['Über/Tests', '^über$', '^tests$'],
    ['/docs/**', '^docs$'],
    ['//home/a/.state/native-orchestrator/**', '^native-orchestrator$'],
    ['//home/a/.claude/settings.json', '^.claude$', '^settings.json$'],
    ['**'],
    ['*'],
  ] as const)
    it(`of ${glob}`, () =>
      assert.deepEqual(
        fixedParts(glob).map(({ text, isStart, isEnd }) => `${isStart ? '^' : ''}${text}${isEnd ? '$' : ''}`),
        parts.map((part) => part.normalize('NFC')),
      ));
});

function checkNames(expected: boolean, cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [glob, texts] of Object.entries(cases))
    for (const text of texts)
      it(`${JSON.stringify(text)} ${expected ? 'could' : 'could not'} name ${glob}`, () =>
        assert.equal(couldName(text)(glob), expected));
}

describe('couldName', () => {
  checkNames(true, {
    'tests/**': [
      'tests',
      "open('tests/a.py', 'w')",
      'TESTS/a',
      'cp -rtests x',
      '--out=tests',
      '"\\ntests"',
      '"%stests"',
      '$dirtests',
      '$' + '{dir}tests',
      'te""sts/a',
      "te'st's",
      '\\164ests/a',
      '\\x74\\x65sts/a',
      '\\u0074ests/a',
      '%74ests/a',
      '\\x2ftests\\x2fa',
      "tests'",
      'a\ntests\nb',
      'te\u200dsts/x',
    ],
    'src/backend/**': ["join('src', 'backend')", 'src/backend/x', 'backend in src'],
    '*.test.*': ['a.test.ts', 'glob("*.test.js")'],
    'test_*.py': ["open('test_a.py')"],
    '.git': ['.git', 'x/.git/config', 'repo;.git'],
    '**': ['', 'anything'],
    '[a': ['anything'],
    '!x': ['anything'],
    '//home/a/.local/state/native-orchestrator/**': ['cat ~/.local/state/native-orchestrator/x'],
  });
  checkNames(false, {
    'tests/**': ['unittests', 'testsuite', 'contests/a', 'test', 'my_tests', 'tests2'],
    'src/backend/**': ['src/frontend', 'backend'],
    '*.test.*': ['a.tests.ts', 'test'],
    'test_*.py': ['unittest_a.py', 'test_a.pyc', 'test-a.py'],
    '.git': ['.gitignore', 'https://x.example/a.git', '.github'],
  });

  it('finds every path that a glob was made from', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-.é'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (names, inside) => {
        fc.pre(!names.some((one) => /^\.{1,2}$/.test(one)));
        assert.ok(couldName(`open("${names.join('/')}/${inside}")`)(`${names.join('/')}/**`));
      }),
      { numRuns: 500 },
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, glob) => {
        couldName(text)(glob);
      }),
    );
  });
});
