// `generate`: write what every agent runs with.
import path from 'node:path';

import { inWorkspace } from '../files/nodeFiles.ts';
import { UserError } from '../findings/userError.ts';
import { generate as generateOutputs } from '../outputs/generate.ts';
import { registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
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

export const generate: Verb = {
  name: 'generate',
  summary: 'write settings, memory, policy and hooks of the agents',
  usage: '[ids…|--all|--pilot] [--check] [--dry-run] [--force] [--upgrade]',
  help: 'Writes what the registry determines, all or nothing; files that are as they should be are not touched.\nIt refuses to write over what somebody changed since: restore, adopt or ignore that, or use --force. Without ids: all agents.',
  options: {
    all: { type: 'boolean', help: 'all agents (the default)' },
    pilot: { type: 'boolean', help: 'the agents that the registry lists under pilot' },
    check: { type: 'boolean', help: 'write nothing; exit 1 when something would be written' },
    'dry-run': { type: 'boolean', help: 'write nothing; say what would be written' },
    force: {
      type: 'boolean',
      help: 'write over what was changed or cannot be read, too (a backup is kept)',
    },
    upgrade: { type: 'boolean', help: 'replace hooks that another version wrote' },
  },
  async run(context) {
    const { io, root, flag, format } = context;
    const isDry = flag('check') || flag('dry-run');
    const ids = chosen(context);
    const cancel = new AbortController();
    const onSignal = (): void => cancel.abort();
    // Not `once`: with no listener left, the lock's own clean-up would end the process in the middle.
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const result = await generateOutputs({
      files: io.files,
      root,
      hooks: io.hooks(),
      version: io.version,
      stateDirectory: () => stateDirectoryOf(io, root).workspace,
      dryRun: isDry,
      today: io.today,
      now: io.now,
      force: flag('force'),
      upgrade: flag('upgrade'),
      signal: cancel.signal,
      ...(ids === undefined ? {} : { ids }),
    }).finally(() => process.off('SIGINT', onSignal).off('SIGTERM', onSignal));
    if (cancel.signal.aborted && !result.done) throw new UserError('Cancelled. Nothing was changed.');
    const isMistyped = result.findings.some((found) => found.code === 'outputs/unknown-agent');
    const code = isMistyped ? 2 : !result.done || (flag('check') && result.written.length > 0) ? 1 : 0;
    if (format === 'json') {
      const { done, written, unchanged, backup, findings } = result;
      printJson(io, {
        findings,
        summary: { done, dryRun: isDry, written, unchanged, backup: backup ?? null },
      });
      return code;
    }
    printFindings(io, result.findings, false);
    if (!result.done) {
      io.err(`${coloured(io, 'error', 'Nothing was written.')} Mend the errors above and run it again.\n`);
      return code;
    }
    for (const file of result.written) io.out(`${isDry ? 'would write' : 'wrote'} ${file}\n`);
    if (result.backup !== undefined)
      io.out(
        `What was there before is kept in ${result.backup}\nTo undo this: native-orchestrator restore --backup ${path.basename(result.backup)}\n`,
      );
    const count = plural(result.written.length, 'file');
    io.out(
      result.written.length === 0
        ? `Nothing to do: ${plural(result.unchanged, 'file')} as they should be.\n`
        : `${count} ${isDry ? 'to write' : 'written'}, ${result.unchanged} unchanged.\n`,
    );
    return code;
  },
};
