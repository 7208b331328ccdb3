// The hub of a workspace from its election to its end: core, server, and what tells others where it is.
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { UserError } from '../findings/userError.ts';
import type { AgentsPoll } from '../sessions/agentsList.ts';
import { processStarted } from '../sessions/processTable.ts';
import type { Machine } from '../sessions/programs.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import type { Audit } from './answers.ts';
import { audit } from './auditLog.ts';
import { newSecret } from './credentials.ts';
import { publishDiscovery, sweepDiscovery, withdrawDiscovery } from './discovery.ts';
import { awaitTurn, type Candidate, elect } from './election.ts';
import type { Controls, HubCore } from './hubCore.ts';
import type { HubLog } from './hubLog.ts';
import type { Limits } from './limits.ts';
import type { AgentMarks } from './metrics.ts';
import { openHubCore } from './openHubCore.ts';
import { reachHub } from './reachHub.ts';
import { createHubServer } from './server.ts';

export interface RunHubOptions {
  readonly store: RecordStore;
  readonly machine: Machine;
  readonly pid: number;
  /** 0: any that is free. */
  readonly port: number;
  /** A file with one more token of a viewer, for a scraper; it is made where there is none. */
  readonly tokenFile?: string;
  readonly limits: Limits;
  readonly log: HubLog;
  /** Absent where nothing can be started or stopped from here. */
  readonly controls?: Controls;
  readonly marks?: () => AgentMarks | undefined | Promise<AgentMarks | undefined>;
  /** Asks the CLI for its sessions; absent where it is not to be asked. */
  readonly poll?: () => Promise<AgentsPoll | undefined>;
  /** Gets what was thrown and should not have been. */
  readonly onBug: (error: unknown) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** Given: where another hub runs, this one waits for its turn, until the signal. */
  readonly standby?: AbortSignal;
}

export interface RunningHub {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  /** Resolves when it has ended: after `close`, or because another hub took over. */
  readonly ended: Promise<'closed' | 'deposed'>;
  close(): Promise<void>;
}

export type Started =
  | { readonly kind: 'running'; readonly hub: RunningHub }
  /** `pid`: of the hub that there is. */
  | { readonly kind: 'other'; readonly pid: number }
  | { readonly kind: 'aborted' };

/** The token in a file of the user's choice; a new one where there is no file. @throws UserError */
async function tokenOf({ files }: RecordStore, file: string): Promise<string> {
  const found = files.read(file);
  if (found === undefined) {
    const token = newSecret();
    try {
      await files.createFile(file, `${token}\n`, 0o600);
    } catch (error) {
      throw new UserError(`The token file ${file} cannot be written. Name another one with --token-file.`, {
        cause: error,
      });
    }
    return token;
  }
  const token = found.text?.trim() ?? '';
  if (!/^[\w.~+/=-]{32,256}$/.test(token))
    throw new UserError(
      `The token file ${file} has no token that can be used: 32 to 256 letters and digits on one line. Remove it, and a new one is written.`,
    );
  return token;
}

/** Becomes the hub and runs, unless there is one. @throws UserError when it cannot; nothing runs then. */
export async function runHub(options: RunHubOptions): Promise<Started> {
  const { store, machine, pid, wait, log, standby, onBug } = options;
  const scraper = options.tokenFile === undefined ? undefined : await tokenOf(store, options.tokenFile);
  const candidate: Candidate = { store, machine, pid, wait, reach: (other) => reachHub(store, other) };
  let outcome = await elect(candidate);
  if (outcome.kind === 'lost') {
    if (standby === undefined) return { kind: 'other', pid: outcome.pid };
    log('info', 'standing by');
    const term = await awaitTurn(candidate, standby);
    if (term === undefined) return { kind: 'aborted' };
    outcome = { kind: 'won', term };
  }
  const { term } = outcome;

  let settle: (how: 'closed' | 'deposed') => void = () => {};
  const ended = new Promise<'closed' | 'deposed'>((resolve) => {
    settle = resolve;
  });
  let finish = async (_how: 'closed' | 'deposed'): Promise<void> => {};
  let core: HubCore | undefined;
  // One after the other, so that the log has them in order.
  let noted: Promise<unknown> = Promise.resolve();
  const note: Audit = (entry) => {
    const at = new Date().toISOString();
    noted = noted.then(() => audit(store, at, { ...entry, by: 'hub' }));
  };
  try {
    await sweepDiscovery(store, machine);
    core = await openHubCore({
      store,
      machine,
      disk: nodeAppendedFiles,
      now: Date.now,
      isAnew: term.isAnew,
      isStill: term.isStill,
      onDeposed: () => {
        log('warn', 'deposed');
        void finish('deposed').catch(onBug);
      },
      ...(options.poll === undefined ? {} : { poll: options.poll }),
      onBug,
    });
    const tokens = { viewer: newSecret(), operator: newSecret() };
    const server = await createHubServer({
      core,
      port: options.port,
      viewerTokens: [tokens.viewer, ...(scraper === undefined ? [] : [scraper])],
      operatorToken: tokens.operator,
      limits: options.limits,
      log,
      onBug,
      ...(options.controls === undefined ? {} : { controls: options.controls }),
      ...(options.marks === undefined ? {} : { marks: options.marks }),
      audit: note,
    });
    note({ action: 'hub_start', outcome: 'done', details: { port: server.port } });
    const running = core;
    let isEnding = false;
    finish = async (how) => {
      if (isEnding) return;
      isEnding = true;
      try {
        await server.close();
        await running.close();
        note({ action: 'hub_stop', outcome: how === 'closed' ? 'done' : how });
        await noted;
        // What another hub has told of itself since stays as it is.
        if (how === 'closed') await withdrawDiscovery(store, pid);
      } finally {
        term.release();
        settle(how);
      }
    };
    try {
      const pidStarted = await processStarted(machine, pid);
      // One that was held up until now must not hide the hub that took over.
      if (!term.isStill()) await finish('deposed');
      else
        await publishDiscovery(store, {
          pid,
          ...(pidStarted === undefined ? {} : { pidStarted }),
          port: server.port,
          startedAt: new Date().toISOString(),
          tokens,
        });
    } catch (error) {
      await finish('closed');
      throw error;
    }
    const { port, address } = server;
    const close = async (): Promise<void> => {
      await finish('closed');
      await ended;
    };
    return { kind: 'running', hub: { port, address, ended, close } };
  } catch (error) {
    await core?.close();
    term.release();
    throw error;
  }
}
