// `prove`: what the user's own claude was seen to refuse and to allow.
import { availableParallelism } from 'node:os';
import { delimiter, isAbsolute } from 'node:path';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { type CellText, controlCell, detailsOf, forbiddenCell, matrixOf } from '../proof/matrix.ts';
import type { ProofRecord } from '../proof/proofRecord.ts';
import { proofStatus, proofWords } from '../proof/proofStatus.ts';
import { type ProveResult, prove as proveAgents } from '../proof/prove.ts';
import { findClaude, findNode } from '../sessions/programs.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { printFormat } from './printFormat.ts';
import { coloured, findingLine, plural, printJson } from './render.ts';
import { stateDirectoryOf } from './state.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb, VerbContext } from './verb.ts';

/** How many agents at once when nobody says: a session keeps a processor busy for most of its time. */
const defaultJobs = (): number => availableParallelism() + 1;

function jobsOf(option: string | undefined): number {
  if (option === undefined) return defaultJobs();
  const jobs = Number(option);
  if (!/^\d{1,3}$/.test(option) || jobs < 1)
    throw new UsageError(`--jobs is a number from 1 to 999, not ${visible(JSON.stringify(option))}.`);
  return jobs;
}

/** What the proof that has just been made is worth: nothing has changed since. */
const statusOf = (record: ProofRecord) =>
  proofStatus(record, { outputs: record.outputs, cli: record.cli, platform: record.platform });

function painted(io: Io, { text, tone }: CellText, width: number): string {
  const padded = text.padEnd(width);
  if (tone === 'bad') return coloured(io, 'error', padded);
  return tone === 'unsure' ? coloured(io, 'warning', padded) : padded;
}

function printMatrix(io: Io, records: readonly ProofRecord[]): void {
  const { kinds, rows } = matrixOf(records);
  const first = Math.max(5, ...rows.map(({ agent }) => agent.length));
  const heads = [...kinds, 'allowed'];
  const cells = rows.map((row) => [
    ...kinds.map((kind) => forbiddenCell(row.forbidden.get(kind))),
    controlCell(row.controls),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.text.length ?? 0)),
  );
  const line = (name: string, parts: readonly string[]): void =>
    io.out(`${`${name.padEnd(first)}  ${parts.join('  ')}`.trimEnd()}\n`);
  line(
    '',
    heads.map((head, column) => head.padEnd(widths[column] ?? 0)),
  );
  for (const [index, { agent }] of rows.entries())
    line(agent, cells[index]?.map((cell, column) => painted(io, cell, widths[column] ?? 0)) ?? []);
  io.out(
    '\n✓ blocked · ○ went through, as it may · ✗ not as the registry says · – not enforceable here · ? not run\n',
  );
}

function printDetails(io: Io, record: ProofRecord): void {
  io.out(`\n${record.agent}: ${proofWords(statusOf(record))}\n`);
  for (const { title, lines } of detailsOf(record)) {
    io.out(`  ${title}\n`);
    const width = Math.min(70, Math.max(0, ...lines.map(({ what }) => what.length)));
    for (const { mark, what, outcome, verdict } of lines) {
      const text = `${mark} ${what.padEnd(width)}  ${outcome}`;
      const isBad = verdict === 'through' || verdict === 'wronglyBlocked';
      const isUnsure = verdict === 'notEnforceable' || verdict === 'notRun';
      io.out(
        `    ${isBad ? coloured(io, 'error', text) : isUnsure ? coloured(io, 'warning', text) : text}\n`,
      );
    }
  }
}

