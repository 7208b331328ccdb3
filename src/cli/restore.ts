// `restore`: back to what the registry says, by key, file, agent or all; and back from there by a backup.
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { type Backup, listBackups } from '../outputs/backUp.ts';
import { settingsPath } from '../outputs/plan.ts';
import { restoreBackup, restore as restoreOutputs } from '../outputs/restore.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { printApplied } from './printApplied.ts';
import { printFormat } from './printFormat.ts';
import { plural, printJson } from './render.ts';
import { stateDirectoryOf } from './state.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

/** The output of an agent that `--file` names, by its path or its name; its settings without `--file`. @throws UsageError */
export function outputNamed(id: string, file: string | undefined, paths: readonly string[]): string {
  if (file === undefined) return settingsPath(id);
  const wanted = file.replaceAll('\\', '/').replace(/^\.\//, '');
  const found = paths.find((each) => each === wanted || path.posix.basename(each) === wanted);
  if (found !== undefined) return found;
  throw new UsageError(
    `${id} has no file ${visibleShort(JSON.stringify(file))}. It has ${paths.map((each) => path.posix.basename(each)).join(', ')}.`,
  );
}

/** A JSON pointer as it was typed. @throws UsageError when it is none. */
export function pointerOf(key: string): string {
  if (key === '' || key.startsWith('/')) return key;
  throw new UsageError(
    `--key is a JSON pointer such as /permissions/deny, not ${visibleShort(JSON.stringify(key))}.`,
  );
}

function printBackups(context: VerbContext, backups: readonly Backup[]): number {
  const { io, format } = context;
  if (printFormat(context, [], plural(backups.length, 'backup'))) return 0;
  if (format === 'json') {
    const listed = backups.map(({ id, at, what, folder, files }) => ({
      id,
      at: at ?? null,
      what: what ?? null,
      folder,
      files: files.map(({ relative }) => relative),
    }));
    printJson(io, { findings: [], backups: listed, summary: { backups: backups.length, ok: true } });
    return 0;
  }
  for (const { id, at, what, files } of backups) {
    io.out(`${id}  ${visible(at ?? 'time unknown')}  ${visibleShort(what ?? '', 60)}\n`);
    for (const { relative } of files) io.out(`  ${visible(relative)}\n`);
  }
  io.out(
    backups.length === 0
      ? 'There are no backups of this workspace.\n'
      : `${plural(backups.length, 'backup')}. To put one back: native-orchestrator restore --backup <id>\n`,
  );
  return 0;
}

/** The backup that `--backup` or `--undo` means. @throws UserError when there is none. */
function backupMeant(backups: readonly Backup[], id: string | undefined): Backup {
  const found = id === undefined ? backups[0] : backups.find((backup) => backup.id === id);
  if (found !== undefined) return found;
  throw new UserError(
    id === undefined || backups.length === 0
      ? 'There are no backups of this workspace, so there is nothing to undo.'
      : `There is no backup ${visibleShort(JSON.stringify(id))}. See: native-orchestrator restore --list`,
  );
}

export const restore: Verb = {
  name: 'restore',
  summary: 'bring back what the registry says, or what was there before',
  usage: '[agents…|--all] [--file f] [--key /pointer] | --undo | --backup id | --list',
  help: 'Writes what the registry says over what was changed: one key, one file, some agents or all. A key is restored alone,\nevery other byte of its file kept. What is overwritten is kept, and --undo brings it back.',
  options: {
    all: { type: 'boolean', help: 'all agents' },
    file: { type: 'string', value: 'f', help: 'only this file of the agent, such as CLAUDE.md' },
    key: { type: 'string', value: '/pointer', help: 'only this key of the settings' },
    'dry-run': { type: 'boolean', help: 'write nothing; show the difference' },
    undo: { type: 'boolean', help: 'put back what the last backup kept' },
    backup: { type: 'string', value: 'id', help: 'put back what this backup kept' },
    list: { type: 'boolean', help: 'list the backups of this workspace' },
    force: { type: 'boolean', help: 'with --undo or --backup: also files that have changed since' },
  },
  async run(context) {
    const { io, root, positionals, flag, option } = context;
    const isDry = flag('dry-run');
    const state = (): string => stateDirectoryOf(io, root).workspace;
    const apply = { files: io.files, root, stateDirectory: state, dryRun: isDry, now: io.now };
    const backup = option('backup');
    const ways = [flag('undo'), backup !== undefined, flag('list')].filter(Boolean).length;
    const key = option('key');
    const file = option('file');
    if (
      ways > 1 ||
      (ways === 1 && (positionals.length > 0 || flag('all') || key !== undefined || file !== undefined))
    )
      throw new UsageError(
        'Use one of --undo, --backup and --list, and nothing else with it but --dry-run and --force.',
      );
    if (ways === 1) {
      const backups = listBackups(io.files, state());
      if (flag('list')) return printBackups(context, backups);
      const result = await restoreBackup({
        ...apply,
        backup: backupMeant(backups, backup),
        force: flag('force'),
      });
      return printApplied(context, result, isDry);
    }
    if (flag('all') === positionals.length > 0)
      throw new UsageError('Name the agents to restore, or use --all. --undo takes the last restore back.');
    const fleet = inspect(io, root);
    if (fleet.parsed?.registry !== undefined)
      requireAgents([...fleet.parsed.registry.agents.keys()], positionals);
    const [id] = positionals;
    if ((key !== undefined || file !== undefined) && (id === undefined || positionals.length > 1))
      throw new UsageError(
        '--file and --key want one agent: native-orchestrator restore <agent> --key /model',
      );
    const outputs = fleet.agents.find(({ agent }) => agent.id === id)?.outputs ?? [];
    const only =
      id === undefined || (key === undefined && file === undefined) || outputs.length === 0
        ? undefined
        : {
            path: outputNamed(
              id,
              file,
              outputs.map((output) => output.path),
            ),
            ...(key === undefined || key === '' ? {} : { keys: [pointerOf(key)] }),
          };
    if (only?.keys !== undefined && only.path !== settingsPath(id ?? ''))
      throw new UsageError(
        `Only settings.json has keys. Restore ${path.posix.basename(only.path)} as a whole.`,
      );
    const result = await restoreOutputs({
      ...apply,
      hooks: io.hooks(),
      version: io.version,
      today: io.today,
      ...(flag('all') ? {} : { ids: positionals }),
      ...(only === undefined ? {} : { only }),
    });
    return printApplied(context, result, isDry);
  },
};
