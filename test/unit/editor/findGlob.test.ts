import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findGlobs } from '../../../src/editor/language/findGlob.ts';

describe('findGlobs', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['tests/**', '**/tests/**'],
    ['/tests/**', 'tests/**'],
    ['./tests/**', '**/tests/**'],
    ['**/tests/**', '**/tests/**'],
    ['*.test.*', '{**/*.test.*,**/*.test.*/**}'],
    ['docs', '{**/docs,**/docs/**}'],
    ['docs/', '{**/docs,**/docs/**}'],
    ['/docs/', '{docs,docs/**}'],
    ['!src/**', undefined],
    ['//etc/**', undefined],
    ['../x', undefined],
    ['{a,b}', undefined],
    ['/', undefined],
    ['', undefined],
  ];
  for (const [glob, expected] of cases)
    it(JSON.stringify(glob), () => assert.equal(findGlobs(glob), expected));
});
