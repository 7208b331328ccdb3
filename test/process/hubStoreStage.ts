// A workspace's folder of the state directory, hub cores as processes on it, writers of spools, and a subscriber that counts.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CoreFigures } from '../../src/hub/hubCore.ts';
import type { HubEvent, JsonObject } from '../../src/hub/hubEvent.ts';
import { type SpoolFields, spoolLine } from '../../src/protocol/spoolLine.ts';
import { until } from './fakeSessions.ts';
import type { HubCoreSetup } from './hubCoreProgram.ts';

export interface Stage {
  readonly stateRoot: string;
  readonly stateDirectory: string;
  readonly spool: string;
  readonly journal: string;
}

const folders: string[] = [];
const children = new Set<ChildProcess>();

/** An empty state directory. `endStages` removes it. `root`: where it is to be, such as on a small disk. */
export function stage(root?: string): Stage {
  const stateRoot = root ?? fs.mkdtempSync(path.join(os.tmpdir(), 'no-hub-'));
  if (root === undefined) folders.push(stateRoot);
  const stateDirectory = path.join(stateRoot, '0123456789abcdef');
  const spool = path.join(stateDirectory, 'spool');
  fs.mkdirSync(spool, { recursive: true, mode: 0o700 });
  return { stateRoot, stateDirectory, spool, journal: path.join(stateDirectory, 'hub', 'journal') };
}

/** Ends every process that was started, by its handle, and removes what was made. */
export async function endStages(): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([...children].map(gone));
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
}

const program = (name: string): string => path.join(import.meta.dirname, name);

function start(name: string, args: readonly string[]): ChildProcess {
  const child = fork(program(name), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'json',
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

export const gone = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/** Appends numbered lines; resolves when all are written. */
export async function write(at: Stage, launch: string, count: number, pause = 0): Promise<void> {
  await gone(
    start('spoolWriterProgram.js', [path.join(at.spool, `${launch}.jsonl`), String(count), String(pause)]),
  );
}

/** The text of one line with an id of its own. */
export function lineOf(launch: string, n: number, more: Partial<SpoolFields> = {}): string {
  const t = new Date().toISOString();
  const id = `${launch}-${n}`;
  const agent = `agent-${launch}`;
  return spoolLine({
    t,
    id,
    n,
    launch,
    agent,
    session: launch,
    src: 'report',
    event: 'PostToolUse',
    ...more,
  });
}

export function append(at: Stage, launch: string, text: string): void {
  fs.appendFileSync(path.join(at.spool, `${launch}.jsonl`), text, { mode: 0o600 });
}

interface Message {
  readonly kind: string;
  readonly [key: string]: unknown;
}

export class HubProcess {
  readonly child: ChildProcess;
  readonly #messages: Message[] = [];
  readonly #listeners = new Set<(message: Message) => void>();

  constructor(at: Stage, setup: Partial<HubCoreSetup> = {}) {
    const { stateRoot, stateDirectory } = at;
    this.child = start('hubCoreProgram.js', [JSON.stringify({ stateRoot, stateDirectory, ...setup })]);
    this.child.on('message', (message: Message) => {
      assert.notEqual(message.kind, 'bug', String(message.message));
      this.#messages.push(message);
      for (const listener of this.#listeners) listener(message);
    });
  }

  /** Calls for those that came and that come. */
  on(listener: (message: Message) => void): void {
    for (const message of this.#messages) listener(message);
    this.#listeners.add(listener);
  }

  /** The first message of that kind from now on, or that came and was not taken yet. */
  async message(kind: string): Promise<Message> {
    await until(`the hub says ${kind}`, () => this.#messages.some((each) => each.kind === kind));
    const index = this.#messages.findIndex((each) => each.kind === kind);
    const [message] = this.#messages.splice(index, 1);
    if (message === undefined) throw new Error(kind);
    return message;
  }

  /** Whether a message of that kind that makes it so came, and was not taken yet. */
  saw(kind: string, isSo: (message: Message) => boolean): boolean {
    return this.#messages.some((each) => each.kind === kind && isSo(each));
  }

  /** How often it said that. */
  count(kind: string): number {
    return this.#messages.filter((each) => each.kind === kind).length;
  }

  say(kind: string, more: object = {}): void {
    this.child.send({ kind, ...more });
  }

  async figures(): Promise<CoreFigures> {
    this.say('figures');
    return (await this.message('figures')).figures as CoreFigures;
  }

  async ask(kind: 'health' | 'status'): Promise<JsonObject> {
    this.say(kind);
    return (await this.message(kind))[kind] as JsonObject;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await gone(this.child);
  }

  async close(): Promise<void> {
    this.say('close');
    await gone(this.child);
  }
}

/** Keeps what it gets over any number of hubs, and asks each for what comes after. */
export class Subscriber {
  epoch = '';
  seq = 0;
  readonly events: HubEvent[] = [];

  /** Resolves when it is subscribed. False: what it lacks is not kept. */
  async subscribe(hub: HubProcess): Promise<boolean> {
    hub.on(({ kind, events }) => {
      if (kind === 'events') for (const event of events as readonly HubEvent[]) this.#take(event);
    });
    hub.say('subscribe', { epoch: this.epoch, seq: this.seq });
    const { isKept, epoch, seq } = await hub.message('subscribed');
    if (isKept === true) return true;
    this.epoch = String(epoch);
    this.seq = Number(seq);
    return false;
  }

  /** From the first event of a hub's epoch on. */
  async follow(hub: HubProcess): Promise<void> {
    const { epoch } = await hub.message('open');
    if (this.epoch === '') this.epoch = String(epoch);
    assert.equal(await this.subscribe(hub), true, 'what it lacks is kept');
  }

  #take(event: HubEvent): void {
    assert.equal(event.seq, this.seq + 1, `after ${this.seq} came ${event.seq}`);
    this.seq = event.seq;
    this.events.push(event);
  }

  /** The events that came of lines of spools. */
  get lines(): readonly HubEvent[] {
    return this.events.filter(({ data, type }) => type.endsWith('_event') && data.id !== undefined);
  }

  /** Waits until so many lines came, then checks that each came once, and those of a writer in order. */
  async expectAll(counts: Readonly<Record<string, number>>): Promise<void> {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    await until(`${total} lines came`, () => this.lines.length >= total);
    const got: Record<string, number[]> = {};
    for (const { data } of this.lines) {
      const own = got[String(data.launch)] ?? [];
      got[String(data.launch)] = own;
      own.push(Number(data.n));
    }
    const wanted = Object.entries(counts).map(([launch, count]) => [
      launch,
      Array.from({ length: count }, (_, index) => index + 1),
    ]);
    assert.deepEqual(got, Object.fromEntries(wanted));
  }
}
