import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cachedFiles } from '../../../src/files/cachedFiles.ts';
import type { Files } from '../../../src/files/files.ts';

const at = (file: string): string => path.resolve('/w', file);
const known = ['a/x.json', 'a/b/y.json', 'ab/z.json', 'c/d/e/f.json', 'g.json'];

/** A disk that says how often it was asked for each file. */
function counting() {
  const asked: string[] = [];
  const disk: Files = {
    read: (file) => {
      asked.push(path.relative(at('.'), file).split(path.sep).join('/'));
      return { text: '' };
    },
    kind: () => 'file',
    list: () => [],
    realPath: (file) => file,
    isOwn: () => true,
    isExecutable: () => false,
  };
  const files = cachedFiles(disk);
  const readAll = (): readonly string[] => {
    asked.length = 0;
    for (const file of known) files.read(at(file));
    return [...asked];
  };
  readAll();
  return { files, readAll };
}

describe('cachedFiles: what is forgotten', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['nothing', [], []],
    ['a file', ['a/x.json'], ['a/x.json']],
    ['a folder with all below it, and no namesake', ['a'], ['a/x.json', 'a/b/y.json']],
    ['several', ['a/b', 'g.json'], ['a/b/y.json', 'g.json']],
    ['a folder far above', ['c'], ['c/d/e/f.json']],
    ['what is not known', ['h/i.json'], []],
  ];
  // What is few and what is many is found in two ways, which must agree.
  const others = Array.from({ length: 100 }, (_, index) => `other/${index}.json`);
  for (const [name, paths, expected] of cases)
    for (const [size, more] of [
      ['few', []],
      ['many', others],
    ] as const)
      it(`${name}, among ${size}`, () => {
        const { files, readAll } = counting();
        assert.deepEqual(readAll(), []);
        files.forget(...[...paths, ...more].map(at));
        assert.deepEqual(readAll(), expected);
      });
});
