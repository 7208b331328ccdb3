// Generators that run at once, and generators that are killed: every file is whole, old or new, and the next one mends the rest.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  cli,
  endOf,
  expectCli,
  leftoversOf,
  manyAgents,
  put,
  removeScratch,
  type Scratch,
  scratch,
  startCli,
  treeOf,
} from './cliProcess.ts';

after(removeScratch);

const before = manyAgents(20, 'Works as before.');
const later = manyAgents(20, 'Works in a new way.');

/** The tree that a generator alone makes of a registry. */
async function treeFor(...registries: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const at = scratch(null);
  for (const registry of registries) {
    put(at, 'agents/registry.yaml', registry);
    await expectCli(at, ['generate'], 0);
  }
  return treeOf(at.root);
}

describe('four generators at once', function () {
  this.timeout(120_000);
  it('end well, and leave what one alone leaves', async () => {
    const alone = await treeFor(before);
    for (let round = 0; round < 10; round++) {
      const at = scratch(before);
      const results = await Promise.all([1, 2, 3, 4].map(() => cli(at, ['generate'])));
      for (const { code, text } of results) assert.equal(code, 0, text);
      assert.deepEqual(treeOf(at.root), alone, `round ${round}`);
    }
  });

  it('of different agents, too', async () => {
    const alone = await treeFor(before);
    const at = scratch(before);
    const results = await Promise.all([0, 1, 2, 3].map((n) => cli(at, ['generate', `worker-${n}-agent`])));
    for (const { code, text } of results) assert.equal(code, 0, text);
    for (const n of [0, 1, 2, 3]) await expectCli(at, ['check', `worker-${n}-agent`], 0);
    await expectCli(at, ['generate'], 0);
    assert.deepEqual(treeOf(at.root), alone);
  });

  it('after one that was killed', async () => {
    const alone = await treeFor(before);
    const at = scratch(before);
    fs.mkdirSync(path.join(at.root, 'agents/.generating')); // as a killed one leaves it
    const results = await Promise.all([1, 2, 3, 4].map(() => cli(at, ['generate'])));
    for (const { code, text } of results) assert.equal(code, 0, text);
    assert.deepEqual(treeOf(at.root), alone);
  });
});

