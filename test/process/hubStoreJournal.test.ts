// The journal on disks and clocks that misbehave: full, too large, set back, written by two, of a system that stopped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import type { CoreFigures } from '../../src/hub/hubCore.ts';
import { mounts, removeScratch, scratch } from './cliProcess.ts';
import { until } from './fakeSessions.ts';
import {
  append,
  endStages,
  gone,
  HubProcess,
  lineOf,
  type Stage,
  Subscriber,
  stage,
  write,
} from './hubStoreStage.ts';

after(async () => {
  await endStages();
  removeScratch();
});

const linesOf = (launch: string, from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => lineOf(launch, from + index)).join('');

/** A state directory on a memory disk of its own. Undefined where nothing may be mounted. */
function onSmallDisk(size: string): Stage | undefined {
  const { state } = scratch(null);
  fs.mkdirSync(state, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return undefined;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', state]);
  if (status !== 0) return undefined;
  mounts.push(state);
  return stage(state);
}

/** Takes the space of a disk, but for so many bytes. */
function fill(at: Stage, left: number): string {
  const { bavail, bsize } = fs.statfsSync(at.stateRoot);
  const ballast = path.join(at.stateRoot, 'ballast');
  fs.writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  return ballast;
}

describe('a full disk', () => {
  it('lines wait in their spools, what the hub had to tell is counted as lost, health says so, and all goes on', async function () {
    const at = onSmallDisk('3m') ?? this.skip();
    const subscriber = new Subscriber();
    let hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'a', linesOf('a', 1, 10));
    await until('ten came', () => subscriber.lines.length === 10);
    const ballast = fill(at, 96 * 1024);
    // The spool takes what there is: at the end stands a line that is torn, as a hook's would be.
    let written = 10;
    try {
      for (; written < 2000; written++) append(at, 'a', lineOf('a', written + 1));
    } catch {
      // full
    }
    assert.ok(written > 20 && written < 2000, `${written} lines were written`);
    for (let error: string | undefined; error !== 'ENOSPC'; ) ({ journalError: error } = await hub.figures());
    const health = await hub.ask('health');
    assert.equal(health.status, 'failing');
    assert.match(JSON.stringify(health), /disk is full/);
    assert.ok(subscriber.lines.length < written);
    fs.rmSync(ballast);
    append(at, 'a', `\n${linesOf('a', written + 1, written + 5)}`);
    const whole = written + 5;
    await until('all that is whole came', () => subscriber.lines.length >= whole);
    await subscriber.expectAll({ a: whole });
    const { lost, journalError } = await hub.figures();
    assert.equal(journalError, undefined);
    assert.ok(lost.broken <= 1, JSON.stringify(lost));
    // A kill while it is full loses nothing either.
    const again = fill(at, 16 * 1024);
    try {
      for (let count = 0; count < 200; count++) append(at, 'b', lineOf('b', count + 1));
    } catch {
      // full
    }
    await hub.kill();
    fs.rmSync(again);
    const there = fs.readFileSync(path.join(at.spool, 'b.jsonl'), 'utf8').split('\n').length - 1;
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    await subscriber.expectAll({ a: whole, b: there });
    await hub.close();
  });
});

