// `hub`: runs the hub of a workspace until it is told to end, opens its door for a browser, says how it is.
import { setTimeout as wait } from 'node:timers/promises';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import type { LogLevel, LogRecord } from '../hub/hubLog.ts';
import { pollAgents } from '../sessions/agentsList.ts';
import { findClaude } from '../sessions/programs.ts';
import { claudeSetting } from './doctorEvidence.ts';
import { fleetMarks } from './fleetMarks.ts';
import { hubControls } from './hubControls.ts';
import { refuseInSession } from './ownSession.ts';
import { printJson } from './render.ts';
import { sessionHostOf } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

function portOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535))
    throw new UsageError('--port is a number from 0 to 65535; 0 is any port that is free.');
  return port;
}

/** `connections=10,frameBytes=1024`. */
function givenLimits(text: string | undefined): Readonly<Record<string, number>> {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^(\w+)=(\d{1,12})$/.exec(pair) ?? [];
      if (name === undefined)
        throw new UsageError(
          `--limits has ${visibleShort(JSON.stringify(pair))}, which is none. One is connections=100; several are joined by commas. docs/hub.md has them all.`,
        );
      return [name, Number(value)];
    }),
  );
}

/** Resolves at the first signal that asks a program to end. */
function untilTold(): {
  readonly told: Promise<void>;
  readonly signal: AbortSignal;
  readonly off: () => void;
} {
  const abort = new AbortController();
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  let resolve: () => void = () => {};
  const told = new Promise<void>((settle) => {
    resolve = settle;
  });
  const end = (): void => {
    abort.abort();
    resolve();
  };
  for (const name of signals) process.on(name, end);
  return {
    told,
    signal: abort.signal,
    off: () => {
      for (const name of signals) process.off(name, end);
    },
  };
}

/**
 * What lives long is some 7 MB. Left alone, the heap would grow to many times that before it is collected: these collect it
 * sooner, and begin before it is full (bench/RESULTS.md has what each is worth).
 */
const smallHeap = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=20',
  '--optimize-for-size',
  '--incremental-marking-hard-trigger=10',
];

