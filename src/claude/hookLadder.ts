// How far a declared hook gets, rung by rung: declared, rendered, exists, inside the workspace, runs (DESIGN.md section 6).
import path from 'node:path';
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type ClaudeCode, claudeCodes } from './codes.ts';
import { guardEvents } from './hookEvents.ts';
import { hookProgram } from './hookWords.ts';
import type { DeclaredHook } from './settingsReport.ts';

/** From the ground up. A hook that reached one reached all before it. */
export const hookRungs = ['declared', 'rendered', 'exists', 'inside', 'runs'] as const;
export type HookRung = (typeof hookRungs)[number];

export interface HookStatus {
  readonly hook: DeclaredHook;
  /** The highest rung that it is known to reach. */
  readonly rung: HookRung;
  /** Why nothing is known of the next rung; absent when it is known, or when the highest is reached. */
  readonly unknown?: string;
  /** Absolute path of the file that it runs, when it names one. */
  readonly script?: string;
  readonly findings: readonly Finding[];
}

export interface ClimbOptions {
  readonly files: Files;
  /** Absolute. */
  readonly workspaceRoot: string;
  /** The settings file, relative to the workspace. */
  readonly file: string;
  /** Looks a program up on PATH; absent: what depends on the machine stays unknown. */
  readonly findProgram?: (name: string) => string | undefined;
}

/** What a failing hook means, as the end of a sentence. `exitCode` is what the failure makes the program exit with. */
function consequence(hook: DeclaredHook, exitCode: number | undefined): string {
  if (!guardEvents.has(hook.event)) return 'so it never does its work';
  if (hook.isAsync) return 'so every call goes through';
  if (hook.onFailure === 'block') return 'so every call that it covers is refused';
  return exitCode === 2
    ? 'and because that program then exits with 2, every call that it covers is refused'
    : 'so every call that it covers goes through unchecked';
}

/** Python exits with 2 when its script is missing, which refuses the call; others exit with 1 (CLAUDE-CODE-CONTRACT.md section 0.3). */
const missingScriptExit = (program: string): number => (/python[\d.]*(\.exe)?$/.test(program) ? 2 : 1);

/** Climbs the ladder with one hook. Never throws. */
export function climb(hook: DeclaredHook, options: ClimbOptions): HookStatus {
  const { files, workspaceRoot, findProgram } = options;
  const stop = (rung: HookRung, more: Partial<HookStatus> = {}): HookStatus => ({
    hook,
    rung,
    findings: [],
    ...more,
  });
  if (hook.form === 'legacy') return stop('declared');
  const named = hookProgram(hook);
  if (named.kind === 'unknown') return stop('rendered', { unknown: named.why });
  const problem = (code: ClaudeCode, message: string): readonly Finding[] => [
    {
      code,
      severity: claudeCodes[code].severity,
      file: options.file,
      ...hook.range,
      key: hook.pointer,
      args: {},
      message,
    },
  ];
  const isPath = /[\\/]/.test(named.program);
  const target = named.script ?? (isPath ? named.program : undefined);
  const who = `The ${hook.event} hook`;
  if (target === undefined) return lookedUp(named.program, stop, problem, who);

  if (target.startsWith('~')) return stop('rendered', { unknown: '~ means another folder for every user' });
  const script = path.resolve(workspaceRoot, target.replaceAll('${CLAUDE_PROJECT_DIR}', workspaceRoot));
  const shown = visibleShort(path.relative(workspaceRoot, script) || script, 120);
  const real = files.realPath(script);
  if (real === undefined) {
    const exit = named.script === undefined ? 127 : missingScriptExit(named.program);
    const message = `${who} names ${shown}, which does not exist, ${consequence(hook, exit)}. Create it or correct the path.`;
    return stop('rendered', { script, findings: problem('claude/script-missing', message) });
  }
  if (files.kind(real) !== 'file') {
    const message = `${who} names ${shown}, which is not a regular file, ${consequence(hook, 1)}. Correct the path.`;
    return stop('rendered', { script, findings: problem('claude/script-not-a-file', message) });
  }
  const inside = path.relative(files.realPath(workspaceRoot) ?? workspaceRoot, real);
  if (inside.startsWith('..') || path.isAbsolute(inside)) {
    const message = `${who} runs ${visibleShort(script, 120)}, which lies outside the workspace: other machines do not have it, and no review sees it change.`;
    return stop('exists', { script, findings: problem('claude/outside-workspace', message) });
  }
  if (named.script !== undefined) {
    const isNamedByPath = isPath && files.realPath(path.resolve(workspaceRoot, named.program)) !== undefined;
    return isNamedByPath
      ? stop('runs', { script })
      : {
          ...lookedUp(
            named.program,
            (rung, more) => stop(rung === 'rendered' ? 'inside' : rung, more),
            problem,
            who,
          ),
          script,
        };
  }
  if (!files.isExecutable(real)) {
    const message = `${who} names ${shown}, which may not be executed, ${consequence(hook, 126)}. Make it executable.`;
    return stop('inside', { script, findings: problem('claude/not-executable', message) });
  }
  return { ...byShebang(real), script };

  /** A program that PATH must have. */
  function lookedUp(
    program: string,
    at: (rung: HookRung, more?: Partial<HookStatus>) => HookStatus,
    found: typeof problem,
    subject: string,
  ): HookStatus {
    if (findProgram === undefined)
      return at('rendered', {
        unknown: `whether ${visibleShort(program, 40)} is on PATH depends on the machine`,
      });
    if (isPath || findProgram(program) !== undefined) return at('runs');
    const message = `${subject} needs ${visibleShort(program, 60)}, which is not on PATH on this machine, ${consequence(hook, 127)}. Install it or name another program.`;
    return at('rendered', { findings: found('claude/interpreter-not-found', message) });
  }

  /** A script that the system starts by its first line. */
  function byShebang(file: string): HookStatus {
    const first = files.read(file)?.text?.split('\n', 1)[0] ?? '';
    if (!first.startsWith('#!'))
      return stop('inside', { unknown: 'it has no #! line that says what runs it' });
    if (first.endsWith('\r')) {
      const message = `${who} runs ${shown}, whose first line ends in a carriage return, so the system does not find its interpreter, ${consequence(hook, 127)}. Save it with LF line ends.`;
      return stop('inside', { findings: problem('claude/interpreter-not-found', message) });
    }
    const [program = '', argument] = first.slice(2).trim().split(/\s+/);
    const isEnv = program.endsWith('/env');
    if (findProgram === undefined)
      return stop('inside', { unknown: 'whether its interpreter is there depends on the machine' });
    const isThere = isEnv
      ? argument !== undefined && findProgram(argument) !== undefined
      : files.realPath(program) !== undefined;
    if (isThere) return stop('runs');
    const message = `${who} runs ${shown}, whose interpreter ${visibleShort(isEnv ? (argument ?? '') : program, 60)} is not on this machine, ${consequence(hook, 127)}. Install it.`;
    return stop('inside', { findings: problem('claude/interpreter-not-found', message) });
  }
}