describe('retention', () => {
  it('many segments: replay goes over them; what is too old to be kept is said to be', async () => {
    const at = stage();
    const limits = { segmentBytes: 20_000, mostBytes: 100_000 };
    let hub = new HubProcess(at, { limits });
    const [first, all] = [new Subscriber(), new Subscriber()];
    await first.follow(hub);
    const grow = async (subscriber: Subscriber, from: number, to: number): Promise<void> => {
      // A segment ends with what is taken in at once.
      for (let count = from; count < to; count += 50) {
        append(at, 'a', linesOf('a', count + 1, count + 50));
        await until('they came', () => subscriber.lines.length === count + 50);
      }
    };
    await grow(first, 0, 300);
    await hub.kill();
    hub = new HubProcess(at, { limits });
    await hub.message('open');
    const { oldestSeq, journalBytes, journalSegments } = await hub.figures();
    assert.ok(oldestSeq === 1 && journalSegments >= 3, `${journalSegments} segments`);
    assert.ok(journalBytes < 120_000);
    all.epoch = first.epoch;
    assert.equal(await all.subscribe(hub), true);
    await all.expectAll({ a: 300 });
    assert.deepEqual(all.events.slice(0, first.events.length), first.events);
    await grow(all, 300, 1200);
    await all.expectAll({ a: 1200 });
    const later = await hub.figures();
    assert.ok(later.oldestSeq > 300, `kept from ${later.oldestSeq}`);
    assert.ok(later.journalBytes < 140_000);
    const late = new Subscriber();
    late.epoch = first.epoch;
    await hub.kill();
    hub = new HubProcess(at, { limits });
    await hub.message('open');
    assert.equal(await late.subscribe(hub), false);
    assert.equal(fs.readdirSync(at.journal).length, (await hub.figures()).journalSegments);
    // Nothing of what retention removed comes again.
    assert.equal((await hub.figures()).ingested, 0);
    await hub.close();
  });

  it('what is too old goes where little happens as well', async () => {
    const at = stage();
    const hub = new HubProcess(at, { limits: { segmentAge: 50, mostAge: 200 } });
    await hub.message('open');
    let n = 0;
    await until('the first ones are gone', () => {
      append(at, 'a', lineOf('a', ++n));
      hub.say('figures');
      return hub.saw('figures', ({ figures }) => (figures as CoreFigures).oldestSeq > 1);
    });
    await hub.close();
  });

  it('another epoch is not replayed', async () => {
    const at = stage();
    const hub = new HubProcess(at);
    const subscriber = new Subscriber();
    await hub.message('open');
    subscriber.epoch = '00000000-0000-4000-8000-000000000000';
    assert.equal(await subscriber.subscribe(hub), false);
    await hub.close();
  });
});

describe('the end of a journal', () => {
  const changeHeader = (at: Stage, change: (text: string) => string): void => {
    const name = fs.readdirSync(at.journal).sort().at(-1) ?? '';
    const file = path.join(at.journal, name);
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  };
  const reopened = async (change: (text: string) => string, how: 'kill' | 'close'): Promise<boolean> => {
    const at = stage();
    let hub = new HubProcess(at);
    const { epoch } = await hub.message('open');
    append(at, 'a', linesOf('a', 1, 3));
    const subscriber = new Subscriber();
    subscriber.epoch = String(epoch);
    await subscriber.subscribe(hub);
    await subscriber.expectAll({ a: 3 });
    await hub[how]();
    changeHeader(at, change);
    append(at, 'a', linesOf('a', 4, 5));
    hub = new HubProcess(at);
    const now = await hub.message('open');
    // Whatever became of the epoch: what is known to be in it is not told again.
    const after = new Subscriber();
    after.epoch = String(now.epoch);
    const isSame = now.epoch === epoch;
    after.seq = isSame ? subscriber.seq : 0;
    await after.subscribe(hub);
    await until('the rest came', () => after.lines.length === 2);
    assert.deepEqual(
      after.lines.map(({ data }) => data.n),
      [4, 5],
    );
    await hub.close();
    return isSame;
  };
  const otherBoot = (text: string): string => text.replace(/"boot":"[^"]+"/, '"boot":"of-before"');

  it('a system that stopped without notice may have lost it: a new epoch', async function () {
    if (process.platform !== 'linux') this.skip();
    assert.equal(await reopened(otherBoot, 'kill'), false);
  });
  it('a system that stopped after the hub was closed has not', async () => {
    assert.equal(await reopened(otherBoot, 'close'), true);
  });
  it('a line in its middle that is none: a new epoch', async () => {
    assert.equal(await reopened((text) => `${text}\0\0\0\n${'{"agent":"x"}\n'}`, 'kill'), false);
  });
});

describe('a clock that jumps', () => {
  it('back or ahead by years: numbers go on, nothing is lost or comes twice', async () => {
    const at = stage();
    const clock = path.join(at.stateRoot, 'clock');
    fs.writeFileSync(clock, '0');
    const subscriber = new Subscriber();
    let hub = new HubProcess(at, { clock });
    await subscriber.follow(hub);
    let count = 0;
    for (const years of [0, -3, 10, -40, 0]) {
      fs.writeFileSync(clock, String(years * 365 * 24 * 60 * 60 * 1000));
      append(at, 'a', linesOf('a', count + 1, count + 20));
      count += 20;
      await subscriber.expectAll({ a: count });
      if (years === 10) {
        await hub.kill();
        hub = new HubProcess(at, { clock });
        await subscriber.follow(hub);
      }
    }
    const { latency } = await hub.figures();
    assert.ok(latency.sum >= 0);
    await hub.close();
  });
});

