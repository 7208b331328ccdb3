// The state of each agent's session while the hub runs: the same looks as `status` takes, told when they differ.
import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { redact } from '../protocol/redact.ts';
import type { AgentsPoll } from '../sessions/agentsList.ts';
import { askAgainMs } from '../sessions/askAgain.ts';
import type { StateName } from '../sessions/crossCheck.ts';
import { isOver, type LiveSession, LiveStates } from '../sessions/liveStates.ts';
import type { Machine } from '../sessions/programs.ts';
import { sessionJson } from '../sessions/sessionJson.ts';
import { type RecordStore, recordFolder } from '../sessions/sessionRecord.ts';
import type { JsonObject } from './hubEvent.ts';

/** Milliseconds that lines of spools are gathered for before the agents they are of are looked at. */
const gatherMs = 200;
/** Milliseconds between two looks at all records and processes: a read each on Linux, a program elsewhere. */
const allMs = process.platform === 'linux' ? 1500 : 5000;
/** Milliseconds after which records are read though nothing told that they changed. */
const recordsMs = 10_000;
/** Agents that are looked at before events get their turn. */
const atOnce = 8;
/** Milliseconds between two updates of an agent of which nothing changed but when it was last heard. */
const heardMs = 2000;

export interface LiveOptions {
  readonly store: RecordStore;
  readonly disk: AppendedFiles;
  readonly machine: Pick<Machine, 'files' | 'platform' | 'run'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly poll?: () => Promise<AgentsPoll | undefined>;
  /** An agent's session is another than before. False: it could not be told, and will be again. */
  readonly tell: (
    agent: string,
    data: JsonObject,
    before: LiveSession | undefined,
    session: LiveSession,
  ) => boolean;
}

/** What was told last of an agent, but for when it was heard. */
interface Told {
  readonly text: string;
  readonly heardAt: string | undefined;
  readonly at: number;
  readonly session: LiveSession;
}

/** A session as subscribers get it. */
function dataOf(agent: string, session: LiveSession): JsonObject {
  const { evidence, tool, ...rest } = sessionJson(session);
  return {
    agent,
    ...rest,
    evidence: redact(evidence),
    ...(tool === undefined ? {} : { tool: redact(tool) }),
  };
}

export class Live {
  readonly #options: LiveOptions;
  readonly #states: LiveStates;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #told = new Map<string, Told>();
  readonly #heard = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #allAt = Number.NEGATIVE_INFINITY;
  #polledAt = Number.NEGATIVE_INFINITY;
  #poll: AgentsPoll | undefined;
  #isAsking = false;
  #isEnded = false;
  #agents: readonly string[] = [];
  #areRecordsNew = true;
  #readAt = Number.NEGATIVE_INFINITY;
  #watcher: fs.FSWatcher | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#states = new LiveStates(options);
  }

  /** Looks until `end`. */
  begin(): void {
    void this.#look();
  }

  end(): void {
    this.#isEnded = true;
    this.#watcher?.close();
    clearTimeout(this.#timer);
  }

  /** Something came in an agent's spool. */
  heard(agent: string): void {
    this.#heard.add(agent);
  }

  /** All sessions; undefined before the first look. */
  snapshot(): JsonObject | undefined {
    if (this.#allAt === Number.NEGATIVE_INFINITY) return undefined;
    return { agents: [...this.#sessions].map(([agent, session]) => dataOf(agent, session)) };
  }

  /** How many sessions are in each state; undefined before the first look. */
  get counts(): Readonly<Partial<Record<StateName, number>>> | undefined {
    if (this.#allAt === Number.NEGATIVE_INFINITY) return undefined;
    const counts: Partial<Record<StateName, number>> = {};
    for (const { state } of this.#sessions.values()) counts[state.state] = (counts[state.state] ?? 0) + 1;
    return counts;
  }

  async #look(): Promise<void> {
    const started = performance.now();
    const isAll = started - this.#allAt >= allMs;
    if (isAll && (this.#areRecordsNew || started - this.#readAt >= recordsMs)) this.#readRecords();
    const agents = isAll ? this.#agents : [...this.#heard];
    this.#heard.clear();
    const now = this.#options.now();
    for (let at = 0; at < agents.length && !this.#isEnded; at += atOnce) {
      const some = await this.#states.updateSome(agents.slice(at, at + atOnce), now, this.#poll);
      for (const [agent, session] of some) {
        this.#sessions.set(agent, session);
        this.#tellNews(agent, session);
      }
      // Events do not wait for all that there is to look at.
      await turn();
    }
    if (this.#isEnded) return;
    if (isAll) this.#allAt = started;
    this.#ask();
    this.#timer = setTimeout(() => void this.#look(), gatherMs);
    this.#timer.unref();
  }

  #readRecords(): void {
    // Without a watcher they are read each time.
    this.#areRecordsNew = this.#watcher === undefined;
    this.#readAt = performance.now();
    this.#agents = [...this.#states.readAgain().agents];
    const known = new Set(this.#agents);
    for (const agent of this.#sessions.keys()) if (!known.has(agent)) this.#sessions.delete(agent);
    for (const agent of this.#told.keys()) if (!known.has(agent)) this.#told.delete(agent);
    this.#watcher ??= this.#watch();
  }

  #watch(): fs.FSWatcher | undefined {
    try {
      const folder = recordFolder(this.#options.store.stateDirectory);
      const watcher = fs.watch(folder, { persistent: false }, () => {
        this.#areRecordsNew = true;
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watcher = undefined;
        this.#areRecordsNew = true;
      });
      return watcher;
    } catch {
      return undefined; // no session was ever started here
    }
  }

  #tellNews(agent: string, session: LiveSession): void {
    const data = dataOf(agent, session);
    const text = JSON.stringify({ ...data, heardAt: undefined });
    const { heardAt } = session.state;
    const told = this.#told.get(agent);
    const isSame = told?.text === text;
    if (isSame && (heardAt === told.heardAt || performance.now() - told.at < heardMs)) return;
    if (this.#options.tell(agent, data, told?.session, session))
      this.#told.set(agent, { text, heardAt, at: performance.now(), session });
  }

  /** Asks the CLI, as often as what the sessions do is worth it. */
  #ask(): void {
    const { poll } = this.#options;
    const every = askAgainMs(this.#sessions.values());
    if (poll === undefined || every === undefined || this.#isAsking) return;
    if (performance.now() - this.#polledAt < every) return;
    this.#isAsking = true;
    const done = (answer: AgentsPoll | undefined): void => {
      this.#poll = answer ?? this.#poll;
      this.#polledAt = performance.now();
      this.#isAsking = false;
    };
    poll().then(done, () => done(undefined));
  }
}

/** Launches that went from alive to over, for whoever counts what worked for them. */
export const hasEnded = (before: LiveSession | undefined, session: LiveSession): boolean =>
  isOver(session.state) &&
  (before === undefined || !isOver(before.state) || before.record.launch !== session.record.launch);
