// Nothing that reached a spool is lost, and each line comes once and in order: whatever is done to the hub or the spools.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { until } from './fakeSessions.ts';
import { append, endStages, HubProcess, lineOf, Subscriber, stage, write } from './hubStoreStage.ts';

after(endStages);

describe('a hub that is killed in mid-stream', () => {
  it('10 000 numbered lines of 27 writers come once each, in order per writer, over five kills', async function () {
    this.timeout(120_000);
    const at = stage();
    const counts = Object.fromEntries(
      Array.from({ length: 27 }, (_, index) => [`writer-${index}`, index < 10 ? 371 : 370]),
    );
    const subscriber = new Subscriber();
    let hub = new HubProcess(at);
    await subscriber.follow(hub);
    const writers = Promise.all(Object.entries(counts).map(([launch, count]) => write(at, launch, count, 4)));
    const recoveries: number[] = [];
    for (let kill = 1; kill <= 5; kill++) {
      await until('some came', () => subscriber.lines.length > kill * 1500);
      await hub.kill();
      assert.ok(subscriber.lines.length < 10_000, 'it was killed in mid-stream');
      const killed = performance.now();
      hub = new HubProcess(at);
      const before = subscriber.seq;
      await subscriber.follow(hub);
      await until('it goes on', () => subscriber.seq > before);
      recoveries.push(Math.round(performance.now() - killed));
    }
    await writers;
    await subscriber.expectAll(counts);
    const { lost, repeated } = await hub.figures();
    assert.deepEqual(lost, { broken: 0, unwritten: 0, vanished: 0 });
    assert.equal(repeated, 0);
    console.log(`      from kill to the next event: ${recoveries.join(', ')} ms`);
    assert.ok(Math.max(...recoveries) <= 2000);
    await hub.close();
  });

  it('goes on behind a line of the journal that was torn', async () => {
    const at = stage();
    const subscriber = new Subscriber();
    let hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'a', lineOf('a', 1) + lineOf('a', 2));
    await until('both came', () => subscriber.lines.length === 2);
    await hub.kill();
    const [segment = ''] = fs.readdirSync(at.journal);
    const file = path.join(at.journal, segment);
    fs.appendFileSync(file, '{"agent":"agent-a","at":"2026-');
    append(at, 'a', lineOf('a', 3));
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    await subscriber.expectAll({ a: 3 });
    await hub.close();
  });
});