describe('an election', () => {
  const answering = (at: Stage, ...pids: readonly (number | undefined)[]): string => {
    const file = path.join(at.stateRoot, 'answering');
    fs.writeFileSync(file, pids.join(' '));
    return file;
  };

  it('of twelve at once has one winner', async function () {
    this.timeout(60_000);
    const at = stage();
    const file = answering(at);
    const hubs = Array.from({ length: 12 }, () => new HubProcess(at, { election: 'wait', answering: file }));
    const open = (): readonly HubProcess[] => hubs.filter((hub) => hub.saw('open', () => true));
    /** Each of the others has asked twice more whether the hub is there, and left it its place. */
    const everyoneElseYields = async (): Promise<void> => {
      const others = hubs.filter((hub) => !open().includes(hub));
      const before = others.map((hub) => hub.count('yielded'));
      await until('all others yield', () =>
        others.every((hub, index) => hub.count('yielded') >= (before[index] ?? 0) + 2),
      );
    };
    // Whoever won is the one who answers from then on.
    await until('one won', () => open().length > 0);
    answering(at, ...open().map(({ child }) => child.pid));
    await everyoneElseYields();
    assert.equal(open().length, 1);
    // Its death makes another one the hub, soon.
    const [winner] = open();
    const killed = performance.now();
    await winner?.kill();
    await until('another one won', () => open().length === 2);
    console.log(`      taken over after ${Math.round(performance.now() - killed)} ms`);
    answering(at, ...open().map(({ child }) => child.pid));
    await everyoneElseYields();
    assert.equal(open().length, 2);
    for (const { child } of hubs) {
      child.kill('SIGKILL');
      await gone(child);
    }
  });

  it('a hub that is held up is replaced, begins no event when it goes on, and what it told is of another epoch', async function () {
    if (process.platform === 'win32') this.skip();
    this.timeout(60_000);
    const at = stage();
    const file = answering(at);
    const first = new HubProcess(at, { election: 'wait', answering: file });
    const opened = await first.message('open');
    answering(at, first.child.pid);
    append(at, 'a', linesOf('a', 1, 5));
    const before = new Subscriber();
    before.epoch = String(opened.epoch);
    await before.subscribe(first);
    await before.expectAll({ a: 5 });
    first.child.kill('SIGSTOP');
    answering(at);
    const stopped = performance.now();
    const second = new HubProcess(at, { election: 'wait', answering: file });
    const now = await second.message('open');
    console.log(`      taken over after ${Math.round(performance.now() - stopped)} ms`);
    answering(at, second.child.pid);
    assert.notEqual(now.epoch, opened.epoch);
    append(at, 'a', linesOf('a', 6, 10));
    first.child.kill('SIGCONT');
    await first.message('deposed');
    append(at, 'a', linesOf('a', 11, 15));
    const after = new Subscriber();
    after.epoch = String(now.epoch);
    await after.subscribe(second);
    await until('the rest came', () => after.lines.length === 10);
    assert.deepEqual(
      after.lines.map(({ data }) => data.n),
      [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    );
    assert.equal(before.lines.length, 5);
    await first.kill();
    await second.close();
  });

  it('a hub that was closed leaves its number to the next', async () => {
    const at = stage();
    const file = answering(at);
    let hub = new HubProcess(at, { election: 'once', answering: file });
    const { epoch } = await hub.message('open');
    await hub.close();
    hub = new HubProcess(at, { election: 'once', answering: file });
    const again = await hub.message('open');
    assert.equal(again.epoch, epoch);
    answering(at, hub.child.pid);
    const loser = new HubProcess(at, { election: 'once', answering: file });
    assert.equal((await loser.message('lost')).pid, hub.child.pid);
    await hub.close();
  });
});

describe('writers', () => {
  it('250 spools at once, and a hub that begins late, lose nothing', async function () {
    this.timeout(60_000);
    const at = stage();
    const counts: Record<string, number> = {};
    for (let index = 0; index < 250; index++) {
      const launch = `launch-${index}`;
      append(at, launch, linesOf(launch, 1, 20));
      counts[launch] = 20;
    }
    const hub = new HubProcess(at);
    const subscriber = new Subscriber();
    await subscriber.follow(hub);
    await write(at, 'late', 200);
    await subscriber.expectAll({ ...counts, late: 200 });
    await hub.close();
  });
});