async function runIt(context: VerbContext): Promise<number> {
  const { io, root, option, flag, format } = context;
  const port = portOf(option('port'));
  for (const each of smallHeap) v8.setFlagsFromString(each);
  const { hubLog, limitsWith, logLevels, runHub } = await import('../hub/bundle.ts');
  const limits = limitsWith(givenLimits(option('limits')));
  const level = option('log-level') ?? 'info';
  const isLevel = (name: string): name is LogLevel => logLevels.some((each) => each === name);
  if (!isLevel(level)) throw new UsageError(`--log-level is ${logLevels.join(', ')}.`);
  const log = hubLog(level, io.now, (record: LogRecord) => io.err(`${JSON.stringify(record)}\n`));
  const onBug = (error: unknown): void => {
    log('error', 'bug', { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  const host = sessionHostOf(io, root);
  const tokenFile = option('token-file');
  const ending = untilTold();
  try {
    const started = await runHub({
      store: host,
      machine: io.machine,
      pid: process.pid,
      port,
      ...(tokenFile === undefined ? {} : { tokenFile }),
      limits,
      log,
      controls: hubControls(context, onBug),
      marks: fleetMarks(io, root, ending.signal),
      poll: async () => {
        const { path } = await findClaude(io.machine, claudeSetting(io));
        return path === undefined ? undefined : pollAgents(io.machine, path, Date.now);
      },
      onBug,
      wait: (ms) => wait(ms),
      ...(flag('standby') ? { standby: ending.signal } : {}),
    });
    if (started.kind === 'aborted') return 0;
    if (started.kind === 'other')
      throw new UserError(
        `A hub of this workspace runs already (pid ${started.pid}). Open it: native-orchestrator hub open. To take over when it ends: native-orchestrator hub --standby`,
      );
    const { hub } = started;
    if (process.env.TRYGC) {
      v8.setFlagsFromString('--expose-gc');
      (runInNewContext('gc') as () => void)();
    }
    if (format === 'json')
      printJson(io, { findings: [], summary: { ok: true, address: hub.address, pid: process.pid } });
    else
      io.out(
        `The hub runs at ${hub.address} (pid ${process.pid}) until Ctrl-C. A browser gets in with: native-orchestrator hub open\n`,
      );
    await Promise.race([ending.told, hub.ended]);
    await hub.close();
    return (await hub.ended) === 'closed' ? 0 : 1;
  } finally {
    ending.off();
  }
}

async function openIt({ io, root, flag, format }: VerbContext): Promise<number> {
  const { askHub } = await import('../hub/bundle.ts');
  // An operator starts, ends and sends.
  if (flag('operator')) refuseInSession(io, 'operates no session');
  const role = flag('operator') ? 'operator' : 'viewer';
  const { address, body } = await askHub(sessionHostOf(io, root), role, 'POST', '/login/ticket', { role });
  const url = `${address}/login#${visible(String(body.ticket))}`;
  const seconds = Number(body.expires_in_ms) / 1000;
  if (format === 'json') printJson(io, { findings: [], summary: { ok: true, url, seconds } });
  else io.out(`${url}\nOpen it within ${seconds} s; it works once.\n`);
  return 0;
}

async function tellIt({ io, root, format }: VerbContext): Promise<number> {
  const { askHub } = await import('../hub/bundle.ts');
  const { address, body, discovery } = await askHub(sessionHostOf(io, root), 'viewer', 'GET', '/health');
  const isWell = body.status === 'ok';
  if (format === 'json') {
    printJson(io, { findings: [], hub: body, summary: { ok: isWell, address, pid: discovery.pid } });
    return isWell ? 0 : 1;
  }
  const complaints = Array.isArray(body.complaints) ? body.complaints.map(String) : [];
  io.out(
    `The hub runs at ${address} (pid ${discovery.pid}) since ${visible(String(body.started_at))}: ${visible(String(body.status))}${complaints.length === 0 ? '' : ` (${visible(complaints.join(', '))})`}. Clients: ${Number(body.connections)}. Events: ${Number(body.seq)}.\n`,
  );
  return isWell ? 0 : 1;
}

const actions = { open: openIt, status: tellIt } as const;

export const hub: Verb = {
  name: 'hub',
  summary: 'serve what the sessions do, live, on this machine alone',
  usage: '[open|status] [--port n] [--token-file f] [--standby] [--operator] [--limits l] [--log-level l]',
  help: 'Runs the hub of this workspace until Ctrl-C: it takes in what the hooks tell, keeps it in a journal and serves it over\nHTTP and WebSocket on 127.0.0.1, to whoever has a token. One runs per workspace. Its log goes to standard error, a JSON\nobject a line. open prints an address for your browser, good once and for 30 seconds; status says how it is.',
  formats: ['text', 'json'],
  options: {
    port: { type: 'string', value: 'n', help: 'listen there (default: any port that is free)' },
    'token-file': {
      type: 'string',
      value: 'f',
      help: 'one more token that may look, for a scraper; written if there is none',
    },
    standby: { type: 'boolean', help: 'where one runs already, wait and take over when it ends' },
    operator: { type: 'boolean', help: 'open: the browser may act as well, not only look' },
    limits: { type: 'string', value: 'name=n,…', help: 'other limits than the usual ones (docs/hub.md)' },
    'log-level': { type: 'string', value: 'error|warn|info|debug', help: 'what the log has (default: info)' },
  },
  choices: Object.keys(actions),
  async run(context) {
    const [action, ...others] = context.positionals;
    if (action === undefined) return runIt(context);
    if (others.length > 0 || !Object.hasOwn(actions, action))
      throw new UsageError(`hub takes ${Object.keys(actions).join(' or ')}, or nothing to run it.`);
    return actions[action as keyof typeof actions](context);
  },
};