describe('a generator that is killed', function () {
  this.timeout(300_000);

  /** Waits until a generator is at work, and then for so many milliseconds, or until something is true; then kills it. */
  async function killInMidWrite(
    at: Scratch,
    when: number | (() => boolean),
    words: readonly string[] = ['generate'],
  ): Promise<boolean> {
    const child = startCli(at, words);
    const end = endOf(child);
    const folder = path.join(at.root, 'agents');
    while (child.exitCode === null && !fs.existsSync(path.join(folder, '.generating')))
      await new Promise((resolve) => setImmediate(resolve));
    const started = performance.now();
    const isTime = typeof when === 'number' ? () => performance.now() - started >= when : when;
    while (!isTime() && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    return (await end).code === null;
  }

  /** Milliseconds from the beginning of a generator's work to its end. */
  async function spanOf(at: Scratch): Promise<number> {
    const child = startCli(at, ['generate']);
    const end = endOf(child);
    while (child.exitCode === null && !fs.existsSync(path.join(at.root, 'agents/.generating')))
      await new Promise((resolve) => setImmediate(resolve));
    const started = performance.now();
    await end;
    return performance.now() - started;
  }

  it('leaves every file whole, and the next generate mends the rest and leaves nothing behind', async () => {
    // Many, so that there is a while between the first file and the last.
    const [before, later] = [manyAgents(80, 'Works as before.'), manyAgents(80, 'Works in a new way.')];
    const [old, fresh, both] = [await treeFor(before), await treeFor(later), await treeFor(before, later)];
    assert.deepEqual(both, fresh, 'it does not matter what was there before');
    const at = scratch(before);
    const first = path.join(at.root, 'agents/worker-0-agent/.claude/CLAUDE.md');
    // Fast and slow machines alike: the kills are spread over the time that the work takes here.
    const span = await spanOf(at);
    let inMidWrite = 0;
    let partly = 0;
    const rounds = 20;
    for (let round = 0; round < rounds; round++) {
      const [wanted, other, text] = round % 2 === 0 ? [fresh, old, later] : [old, fresh, before];
      put(at, 'agents/registry.yaml', text);
      const { ino } = fs.statSync(first, { throwIfNoEntry: false }) ?? {};
      // Every other time as soon as the first file is in its place.
      const isReplaced = (): boolean => fs.statSync(first, { throwIfNoEntry: false })?.ino !== ino;
      const when = round % 4 < 2 ? (round / rounds) * span : isReplaced;
      if (await killInMidWrite(at, when)) inMidWrite++;
      const now = treeOf(at.root);
      const leftovers = leftoversOf(at.root);
      for (const [name, hash] of Object.entries(now)) {
        if (leftovers.includes(name)) continue;
        assert.ok(
          hash === wanted[name] || hash === other[name],
          `${name} is neither old nor new in round ${round}`,
        );
      }
      const names = Object.keys(now).filter(
        (name) => now[name] !== other[name] && now[name] === wanted[name],
      );
      if (names.length > 1 && leftovers.length > 1) partly++;
      // Another would wait until the lock of the killed one is stale; as if that time had passed:
      const lock = path.join(at.root, 'agents/.generating');
      const past = new Date(Date.now() - 60_000);
      if (fs.existsSync(lock)) fs.utimesSync(lock, past, past);
      await expectCli(at, ['generate'], 0);
      assert.deepEqual(treeOf(at.root), wanted, `round ${round}`);
    }
    assert.ok(inMidWrite >= rounds / 4, `only ${inMidWrite} of ${rounds} were killed while they wrote`);
    assert.ok(partly >= 1, 'none was killed between the first and the last file');
    await expectCli(at, ['check'], 0);
  });

  it('is waited for, and not for good', async () => {
    const at = scratch(before);
    await killInMidWrite(at, 5);
    fs.mkdirSync(path.join(at.root, 'agents/.generating'), { recursive: true });
    // Who finds it there for longer than its patience gives up, with another exit code.
    await expectCli(at, ['generate'], 0);
    assert.deepEqual(leftoversOf(at.root), []);
  });

  it('is swept up after when there is nothing else to do', async () => {
    const at = scratch(before);
    await expectCli(at, ['generate'], 0);
    const good = treeOf(at.root);
    put(at, 'agents/worker-3-agent/.claude/.settings.json.0123456789ab.native-orchestrator-tmp', '{');
    put(at, 'agents/.registry.lock.json.0123456789ab.native-orchestrator-tmp', '{');
    await expectCli(at, ['generate'], 0);
    assert.deepEqual(treeOf(at.root), good);
    const theirs = 'agents/worker-3-agent/.claude/.mine.native-orchestrator-tmp';
    put(at, theirs, 'a person’s file with a name like ours');
    await expectCli(at, ['generate'], 0);
    assert.ok(fs.existsSync(path.join(at.root, theirs)));
  });

  it('in the middle of a backup: the next one keeps the whole file', async () => {
    const at = scratch(before);
    await expectCli(at, ['generate'], 0);
    const file = 'agents/worker-3-agent/.claude/CLAUDE.md';
    const mine = 'x'.repeat(4_000_000);
    for (let round = 0; round < 8; round++) {
      put(at, file, mine);
      await killInMidWrite(at, round, ['generate', '--force']);
      const lock = path.join(at.root, 'agents/.generating');
      const past = new Date(Date.now() - 60_000);
      if (fs.existsSync(lock)) fs.utimesSync(lock, past, past);
      const written = fs.readFileSync(path.join(at.root, file), 'utf8');
      if (written !== mine) continue; // it was quicker
      const { stdout } = await expectCli(at, ['generate', '--force'], 0);
      const backup = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
      assert.equal(fs.readFileSync(path.join(backup, file), 'utf8'), mine, `round ${round}`);
    }
  });

  it('that is only interrupted leaves nothing at all', async () => {
    const at = scratch(before);
    await expectCli(at, ['generate'], 0);
    const [was, good] = [before, treeOf(at.root)];
    const lock = path.join(at.root, 'agents/.generating');
    let cancelled = 0;
    for (const [round, signal] of (['SIGINT', 'SIGTERM', 'SIGINT', 'SIGTERM'] as const).entries()) {
      put(at, 'agents/registry.yaml', later);
      if (round === 3) fs.mkdirSync(lock); // it waits for another
      const child = startCli(at, ['generate']);
      const end = endOf(child);
      while (child.exitCode === null && !fs.existsSync(lock))
        await new Promise((resolve) => setImmediate(resolve));
      // A generator is at work, or waits; before, a signal has nothing to interrupt.
      if (round === 3) await once(child.stderr ?? assert.fail(), 'data');
      child.kill(signal);
      const { code, stderr } = await end;
      if (round === 3) fs.rmdirSync(lock);
      assert.deepEqual(leftoversOf(at.root), []);
      put(at, 'agents/registry.yaml', was);
      if (code === 2) {
        cancelled++;
        const waited = round === 3 ? 'Another generate is writing in this workspace; waiting for it.\n' : '';
        assert.equal(stderr, `${waited}native-orchestrator: Cancelled. Nothing was changed.\n`);
        assert.deepEqual(treeOf(at.root), good);
      } else {
        assert.ok(code === 0 || code === null, stderr); // it had done its work
        await expectCli(at, ['generate'], 0);
      }
    }
    assert.ok(cancelled >= 2, `${cancelled}`);
  });
});
