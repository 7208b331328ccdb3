// What git knows of the directories below agents/: what is not committed, who touched each last, and what the registry once had.
import type { Git } from '../../files/git.ts';
import { registryPath } from '../../registry/model.ts';
import { readOutline } from '../../registry/outline.ts';
import type { Commit, Retirement } from './classify.ts';
import { stemOf } from './successor.ts';

/** What of a directory is nowhere but on this disk. */
export interface Uncommitted {
  /** Files that are changed, new or staged. Relative to the workspace, sorted. */
  readonly changed: readonly string[];
  /** Files that were committed and are gone. */
  readonly deleted: readonly string[];
  /** Files that git is told to ignore, or not to compare. */
  readonly unseen: readonly string[];
}

export interface RepositoryFacts {
  /** `shallow`: its history is cut off, so that what was once registered may not be in it. */
  readonly history: 'whole' | 'shallow';
  readonly uncommitted: (name: string) => Uncommitted;
}

/** The parts of an answer that was asked for with `-z`. */
const parts = (answer: string): readonly string[] => answer.split('\0').filter((part) => part !== '');

/** Whether a reported path is the directory, lies in it, or is a folder that holds it; empty is the workspace itself. */
function concerns(path: string, directory: string): boolean {
  const isAround = path === '' || (path.endsWith('/') && `${directory}/`.startsWith(path));
  return isAround || `${path}/`.startsWith(`${directory}/`);
}

/** Asks git about the workspace; undefined when it is in no repository, or git refuses it. */
export async function repositoryFacts(git: Git): Promise<RepositoryFacts | undefined> {
  const where = await git(['rev-parse', '--is-shallow-repository', '--show-prefix']);
  const status = await git([
    ...['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--ignored=matching'],
    ...['--ignore-submodules=none', '--', 'agents'],
  ]);
  const flags = await git(['ls-files', '-v', '-z', '--', 'agents']);
  if (where === undefined || status === undefined || flags === undefined) return undefined;
  const [isShallow = '', prefix = ''] = where.split('\n');
  // What is reported is relative to the repository, of which the workspace may be a part.
  const reported = parts(status).map((part) => ({
    marks: part.slice(0, 2),
    path: part.slice(3 + prefix.length),
  }));
  // Lower case: assumed unchanged; S: left out of the checkout. Git does not look at either.
  const notCompared = parts(flags)
    .filter((part) => /^[a-zS] /.test(part))
    .map((part) => part.slice(2));
  return {
    history: isShallow === 'true' ? 'shallow' : 'whole',
    uncommitted: (name) => {
      const directory = `agents/${name}`;
      const own = reported.filter(({ path }) => concerns(path, directory));
      const pathsWith = (test: (marks: string) => boolean): readonly string[] =>
        own.filter(({ marks }) => test(marks)).map(({ path }) => path);
      return {
        changed: pathsWith((marks) => marks !== '!!' && marks !== ' D'),
        deleted: pathsWith((marks) => marks === ' D'),
        unseen: [
          ...pathsWith((marks) => marks === '!!'),
          ...notCompared.filter((path) => concerns(path, directory)),
        ],
      };
    },
  };
}

/** The last commit that touched a directory; undefined when none did. */
export async function lastCommitOf(git: Git, name: string): Promise<Commit | undefined> {
  const answer = await git(['log', '-1', '--format=%h%x00%cI%x00%s', '--', `agents/${name}`]);
  const [hash, date, subject] = (answer ?? '').replace(/\n$/, '').split('\0');
  return hash && date ? { hash, date, subject: subject ?? '' } : undefined;
}

/** Commits of the registry that are looked through, newest first. */
const mostCommits = 2000;

/**
 * Which directories had an agent of their name in an earlier registry, by directory name. Looks for keys that a commit
 * took out, and at the registry before and after it, so that a key of another kind does not count.
 */
export async function retirements(
  git: Git,
  names: readonly string[],
): Promise<ReadonlyMap<string, Retirement>> {
  const found = new Map<string, Retirement>();
  if (names.length === 0) return found;
  const log = await git([
    ...['log', '-n', String(mostCommits), '-p', '-U0', '--no-color', '--no-ext-diff', '--no-textconv'],
    ...['--no-renames', '--format=%x01%H%x00%h%x00%cI%x00%s', '--', registryPath],
  ]);
  for (const block of (log ?? '').split('\x01').slice(1)) {
    const [head = '', ...lines] = block.split('\n');
    const [full = '', hash = '', date = '', subject = ''] = head.split('\0');
    const keys = new Set(lines.flatMap((line) => /^-\s+["']?([\w-]+)["']?\s*:/.exec(line)?.[1] ?? []));
    const wanted = names.filter(
      (name) => !found.has(name) && [...keys].some((key) => stemOf(key) === stemOf(name)),
    );
    if (wanted.length === 0) continue;
    const [before, after] = [await idsIn(git, `${full}^`), await idsIn(git, full)];
    for (const name of wanted) {
      const id = [...before].find((each) => stemOf(each) === stemOf(name) && !after.has(each));
      if (id === undefined) continue;
      const added = [...after].filter((each) => !before.has(each));
      found.set(name, { id, commit: { hash, date, subject }, added });
    }
  }
  return found;
}

/** The agents of the registry as it was in a commit; none where there was no registry. */
async function idsIn(git: Git, commit: string): Promise<ReadonlySet<string>> {
  const text = await git(['show', '--no-textconv', `${commit}:./${registryPath}`]);
  return new Set(text === undefined ? [] : readOutline(text).agents.map(({ entry }) => entry.id));
}
