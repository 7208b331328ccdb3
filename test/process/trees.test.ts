// What the hash of a folder tells apart, and what it does not look at.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { hashTree, moveTree } from '../../src/files/trees.ts';
import { removeScratch, scratch } from './cliProcess.ts';

after(removeScratch);

/** A folder with one thing of each kind. */
function folder(): string {
  const root = path.join(scratch(null).root, 'x');
  fs.mkdirSync(path.join(root, 'empty'), { recursive: true });
  fs.mkdirSync(path.join(root, 'a'));
  fs.writeFileSync(path.join(root, 'a/file'), 'text', { mode: 0o644 });
  fs.symlinkSync('a/file', path.join(root, 'link'));
  return root;
}

describe('the hash of a folder', () => {
  const check = (title: string, change: (at: (name: string) => string) => void, isSame = false): unknown =>
    it(`${isSame ? 'does not see' : 'sees'} ${title}`, async () => {
      const root = folder();
      const before = await hashTree(root);
      change((name) => path.join(root, name));
      assert.equal((await hashTree(root)) === before, isSame);
    });
  check('a changed byte', (at) => fs.writeFileSync(at('a/file'), 'texT'));
  check('another mode of a file', (at) => fs.chmodSync(at('a/file'), 0o755));
  check('another mode of a folder', (at) => fs.chmodSync(at('empty'), 0o700));
  check('another mode of the folder itself', (at) => fs.chmodSync(at(''), 0o700));
  check('an empty folder more', (at) => fs.mkdirSync(at('empty/inner')));
  check('an empty folder less', (at) => fs.rmdirSync(at('empty')));
  check('a file by another name', (at) => fs.renameSync(at('a/file'), at('a/other')));
  check('a link that leads elsewhere', (at) => {
    fs.unlinkSync(at('link'));
    fs.symlinkSync('a/other', at('link'));
  });
  check('a copy in place of a link', (at) => {
    fs.unlinkSync(at('link'));
    fs.copyFileSync(at('a/file'), at('link'));
  });
  check('a touched file', (at) => fs.utimesSync(at('a/file'), 1, 1), true);
  check(
    'who came first',
    (at) => {
      fs.rmdirSync(at('empty'));
      fs.mkdirSync(at('empty'));
    },
    true,
  );
  it('is the same for the same in two places', async () => {
    assert.equal(await hashTree(folder()), await hashTree(folder()));
  });
});

describe('a move of a folder', () => {
  it('never takes the place of something, an empty folder included', async () => {
    const root = folder();
    const target = `${root}-new`;
    fs.mkdirSync(target);
    await assert.rejects(moveTree(root, target, '0123456789ab'), { code: 'EEXIST' });
    assert.ok(fs.existsSync(path.join(root, 'a/file')));
  });
});