function sumLine(result: ProveResult): string {
  const states = result.records.map((record) => statusOf(record).state);
  const count = (state: string): number => states.filter((each) => each === state).length;
  const parts = [
    [count('proven'), 'proven'],
    [count('notEnforceable'), 'proven but for what is not enforceable here'],
    [count('failed'), 'failed'],
    [count('unproven') + result.notProven.length, 'not proven'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `claude ${result.cli}: ${plural(states.length + result.notProven.length, 'agent')}: ${words.join(', ')}`;
}

function print(context: VerbContext, result: ProveResult, seconds: number): void {
  const { io, flag } = context;
  const { records } = result;
  if (records.length > 0) printMatrix(io, records);
  const isDetailed = flag('verbose') || (records.length === 1 && context.positionals.length === 1);
  if (isDetailed) for (const record of records) printDetails(io, record);
  const shown = result.findings.filter(({ severity }) => severity !== 'information');
  if (shown.length > 0) io.out('\n');
  for (const finding of shown) io.out(`${findingLine(io, finding)}\n`);
  const open = [
    ...new Set(
      records.flatMap(({ attempts }) =>
        attempts
          .filter((each) => !each.enforceable && each.got === 'allowed')
          .map(({ kind, note }) => `${kind}: ${note}`),
      ),
    ),
  ];
  if (open.length > 0) io.out('\nNot enforceable here:\n');
  for (const line of open) io.out(`  – ${visible(line)}\n`);
  const notCovered = [...new Set(records.flatMap((record) => record.notCovered))];
  if (notCovered.length > 0) io.out('\nNot covered, since it did not run in the proof:\n');
  for (const line of notCovered) io.out(`  ${visible(line)}\n`);
  io.out('\n');
  for (const line of result.outside) io.out(`${visible(line)}\n`);
  io.out(`${sumLine(result)} (${seconds.toFixed(1)} s)\n`);
}

/** Runs it with progress on a terminal; Ctrl-C ends what it started and removes the scratch copies. */
async function run(context: VerbContext): Promise<number> {
  const { io, root, positionals, flag, option, format } = context;
  if (flag('all') && positionals.length > 0) throw new UsageError('Name agents, or use --all: not both.');
  const jobs = jobsOf(option('jobs'));
  const fleet = inspect(io, root);
  const registry = fleet.parsed?.registry;
  if (registry === undefined)
    throw new UserError(
      'The registry has errors, so it is unknown what the agents may do. See: native-orchestrator check',
    );
  const known = [...registry.agents.keys()];
  requireAgents(known, positionals);
  const agents = positionals.length > 0 ? [...new Set(positionals)] : known;
  const claude = await findClaude(io.machine, io.env.NATIVE_ORCHESTRATOR_CLAUDE ?? '');
  if (claude.path === undefined)
    throw new UserError(
      `claude was not found (looked at ${claude.lookedAt.join(', ')}). Install it from https://claude.com/claude-code, or name it in NATIVE_ORCHESTRATOR_CLAUDE.`,
    );
  const node = await findNode(io.machine, '', process.execPath);
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  const started = performance.now();
  try {
    const result = await proveAgents({
      files: io.files,
      fleet,
      agents,
      claudePath: claude.path,
      nodePath: node.path ?? process.execPath,
      launchHooks: io.launchHooks(),
      state: stateDirectoryOf(io, root),
      searchPath: (io.env.PATH ?? io.env.Path ?? '').split(delimiter).filter(isAbsolute).join(delimiter),
      jobs,
      signal: cancel.signal,
      onProgress: (done, total, agent) =>
        io.progress?.(`Proving: ${done} of ${total}${agent === undefined ? '' : ` (${agent} done)`}`),
    });
    io.progress?.('');
    const isBad =
      result.notProven.length > 0 ||
      result.records.some((record) => !['proven', 'notEnforceable'].includes(statusOf(record).state));
    const seconds = (performance.now() - started) / 1000;
    if (printFormat(context, result.findings, sumLine(result))) return isBad ? 1 : 0;
    if (format === 'json')
      printJson(io, {
        findings: result.findings,
        proofs: result.records.map((record) => ({ ...record, state: statusOf(record).state })),
        notProven: result.notProven,
        outside: result.outside,
        summary: {
          cli: result.cli,
          agents: agents.length,
          ok: !isBad,
          seconds: Math.round(seconds * 10) / 10,
        },
      });
    else print(context, result, seconds);
    return isBad ? 1 : 0;
  } finally {
    io.progress?.('');
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
  }
}

export const prove: Verb = {
  name: 'prove',
  summary: 'see what your own claude refuses and allows',
  usage: '[ids…|--all] [--jobs n] [--verbose]',
  help: 'Starts your claude in scratch copies, against a scripted model on this machine, and tries everything that the\nregistry forbids and one of each thing that it allows. No token, no network; nothing of yours is touched.\nThe result is kept until claude, the platform or the outputs change. Exits 1 when anything forbidden went\nthrough, or something allowed did not. One agent by its name: every attempt is listed.',
  options: {
    all: { type: 'boolean', help: 'all agents (the default)' },
    jobs: {
      type: 'string',
      value: 'n',
      help: 'how many agents at once (default: one more than there are processors)',
    },
    verbose: { type: 'boolean', help: 'list every attempt and what stopped it' },
  },
  run,
};
