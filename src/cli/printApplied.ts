// What a verb that changes files prints: the findings, the difference, what was written and how to undo it.
import path from 'node:path';
import { visible } from '../findings/visible.ts';
import type { ApplyResult } from '../outputs/applyDraft.ts';
import { lockPath } from '../outputs/lock.ts';
import { textDiff } from '../outputs/textDiff.ts';
import { printFormat } from './printFormat.ts';
import { coloured, plural, printFindings, printJson } from './render.ts';
import type { Io, VerbContext } from './verb.ts';

/** The difference that a change makes to a file, coloured where colour is wanted. */
export function printDiff(
  io: Io,
  { relative, before, text, isRemoval }: ApplyResult['changes'][number],
): void {
  const lines = textDiff(before, text);
  if (lines.length === 0) return;
  io.out(
    `--- ${before === undefined ? '(none)' : visible(relative)}\n+++ ${isRemoval === true ? '(none)' : visible(relative)}\n`,
  );
  for (const line of lines) {
    const shown = visible(line.replace(/\r$/, ''));
    const severity = line.startsWith('-') ? 'error' : line.startsWith('+') ? 'information' : undefined;
    io.out(`${severity === undefined ? shown : coloured(io, severity, shown)}\n`);
  }
}

/** Prints a result in the format that is asked for and gives the exit code: 0 when it was done, 1 when it refused. */
export function printApplied(
  context: Pick<VerbContext, 'io' | 'root' | 'format'>,
  result: ApplyResult,
  isDry: boolean,
): number {
  const { io, format } = context;
  const { done, written, changes, unchanged, backup, findings } = result;
  const code = done ? 0 : 1;
  const id = backup === undefined ? null : path.basename(backup);
  const sum = done
    ? `${plural(written.length, 'file')} ${isDry ? 'to write' : 'written'}, ${unchanged} unchanged.`
    : 'Nothing was written.';
  if (printFormat(context, findings, sum)) return code;
  if (format === 'json') {
    const diffs = changes.map(({ relative, before, text }) => ({
      file: relative,
      diff: textDiff(before, text),
    }));
    printJson(io, {
      findings,
      changes: diffs,
      summary: { done, dryRun: isDry, written, unchanged, backup: id },
    });
    return code;
  }
  printFindings(io, findings, false);
  if (!done) {
    io.err(`${coloured(io, 'error', 'Nothing was written.')} Mend the errors above and run it again.\n`);
    return code;
  }
  // Nobody reads the difference of a lock.
  for (const change of changes) if (change.relative !== lockPath) printDiff(io, change);
  const removed = new Set(
    changes.flatMap(({ relative, isRemoval }) => (isRemoval === true ? [relative] : [])),
  );
  for (const file of written) {
    const [would, did] = removed.has(file) ? ['remove', 'removed'] : ['write', 'wrote'];
    io.out(`${isDry ? `would ${would}` : did} ${visible(file)}\n`);
  }
  if (written.length === 0) io.out(`Nothing to do: ${plural(unchanged, 'file')} as they should be.\n`);
  if (id !== null)
    io.out(
      `What was there before is kept in ${backup}\nTo undo this: native-orchestrator restore --backup ${id}\n`,
    );
  return code;
}
