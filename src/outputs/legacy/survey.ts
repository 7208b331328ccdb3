// All that is known of the directories below agents/ that no entry of the registry owns. Looks, and changes nothing.
import path from 'node:path';
import type { Files } from '../../files/files.ts';
import type { Git } from '../../files/git.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { holdsEntry } from '../../files/trees.ts';
import { type Searched, visitTexts } from '../../files/workspaceTexts.ts';
import type { Registry } from '../../registry/model.ts';
import { type LockEntry, lockPath } from '../lock.ts';
import { type Commit, classify, type DirectoryFacts, placeholderSigns, type Verdict } from './classify.ts';
import { isTestFile, type Reference, referenceFinder, wordFinder } from './references.ts';
import {
  lastCommitOf,
  type RepositoryFacts,
  repositoryFacts,
  retirements,
  type Uncommitted,
} from './repositoryFacts.ts';
import { signsOf } from './signs.ts';
import { likenessOf } from './successor.ts';
import { usesOf } from './uses.ts';

export interface SurveyedDirectory extends Verdict {
  readonly name: string;
  /** Relative to the workspace. */
  readonly path: string;
  /** Undefined when no commit touched it, or there is no repository. */
  readonly lastCommit?: Commit;
  /** Undefined when the workspace is in no git repository: then nothing of it is known to be committed. */
  readonly uncommitted?: Uncommitted;
  /** It holds a git repository of its own, of which ours knows nothing. */
  readonly holdsRepository: boolean;
  /** What would break if it went; absent when nothing would. */
  readonly usedBy?: string;
  /** Mentions elsewhere in the workspace, those in other old directories left out. */
  readonly references: readonly Reference[];
}

export interface Survey {
  /** Sorted by name. */
  readonly directories: readonly SurveyedDirectory[];
  /** Registered agents that have no directory. */
  readonly missing: readonly string[];
  readonly searched: Searched;
  /** What git could be asked; `none` outside a repository. */
  readonly history: RepositoryFacts['history'] | 'none';
}

export interface SurveyOptions {
  readonly files: Files;
  /** Absolute. */
  readonly root: string;
  /** Of the present text, without an error: with half a registry every other directory would be nobody's. */
  readonly registry: Registry;
  readonly locked: ReadonlyMap<string, LockEntry>;
  /** Absent where there is no git. */
  readonly git?: Git;
}

/** Questions to git at once. */
const atOnce = 4;

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return results;
}

/** The directories that are to be looked at, with what the disk alone says of them. */
function directoriesOf({ files, root, registry, locked }: SurveyOptions): DirectoryFacts[] {
  const agents = inWorkspace(root, 'agents');
  // By where they really are: a registered directory may be a link, or be spelt otherwise on a disk that ignores case.
  const owned = new Map([...registry.agents.keys()].map((id) => [files.realPath(path.join(agents, id)), id]));
  const lockedNames = new Set([...locked.keys()].map((file) => file.split('/')[1] ?? ''));
  const found: DirectoryFacts[] = [];
  for (const name of files.list(agents)) {
    if (name.startsWith('.') || registry.agents.has(name)) continue;
    const directory = path.join(agents, name);
    const real = files.realPath(directory);
    const kind = files.kind(directory);
    const isLink = kind === 'symlink' && real !== undefined && files.kind(real) === 'directory';
    if (kind !== 'directory' && !isLink) continue;
    const linkedBy = owned.get(real);
    found.push({
      name,
      isLink,
      ...(linkedBy === undefined ? {} : { linkedBy }),
      isLocked: lockedNames.has(name),
      signs: isLink ? [] : signsOf(files, root, name),
      inTests: [],
    });
  }
  return found;
}

