// The state of each agent's session: records, spools, the process table and the CLI's own list, held together. Reads
// only; whoever asks the CLI (pollAgents) hands its answer in.
import path from 'node:path';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import type { AgentsPoll, ListedSession } from './agentsList.ts';
import { crossCheck, type Listing, type SessionState } from './crossCheck.ts';
import { exitReason } from './liveRecords.ts';
import { type ProcessState, processState } from './processTable.ts';
import type { Machine } from './programs.ts';
import { afterLook, readSeen } from './seen.ts';
import { type RecordStore, readRecords, type SessionRecord, type SkippedRecord } from './sessionRecord.ts';
import { type Heard, reduce } from './sessionState.ts';
import { SpoolFile } from './spoolFile.ts';
import { spoolFolder } from './spoolReader.ts';

/** Launches of an agent that are looked at, the newest. */
const mostLaunches = 3;
/** Bytes of one spool that one update takes in. */
const mostAtOnce = 1024 * 1024;

/** One agent's session: its live launch, else its last one. */
export interface LiveSession {
  readonly record: SessionRecord;
  readonly state: SessionState;
  readonly process: ProcessState;
  /** The CLI's session id of now, as the hooks told it last; the record's where they told nothing. */
  readonly sessionId: string;
  /** All that this launch had, the oldest first. */
  readonly sessionIds: readonly string[];
}

export interface LiveStatesOptions {
  readonly store: Pick<RecordStore, 'files' | 'stateDirectory'>;
  readonly disk: AppendedFiles;
  readonly machine: Pick<Machine, 'files' | 'platform' | 'run'>;
}

export interface LiveUpdate {
  /** By agent. An agent without an entry has no recorded launch: of it nothing is known. */
  readonly sessions: ReadonlyMap<string, LiveSession>;
  /** Records that could not be used. */
  readonly skipped: readonly SkippedRecord[];
}

/** What is kept of one launch from one update to the next. */
interface Launch {
  spool?: SpoolFile;
  heard?: Heard;
  /** When its process was first found gone, milliseconds since 1970. */
  goneSince?: number;
  state?: SessionState;
}

/** Whether a session is no more, one way or the other. */
export const isOver = ({ state }: SessionState): boolean => state === 'stopped' || state === 'crashed';

export class LiveStates {
  readonly #options: LiveStatesOptions;
  readonly #launches = new Map<string, Launch>();
  /** Records of launches that ended, by their files. */
  readonly #ended = new Map<string, SessionRecord>();
  /** The records of each agent as they were last read. */
  #byAgent: ReadonlyMap<string, readonly SessionRecord[]> = new Map();

  constructor(options: LiveStatesOptions) {
    this.#options = options;
  }

  /**
   * Looks again. `now`: milliseconds since 1970. `poll`: what the CLI answered last, however long ago; absent when it
   * never did. Never throws.
   */
  async update(now: number, poll: AgentsPoll | undefined): Promise<LiveUpdate> {
    const { agents, skipped } = this.readAgain();
    return { sessions: await this.updateSome(agents, now, poll), skipped };
  }

