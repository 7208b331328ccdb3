// The state of one launch: what its hooks told, held against the CLI's own list, its process and its record. Pure.
import type { ListedSession } from './agentsList.ts';
import type { ProcessState } from './processTable.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { Dialog, Heard, Need } from './sessionState.ts';

export const stateNames = [
  'needsYou',
  'crashed',
  'limit',
  'unknown',
  'starting',
  'working',
  'idle',
  'stopped',
] as const;
export type StateName = (typeof stateNames)[number];

/** Who said so: our hooks, `claude agents --json`, the process table, or nobody but the record of the start. */
export type StateSource = 'hooks' | 'list' | 'process' | 'record';

/** Texts in it may be somebody else's (names of tools, words of events): they are shown escaped. */
export interface SessionState {
  readonly state: StateName;
  /** What it needs a person for; with `needsYou` only. */
  readonly need?: Need;
  /** The tool that permission is asked for, where it is known. */
  readonly tool?: string;
  /** When this began, as far as is known: ISO 8601. */
  readonly since: string;
  readonly source: StateSource;
  /** What it is concluded from, as the end of a sentence that begins with the agent. */
  readonly evidence: string;
  /** When anything was last heard of it, by whatever source; ISO 8601, absent when nothing was. */
  readonly heardAt?: string;
  /** When its process was found gone, which it may have been for as long as nothing was heard of it: ISO 8601; `crashed` only. */
  readonly foundGoneAt?: string;
  /** A person has looked at it since: it calls nobody any more. See seen.ts. */
  readonly isSeen?: true;
}

/** An answered asking of the CLI, as far as it is about one launch. */
export interface Listing {
  /** When it was asked, milliseconds since 1970. */
  readonly at: number;
  /** Absent: the CLI lists no such session. */
  readonly session?: ListedSession;
}

export interface Evidence {
  readonly record: Pick<SessionRecord, 'startedAt' | 'endedAt' | 'phase' | 'endReason'>;
  readonly heard?: Heard;
  /** Absent when the CLI could not be asked, which says nothing. */
  readonly listing?: Listing;
  readonly process: ProcessState;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long its process is known to be gone, in milliseconds; absent: for long. The last line may be on its way. */
  readonly goneFor?: number;
  /** When it was first found gone, milliseconds since 1970; absent when it was not, or when the record says it. */
  readonly goneAt?: number;
}

/**
 * Hooks tell of an event up to half a second late, and the list shows a change some 0.1 s late (seen with 2.1.329). Only
 * what the list said longer than this after the last hook contradicts the hooks. Milliseconds.
 */
const settledMs = 1000;
/** A start that takes longer is worth a look: the CLI may ask something before its first hook. Milliseconds. */
const startMs = 60_000;
/** A process may take this long to end after it said so. Milliseconds. */
const endingMs = 10_000;
/** The line of a session's end may come this much later than its process goes. Milliseconds. */
const lastLineMs = 2000;

const iso = (at: number): string => new Date(at).toISOString();
const time = (text: string): number => Date.parse(text);

/** What the hooks alone say of a session whose process may run. */
function heardState(heard: Heard): SessionState {
  const common = { since: heard.since, source: 'hooks', heardAt: heard.at } as const;
  const [dialog] = heard.dialogs;
  if (dialog !== undefined) return dialogState(heard, dialog);
  const { evidence } = heard;
  switch (heard.activity) {
    case 'working':
      return { state: 'working', evidence, ...common };
    case 'done':
    case 'failed':
      return { state: 'needsYou', need: heard.activity, evidence, ...common };
    case 'limit':
      return { state: 'limit', evidence, ...common };
    case 'ended':
      return { state: 'stopped', evidence, ...common };
    case 'fresh':
      return { state: 'idle', evidence, ...common };
  }
}

function dialogState(heard: Heard, { need, tool, since }: Dialog): SessionState {
  const named = need === 'permission' && tool !== '' ? { tool } : {};
  const asked = tool === '' ? 'a notification' : `the request for ${tool}`;
  return { state: 'needsYou', need, ...named, since, source: 'hooks', evidence: asked, heardAt: heard.at };
}

/** What the CLI's words say a person is waited for (seen with 2.1.329; a plan is a `permission prompt` there). */
function neededFor(waitingFor: string | undefined): Need {
  return waitingFor === 'permission prompt' ? 'permission' : 'question';
}

/** What the list alone says. `since`: when that may have begun. */
function listedState({ status, waitingFor }: ListedSession, at: number, since: string): SessionState {
  const said = { since, source: 'list', heardAt: iso(at) } as const;
  switch (status) {
    case 'busy':
      return { state: 'working', evidence: 'the CLI lists it as busy', ...said };
    case 'idle':
      return { state: 'idle', evidence: 'the CLI lists it as idle', ...said };
    case 'waiting':
      return {
        state: 'needsYou',
        need: neededFor(waitingFor),
        evidence: `the CLI lists it as waiting (${waitingFor ?? 'for something'})`,
        ...said,
      };
    default:
      // Seen with 2.1.329: a session has no status until it stands at its prompt.
      return { state: 'starting', evidence: 'the CLI lists it without a status', ...said };
  }
}

