// What git says of worktrees and of uncommitted files, with names that look like its own words.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type ListedWorktree,
  type ParsedStatus,
  parseStatus,
  parseWorktreeList,
} from '../../../src/sessions/gitOutput.ts';

const nul = (...lines: readonly string[]): string => lines.map((line) => `${line}\0`).join('');

const lists: readonly (readonly [string, string, readonly ListedWorktree[]])[] = [
  ['nothing', '', []],
  [
    'the main checkout and a worktree',
    nul(
      'worktree /w',
      'HEAD 1',
      'branch refs/heads/main',
      '',
      'worktree /w.worktrees/a',
      'HEAD 1',
      'branch refs/heads/agent/a',
      '',
    ),
    [
      { path: '/w', ref: 'refs/heads/main', isLocked: false },
      { path: '/w.worktrees/a', ref: 'refs/heads/agent/a', isLocked: false },
    ],
  ],
  ['detached', nul('worktree /w', 'HEAD 1', 'detached', ''), [{ path: '/w', isLocked: false }]],
  ['bare', nul('worktree /w', 'bare', ''), [{ path: '/w', isLocked: false }]],
  ['locked', nul('worktree /w', 'HEAD 1', 'detached', 'locked', ''), [{ path: '/w', isLocked: true }]],
  [
    'locked for a reason, and gone',
    nul('worktree /w', 'HEAD 1', 'detached', 'locked branch refs/heads/x', 'prunable gone', ''),
    [{ path: '/w', isLocked: true }],
  ],
  [
    'a path of several lines is one path',
    nul('worktree /w\nbranch refs/heads/evil\n\nworktree /x', 'HEAD 1', 'branch refs/heads/a', ''),
    [{ path: '/w\nbranch refs/heads/evil\n\nworktree /x', ref: 'refs/heads/a', isLocked: false }],
  ],
  ['what is no list', 'fatal: not a git repository\n', []],
];

const head = '# branch.head agent/a';
const changed = '1 .M N... 100644 100644 100644 1 1 a.txt';
const statuses: readonly (readonly [string, string, ParsedStatus | undefined])[] = [
  ['clean', nul('# branch.oid 1', head), { branch: 'agent/a', dirty: 0 }],
  ['detached', nul('# branch.oid 1', '# branch.head (detached)'), { dirty: 0 }],
  ['no commit yet', nul('# branch.oid (initial)', head), { branch: 'agent/a', dirty: 0 }],
  [
    'changed, new and in conflict',
    nul(head, changed, '? new', 'u UU N... 1 1 1 1 1 1 1 b'),
    { branch: 'agent/a', dirty: 3 },
  ],
  ['ignored ones do not count', nul(head, '! node_modules/'), { branch: 'agent/a', dirty: 0 }],
  ['a name of several lines is one file', nul(head, '? x\n? y\n1 z'), { branch: 'agent/a', dirty: 1 }],
  ['a name that looks like a branch', nul(head, '? # branch.head main'), { branch: 'agent/a', dirty: 1 }],
  [
    'the former name of a renamed file is none',
    nul(head, '2 R. N... 1 1 1 1 1 R100 b', '? old', changed),
    { branch: 'agent/a', dirty: 2 },
  ],
  ['nothing', '', undefined],
  ['what is no status', 'fatal: no\n', undefined],
];

describe('what git says', () => {
  for (const [title, text, expected] of lists)
    it(`of worktrees: ${title}`, () => assert.deepEqual(parseWorktreeList(text), expected));
  for (const [title, text, expected] of statuses)
    it(`of files: ${title}`, () => assert.deepEqual(parseStatus(text), expected));
});
