// `migrate`: from the form of earlier tooling to the real one, after a look at what changes.
import { inWorkspace } from '../files/nodeFiles.ts';
import { UserError } from '../findings/userError.ts';
import type { ApplyResult } from '../outputs/applyDraft.ts';
import { lockPath } from '../outputs/lock.ts';
import { migrate as migrateOutputs } from '../outputs/migrate.ts';
import { registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { requireAgents } from './agents.ts';
import { printApplied, printDiff } from './printApplied.ts';
import { allFormats, printFormat } from './printFormat.ts';
import { plural, printFindings, printJson } from './render.ts';
import { stateDirectoryOf } from './state.ts';
import type { Verb, VerbContext } from './verb.ts';

/** Has the change agreed to, by a flag or a person. @throws UserError where nobody can be asked. */
async function isAgreed({ io, flag, format }: VerbContext, count: number): Promise<boolean> {
  if (flag('yes')) return true;
  if (io.ask === undefined || format !== 'text')
    throw new UserError(
      `This changes ${plural(count, 'file')}. To see how: native-orchestrator migrate --dry-run. To do it: add --yes. Nothing was changed.`,
    );
  const answer = await io.ask(`Change ${plural(count, 'file')}? What is replaced is kept. [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

export const migrate: Verb = {
  name: 'migrate',
  summary: 'bring settings of earlier tooling into the real form',
  usage: '[ids…] [--dry-run] [--yes]',
  help: 'Rewrites settings whose hooks, contextFiles or projectInfo are in the form of earlier tooling, and goes over from a\nsettings template without a guard to the built-in settings. What people added stays, what is replaced is kept. Shows\nthe difference first and asks, or wants --yes. Without ids: all agents and the template.',
  formats: allFormats,
  options: {
    'dry-run': { type: 'boolean', help: 'write nothing; show the difference' },
    yes: { type: 'boolean', help: 'do it without being asked' },
  },
  async run(context) {
    const { io, root, positionals, flag, format } = context;
    const text = io.files.read(inWorkspace(root, registryPath))?.text;
    const registry = text === undefined ? undefined : parseRegistry(text).registry;
    if (registry !== undefined) requireAgents([...registry.agents.keys()], positionals);
    const options = {
      files: io.files,
      root,
      hooks: io.hooks(),
      version: io.version,
      today: io.today,
      now: io.now,
      stateDirectory: () => stateDirectoryOf(io, root).workspace,
      ...(positionals.length === 0 ? {} : { ids: positionals }),
    };
    const planned = await migrateOutputs({ ...options, dryRun: true });
    if (planned.done && planned.changes.length === 0) {
      if (format === 'json') {
        const { findings } = planned;
        printJson(io, {
          findings,
          changes: [],
          summary: { done: true, dryRun: flag('dry-run'), written: [], unchanged: 0, backup: null },
        });
      } else if (!printFormat(context, planned.findings, 'Nothing to migrate.'))
        io.out('Nothing to migrate.\n');
      return 0;
    }
    if (!planned.done || flag('dry-run')) {
      if (format === 'text') printFindings(io, information(planned.findings), true);
      return printApplied(context, format === 'text' ? withoutLock(planned) : planned, true);
    }
    if (!flag('yes') && format === 'text') {
      printFindings(io, planned.findings, true);
      for (const change of withoutLock(planned).changes) printDiff(io, change);
    }
    if (!(await isAgreed(context, planned.changes.length))) {
      io.out('Nothing was changed.\n');
      return 1;
    }
    const result = await migrateOutputs(options);
    if (format !== 'text') return printApplied(context, result, false);
    // Who was asked has seen it.
    if (flag('yes')) printFindings(io, information(result.findings), true);
    const findings = flag('yes') ? result.findings : [];
    const changes = result.changes.map((change) => ({ ...change, before: change.text }));
    return printApplied(context, { ...result, findings, changes }, false);
  },
};

/** Nobody reads the difference of a lock. */
const withoutLock = (result: ApplyResult): ApplyResult => ({
  ...result,
  changes: result.changes.filter(({ relative }) => relative !== lockPath),
});

const information = (findings: Parameters<typeof printFindings>[1]): Parameters<typeof printFindings>[1] =>
  findings.filter(({ severity }) => severity === 'information');
