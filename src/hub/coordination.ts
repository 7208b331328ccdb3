// Who works for whom, how long, what waits, and what the guard refused: the lines of all launches, added up. Bounded.
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { JsonObject } from './hubEvent.ts';

/** Bounds on what spools can make us keep. */
const mostRunning = 2000;
const mostSums = 2000;

/** A sub-agent at work. The CLI's lines name its type only, so those of one type in one launch are told apart by their start alone. */
interface Delegation {
  readonly launch: string;
  readonly from: string;
  readonly to: string;
  /** ISO 8601, as the hook wrote it. */
  readonly since: string;
  /** Since when it waits for a person's answer. */
  waitsSince?: string;
}

interface Pair {
  started: number;
  finished: number;
}

interface Refusals {
  count: number;
  last: string;
}

interface Tasks {
  created: number;
  completed: number;
  /** How often a teammate had nothing left to do. */
  idle: number;
  last: string;
}

const taskSums = { TaskCreated: 'created', TaskCompleted: 'completed', TeammateIdle: 'idle' } as const;

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
const partsOf = (key: string): readonly string[] => JSON.parse(key);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export class Coordination {
  #running: Delegation[] = [];
  readonly #pairs = new Map<string, Pair>();
  readonly #refusals = new Map<string, Refusals>();
  readonly #tasks = new Map<string, Tasks>();

  /** Whether anybody told of a task, or of a teammate. */
  get hasTasks(): boolean {
    return this.#tasks.size > 0;
  }

  /** Takes one line in. True when anything changed. */
  add(line: SpoolLine): boolean {
    const { event, launch, subagent } = line;
    if (line.verdict === 'deny') return this.#refused(line);
    switch (event) {
      case 'SubagentStart':
        return subagent !== undefined && this.#started(line, subagent);
      case 'SubagentStop':
        return subagent !== undefined && this.#finished(launch, subagent);
      case 'PermissionRequest':
        return subagent !== undefined && this.#waits(launch, subagent, line.t);
      case 'PostToolUse':
      case 'PostToolUseFailure':
        return subagent !== undefined && this.#waits(launch, subagent, undefined);
      case 'Stop':
        // While background tasks run the turn is over, but not what works for it (CLAUDE-CODE-CONTRACT.md section 2.2).
        return (line.background ?? 0) === 0 && this.over(launch);
      case 'SessionStart':
        return line.source !== 'compact' && this.over(launch);
      case 'SessionEnd':
        return this.over(launch);
      case 'TaskCreated':
      case 'TaskCompleted':
      case 'TeammateIdle':
        return this.#task(line, event);
      default:
        return false;
    }
  }

  /** Nothing works for a launch any more. True when anything did. */
  over(launch: string): boolean {
    const left = this.#running.filter((each) => each.launch !== launch);
    if (left.length === this.#running.length) return false;
    for (const { from, to, launch: of } of this.#running) if (of === launch) this.#pair(from, to, 'finished');
    this.#running = left;
    return true;
  }

  /** How it is. `now`: milliseconds since 1970. */
  snapshot(now: number): JsonObject {
    const age = (since: string): number => Math.max(0, now - Date.parse(since));
    const delegations = [...this.#pairs].map(([key, { started, finished }]) => {
      const [from = '', to = ''] = partsOf(key);
      const running = this.#running.filter((each) => each.from === from && each.to === to);
      const waiting = running.flatMap(({ waitsSince }) => waitsSince ?? []);
      const oldest = running.map(({ since }) => since).sort()[0];
      const longest = waiting.sort()[0];
      return {
        from,
        to,
        running: running.length,
        started,
        finished,
        ...(oldest === undefined ? {} : { oldestSince: oldest, oldestMs: age(oldest) }),
        waiting: waiting.length,
        ...(longest === undefined ? {} : { waitsSince: longest, waitsMs: age(longest) }),
      };
    });
    const refusals = [...this.#refusals].map(([key, { count, last }]) => {
      const [agent = '', code = ''] = partsOf(key);
      return { agent, code, count, last };
    });
    const tasks = [...this.#tasks].map(([agent, sums]) => ({ agent, ...sums }));
    return { delegations, refusals, ...(tasks.length === 0 ? {} : { tasks }) };
  }

  /** What `restore` needs to go on from here. */
  toJson(): JsonObject {
    return {
      running: this.#running.map((each) => ({ ...each })),
      pairs: [...this.#pairs].map(([key, sums]) => ({ key, ...sums })),
      refusals: [...this.#refusals].map(([key, sums]) => ({ key, ...sums })),
      tasks: [...this.#tasks].map(([key, sums]) => ({ key, ...sums })),
    };
  }

  /** Goes on from what `toJson` gave; what makes no sense in it is left out. Never throws. */
  restore(value: unknown): void {
    if (!isObject(value)) return;
    const entries = (name: string): readonly Record<string, unknown>[] => {
      const list = value[name];
      return Array.isArray(list) ? list.filter(isObject).slice(0, mostSums) : [];
    };
    for (const { launch, from, to, since, waitsSince } of entries('running'))
      if (isText(launch) && isText(from) && isText(to) && isText(since))
        this.#running.push({ launch, from, to, since, ...(isText(waitsSince) ? { waitsSince } : {}) });
    for (const { key, started, finished } of entries('pairs'))
      if (isKey(key, 2) && isCount(started) && isCount(finished)) this.#pairs.set(key, { started, finished });
    for (const { key, count, last } of entries('refusals'))
      if (isKey(key, 2) && isCount(count) && isText(last)) this.#refusals.set(key, { count, last });
    for (const { key, created, completed, idle, last } of entries('tasks'))
      if (isText(key) && isCount(created) && isCount(completed) && isText(last))
        this.#tasks.set(key, { created, completed, idle: isCount(idle) ? idle : 0, last });
  }

  #started({ launch, agent, t }: SpoolLine, to: string): boolean {
    if (this.#running.length >= mostRunning || !this.#pair(agent, to, 'started')) return false;
    this.#running.push({ launch, from: agent, to, since: t });
    return true;
  }

  #finished(launch: string, to: string): boolean {
    // The oldest of that type: which one it was is not said.
    const at = this.#running.findIndex((each) => each.launch === launch && each.to === to);
    const [over] = at < 0 ? [] : this.#running.splice(at, 1);
    return over !== undefined && this.#pair(over.from, over.to, 'finished');
  }

  #waits(launch: string, to: string, since: string | undefined): boolean {
    const found = this.#running.find(
      (each) =>
        each.launch === launch && each.to === to && (each.waitsSince === undefined) === (since !== undefined),
    );
    if (found === undefined) return false;
    if (since === undefined) delete found.waitsSince;
    else found.waitsSince = since;
    return true;
  }

  #pair(from: string, to: string, what: keyof Pair): boolean {
    const key = keyOf(from, to);
    const sums = this.#pairs.get(key) ?? { started: 0, finished: 0 };
    if (!this.#pairs.has(key) && this.#pairs.size >= mostSums) return false;
    sums[what]++;
    this.#pairs.set(key, sums);
    return true;
  }

  #refused({ agent, code, t }: SpoolLine): boolean {
    const key = keyOf(agent, code ?? 'unknown');
    const sums = this.#refusals.get(key) ?? { count: 0, last: t };
    if (!this.#refusals.has(key) && this.#refusals.size >= mostSums) return false;
    this.#refusals.set(key, { count: sums.count + 1, last: t > sums.last ? t : sums.last });
    return true;
  }

  #task({ agent, t }: SpoolLine, event: keyof typeof taskSums): boolean {
    const sums = this.#tasks.get(agent) ?? { created: 0, completed: 0, idle: 0, last: t };
    if (!this.#tasks.has(agent) && this.#tasks.size >= mostSums) return false;
    sums[taskSums[event]]++;
    this.#tasks.set(agent, { ...sums, last: t > sums.last ? t : sums.last });
    return true;
  }
}

function isKey(value: unknown, length: number): value is string {
  try {
    const parts: unknown = isText(value) ? JSON.parse(value) : undefined;
    return Array.isArray(parts) && parts.length === length && parts.every(isText);
  } catch {
    return false;
  }
}
