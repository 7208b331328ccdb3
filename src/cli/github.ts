// Findings as the workflow commands that GitHub turns into annotations beside the lines of a pull request.
import path from 'node:path';
import type { Finding, Severity } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';

const commands: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
};

const escapes: Readonly<Record<string, string>> = { '%': '%25', ':': '%3A', ',': '%2C' };

/** A message: `%`, CR and LF would be read as something else. Lines that are ours stay lines; all else is shown escaped. */
function messageOf(lines: readonly string[]): string {
  return lines.map((line) => visible(line).replaceAll('%', '%25')).join('%0A');
}

/** The value of a property: `:` and `,` would end it, too. */
const propertyOf = (text: string): string =>
  visible(text).replace(/[%:,]/g, (character) => escapes[character] ?? '');

/**
 * One finding as a line. `folder` is where the workspace lies in the repository, with `/`, `''` when it is its root.
 * Columns are left out where a finding spans lines, since GitHub refuses them there.
 */
export function githubLine(finding: Finding, folder: string): string {
  const { severity, code, message, file, line, column, endLine, endColumn, related = [] } = finding;
  const place =
    file === '.'
      ? []
      : [
          ['file', path.posix.join(folder, file)],
          ['line', String(line)],
          ['endLine', String(endLine)],
          ...(line === endLine
            ? [
                ['col', String(column)],
                ['endColumn', String(endColumn)],
              ]
            : []),
        ];
  const properties = [...place, ['title', code]].map(([name, value]) => `${name}=${propertyOf(value ?? '')}`);
  const others = related.map(
    (other) => `${path.posix.join(folder, other.file)}:${other.line}: ${other.message}`,
  );
  return `::${commands[severity]} ${properties.join(',')}::${messageOf([message, ...others])}`;
}

/**
 * Where the workspace lies in the repository that a workflow checked out, which annotations are relative to: below
 * GITHUB_WORKSPACE; `''` without one, and outside of it. `real` resolves links.
 */
export function folderInRepository(
  root: string,
  checkout: string | undefined,
  real: (folder: string) => string | undefined,
): string {
  if (!checkout) return '';
  const relative = path.relative(real(checkout) ?? checkout, real(root) ?? root);
  const isOutside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return isOutside ? '' : relative.split(path.sep).join('/');
}
