// Archives that are killed on the way or lie on another disk: at every moment a whole copy is there, and one command brings it back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  endOf,
  expectCli,
  mounts,
  put,
  removeScratch,
  type Scratch,
  startCli,
  take,
} from './cliProcess.ts';
import { archived, archiveWords, commit, fiveOld, smallFleet, wholeTree } from './legacyFleet.ts';

after(removeScratch);

describe('a move that was killed', () => {
  /** As it is after a kill between two moves: the manifest is there, and so many have been moved. */
  async function half(at: Scratch, moved: number): Promise<string> {
    const manifest = await archived(at);
    const { directories } = JSON.parse(take(at, manifest));
    for (const { from, to } of directories.slice(moved))
      fs.renameSync(path.join(at.root, to), path.join(at.root, from));
    return manifest;
  }

  for (const moved of [0, 2, 5])
    it(`after ${moved} of 5 is undone`, async () => {
      const at = smallFleet();
      const before = wholeTree(at.root);
      const manifest = await half(at, moved);
      const { stdout } = await expectCli(at, ['clean', '--undo', manifest], 0);
      assert.match(stdout, new RegExp(`${moved} director(y|ies) moved back`));
      assert.deepEqual(wholeTree(at.root), before);
    });

  it('is gone on with, and both archives come back', async () => {
    const at = smallFleet();
    const before = wholeTree(at.root);
    const first = await half(at, 2);
    const second = await archived(at, '--uncommitted');
    assert.notEqual(second, first);
    assert.equal(JSON.parse(take(at, first)).directories.length, 2);
    assert.equal(JSON.parse(take(at, second)).directories.length, 3);
    for (const manifest of [second, first]) await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
  });

  it('before anything was moved leaves nothing when it is gone on with', async () => {
    const at = smallFleet();
    const first = await half(at, 0);
    const second = await archived(at, '--uncommitted');
    // The first folder is free again by then.
    assert.equal(second, first);
    assert.deepEqual(fs.readdirSync(path.join(at.root, 'agents/archive')).length, 1);
  });

  it('at any moment loses nothing', async function () {
    this.timeout(60_000);
    const at = smallFleet();
    for (const name of fiveOld)
      for (let part = 0; part < 40; part++) put(at, `agents/${name}/part-${part}.md`, `${name} ${part}\n`);
    commit(at, 'More');
    const before = wholeTree(at.root);
    let inMidMove = 0;
    for (let round = 0; round < 12; round++) {
      const child = startCli(at, archiveWords);
      const end = endOf(child);
      const lock = path.join(at.root, 'agents/.generating');
      const archive = path.join(at.root, 'agents/archive');
      const isBegun = round % 2 === 0 ? () => fs.existsSync(archive) : () => fs.existsSync(lock);
      while (child.exitCode === null && !isBegun()) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      if ((await end).code === null && fs.existsSync(archive)) inMidMove++;
      if (fs.existsSync(lock)) fs.utimesSync(lock, new Date(0), new Date(0));
      const [folder = ''] = fs.existsSync(archive) ? fs.readdirSync(archive) : [];
      const isWritten = fs.existsSync(path.join(archive, folder, 'manifest.json'));
      // Where it was killed before its manifest stood there, nothing was moved, and the next one sweeps up.
      const manifest = isWritten ? `agents/archive/${folder}` : await archived(at);
      await expectCli(at, ['clean', '--undo', manifest], 0);
      fs.rmSync(lock, { recursive: true, force: true });
      // A folder made just before the end may stay behind, empty.
      if (fs.existsSync(archive)) fs.rmdirSync(archive);
      assert.deepEqual(wholeTree(at.root), before, `round ${round}`);
    }
    assert.ok(inMidMove > 0, 'none was killed while it moved');
  });
});

describe('an archive on another disk', () => {
  /** A fleet whose archive is a disk of its own. Undefined where nothing may be mounted. */
  function onTwoDisks(options = 'size=4m'): Scratch | undefined {
    const at = smallFleet('archive');
    const file = put(at, 'agents/backend/run.sh', '#!/bin/sh\n');
    fs.chmodSync(file, 0o751);
    fs.mkdirSync(path.join(at.root, 'agents/backend/empty/inner'), { recursive: true });
    fs.chmodSync(path.join(at.root, 'agents/backend/empty'), 0o555);
    fs.symlinkSync('../nowhere', path.join(at.root, 'agents/backend/link'));
    commit(at, 'More');
    const archive = path.join(at.root, 'agents/archive');
    const isMounted =
      process.getuid?.() === 0 &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', archive]).status === 0;
    if (!isMounted) return undefined;
    mounts.push(archive);
    return at;
  }

  it('is copied, compared and removed, and comes back the same way', async function () {
    const at = onTwoDisks() ?? this.skip();
    const before = wholeTree(at.root);
    const time = fs.statSync(path.join(at.root, 'agents/backend/run.sh')).mtimeMs;
    const manifest = await archived(at);
    assert.equal(JSON.parse(take(at, manifest)).directories.length, 5);
    await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
    assert.equal(
      Math.round(fs.statSync(path.join(at.root, 'agents/backend/run.sh')).mtimeMs),
      Math.round(time),
    );
  });

  it('that is full changes nothing', async function () {
    const at = onTwoDisks('size=64k') ?? this.skip();
    put(at, 'agents/qa/large', Buffer.alloc(200_000, 'x'));
    commit(at, 'Large');
    await checkRefused(at, { code: 2, words: archiveWords, says: /Could not move .*qa: the disk is full/ });
  });

  it('when a copy was killed: what it left is swept, the whole one kept', async function () {
    const at = onTwoDisks() ?? this.skip();
    const before = wholeTree(at.root);
    const manifest = await archived(at);
    const { tag, directories } = JSON.parse(take(at, manifest));
    const [first, second] = directories;
    const aside = (place: string): string =>
      path.join(at.root, path.dirname(place), `.${path.basename(place)}.${tag}.native-orchestrator-tmp`);
    // Killed while the old place was being emptied, and while the archive was being filled.
    fs.mkdirSync(aside(first.from));
    fs.cpSync(path.join(at.root, second.to), path.join(at.root, second.from), {
      recursive: true,
      verbatimSymlinks: true,
    });
    fs.mkdirSync(aside(second.to));
    await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
  });
});
