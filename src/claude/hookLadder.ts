// How far a declared hook gets by its file: declared, rendered, exists, inside the workspace, runs, ours. It looks, and runs nothing.
import path from 'node:path';
import { visibleShort } from '../findings/visible.ts';
import { wordsOf } from './hookLine.ts';
import type { ClimbOptions, HookStatus } from './hookStatus.ts';
import { Climber, relativeTo, type Step } from './hookSteps.ts';
import { invocationOf } from './interpreters.ts';
import type { DeclaredHook } from './settingsReport.ts';

/** Climbs as far as can be seen from the file and the disk. Never throws. */
export function climb(hook: DeclaredHook, options: ClimbOptions): HookStatus {
  const { file, workspaceRoot, project, home } = options;
  const stays = (rung: 'declared' | 'rendered', unknown?: string): HookStatus => ({
    hook,
    file,
    rung,
    ...(project === undefined ? {} : { project }),
    ...(unknown === undefined ? {} : { unknown }),
    findings: [],
  });
  if (hook.form === 'legacy' || hook.isMalformed === true) return stays('declared');
  if (hook.form === 'other' || hook.command === undefined)
    return stays(
      'rendered',
      `what a hook of type ${visibleShort(hook.type, 20)} does can't be seen from here`,
    );
  const line = wordsOf(hook, path.join(workspaceRoot, project ?? ''), home);
  if (line.words === undefined) return stays('rendered', `its command line ${line.unknown}`);
  const invocation = invocationOf(line.words);
  if (invocation === undefined) return stays('rendered', 'its command line is empty');
  const climber = new Climber(hook, options);
  return withContent(hook, climber.climb(invocation), options);
}

/** Adds who the script belongs to, and for one of ours the rung of its content. */
function withContent(
  hook: DeclaredHook,
  step: Step,
  { file, workspaceRoot, project, ours }: ClimbOptions,
): HookStatus {
  const relative = step.script === undefined ? undefined : relativeTo(workspaceRoot, step.script);
  const content = relative === undefined ? undefined : ours?.(relative);
  const status: HookStatus = {
    hook,
    file,
    ...(project === undefined ? {} : { project }),
    ...step,
    ...(relative === undefined ? {} : { relative }),
    ...(content === undefined ? {} : { ours: content }),
  };
  return content?.isInOrder === true && status.rung === 'runs' ? { ...status, rung: 'ours' } : status;
}
