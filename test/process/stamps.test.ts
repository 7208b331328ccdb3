// Files whose stamps are looked at: a change is told of once, whatever it is, and what is renewed is no news.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Stamps } from '../../src/editor/stamps.ts';

describe('stamps', () => {
  let folder: string;
  let stamps: Stamps;
  let told: string[];
  let tell: () => void;
  const at = (name: string): string => path.join(folder, name);
  /** Resolves at the next news. */
  const news = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stamps-'));
    for (const name of ['a', 'b', 'c', 'd']) fs.writeFileSync(at(name), name);
    told = [];
    stamps = new Stamps((files) => {
      told.push(...files.map((file) => path.basename(file)));
      tell();
    });
  });
  afterEach(() => {
    stamps.dispose();
    fs.rmSync(folder, { recursive: true });
  });

  it('tell of what was changed, came, went, or is another file now', async () => {
    stamps.follow(['a', 'b', 'c', 'new'].map(at));
    fs.writeFileSync(at('a'), 'other');
    fs.rmSync(at('b'));
    fs.renameSync(at('d'), at('c'));
    fs.writeFileSync(at('new'), '');
    await news();
    assert.deepEqual(told.sort(), ['a', 'b', 'c', 'new']);
  });

  it('tell nothing of what was renewed, or is not followed any more', async () => {
    stamps.follow(['a', 'b', 'c'].map(at));
    stamps.follow(['a', 'c'].map(at));
    fs.writeFileSync(at('a'), 'other');
    fs.writeFileSync(at('b'), 'other');
    stamps.renew([at('a')]);
    fs.writeFileSync(at('c'), 'other');
    await news();
    assert.deepEqual(told, ['c']);
  });
});