/** Looks at everything. Never throws for what a workspace contains. */
export async function surveyDirectories(options: SurveyOptions): Promise<Survey> {
  const { files, root, registry, git } = options;
  const ids = [...registry.agents.keys()];
  const bare = directoriesOf(options);
  const names = bare.map(({ name }) => name);
  const finder = referenceFinder(names, path.basename(root));
  const madeUp = names.filter((name) => placeholderSigns(name) > 0);
  const mentions = new Map<string, Reference[]>(names.map((name) => [name, []]));
  const inTests = new Map<string, Reference[]>();
  const searched = await visitTexts(root, git, (file, text) => {
    if (file === lockPath) return;
    for (const [name, places] of finder.find(file, text)) mentions.get(name)?.push(...places);
    if (madeUp.length > 0 && isTestFile(file))
      for (const [name, place] of wordFinder(madeUp, file, text))
        inTests.set(name, [...(inTests.get(name) ?? []), place]);
  });
  const repository = git && (await repositoryFacts(git));
  const withoutSuccessor = names.filter((name) => likenessOf(name, ids)?.ids.length !== 1);
  const retired = git && repository ? await retirements(git, withoutSuccessor) : undefined;
  const verdicts = bare.map((facts) => {
    const retirement = retired?.get(facts.name);
    const whole = { ...facts, inTests: inTests.get(facts.name) ?? [], ...(retirement && { retirement }) };
    return { name: facts.name, verdict: classify(whole, ids) };
  });
  const leaving = new Set(verdicts.filter(({ verdict }) => verdict.kind !== 'kept').map(({ name }) => name));
  const uses = usesOf(files, root, registry, finder);
  const directories = await inTurn(verdicts, async ({ name, verdict }): Promise<SurveyedDirectory> => {
    const lastCommit = git && repository && (await lastCommitOf(git, name));
    const usedBy = uses.get(name);
    const isElsewhere = ({ file }: Reference): boolean => {
      const [first, second = ''] = file.split('/');
      return first !== 'agents' || (second !== name && second !== 'archive' && !leaving.has(second));
    };
    return {
      name,
      path: `agents/${name}`,
      ...verdict,
      ...(lastCommit && { lastCommit }),
      ...(repository && { uncommitted: repository.uncommitted(name) }),
      holdsRepository: await holdsEntry(inWorkspace(root, `agents/${name}`), '.git'),
      ...(usedBy === undefined ? {} : { usedBy }),
      references: (mentions.get(name) ?? []).filter(isElsewhere).sort(byPlace),
    };
  });
  return {
    // What somebody else moved while we looked looks like lost work; it is not there any more.
    directories: directories.filter((each) => files.kind(inWorkspace(root, each.path)) !== undefined),
    missing: ids.filter((id) => files.kind(inWorkspace(root, `agents/${id}`)) === undefined),
    searched,
    history: repository?.history ?? 'none',
  };
}

const byPlace = (a: Reference, b: Reference): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;

/**
 * Why a directory is not archived; undefined when nothing speaks against it. `withUncommitted`: somebody was told of the
 * work in it that is not committed, and wants it moved all the same.
 */
export function obstacleOf(directory: SurveyedDirectory, withUncommitted: boolean): string | undefined {
  const { usedBy, uncommitted, holdsRepository } = directory;
  if (usedBy !== undefined) return `in use: ${usedBy}. Change that first`;
  if (withUncommitted) return undefined;
  if (holdsRepository) return 'it holds a git repository of its own';
  const open = (uncommitted?.changed.length ?? 0) + (uncommitted?.deleted.length ?? 0);
  return open === 0
    ? undefined
    : `${open} ${open === 1 ? 'change in it is' : 'changes in it are'} not committed`;
}

/** Why a directory may not be deleted: what git could not bring back; undefined when git has all of it. */
export function lossOf({ uncommitted, holdsRepository, lastCommit }: SurveyedDirectory): string | undefined {
  if (uncommitted === undefined)
    return 'the workspace is in no git repository, so nothing could bring it back';
  if (holdsRepository) return 'it holds a git repository of its own, which would be lost with it';
  const open = uncommitted.changed.length + uncommitted.unseen.length;
  if (open > 0)
    return `${open} ${open === 1 ? 'file in it is' : 'files in it are'} not committed and would be lost`;
  return lastCommit === undefined ? 'no commit has it, so nothing could bring it back' : undefined;
}