describe('a spool', () => {
  it('half a line is waited for; garbage and a line of 100 MB are counted and passed over', async function () {
    this.timeout(60_000);
    const at = stage();
    const subscriber = new Subscriber();
    const hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'a', lineOf('a', 1).slice(0, 50));
    // What came later and is whole: by then the half was looked at.
    append(at, 'b', lineOf('b', 1));
    await until('the whole one came', () => subscriber.lines.length > 0);
    assert.equal(subscriber.lines.length, 1);
    append(at, 'a', `${lineOf('a', 1).slice(50)}not a line\n\n{"v":1}\n`);
    await until('the first came', () => subscriber.lines.length === 2);
    const million = 'x'.repeat(1_000_000);
    for (let count = 0; count < 100; count++) append(at, 'a', million);
    append(at, 'a', `\n${lineOf('a', 2)}`);
    await subscriber.expectAll({ a: 2, b: 1 });
    const figures = await hub.figures();
    assert.equal(figures.lost.broken, 3);
    const health = await hub.ask('health');
    assert.equal(health.status, 'degraded');
    await hub.close();
  });

  it('that is cut and written anew is read anew, without the lines that came already', async () => {
    const at = stage();
    const file = path.join(at.spool, 'a.jsonl');
    const subscriber = new Subscriber();
    let hub = new HubProcess(at);
    await subscriber.follow(hub);
    const [first, second] = [lineOf('a', 1), lineOf('a', 2)];
    append(at, 'a', first + second);
    await until('both came', () => subscriber.lines.length === 2);
    // Shorter than what was read.
    fs.truncateSync(file, 0);
    append(at, 'a', second);
    append(at, 'a', lineOf('a', 3));
    await until('the third came', () => subscriber.lines.length === 3);
    // As long as before, or longer.
    fs.writeFileSync(file, lineOf('a', 4) + lineOf('a', 5) + lineOf('a', 6));
    await until('all came', () => subscriber.lines.length === 6);
    await hub.kill();
    fs.writeFileSync(file, lineOf('a', 6) + lineOf('a', 7));
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    await subscriber.expectAll({ a: 7 });
    assert.ok((await hub.figures()).repeated >= 1);
    await hub.close();
  });

  it('that is rotated away loses nothing, with the hub there or not', async () => {
    const at = stage();
    const name = (launch: string): string => path.join(at.spool, `${launch}.jsonl`);
    const subscriber = new Subscriber();
    let hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'a', lineOf('a', 1));
    await until('it came', () => subscriber.lines.length === 1);
    append(at, 'a', lineOf('a', 2));
    fs.renameSync(name('a'), name('a-old'));
    append(at, 'a', lineOf('a', 3));
    await until('three came', () => subscriber.lines.length === 3);
    append(at, 'a', lineOf('a', 4));
    // Out of the folder: what it has is read from the file that is still open.
    fs.renameSync(name('a'), path.join(at.stateDirectory, 'elsewhere'));
    append(at, 'a', lineOf('a', 5));
    await until('five came', () => subscriber.lines.length === 5);
    await hub.kill();
    append(at, 'a', lineOf('a', 6));
    fs.renameSync(name('a'), name('a-older'));
    append(at, 'a', lineOf('a', 7));
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    await until('all came', () => subscriber.lines.length === 7);
    assert.deepEqual(subscriber.lines.map(({ data }) => data.n).sort(), [1, 2, 3, 4, 5, 6, 7]);
    assert.equal((await hub.figures()).repeated, 0);
    await hub.close();
  });

  it('that is a link, a folder or a pipe is left alone; others go on', async function () {
    const at = stage();
    if (process.platform === 'win32') this.skip();
    const secret = path.join(at.stateRoot, 'secret');
    fs.writeFileSync(secret, lineOf('a', 1));
    fs.symlinkSync(secret, path.join(at.spool, 'a.jsonl'));
    fs.mkdirSync(path.join(at.spool, 'b.jsonl'));
    const subscriber = new Subscriber();
    const hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'c', lineOf('c', 1));
    await subscriber.expectAll({ c: 1 });
    await hub.close();
  });

  it('two lines with one id are one; the same id of another writer is another', async () => {
    const at = stage();
    const subscriber = new Subscriber();
    const hub = new HubProcess(at);
    await subscriber.follow(hub);
    const line = lineOf('a', 1);
    append(at, 'a', line + line);
    append(at, 'b', lineOf('b', 1, { id: 'a-1' }));
    append(at, 'a', lineOf('a', 2));
    await subscriber.expectAll({ a: 2, b: 1 });
    assert.equal((await hub.figures()).repeated, 1);
    await hub.close();
  });

  it('secrets in it do not get into the journal', async () => {
    const at = stage();
    const subscriber = new Subscriber();
    const hub = new HubProcess(at);
    await subscriber.follow(hub);
    const secret = `sk-ant-api03-${'x'.repeat(40)}`;
    append(
      at,
      'a',
      lineOf('a', 1, { src: 'guard', verdict: 'deny', reason: `echo ${secret}`, file: `/x/${secret}` }),
    );
    await subscriber.expectAll({ a: 1 });
    const kept = fs
      .readdirSync(at.journal)
      .map((name) => fs.readFileSync(path.join(at.journal, name), 'utf8'));
    assert.doesNotMatch(kept.join(''), /sk-ant-api03/);
    assert.match(kept.join(''), /\[redacted\]/);
    await hub.close();
  });
});
