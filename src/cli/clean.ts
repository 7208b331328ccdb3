// `clean`: agent directories that no entry of the registry owns: say which, archive them, take that back, or delete them.
import { type Git, gitIn } from '../files/git.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { Finding } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { readLock, registryFindings } from '../outputs/fleetFindings.ts';
import { archiveDirectories } from '../outputs/legacy/archive.ts';
import { requireOwnFolders } from '../outputs/legacy/places.ts';
import { deleteDirectories } from '../outputs/legacy/remove.ts';
import {
  lossOf,
  obstacleOf,
  type Survey,
  type SurveyedDirectory,
  surveyDirectories,
} from '../outputs/legacy/survey.ts';
import { undoArchive } from '../outputs/legacy/undo.ts';
import { evidenceOf, surveyFindings, surveySum } from '../outputs/legacy/words.ts';
import { type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { findOnPath } from '../sessions/programs.ts';
import { jsonOf, printSurvey } from './cleanListing.ts';
import { printFormat } from './printFormat.ts';
import { coloured, plural, printFindings, printJson } from './render.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

/** The registry, or what is wrong with it: with half of one, every other directory would be nobody's. */
function registryOf({ io, root }: VerbContext): Registry | readonly Finding[] {
  const content = io.files.read(inWorkspace(root, registryPath));
  if (content?.text === undefined) return registryFindings(content);
  const { registry, findings } = parseRegistry(content.text);
  return registry ?? findings;
}

function gitOf({ io, root }: VerbContext): Git | undefined {
  const program = findOnPath(io.machine, 'git');
  return program === undefined ? undefined : gitIn(root, program, io.env);
}

/** The directories that the words name, as `backend` or `agents/backend/`. @throws UsageError for what is none. */
function named(words: readonly string[], { directories }: Survey, registry: Registry): ReadonlySet<string> {
  return new Set(
    words.map((word) => {
      const name = word.replace(/^(?:\.\/)?agents\//, '').replace(/\/+$/, '');
      if (directories.some((each) => each.name === name)) return name;
      if (registry.agents.has(name))
        throw new UsageError(`${name} is in the registry, and clean touches nothing that is.`);
      const near = nearMiss(
        name,
        directories.map((each) => each.name),
      );
      throw new UsageError(
        `There is no unregistered directory ${visibleShort(JSON.stringify(name))} in agents/. ${near === undefined ? 'See: native-orchestrator clean' : `Did you mean ${near}?`}`,
      );
    }),
  );
}

/** Asks on a terminal, after a list of what it is about; elsewhere refuses, unless `--yes` said it already. @throws UserError */
async function confirm(
  { io, flag }: VerbContext,
  going: readonly SurveyedDirectory[],
  history: Survey['history'],
  question: string,
): Promise<void> {
  if (flag('yes')) return;
  if (io.ask === undefined)
    throw new UserError(`${question} There is no terminal to answer on: say --yes. Nothing was changed.`);
  for (const directory of going)
    io.out(`${visible(directory.path)}  ${[directory.why, ...evidenceOf(directory, history)].join(' · ')}\n`);
  const answer = await io.ask(`${question} [y/N] `);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new UserError('Nothing was changed.');
}

async function undo(context: VerbContext, manifest: string): Promise<number> {
  const { io, root, format } = context;
  const { restored, changed, atHome } = await undoArchive(io.files, root, io.cwd, manifest);
  const code = changed.length > 0 ? 1 : 0;
  const sum = `${plural(restored.length, 'directory', 'directories')} moved back.`;
  if (printFormat(context, [], sum)) return code;
  if (format === 'json') {
    printJson(io, { findings: [], summary: { ok: code === 0, restored, changed, atHome } });
    return code;
  }
  for (const directory of restored) io.out(`back at ${visible(directory)}\n`);
  for (const directory of atHome) io.out(`already at ${visible(directory)}\n`);
  for (const directory of changed)
    io.err(
      `${coloured(io, 'warning', 'warning')}: ${visible(directory)} was changed while it was archived; it came back as it is now.\n`,
    );
  io.out(`${sum}\n`);
  return code;
}

/** Says which of the chosen stay, and gives the others. */
function withoutObstacles(
  { io, format }: VerbContext,
  chosen: readonly SurveyedDirectory[],
  obstacle: (directory: SurveyedDirectory) => string | undefined,
): readonly SurveyedDirectory[] {
  return chosen.filter((directory) => {
    const why = obstacle(directory);
    if (why !== undefined && format === 'text')
      io.err(`${coloured(io, 'warning', 'left alone')}: ${visible(directory.path)}: ${why}\n`);
    return why === undefined;
  });
}

async function archive(
  context: VerbContext,
  { history }: Survey,
  chosen: readonly SurveyedDirectory[],
): Promise<number> {
  const { io, root, flag, format } = context;
  const going = withoutObstacles(context, chosen, (each) => obstacleOf(each, flag('uncommitted')));
  const left = chosen.filter((each) => !going.includes(each)).map(({ path: at }) => at);
  if (going.length > 0)
    await confirm(
      context,
      going,
      history,
      `Archive ${plural(going.length, 'directory', 'directories')} to agents/archive?`,
    );
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const { files, version } = io;
  const options = { files, root, version, now: new Date(), signal: cancel.signal };
  const done = await (going.length === 0
    ? Promise.resolve({ manifest: undefined, directories: [] })
    : archiveDirectories(options, going)
  ).finally(() => process.off('SIGINT', onSignal).off('SIGTERM', onSignal));
  if (done === undefined || (cancel.signal.aborted && done.manifest === undefined))
    throw new UserError('Cancelled. Nothing was changed.');
  const code = left.length > 0 ? 1 : 0;
  const { manifest, directories } = done;
  const sum = `${plural(directories.length, 'directory', 'directories')} archived, ${left.length} left alone.`;
  if (printFormat(context, [], sum)) return code;
  if (format === 'json') {
    const archived = directories.map(({ from, to, tree }) => ({ from, to, tree }));
    printJson(io, {
      findings: [],
      summary: { ok: code === 0, archived, leftAlone: left, manifest: manifest ?? null },
    });
    return code;
  }
  for (const { from, to } of directories) io.out(`${visible(from)} → ${visible(to)}\n`);
  io.out(
    manifest === undefined
      ? 'Nothing to archive.\n'
      : `${plural(directories.length, 'directory', 'directories')} archived. To take it back: native-orchestrator clean --undo ${manifest}\n`,
  );
  return code;
}

async function remove(
  context: VerbContext,
  git: Git | undefined,
  { history }: Survey,
  chosen: readonly SurveyedDirectory[],
): Promise<number> {
  const { io, root, format } = context;
  const loss = (each: SurveyedDirectory): string | undefined => {
    const lost = lossOf(each);
    return lost === undefined ? obstacleOf(each, true) : `${lost}. Archive it instead: --archive`;
  };
  const going = withoutObstacles(context, chosen, loss);
  const left = chosen.filter((each) => !going.includes(each)).map(({ path: at }) => at);
  if (going.length > 0)
    await confirm(
      context,
      going,
      history,
      `Delete ${plural(going.length, 'directory', 'directories')}, which git has whole?`,
    );
  const deleted = going.length === 0 ? [] : await deleteDirectories(io.files, root, git, going);
  const code = left.length > 0 ? 1 : 0;
  const sum = `${plural(deleted.length, 'directory', 'directories')} deleted, ${left.length} left alone.`;
  if (printFormat(context, [], sum)) return code;
  if (format === 'json') {
    printJson(io, { findings: [], summary: { ok: code === 0, deleted, leftAlone: left } });
    return code;
  }
  for (const directory of deleted) io.out(`deleted ${visible(directory)}\n`);
  io.out(
    deleted.length === 0
      ? 'Nothing to delete.\n'
      : `${plural(deleted.length, 'directory', 'directories')} deleted. To bring one back: git restore --source=HEAD --staged --worktree agents/<name>\n`,
  );
  return code;
}

/** Options that mean something only beside others, and which. */
function requireSense({ flag, option, positionals }: VerbContext): void {
  if (flag('archive') && flag('delete')) throw new UsageError('Use --archive or --delete: not both.');
  const isUndo = option('undo') !== undefined;
  if (isUndo && (flag('archive') || flag('delete') || positionals.length > 0))
    throw new UsageError('--undo takes back one archive as a whole: give it the manifest and nothing else.');
  if (flag('uncommitted') && !flag('archive'))
    throw new UsageError('--uncommitted goes with --archive: what no commit has is never deleted.');
}

export const clean: Verb = {
  name: 'clean',
  summary: 'find agent directories that the registry does not own, and archive them',
  usage: '[names…] [--archive|--delete] [--yes] [--uncommitted] | --undo manifest',
  help: 'Lists the directories below agents/ that no entry of the registry owns: old ones with or without a successor,\nwhat tests left, and those that are kept, each with its reason, its last commit and where it is mentioned.\nWithout --archive or --delete nothing is changed; exits 1 when there is something to clean up.\nNames narrow it to these directories, and archive one that would be kept.',
  options: {
    archive: { type: 'boolean', help: 'move the old ones to agents/archive/<date>, with a manifest' },
    delete: { type: 'boolean', help: 'delete the old ones that git has whole' },
    yes: { type: 'boolean', help: 'do not ask' },
    uncommitted: { type: 'boolean', help: 'archive those with uncommitted work, too' },
    undo: { type: 'string', value: 'manifest', help: 'bring the directories of an archive back' },
  },
  async run(context) {
    const { io, root, positionals, flag, option, format } = context;
    requireSense(context);
    const manifest = option('undo');
    if (manifest !== undefined) return undo(context, manifest);
    const registry = registryOf(context);
    if (!('agents' in registry)) {
      if (printFormat(context, registry, 'The registry cannot be used.')) return 1;
      if (format === 'json') printJson(io, { findings: registry, summary: { ok: false } });
      else printFindings(io, registry, false);
      return 1;
    }
    if (flag('archive') || flag('delete')) requireOwnFolders(io.files, root);
    const git = gitOf(context);
    const lock = readLock(io.files, root);
    const locked = lock.kind === 'good' ? lock.lock.outputs : new Map();
    const whole = await surveyDirectories({ files: io.files, root, registry, locked, ...(git && { git }) });
    const names = named(positionals, whole, registry);
    const survey: Survey =
      names.size === 0
        ? whole
        : { ...whole, missing: [], directories: whole.directories.filter(({ name }) => names.has(name)) };
    const chosen = survey.directories.filter(
      ({ kind, rule }) => kind !== 'kept' || (names.size > 0 && rule !== 'archive' && rule !== 'linked'),
    );
    if (flag('archive')) return archive(context, whole, chosen);
    if (flag('delete')) return remove(context, git, whole, chosen);
    const isClean = survey.directories.every(({ kind }) => kind === 'kept');
    const sum = surveySum(survey);
    const way = isClean ? '' : ` — run: native-orchestrator clean ${[...names, '--archive'].join(' ')}`;
    if (printFormat(context, surveyFindings(survey), `${sum}${way}`)) return isClean ? 0 : 1;
    if (format === 'json') {
      printJson(io, {
        findings: surveyFindings(survey),
        directories: survey.directories.map(jsonOf),
        missing: survey.missing,
        searched: survey.searched,
        history: survey.history,
        summary: { ok: isClean, directories: survey.directories.length, toClean: chosen.length },
      });
      return isClean ? 0 : 1;
    }
    printSurvey(io, survey);
    io.out(`${isClean ? sum : coloured(io, 'warning', sum)}${visible(way)}\n`);
    return isClean ? 0 : 1;
  },
};
