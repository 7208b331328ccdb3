// What git says of worktrees and of what is not committed, read from its `-z` forms: names may hold anything but NUL. Pure.

/** One entry of `git worktree list --porcelain`. */
export interface ListedWorktree {
  readonly path: string;
  /** `refs/heads/…`; absent when its HEAD is detached, or it is bare. */
  readonly ref?: string;
  readonly isLocked: boolean;
}

/** Reads `git worktree list --porcelain -z`: attributes end in NUL, entries in an empty one. */
export function parseWorktreeList(text: string): readonly ListedWorktree[] {
  return text.split('\0\0').flatMap((entry) => {
    const [first = '', ...rest] = entry.split('\0');
    if (!first.startsWith('worktree ')) return [];
    const ref = rest.find((line) => line.startsWith('branch '))?.slice('branch '.length);
    const isLocked = rest.some((line) => line === 'locked' || line.startsWith('locked '));
    return [{ path: first.slice('worktree '.length), isLocked, ...(ref === undefined ? {} : { ref }) }];
  });
}

export interface ParsedStatus {
  /** The branch without `refs/heads/`; absent when HEAD is detached. */
  readonly branch?: string;
  /** Files that differ from the last commit, and untracked ones that are not ignored; a folder of those counts once. */
  readonly dirty: number;
}

/** Reads `git status --porcelain=v2 --branch -z`; undefined for what is none. */
export function parseStatus(text: string): ParsedStatus | undefined {
  let branch: string | undefined;
  let isStatus = false;
  let dirty = 0;
  const records = text.split('\0');
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? '';
    if (record.startsWith('# branch.head ')) {
      isStatus = true;
      branch = record.slice('# branch.head '.length);
    } else if (/^[12u?] /.test(record)) {
      dirty++;
      // A renamed file's former name follows it, and may look like a record.
      if (record.startsWith('2 ')) at++;
    }
  }
  if (!isStatus) return undefined;
  return branch === '(detached)' || branch === undefined ? { dirty } : { branch, dirty };
}
