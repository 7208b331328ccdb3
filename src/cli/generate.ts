// `generate`: write what every agent runs with.
import path from 'node:path';

import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, hasErrors } from '../findings/finding.ts';
import { UserError } from '../findings/userError.ts';
import { generate as generateOutputs } from '../outputs/generate.ts';
import type { DraftOptions } from '../outputs/generateDraft.ts';
import { type Planned, plannedChanges } from '../outputs/planned.ts';
import { registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { inspect } from './check.ts';
import { printFormat } from './printFormat.ts';
import { plannedJson, plannedSum, printPlanned } from './printPlanned.ts';
import { coloured, plural, printFindings, printJson } from './render.ts';
import { stateDirectoryOf } from './state.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

/** The agents that the command means: named, `--all`, or `--pilot`; undefined is all. @throws UserError */
function chosen({ io, root, positionals, flag }: VerbContext): readonly string[] | undefined {
  const ways = [positionals.length > 0, flag('all'), flag('pilot')].filter(Boolean).length;
  if (ways > 1) throw new UsageError('Name agents, or use --all, or use --pilot: not two of them.');
  if (positionals.length > 0) return positionals;
  if (!flag('pilot')) return undefined;
  const content = io.files.read(inWorkspace(root, registryPath));
  const registry = content?.text === undefined ? undefined : parseRegistry(content.text).registry;
  if (registry === undefined) return undefined; // generate says what is wrong with it
  if (registry.pilot.length === 0)
    throw new UserError(`--pilot: ${registryPath} names no pilot agents. Add a top-level list \`pilot:\`.`);
  return registry.pilot;
}

const nothingWritten = 'Nothing was written.';
const mendFirst = 'Mend the errors above and run it again.';

/** Whether an agent was named that there is not: then the command line is wrong, not the workspace. */
const isMistyped = (findings: readonly Finding[]): boolean =>
  findings.some(({ code }) => code === 'outputs/unknown-agent');

const optionsOf = ({ io, root, flag }: VerbContext, ids: readonly string[] | undefined): DraftOptions => ({
  root,
  hooks: io.hooks(),
  version: io.version,
  today: io.today,
  force: flag('force'),
  upgrade: flag('upgrade'),
  ...(ids === undefined ? {} : { ids }),
});

/**
 * What says where each planned change comes from: the drift that `check` finds in the same files, beside what generate
 * itself says.
 */
function plannedFindings({ io, root }: VerbContext, { findings, changes }: Planned): readonly Finding[] {
  const planned = new Set(changes.map(({ path: file }) => file));
  const isMeant = ({ file, args }: Finding): boolean =>
    planned.has(file) || (Array.isArray(args.paths) && args.paths.some((file) => planned.has(file)));
  const drift = changes.length === 0 ? [] : inspect(io, root).findings.filter(isMeant);
  return [...findings, ...drift.filter(({ code }) => !findings.some((said) => said.code === code))];
}

/** Says what would be done and does nothing. Exit code 1 when generate would refuse, and with `--check` when there is something to do. */
function showPlan(context: VerbContext, ids: readonly string[] | undefined): number {
  const { io, flag, format } = context;
  const planned = plannedChanges(optionsOf(context, ids), io.files);
  const { findings, changes, unchanged } = planned;
  const done = !hasErrors(findings);
  const code = isMistyped(findings) ? 2 : !done || (flag('check') && changes.length > 0) ? 1 : 0;
  if (format === 'sarif' || format === 'github') {
    const way = done
      ? 'run: native-orchestrator generate'
      : 'generate would write nothing before the errors are mended';
    const sum = `${plannedSum(planned)}${changes.length === 0 && done ? '' : ` — ${way}`}`;
    printFormat(context, plannedFindings(context, planned), sum);
    return code;
  }
  if (format === 'json') {
    const written = changes.filter(({ isHeldBack }) => !isHeldBack).map((change) => change.path);
    const summary = { done, dryRun: true, written: done ? written : [], unchanged, backup: null };
    const { plan, ...rest } = plannedJson(planned);
    printJson(io, { findings, ...rest, summary: { ...summary, plan } });
    return code;
  }
  printFindings(io, findings, false);
  if (changes.length > 0 || done) printPlanned(io, planned, flag('dry-run'));
  if (!done) io.err(`${coloured(io, 'error', 'Generate would write nothing.')} ${mendFirst}\n`);
  return code;
}

export const generate: Verb = {
  name: 'generate',
  summary: 'write settings, memory, policy and hooks of the agents',
  usage: '[ids…|--all|--pilot] [--check] [--dry-run] [--force] [--upgrade]',
  help: 'Writes what the registry determines, all or nothing; files that are as they should be are not touched.\nIt refuses to write over what somebody changed since: restore, adopt or ignore that, or use --force. Without ids: all agents.',
  options: {
    all: { type: 'boolean', help: 'all agents (the default)' },
    pilot: { type: 'boolean', help: 'the agents that the registry lists under pilot' },
    check: {
      type: 'boolean',
      help: 'write nothing; list what would be written, and exit 1 when there is anything',
    },
    'dry-run': { type: 'boolean', help: 'write nothing; show what would be written, with the differences' },
    force: {
      type: 'boolean',
      help: 'write over what was changed or cannot be read, too (a backup is kept)',
    },
    upgrade: { type: 'boolean', help: 'replace hooks that another version wrote' },
  },
  async run(context) {
    const { io, root, flag, format } = context;
    const ids = chosen(context);
    if (flag('check') || flag('dry-run')) return showPlan(context, ids);
    const cancel = new AbortController();
    const onSignal = (): void => cancel.abort();
    // Not `once`: with no listener left, the lock's own clean-up would end the process in the middle.
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const result = await generateOutputs({
      ...optionsOf(context, ids),
      files: io.files,
      stateDirectory: () => stateDirectoryOf(io, root).workspace,
      now: io.now,
      signal: cancel.signal,
      onWaiting: () => io.err('Another generate is writing in this workspace; waiting for it.\n'),
    }).finally(() => process.off('SIGINT', onSignal).off('SIGTERM', onSignal));
    if (cancel.signal.aborted && !result.done) throw new UserError('Cancelled. Nothing was changed.');
    const { done, written, unchanged, backup, findings } = result;
    const code = isMistyped(findings) ? 2 : done ? 0 : 1;
    const sum = !done
      ? nothingWritten
      : written.length === 0
        ? `Nothing to do: ${plural(unchanged, 'file')} as they should be.`
        : `${plural(written.length, 'file')} written, ${unchanged} unchanged.`;
    if (printFormat(context, findings, sum)) return code;
    if (format === 'json') {
      printJson(io, {
        findings,
        summary: { done, dryRun: false, written, unchanged, backup: backup ?? null },
      });
      return code;
    }
    printFindings(io, findings, false);
    if (!done) {
      io.err(`${coloured(io, 'error', nothingWritten)} ${mendFirst}\n`);
      return code;
    }
    for (const file of written) io.out(`wrote ${file}\n`);
    if (backup !== undefined)
      io.out(
        `What was there before is kept in ${backup}\nTo undo this: native-orchestrator restore --backup ${path.basename(backup)}\n`,
      );
    io.out(`${sum}\n`);
    return code;
  },
};