  /** Reads the records: the agents that have any, for `updateSome`, and what could not be used. Never throws. */
  readAgain(): { readonly agents: Iterable<string>; readonly skipped: readonly SkippedRecord[] } {
    const { records, skipped } = readRecords(this.#options.store, this.#ended);
    const byAgent = new Map<string, SessionRecord[]>();
    for (const record of records) {
      const own = byAgent.get(record.agent) ?? [];
      if (own.length < mostLaunches) byAgent.set(record.agent, [...own, record]);
    }
    this.#byAgent = byAgent;
    const kept = new Set([...byAgent.values()].flat().map(({ launch }) => launch));
    for (const launch of this.#launches.keys()) if (!kept.has(launch)) this.#launches.delete(launch);
    return { agents: byAgent.keys(), skipped };
  }

  /** The records of an agent that are looked at, as they were read last; the newest first. */
  recordsOf(agent: string): readonly SessionRecord[] {
    return this.#byAgent.get(agent) ?? [];
  }

  /** Takes over what another one who looks found of a launch, so that the next look here goes on from there. */
  goOnFrom({ record, state }: Pick<LiveSession, 'record' | 'state'>): void {
    const goneSince = Date.parse(state.foundGoneAt ?? '');
    const gone = Number.isNaN(goneSince) ? {} : { goneSince };
    this.#launches.set(record.launch, { ...this.#launches.get(record.launch), ...gone, state });
  }

  /** Looks again at some agents alone, by the records that were read last. As `update` in all else. */
  async updateSome(
    agents: Iterable<string>,
    now: number,
    poll: AgentsPoll | undefined,
  ): Promise<ReadonlyMap<string, LiveSession>> {
    const sessions = new Map<string, LiveSession>();
    for (const agent of agents) {
      const own = this.#byAgent.get(agent) ?? [];
      const looked = await Promise.all(own.map((record) => this.#look(record, now, poll)));
      const session = looked.find(({ state }) => !isOver(state)) ?? looked[0];
      if (session !== undefined) sessions.set(agent, session);
    }
    return sessions;
  }

  async #look(record: SessionRecord, now: number, poll: AgentsPoll | undefined): Promise<LiveSession> {
    const launch = this.#launches.get(record.launch) ?? {};
    this.#launches.set(record.launch, launch);
    // Before the spool is read: what a process wrote before it ended is then read, too.
    const process = record.phase === 'ended' ? 'gone' : await processState(this.#options.machine, record);
    this.#read(record, launch);
    if (process !== 'gone') delete launch.goneSince;
    else launch.goneSince ??= now;
    const { heard, goneSince, state: before } = launch;
    const sessionIds = [...new Set([...record.sessionIds, record.sessionId, ...(heard?.sessions ?? [])])];
    const listing = process === 'gone' ? undefined : listingOf(record, sessionIds, poll);
    const endReason =
      process === 'gone' ? (record.endReason ?? exitReason(this.#options.store, record.launch)) : undefined;
    const state = crossCheck({
      record: endReason === undefined ? record : { ...record, endReason },
      process,
      now,
      ...(heard === undefined ? {} : { heard }),
      ...(listing === undefined ? {} : { listing }),
      ...(goneSince === undefined ? {} : { goneAt: goneSince }),
      // A launch that was over when we came has nothing on its way any more.
      ...(goneSince === undefined || before === undefined || isOver(before)
        ? {}
        : { goneFor: now - goneSince }),
    });
    launch.state = steady(before, state);
    const sessionId = heard?.sessions.at(-1) ?? record.sessionId;
    const seen = readSeen(this.#options.store, record.agent);
    const shown = afterLook(launch.state, record.launch, seen);
    return { record, state: shown, process, sessionId, sessionIds };
  }

  /** Takes in what came in a launch's spool. Lines that are of another launch or agent are nobody's. */
  #read({ launch: id, agent }: SessionRecord, launch: Launch): void {
    const { disk, store } = this.#options;
    const folder = spoolFolder(store.stateDirectory);
    const found = disk.look(folder, path.basename(`${id}.jsonl`));
    if (found === undefined) return;
    if (!launch.spool?.isStill(found)) {
      launch.spool = new SpoolFile(disk, folder, found);
      delete launch.heard;
    }
    launch.spool.read(found.size, mostAtOnce, (line) => {
      if (line.launch === id && line.agent === agent) launch.heard = reduce(launch.heard, line);
    });
  }
}

/**
 * The entry of a launch in the CLI's answer: that of its process, or of one of its sessions, where what was started is a
 * script that runs the CLI as its child. Names are nobody's identity.
 */
export function listedOf(
  { pid }: Pick<SessionRecord, 'pid'>,
  sessionIds: readonly string[],
  { sessions }: AgentsPoll,
): ListedSession | undefined {
  return (
    sessions.find((each) => each.pid === pid) ?? sessions.find((each) => sessionIds.includes(each.sessionId))
  );
}

function listingOf(
  record: SessionRecord,
  sessionIds: readonly string[],
  poll: AgentsPoll | undefined,
): Listing | undefined {
  if (poll === undefined) return undefined;
  const { at } = poll;
  const session = listedOf(record, sessionIds, poll);
  return session === undefined ? { at } : { at, session };
}

/** The list says what is, not since when: a state that it goes on to say began when it first did. */
function steady(before: SessionState | undefined, after: SessionState): SessionState {
  const isSame =
    before !== undefined &&
    after.source === 'list' &&
    before.state === after.state &&
    before.need === after.need;
  return isSame ? { ...after, since: before.since } : after;
}
