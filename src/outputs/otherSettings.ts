// Settings files of a workspace that are neither live for its root nor an agent's output: judged like all others.
import { checkSettings } from '../claude/checkSettings.ts';
import { claudeCodes } from '../claude/codes.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { liveUnreadable } from './fleetFindings.ts';

/** What was said of a file while it had this text. */
export type OtherSettings = Map<string, { readonly text: string; readonly findings: readonly Finding[] }>;

/** The findings of these files, by paths relative to the root; `memory` keeps what need not be judged again. */
export function otherSettings(
  paths: readonly string[],
  files: Files,
  root: string,
  memory: OtherSettings,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of memory.keys()) if (!paths.includes(file)) memory.delete(file);
  for (const file of paths) {
    const content = files.read(inWorkspace(root, file));
    if (content?.unreadable !== undefined) findings.push(liveUnreadable(file, content.unreadable));
    if (content?.text === undefined) continue;
    const { text } = content;
    const known = memory.get(file);
    const said = known?.text === text ? known.findings : judged(file, text);
    memory.set(file, { text, findings: said });
    findings.push(...said);
  }
  return findings;
}

function judged(file: string, text: string): readonly Finding[] {
  const source = file.endsWith('.local.json') ? 'local' : 'project';
  const folder = file.slice(0, file.lastIndexOf('/.claude/'));
  const where: Finding = {
    code: 'claude/read-from-there',
    severity: claudeCodes['claude/read-from-there'].severity,
    file,
    ...startOfFile,
    args: {},
    message: `Only a session that starts in ${visibleShort(folder, 60)} reads this file; one that starts in the workspace’s root does not know it.`,
  };
  return [where, ...checkSettings(text, { file, source }).findings];
}
