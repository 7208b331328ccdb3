// A hub's core as a process of its own, spoken to over IPC: what the tests of the hub's store kill, stop and start again.
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { nodeAppendedFiles } from '../../src/files/appendedFiles.ts';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { awaitTurn, elect, type Term } from '../../src/hub/election.ts';
import type { HubEvent } from '../../src/hub/hubEvent.ts';
import type { JournalLimits } from '../../src/hub/journal.ts';
import { openHubCore } from '../../src/hub/openHubCore.ts';
import { runProgram } from '../../src/sessions/programs.ts';

/** What the program is told by its only argument. */
export interface HubCoreSetup {
  readonly stateRoot: string;
  readonly stateDirectory: string;
  readonly limits?: Partial<JournalLimits>;
  /** A file with milliseconds that are added to the clock. */
  readonly clock?: string;
  /** `once`: takes part in one election; `wait`: until it wins. Absent: it is the hub without one. */
  readonly election?: 'once' | 'wait';
  /** A file that says which pids answer, as their hub's server would. */
  readonly answering?: string;
}

const given: unknown = JSON.parse(process.argv[2] ?? '{}');
const setup = given as HubCoreSetup;
const { stateRoot, stateDirectory, limits, clock, election, answering } = setup;
const store = { files: nodeFiles, stateRoot, stateDirectory };
const { env, platform } = process;
const machine = { files: nodeFiles, platform, env, home: stateRoot, run: runProgram };

const now = (): number =>
  Date.now() + (clock === undefined ? 0 : Number(fs.readFileSync(clock, 'utf8').trim() || 0));
const say = (message: object): void => void process.send?.(message);

const candidate = {
  store,
  machine,
  pid: process.pid,
  reach: async (pid: number) => {
    const isThere =
      answering !== undefined && fs.readFileSync(answering, 'utf8').split(' ').includes(String(pid));
    if (isThere) say({ kind: 'yielded' });
    return isThere;
  },
  wait: (ms: number) => wait(ms),
};

async function term(): Promise<Term | undefined> {
  if (election === undefined) return undefined;
  if (election === 'wait') return awaitTurn(candidate, new AbortController().signal);
  const outcome = await elect(candidate);
  if (outcome.kind === 'won') return outcome.term;
  say({ kind: 'lost', pid: outcome.pid });
  process.exit(0);
}

const own = await term();
const core = await openHubCore({
  store,
  disk: nodeAppendedFiles,
  machine,
  now,
  onBug: (error) => say({ kind: 'bug', message: String(error) }),
  ...(limits === undefined ? {} : { limits }),
  ...(own === undefined ? {} : { isAnew: own.isAnew, isStill: own.isStill }),
  onDeposed: () => say({ kind: 'deposed' }),
});
say({ kind: 'open', epoch: core.epoch, seq: core.seq, isAnew: own?.isAnew ?? false });

/** As a server does it: those that are kept first, then those that came meanwhile, then each as it comes. */
async function subscribe(epoch: string, seq: number): Promise<void> {
  let isLive = false;
  const meanwhile: HubEvent[] = [];
  core.onEvents((events) => {
    if (isLive) say({ kind: 'events', events });
    else meanwhile.push(...events);
  });
  const kept = core.since(epoch, seq);
  say({ kind: 'subscribed', isKept: kept !== undefined, epoch: core.epoch, seq: core.seq });
  for await (const events of kept ?? []) say({ kind: 'events', events });
  isLive = true;
  if (meanwhile.length > 0) say({ kind: 'events', events: meanwhile });
}

process.on('message', (message: { kind: string; epoch: string; seq: number; type: string }) => {
  if (message.kind === 'subscribe') void subscribe(message.epoch, message.seq);
  if (message.kind === 'figures') say({ kind: 'figures', figures: core.figures() });
  if (message.kind === 'health') say({ kind: 'health', health: core.snapshot('system_health') });
  if (message.kind === 'status') say({ kind: 'status', status: core.snapshot('agent_status') });
  if (message.kind === 'close')
    void core.close().then(() => {
      own?.release();
      process.exit(0);
    });
});
process.on('disconnect', () => process.exit(0));
