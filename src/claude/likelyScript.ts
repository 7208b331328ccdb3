// Where the script of a hook that is not found probably is: the path that was meant, or a file of nearly that name nearby.
import path from 'node:path';
import { nearMiss } from '../findings/nearMiss.ts';
import { isUnquoted, placeholder, type WrittenWord, writtenWords } from './hookLine.ts';
import type { ClimbOptions } from './hookStatus.ts';
import { invocationOf } from './interpreters.ts';
import type { DeclaredHook } from './settingsReport.ts';

export const causeWords = {
  unquoted:
    'The path of this workspace has a blank, and outside of double quotes the shell splits $CLAUDE_PROJECT_DIR there.',
  quotes: 'Without a shell, quotes are part of the name.',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the CLI's own placeholder
  braces: 'Without a shell, only ${CLAUDE_PROJECT_DIR} with braces is filled in.',
  singleQuotes: 'In single quotes the shell fills in no variable.',
  backslashes: 'The shell takes backslashes away: write / instead.',
  elsewhere: 'A file of that name is elsewhere.',
  misspelt: 'There is a file of nearly that name.',
} as const;
export type Cause = keyof typeof causeWords;

export interface LikelyScript {
  readonly cause: Cause;
  /** A regular file, relative to the workspace, with `/`. */
  readonly relative: string;
}

/** Folders of a workspace that hooks are usually kept in. */
const usual = ['.claude/hooks', 'hooks', 'scripts', 'scripts/hooks', '.claude', 'bin', ''];

/** The likely place of a script that is not where the hook looks for it; undefined when nothing comes near. Never throws. */
export function likelyScript(
  hook: DeclaredHook,
  { files, workspaceRoot, project = '' }: Pick<ClimbOptions, 'files' | 'workspaceRoot' | 'project'>,
): LikelyScript | undefined {
  const words = writtenWords(hook);
  const invocation = invocationOf(words.map(({ meant }) => meant));
  const word = invocation && words[invocation.at];
  if (invocation === undefined || word === undefined) return undefined;
  const relativeOf = (file: string): string | undefined => {
    const relative = path.relative(workspaceRoot, file).replaceAll(path.sep, '/');
    const real = files.realPath(file);
    const isInside = relative !== '' && relative.split('/')[0] !== '..' && !path.isAbsolute(relative);
    return isInside && real !== undefined && files.kind(real) === 'file' ? relative : undefined;
  };
  const start = path.join(workspaceRoot, project);
  const meant = path.resolve(start, word.meant.replaceAll(placeholder, start));
  const found = relativeOf(meant);
  if (found !== undefined) {
    const cause = causeOf(hook, word);
    if (cause !== undefined) return { cause, relative: found };
  }
  const name = path.basename(meant);
  // A name without a folder or an ending is a program's, not a script's.
  if (!/[\\/]/.test(word.meant) && !/\.\w+$/.test(name)) return undefined;
  const folder = path.dirname(meant);
  if (path.relative(workspaceRoot, folder).split(path.sep)[0] !== '..') {
    const near = nearMiss(name, files.list(folder));
    const relative = near === undefined ? undefined : relativeOf(path.join(folder, near));
    if (relative !== undefined) return { cause: 'misspelt', relative };
  }
  for (const root of new Set([start, workspaceRoot]))
    for (const place of usual) {
      const relative = relativeOf(path.join(root, place, name));
      if (relative !== undefined) return { cause: 'elsewhere', relative };
    }
  return undefined;
}

/** Why a word that names an existing file is read as something else; undefined when it is not. */
function causeOf(hook: DeclaredHook, { raw }: WrittenWord): Cause | undefined {
  if (hook.form === 'exec') {
    if (/["']/.test(raw)) return 'quotes';
    if (/\$CLAUDE_PROJECT_DIR/.test(raw)) return 'braces';
    return raw.includes('\\') ? 'backslashes' : undefined;
  }
  if (/'[^']*\$\{?CLAUDE_PROJECT_DIR/.test(raw)) return 'singleQuotes';
  if (isUnquoted(raw)) return raw.includes('\\') ? 'backslashes' : 'unquoted';
  return raw.includes('\\') ? 'backslashes' : undefined;
}