/** What the hooks say, corrected by a list that is newer than they are. */
function corrected(heard: Heard, listing: Listing | undefined): SessionState {
  const told = heardState(heard);
  const { session, at } = listing ?? {};
  if (session?.status === undefined || at === undefined) return told;
  const since = iso(at);
  const isNewer = at > time(heard.at);
  const isSettled = at > time(heard.at) + settledMs;
  const seen = { ...told, heardAt: isNewer ? since : heard.at };
  const hasDialog = heard.dialogs.length > 0;
  switch (session.status) {
    case 'waiting': {
      if (hasDialog || !isNewer) return seen;
      // A person who is at its prompt opens dialogs, too.
      if (session.waitingFor === 'dialog open' && heard.activity !== 'working') return seen;
      const listed = listedState(session, at, since);
      const tool = heard.calls.at(-1)?.tool;
      return listed.need === 'permission' && tool ? { ...listed, tool } : listed;
    }
    case 'busy':
      return isSettled && (hasDialog || heard.activity !== 'working')
        ? listedState(session, at, since)
        : seen;
    case 'idle':
      // Answered "No" or interrupted, by a person who is there: nobody needs to be called.
      return isSettled && (hasDialog || heard.activity === 'working')
        ? listedState(session, at, since)
        : seen;
  }
}

/** A launch whose process is gone, or of which the record says that it ended. */
function overState({ record, heard, process, goneAt }: Evidence): SessionState {
  const heardAt = heard === undefined ? {} : { heardAt: heard.at };
  if (heard?.activity === 'ended') return heardState(heard);
  const { endReason } = record;
  const since = record.endedAt ?? heard?.at ?? record.startedAt;
  const source = record.phase === 'ended' ? 'record' : 'process';
  const common = { since, source, ...heardAt } as const;
  // That it is being stopped is written down before its process is asked to end.
  if (endReason === 'stopped' || endReason === 'exit 0')
    return { state: 'stopped', evidence: `it ended (${endReason})`, ...common };
  // Whoever started it was told why at once: nothing ran that could have crashed.
  if (endReason === 'not started') return { state: 'stopped', evidence: 'it was not started', ...common };
  const how =
    endReason !== undefined && endReason !== 'gone'
      ? `it ended (${endReason})`
      : 'its process is gone, and it never said that it ended';
  // Nothing was ever seen of it but its record: that it is gone is not known.
  if (process === 'unknown' && record.phase !== 'ended')
    return { state: 'unknown', evidence: how, ...common };
  // A record that says how it ended was written by who saw it.
  const byRecord = endReason === 'gone' ? record.endedAt : undefined;
  const byUs = goneAt === undefined ? undefined : iso(goneAt);
  const found = record.phase === 'ended' ? byRecord : byUs;
  return {
    state: 'crashed',
    evidence: how,
    ...common,
    ...(found === undefined ? {} : { foundGoneAt: found }),
  };
}

/** A time that is still to come, which anybody can write into a spool, makes nothing newer than what the list says. */
function withoutFuture(heard: Heard, { record, now }: Evidence): Heard {
  return time(heard.at) > now + settledMs ? { ...heard, at: record.startedAt } : heard;
}

/**
 * The state of one launch. Without evidence it is `unknown`; that the CLI could not be asked changes nothing, and a
 * session that its list lacks is not dead for that: only its process says so.
 */
export function crossCheck(given: Evidence): SessionState {
  const { record, listing, process, now } = given;
  const heard = given.heard && withoutFuture(given.heard, given);
  // Who only found it gone knows no more than we do.
  if (record.phase === 'ended' && record.endReason !== 'gone') return overState(given);
  if (process === 'gone' || record.phase === 'ended') {
    const isJustGone = given.goneFor !== undefined && given.goneFor < lastLineMs;
    return isJustGone && heard !== undefined ? heardState(heard) : overState(given);
  }
  if (heard !== undefined && heard.activity !== 'ended') {
    const isMissing =
      process === 'unknown' &&
      listing !== undefined &&
      listing.session === undefined &&
      listing.at > time(heard.at) + settledMs;
    if (!isMissing) return corrected(heard, listing);
    const { at, since } = heard;
    return { state: 'unknown', since, source: 'list', evidence: 'the CLI does not list it', heardAt: at };
  }
  const session = listing?.session;
  if (heard !== undefined && (process === 'unknown' || now < time(heard.at) + endingMs))
    return heardState(heard);
  if (session !== undefined && listing !== undefined)
    return listedState(session, listing.at, iso(listing.at));
  if (heard !== undefined) {
    const evidence = 'it said that it ended, but its process runs';
    return { state: 'unknown', since: heard.since, source: 'process', evidence, heardAt: heard.at };
  }
  const { startedAt } = record;
  if (now - time(startedAt) < startMs)
    return { state: 'starting', since: startedAt, source: 'record', evidence: 'it was started' };
  return process === 'running'
    ? { state: 'unknown', since: startedAt, source: 'process', evidence: 'it runs, but tells nothing' }
    : { state: 'unknown', since: startedAt, source: 'record', evidence: 'nothing was heard of it' };
}
