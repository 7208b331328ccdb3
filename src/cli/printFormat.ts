// What a verb found in the formats that other programs show beside the code: SARIF, and GitHub's workflow commands.
import type { Finding } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import { folderInRepository, githubLine } from './github.ts';
import { sarifLog } from './sarif.ts';
import type { Format, VerbContext } from './verb.ts';

/** The formats of a verb that has findings. */
export const allFormats: readonly Format[] = ['text', 'json', 'sarif', 'github'];

/**
 * Prints findings as SARIF, or as annotations with a last line that sums up; information is annotated only `withNotes`.
 * False for text and JSON, which each verb prints in its own way.
 */
export function printFormat(
  { io, root, format }: Pick<VerbContext, 'io' | 'root' | 'format'>,
  findings: readonly Finding[],
  sum: string,
  withNotes = false,
): boolean {
  if (format !== 'sarif' && format !== 'github') return false;
  const folder = folderInRepository(root, io.env.GITHUB_WORKSPACE, (at) => io.files.realPath(at));
  if (format === 'sarif') io.out(`${JSON.stringify(sarifLog(findings, io.version, folder), null, 2)}\n`);
  else {
    for (const finding of findings)
      if (withNotes || finding.severity !== 'information') io.out(`${githubLine(finding, folder)}\n`);
    io.out(`${visible(sum)}\n`);
  }
  return true;
}
