// Settings files of a workspace that are neither live for its root nor an agent's output: judged like all others.
import { checkSettings, type DeclaredHook } from '../claude/checkSettings.ts';
import { claudeCodes } from '../claude/codes.ts';
import { climb } from '../claude/hookLadder.ts';
import type { ClimbOptions } from '../claude/hookStatus.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import type { InspectOptions, LiveHooks } from './fleet.ts';
import { liveUnreadable } from './fleetFindings.ts';
import { hookFindings } from './ourHooks.ts';

/** What was said of a file while it had this text, and the hooks that it declares. */
export type OtherSettings = Map<string, Judged>;

interface Judged {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly declared: readonly DeclaredHook[];
}

export interface OtherVerdict {
  readonly findings: readonly Finding[];
  /** Files without hooks are left out. */
  readonly hooks: readonly LiveHooks[];
}

/** More hooks are not climbed: each looks at the disk. */
const mostHooks = 300;

/** The verdict on these files, by paths relative to the root; `memory` keeps what need not be judged again. */
export function otherSettings(
  paths: readonly string[],
  { files, root, findProgram, home }: Pick<InspectOptions, 'files' | 'root' | 'findProgram' | 'home'>,
  ours: ClimbOptions['ours'],
  memory: OtherSettings,
): OtherVerdict {
  const findings: Finding[] = [];
  const found: LiveHooks[] = [];
  let left = mostHooks;
  for (const file of memory.keys()) if (!paths.includes(file)) memory.delete(file);
  for (const file of paths) {
    const content = files.read(inWorkspace(root, file));
    if (content?.unreadable !== undefined) findings.push(liveUnreadable(file, content.unreadable));
    if (content?.text === undefined) continue;
    const { text } = content;
    const known = memory.get(file);
    const said = known?.text === text ? known : judged(file, text);
    memory.set(file, said);
    const climbOptions: ClimbOptions = {
      files,
      workspaceRoot: root,
      file,
      project: projectOf(file),
      ...(ours === undefined ? {} : { ours }),
      ...(findProgram === undefined ? {} : { findProgram }),
      ...(home === undefined ? {} : { home }),
    };
    const hooks = said.declared.slice(0, left).map((hook) => climb(hook, climbOptions));
    left -= hooks.length;
    if (hooks.length > 0) found.push({ file, hooks });
    findings.push(...said.findings, ...hookFindings(hooks));
  }
  return { findings, hooks: found };
}

/** The folder whose sessions read a settings file below it. */
const projectOf = (file: string): string => file.slice(0, file.lastIndexOf('/.claude/'));

function judged(file: string, text: string): Judged {
  const source = file.endsWith('.local.json') ? 'local' : 'project';
  const where: Finding = {
    code: 'claude/read-from-there',
    severity: claudeCodes['claude/read-from-there'].severity,
    file,
    ...startOfFile,
    args: {},
    message: `Only a session that starts in ${visibleShort(projectOf(file), 60)} reads this file; one that starts in the workspace’s root does not know it.`,
  };
  const { findings, hooks } = checkSettings(text, { file, source });
  return { text, findings: [where, ...findings], declared: hooks };
}
