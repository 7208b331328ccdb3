// What the chaos test looks at after each round: which stand-ins live, which records tell of them, and who was not to be touched.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { liveRecords } from '../../src/sessions/liveRecords.ts';
import { runProgram } from '../../src/sessions/programs.ts';
import type { SessionHost } from '../../src/sessions/sessionHost.ts';
import type { SessionRecord } from '../../src/sessions/sessionRecord.ts';
import type { Scratch } from './cliProcess.ts';
import { stateOf } from './fakeSessions.ts';

/** A process of the machine, told from a later one of its pid. */
export interface Seen {
  readonly pid: number;
  /** Boot and clock ticks, as a record has them. */
  readonly started: string;
}

export interface StandIn extends Seen {
  readonly agent: string;
  readonly launch: string;
  /** How it behaves: FAKE_CLAUDE. */
  readonly mode: string;
}

/** Milliseconds after which a record whose start was broken off must have been settled. */
const startsWithinMs = 15_000;
/** Milliseconds until a round has come to rest on a busy machine: processes end, hang-ups arrive. */
const restMs = 10_000;

function readOf(pid: number, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // it ended, or is somebody else's
  }
}

/** The process of that pid as it is now; undefined when there is none, or it has ended. */
export function processAt(pid: number): Seen | undefined {
  const stat = readOf(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || /[ZX]/.test(fields[0] ?? '')) return undefined;
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { pid, started: `${boot}:${fields[19]}` };
}

/** What was damaged on purpose, by the name of its file. */
type Damaged = ReadonlySet<string>;

export class ChaosStage {
  readonly at: Scratch;
  /** In the environment of everything that the test starts, and of nothing else on this machine. */
  readonly mark = randomUUID();
  readonly #host: SessionHost;
  readonly #bystanders = new Map<string, Seen>();
  readonly #children: ChildProcess[] = [];

  constructor(at: Scratch) {
    this.at = at;
    this.#host = {
      files: nodeFiles,
      stateRoot: at.state,
      stateDirectory: stateOf(at),
      machine: { files: nodeFiles, platform: 'linux', env: at.env, home: at.home, run: runProgram },
      now: () => new Date().toISOString(),
      kill: () => {
        throw new Error('the test looks, and stops nothing');
      },
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  }

  get environment(): Readonly<Record<string, string>> {
    return { CHAOS_MARK: this.mark };
  }

  /** Starts a process that is nobody's of ours and must live on. */
  startBystander(): number {
    const child = spawn('sleep', ['100000'], { stdio: 'ignore' });
    this.#children.push(child);
    const pid = child.pid ?? 0;
    this.mustLive(`the bystander ${pid}`, pid);
    return pid;
  }

  mustLive(name: string, pid: number): void {
    const seen = processAt(pid);
    if (seen === undefined) throw new Error(`${name} does not even run`);
    this.#bystanders.set(name, seen);
  }

  /** From now on it may end. */
  mayEnd(name: string): void {
    this.#bystanders.delete(name);
  }

  /** The stand-ins for claude that live, whoever knows of them. */
  standIns(): readonly StandIn[] {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const environment = readOf(Number(name), 'environ').split('\0');
        const of = (variable: string): string | undefined =>
          environment.find((each) => each.startsWith(`${variable}=`))?.slice(variable.length + 1);
        const launch = of('NATIVE_ORCHESTRATOR_LAUNCH');
        const seen = processAt(Number(name));
        return of('CHAOS_MARK') !== this.mark || launch === undefined || seen === undefined
          ? []
          : [
              {
                ...seen,
                launch,
                agent: of('NATIVE_ORCHESTRATOR_AGENT') ?? '',
                mode: of('FAKE_CLAUDE') ?? '',
              },
            ];
      });
  }

  get recordFolder(): string {
    return path.join(stateOf(this.at), 'sessions');
  }

  /** Every record as it is on the disk, but those that were damaged. */
  records(damaged: Damaged = new Set()): readonly SessionRecord[] {
    if (!fs.existsSync(this.recordFolder)) return [];
    return fs
      .readdirSync(this.recordFolder)
      .filter((name) => name.endsWith('.json') && !damaged.has(name))
      .map((name) => JSON.parse(fs.readFileSync(path.join(this.recordFolder, name), 'utf8')));
  }

  /** What is not as it must be, once the product has looked as every surface of it does. */
  async #problems(damaged: Damaged): Promise<readonly string[]> {
    await liveRecords(this.#host);
    const live = this.standIns();
    const records = this.records(damaged);
    const problems: string[] = [];
    for (const { launch, agent, phase, pid, pidStarted, startedAt, endedAt, endReason } of records) {
      const own = live.find((each) => each.launch === launch);
      const name = `launch ${launch} of ${agent}`;
      if (phase === 'ended') {
        if (!endReason || !endedAt) problems.push(`${name} ended without a reason`);
        if (own !== undefined)
          problems.push(`${name} ended (${endReason}), and its process ${own.pid} lives`);
      } else if (phase === 'running') {
        if (own?.pid !== pid || own?.started !== pidStarted || own?.agent !== agent)
          problems.push(`${name} runs as ${pid}, and there is ${own?.pid ?? 'nothing'}`);
      } else if (Date.now() - Date.parse(startedAt) > startsWithinMs)
        problems.push(`${name} starts for ever`);
    }
    for (const { pid, launch, agent } of live)
      if (!records.some((record) => record.launch === launch))
        problems.push(`no record tells of ${pid}, which is ${agent}`);
    const agents = live.map(({ agent }) => agent);
    for (const agent of new Set(agents))
      if (agents.filter((each) => each === agent).length > 1) problems.push(`${agent} runs more than once`);
    for (const [name, { pid, started }] of this.#bystanders)
      if (processAt(pid)?.started !== started) problems.push(`${name} was ended`);
    return problems;
  }

  /** Waits until everything is as it must be. Throws with what is not, when it does not come to be. */
  async comesToRest(damaged: Damaged = new Set()): Promise<void> {
    const deadline = performance.now() + restMs;
    for (;;) {
      const problems = await this.#problems(damaged);
      if (problems.length === 0) return;
      if (performance.now() > deadline) throw new Error(problems.join('\n'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Launches that were begun and of which nobody knows yet what became. */
  pending(damaged: Damaged = new Set()): readonly SessionRecord[] {
    return this.records(damaged).filter(({ phase }) => phase === 'starting');
  }

  /** As if what an agent's starter left had been left that long ago: its record, and its mark that it starts it. */
  age(record: SessionRecord, ms: number): void {
    const file = path.join(this.recordFolder, `${record.launch}.json`);
    const startedAt = new Date(Date.parse(record.startedAt) - ms).toISOString();
    fs.writeFileSync(file, JSON.stringify({ ...record, startedAt }));
    const held = path.join(stateOf(this.at), 'starting', record.agent, 'held');
    const before = new Date(Date.now() - ms);
    if (fs.existsSync(held)) fs.utimesSync(held, before, before);
  }

  /** Ends the bystanders and every stand-in: what is found by the mark in its environment, and nothing else. */
  dispose(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const { pid } of this.standIns()) process.kill(pid, 'SIGKILL');
  }
}
