// Which scripts of hooks are ours, and whether they are what was generated: the rung "content is ours" of the ladder.
import type { HookStatus, OurContent } from '../claude/hookStatus.ts';
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import type { OutputState } from './output.ts';
import { guardPath, reportPath } from './plan.ts';

/** Whether an output is what it should be; the lock may be behind. */
export const isInOrder = ({ drift }: OutputState): boolean => drift === 'inSync' || drift === 'converged';

function wordsFor({ drift, reason }: OutputState): string {
  if (drift === 'missing') return 'does not exist';
  if (drift === 'unreadable') return visibleShort(reason ?? 'cannot be read', 120);
  if (drift === 'stale') return 'is older than what this version generates';
  return 'was changed: it is not what was generated';
}

/**
 * What a script of ours should be, by its path relative to the workspace. `shared` are the outputs that all agents
 * share; the guard is in order when everything that it loads is.
 */
export function ourHooks(shared: readonly OutputState[]): (relative: string) => OurContent | undefined {
  const contents = new Map<string, OurContent>();
  const add = (path: string, kind: OurContent['kind'], parts: readonly OutputState[]): void => {
    const wrong = parts.find((part) => !isInOrder(part));
    const part = wrong === undefined || wrong.path === path ? '' : `needs ${wrong.path}, which `;
    contents.set(path, {
      kind,
      isInOrder: wrong === undefined,
      words: wrong === undefined ? '' : `${part}${wordsFor(wrong)}`,
    });
  };
  add(
    guardPath,
    'guard',
    shared.filter(({ kind }) => kind !== 'report'),
  );
  add(
    reportPath,
    'report',
    shared.filter(({ kind }) => kind === 'report'),
  );
  return (relative) => contents.get(relative);
}

/** The findings of hooks; what is wrong with one script is told once, at the first hook that runs it, with how many do. */
export function hookFindings(hooks: readonly HookStatus[]): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of hooks.flatMap((hook) => hook.findings)) {
    const key = `${finding.code}\n${String(finding.args.script)}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((same) => gravest(same));
}

/** The one whose failure does most: where calls go through, then where they are locked out. */
const gravity = ['open', 'closed', 'closed-by-choice', 'depends'];

function gravest(same: readonly Finding[]): Finding {
  const rank = ({ args }: Finding): number => {
    const at = gravity.indexOf(String(args.effect));
    return at < 0 ? gravity.length : at;
  };
  const [first, ...others] = [...same].sort((a, b) => rank(a) - rank(b));
  if (first === undefined) throw new Error('a group of findings is empty');
  if (others.length === 0) return first;
  const more = others.length === 1 ? '1 more hook' : `${others.length} more hooks`;
  return { ...first, message: `${first.message} The same goes for ${more} of this file.` };
}
