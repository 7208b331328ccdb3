// Who is the hub of a workspace: one process at a time, by numbered terms. Reachability is the truth.
import fs from 'node:fs';
import path from 'node:path';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { processStarted, processState } from '../sessions/processTable.ts';
import type { Machine } from '../sessions/programs.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { hubFolder } from './discovery.ts';

/** Milliseconds between two signs of life, and between two questions whether it is our turn. */
const beatEvery = 300;
const askEvery = 250;
/** A holder that neither answers nor gives a sign of life for so long is not there. */
const silentMs = 1200;
/** One that gives signs of life but does not answer for so long is none either. */
const unansweredMs = 10_000;

export interface Candidate {
  readonly store: RecordStore;
  readonly machine: Pick<Machine, 'files' | 'platform' | 'run'>;
  readonly pid: number;
  /** Whether the hub of that process answers. */
  readonly reach: (pid: number) => Promise<boolean>;
  /** Resolves after that many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Being the hub, until `release` or until `isStill` says no. */
export interface Term {
  /** That the hub before may still be numbering events: the journal begins an epoch. */
  readonly isAnew: boolean;
  /** Whether nobody has taken over. Looks at the disk. */
  readonly isStill: () => boolean;
  /** Lets the next one have it. */
  readonly release: () => void;
}

export type Outcome =
  | { readonly kind: 'won'; readonly term: Term }
  /** `pid`: of the hub that there is. */
  | { readonly kind: 'lost'; readonly pid: number };

/** The highest number of a term. No hubs of ours come to it. */
const mostTerms = 999_999_999;
const termName = /^(\d{9})\.(json|released)$/;

interface Entry {
  readonly name: string;
  readonly number: number;
  readonly isReleased: boolean;
}

interface Holder {
  readonly pid: number;
  readonly pidStarted?: string;
}

const folderOf = (store: RecordStore): string => path.join(hubFolder(store.stateDirectory), 'terms');

/** All terms that are to be seen, the latest last. @throws Error of the system */
function entriesOf(folder: string): readonly Entry[] {
  return fs
    .readdirSync(folder)
    .flatMap((name) => {
      const [, number, ending] = termName.exec(name) ?? [];
      return number === undefined
        ? []
        : [{ name, number: Number(number), isReleased: ending === 'released' }];
    })
    .sort((a, b) => a.number - b.number);
}

/** Undefined while it is being written, and for what is none. */
function holderOf(folder: string, name: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, pidStarted } = value as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid)) return undefined;
    return { pid: Number(pid), ...(typeof pidStarted === 'string' ? { pidStarted } : {}) };
  } catch {
    return undefined;
  }
}

/** Changes with every sign of life; undefined when the term is gone. Never compared with a clock. */
const signOf = (folder: string, name: string): number | undefined =>
  fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs;

/**
 * Becomes the hub, or says who is. Takes up to some 1.5 s when one is there that does not answer.
 * @throws UserError when the folder can't be used; Error of the system
 */
export async function elect(candidate: Candidate): Promise<Outcome> {
  const { store, machine, pid } = candidate;
  const folder = folderOf(store);
  await makePrivate(store.files, store.stateRoot, folder);
  const pidStarted = await processStarted(machine, pid);
  for (;;) {
    const last = entriesOf(folder).at(-1);
    const seen =
      last === undefined || last.isReleased ? undefined : await judge(candidate, folder, last.name);
    if (seen?.kind === 'there') return { kind: 'lost', pid: seen.pid };
    if (seen?.kind === 'changed') continue;
    if ((last?.number ?? 0) >= mostTerms)
      throw new UserError(
        `The folder ${folder} has a term with the highest number that there is, which no hub has made. Remove that folder.`,
      );
    // Only of one that is known to be over it is certain that it numbers no event any more.
    const isAnew = last === undefined || (!last.isReleased && seen?.kind !== 'gone');
    const term = take(
      folder,
      (last?.number ?? 0) + 1,
      { pid, ...(pidStarted ? { pidStarted } : {}) },
      isAnew,
    );
    if (term !== undefined) return { kind: 'won', term };
  }
}

type Judgement =
  | { readonly kind: 'there'; readonly pid: number }
  | { readonly kind: 'gone' | 'silent' | 'changed' };

/** What is to be thought of the holder of a term. */
async function judge(candidate: Candidate, folder: string, name: string): Promise<Judgement> {
  const { machine, reach, wait } = candidate;
  const began = performance.now();
  let sign = signOf(folder, name);
  let signed = began;
  for (;;) {
    const holder = holderOf(folder, name);
    if (holder !== undefined) {
      if ((await processState(machine, holder)) === 'gone') return { kind: 'gone' };
      if (await reach(holder.pid)) return { kind: 'there', pid: holder.pid };
    }
    const now = performance.now();
    const other = signOf(folder, name);
    if (other === undefined) return { kind: 'changed' };
    if (other !== sign) [sign, signed] = [other, now];
    if (now - signed > silentMs || now - began > unansweredMs) return { kind: 'silent' };
    await wait(askEvery);
  }
}

/** Makes a term; undefined when another one has it or a later one. */
function take(folder: string, number: number, holder: Holder, isAnew: boolean): Term | undefined {
  const name = `${String(number).padStart(9, '0')}.json`;
  const file = path.join(folder, name);
  try {
    // No file system has two that made it.
    fs.writeFileSync(file, `${JSON.stringify({ format: 1, ...holder })}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
  // The number may have been had and removed while we looked: only one above all others counts.
  const isStill = (): boolean => {
    try {
      const entries = entriesOf(folder);
      return (
        entries.some((each) => each.name === name) &&
        entries.every((each) => each.name === name || each.number < number)
      );
    } catch {
      return false;
    }
  };
  if (!isStill()) {
    fs.rmSync(file, { force: true });
    return undefined;
  }
  for (const other of entriesOf(folder))
    if (other.number < number) fs.rmSync(path.join(folder, other.name), { force: true });
  const beat = setInterval(() => {
    try {
      const at = new Date();
      fs.utimesSync(file, at, at);
    } catch {
      // Taken over, or removed: `isStill` tells.
    }
  }, beatEvery);
  beat.unref();
  return {
    isAnew,
    isStill,
    release: () => {
      clearInterval(beat);
      try {
        fs.renameSync(file, path.join(folder, `${String(number).padStart(9, '0')}.released`));
      } catch {
        // Another one has taken over.
      }
    },
  };
}

/**
 * Waits until it is our turn, and takes it: within two seconds after the hub died or fell silent. Undefined when `signal`
 * was aborted. @throws as `elect` does
 */
export async function awaitTurn(candidate: Candidate, signal: AbortSignal): Promise<Term | undefined> {
  while (!signal.aborted) {
    const outcome = await elect(candidate);
    if (outcome.kind === 'won') {
      if (!signal.aborted) return outcome.term;
      outcome.term.release();
      return undefined;
    }
    await candidate.wait(askEvery);
  }
  return undefined;
}
