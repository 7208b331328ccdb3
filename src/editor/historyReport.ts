// The history of settings files as a page of Markdown: when which file changed, what was lost, who ran then. Pure.
import { visibleShort } from '../findings/visible.ts';
import type { Change, ChangeKind, Running } from '../outputs/history.ts';
import { textDiff } from '../outputs/textDiff.ts';
import { code, codeList, plain } from './markdown.ts';
import { count } from './words.ts';

export interface HistoryOptions {
  /** Absent: the page is about all agents of the folder. */
  readonly agent?: string;
  /** Oldest first. */
  readonly changes: readonly Change[];
  /** The text with that hash, if it is kept. */
  readonly textOf: (hash: string) => string | undefined;
}

/** Changes on the page, the latest ones, and those of them that are shown line by line. */
const mostChanges = 100;
const mostDiffs = 12;
const mostLines = 60;

const kinds: Readonly<Record<ChangeKind, string>> = {
  lost: '**lost**',
  restored: 'restored',
  written: 'as the registry says',
  removed: 'removed',
  edited: 'edited',
};

/** The changes that are an agent's business: those of its own files and of what is live for all. Latest first. */
export function changesOf(changes: readonly Change[], agent: string | undefined): readonly Change[] {
  return changes
    .filter((change) => agent === undefined || change.agent === undefined || change.agent === agent)
    .toReversed();
}

/** A time as the user's machine has it, to the second. */
export function momentOf(at: string): string {
  const time = new Date(at);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** What happened, in a few words that are no Markdown. */
export function changeWords({ kind, lost, keys, moreKeys = 0 }: Change): string {
  if (kind === 'lost') return `lost: ${lost.join(', ') || 'a protection'}`;
  const total = keys.length + moreKeys;
  const touched = total === 0 ? '' : ` (${count(total, 'key')})`;
  return `${kinds[kind]}${touched}`;
}

const runningWords = (running: readonly Running[]): string =>
  running.length === 0
    ? 'unknown'
    : running
        .map(({ agent, by, secondsAgo = 0 }) =>
          by === 'terminal'
            ? `${code(agent)} (in a terminal)`
            : `${code(agent)} (heard of ${secondsAgo} s before)`,
        )
        .join(', ');

/** Text of a cell: a `|` would end it, also in a code span. */
const cell = (markdown: string): string => markdown.replaceAll(/(?<!\\)\|/g, '\\|');

function row(change: Change): string {
  const { at, file, kind, keys, moreKeys, lost, intactAt, running, skipped } = change;
  const what = [
    kinds[kind],
    ...(lost.length > 0 ? [lost.map((words) => plain(words, 120)).join(', ')] : []),
    ...(intactAt === undefined ? [] : [`was there ${momentOf(intactAt)}`]),
    ...(skipped === undefined
      ? []
      : [`and ${count(skipped, 'other state')} before it, too fast to tell one by one`]),
  ].join('<br>');
  const more = moreKeys === undefined ? '' : ` and ${moreKeys} more`;
  const cells = [momentOf(at), code(file), what, codeList(keys, 8) + more, runningWords(running)];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** The lines of a difference in a fence that none of them can end. */
function diffOf(change: Change, textOf: HistoryOptions['textOf']): string | undefined {
  const [before, after] = [change.before, change.after].map((hash) =>
    hash === null ? undefined : textOf(hash),
  );
  // A text that is not kept is not an empty one.
  if ((change.before !== null && before === undefined) || (change.after !== null && after === undefined))
    return undefined;
  const lines = textDiff(before, after);
  if (lines.length === 0) return undefined;
  const shown = lines.slice(0, mostLines).map((line) => visibleShort(line, 300));
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
  const longest = Math.max(
    2,
    ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`### ${momentOf(change.at)} ${code(change.file)}`, '', `${fence}diff`, ...shown, fence].join('\n');
}

/** The page. Everything from data in it is escaped. */
export function historyReport({ agent, changes, textOf }: HistoryOptions): string {
  const told = changesOf(changes, agent);
  const title = agent === undefined ? '# History of settings' : `# History of ${plain(agent)}`;
  const about =
    'When the settings files that hold agents to their rules changed, as far as a window with this workspace was open. It is kept on this machine alone.';
  const frozen =
    'A session that was started from here runs with its own frozen copy, which no change on the disk reaches. A session that was started otherwise, and the next start, read the files.';
  if (told.length === 0) return `${title}\n\n${about}\n\nNo change was seen yet.\n`;
  const shown = told.slice(0, mostChanges);
  const rows = [
    '| When | File | What | Keys | Sessions known then |',
    '|---|---|---|---|---|',
    ...shown.map(row),
  ];
  const diffs = shown.flatMap((change) => diffOf(change, textOf) ?? []).slice(0, mostDiffs);
  return [
    title,
    about,
    rows.join('\n'),
    ...(told.length > shown.length ? [`and ${told.length - shown.length} earlier ones.`] : []),
    frozen,
    ...(diffs.length === 0 ? [] : ['## Line by line', ...diffs]),
    '',
  ].join('\n\n');
}
