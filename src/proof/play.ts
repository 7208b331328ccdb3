// Plays trials in one session: says the calls turn by turn, and looks at the disk after each turn.
import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Question, Script, ToolCall, ToolResult } from './scriptedModel.ts';
import type { Trial } from './trial.ts';

/** What is known of a trial when the session is over. */
export interface Outcome {
  /** Of the call; a start of a sub-agent may have several. The guard's spool names them. */
  readonly callIds: readonly string[];
  /** The last result; undefined: there was none. */
  readonly result: ToolResult | undefined;
  /** The sign of its effect was seen. */
  readonly happened: boolean;
}

/** Trials that are made one after the other, what is done before the first of them. */
export interface Act {
  readonly trials: readonly Trial[];
  readonly before?: () => Promise<void>;
}

/** A file that was never read, or is another since, may not be changed: the CLI wants it read first, whoever may change it. */
const wantsReading = /has not been read yet|must (?:first )?read|Read it first|modified since read/i;

interface Attempted {
  readonly trial: Trial;
  readonly ids: string[];
  result: ToolResult | undefined;
  happened: boolean;
  hasRead: boolean;
}

type Bytes = Buffer | undefined;

function bytesAt(file: string): Bytes {
  try {
    return lstatSync(file).isFile() ? readFileSync(file) : Buffer.from('not a file');
  } catch {
    return undefined;
  }
}

const same = (a: Bytes, b: Bytes): boolean => (a === undefined || b === undefined ? a === b : a.equals(b));

/** Puts a file back as it was, so that the next turn starts from there. */
function restore(file: string, bytes: Bytes): void {
  rmSync(file, { recursive: true, force: true });
  if (bytes === undefined) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** One conversation: the session's own, or a sub-agent's. */
class Conversation {
  readonly #root: string;
  readonly #acts: Act[];
  readonly attempted: Attempted[];
  #waiting: Attempted[] = [];
  #turnOf: Attempted[] = [];
  #before = new Map<string, Bytes>();
  #lastTurn = -1;
  #lastCalls: readonly ToolCall[] = [];
  #calls = new Map<string, Attempted>();

  constructor(root: string, acts: readonly Act[]) {
    this.#root = root;
    this.#acts = [...acts];
    this.attempted = acts.flatMap(({ trials }) =>
      trials.map((trial) => ({ trial, ids: [], result: undefined, happened: false, hasRead: false })),
    );
  }

  /** The calls of the next turn. The CLI asks again when an answer got lost, and then gets the same. */
  async next(question: Question): Promise<readonly ToolCall[]> {
    if (question.turn <= this.#lastTurn) return question.turn === this.#lastTurn ? this.#lastCalls : [];
    this.#lastTurn = question.turn;
    this.settle(question.results);
    while (this.#waiting.length === 0 && this.#acts.length > 0) {
      const act = this.#acts.shift();
      await act?.before?.();
      const trials = new Set(act?.trials);
      this.#waiting = this.attempted.filter(({ trial }) => trials.has(trial) && !trial.isUntriable);
    }
    this.#lastCalls = this.#take();
    return this.#lastCalls;
  }

  /** As many of those that wait as do not touch the same file: after the turn, a changed file speaks of one of them. */
  #take(): readonly ToolCall[] {
    const touched = new Set<string>();
    const later: Attempted[] = [];
    const calls: ToolCall[] = [];
    for (const one of this.#waiting) {
      const { effect } = one.trial;
      const file = effect.sign === 'bytes' ? path.resolve(this.#root, effect.path) : undefined;
      if (file !== undefined && touched.has(file)) {
        later.push(one);
        continue;
      }
      if (file !== undefined) {
        touched.add(file);
        this.#before.set(file, bytesAt(file));
      }
      this.#turnOf.push(one);
      calls.push(this.#callOf(one));
    }
    this.#waiting = later;
    return calls;
  }

  #callOf(one: Attempted): ToolCall {
    const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    const { tool, input } = one.trial;
    if (one.result !== undefined && wantsReading.test(one.result.text) && !one.hasRead) {
      one.hasRead = true;
      this.#calls.set(id, one);
      return { id, name: 'Read', input: { file_path: input.file_path ?? input.notebook_path } };
    }
    one.ids.push(id);
    this.#calls.set(id, one);
    return { id, name: tool, input };
  }

  /** Takes the results of the last turn in, and what it left on the disk. */
  settle(results: ReadonlyMap<string, ToolResult>): void {
    for (const one of this.#turnOf) {
      const { effect } = one.trial;
      const id = [...this.#calls].findLast(([, owner]) => owner === one)?.[0] ?? '';
      const result = results.get(id);
      const isReading = !one.ids.includes(id);
      if (effect.sign === 'bytes') {
        const file = path.resolve(this.#root, effect.path);
        const before = this.#before.get(file);
        if (!same(before, bytesAt(file))) {
          one.happened = true;
          restore(file, before);
        }
      }
      if (result === undefined) continue;
      if (isReading) {
        this.#waiting.push(one);
        continue;
      }
      const wantsRetry = wantsReading.test(result.text) && !one.hasRead;
      one.result = result;
      if (wantsRetry) this.#waiting.push(one);
      if (effect.sign === 'word') one.happened ||= result.text.includes(effect.word);
      if (effect.sign === 'ran') one.happened ||= !result.isError;
    }
    this.#turnOf = [];
    this.#before.clear();
  }
}

export class Play {
  readonly #main: Conversation;
  /** By the task of their first message. */
  readonly #inside = new Map<string, Conversation>();
  readonly #answered = new Set<string>();
  /** What the session was offered at its first question. */
  tools: readonly string[] = [];
  /** Whether the model was ever asked. */
  wasAsked = false;

  constructor(root: string, acts: readonly Act[]) {
    this.#main = new Conversation(root, acts);
    for (const { trial } of this.#main.attempted)
      if (trial.effect.sign === 'answered')
        this.#inside.set(trial.effect.task, new Conversation(root, [{ trials: trial.inside ?? [] }]));
  }

  readonly script: Script = async (question) => {
    const task = [...this.#inside.keys()].find((each) => question.task.includes(each));
    if (task !== undefined) {
      this.#answered.add(task);
      return (await this.#inside.get(task)?.next(question)) ?? [];
    }
    if (!this.wasAsked) this.tools = question.tools;
    this.wasAsked = true;
    return this.#main.next(question);
  };

  /** What came of every trial, those inside of sub-agents included. */
  outcomes(): ReadonlyMap<Trial, Outcome> {
    const outcomes = new Map<Trial, Outcome>();
    for (const conversation of [this.#main, ...this.#inside.values()]) {
      conversation.settle(new Map());
      for (const { trial, ids, result, happened } of conversation.attempted) {
        const isAnswered = trial.effect.sign === 'answered' && this.#answered.has(trial.effect.task);
        outcomes.set(trial, { callIds: ids, result, happened: happened || isAnswered });
      }
    }
    return outcomes;
  }
}
