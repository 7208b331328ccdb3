// How far a declared hook gets: declared, rendered, exists, inside the workspace, runs. It looks, and runs nothing.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type ClaudeCode, claudeCodes } from './codes.ts';
import { type Effect, effectOfFailure, effectWords } from './hookEffect.ts';
import { type Invocation, invocationOf, shebangOf } from './interpreters.ts';
import type { DeclaredHook } from './settingsReport.ts';
import { shellWords } from './shellWords.ts';

/** The rungs of the ladder, lowest first (DESIGN.md section 6). */
export const hookRungs = ['declared', 'rendered', 'exists', 'inside', 'runs'] as const;
export type HookRung = (typeof hookRungs)[number];

export interface HookStatus {
  readonly hook: DeclaredHook;
  /** The highest rung that is known to be reached, with all below it. */
  readonly rung: HookRung;
  /** Why it cannot be said whether the next rung is reached, when that is so. */
  readonly unknown?: string;
  /** Absolute path of the file that the hook runs, when it names one. */
  readonly script?: string;
  /** A malformed or legacy entry has none here: `checkSettings` reports it. */
  readonly findings: readonly Finding[];
}

export interface ClimbOptions {
  readonly files: Files;
  /** Absolute; the CLI's `CLAUDE_PROJECT_DIR`, and where relative paths begin. */
  readonly workspaceRoot: string;
  /** The settings file, relative to the workspace, with `/`. */
  readonly file: string;
  readonly agent?: string;
  /** Finds a program on PATH; absent where the verdict may not depend on the machine. */
  readonly findProgram?: (name: string) => string | undefined;
}

/** One step up: what was reached, and what stopped it. */
type Step = Omit<HookStatus, 'hook'>;

/** Climbs as far as can be seen from the file and the disk. Never throws. */
export function climb(hook: DeclaredHook, options: ClimbOptions): HookStatus {
  if (hook.form === 'legacy' || hook.isMalformed === true) return { hook, rung: 'declared', findings: [] };
  if (hook.form === 'other' || hook.command === undefined)
    return {
      hook,
      rung: 'rendered',
      unknown: `what a hook of type ${visibleShort(hook.type, 20)} does can't be seen from here`,
      findings: [],
    };
  const line = wordsOf(hook, options.workspaceRoot);
  if (line.words === undefined)
    return { hook, rung: 'rendered', unknown: `its command line ${line.unknown}`, findings: [] };
  const invocation = invocationOf(line.words);
  if (invocation === undefined)
    return { hook, rung: 'rendered', unknown: 'its command line is empty', findings: [] };
  return { hook, ...new Climber(hook, options).climb(invocation) };
}

function wordsOf(hook: DeclaredHook, root: string): ReturnType<typeof shellWords> {
  const command = hook.command ?? '';
  if (hook.form === 'shell') return shellWords(command, { CLAUDE_PROJECT_DIR: root });
  // No shell: only `${…}` with braces is expanded (seen with 2.1.329), quotes and tildes are taken as they are.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the CLI's own placeholder
  const placeholder = '${CLAUDE_PROJECT_DIR}';
  return { words: [command, ...(hook.args ?? [])].map((word) => word.replaceAll(placeholder, root)) };
}

class Climber {
  readonly #hook: DeclaredHook;
  readonly #options: ClimbOptions;

  constructor(hook: DeclaredHook, options: ClimbOptions) {
    this.#hook = hook;
    this.#options = options;
  }

  climb(invocation: Invocation): Step {
    const { program } = invocation;
    if (invocation.kind === 'script') {
      const place = this.#place(invocation.script, invocation.missing);
      return this.#then(place, () => this.#runner(program));
    }
    // A bare name lies on PATH: it has no file of ours to exist or to lie inside.
    if (!/[\\/]/.test(program) || invocation.kind === 'inline') {
      const runner = this.#runner(program);
      return runner.rung === 'runs' ? runner : { ...runner, rung: 'rendered' };
    }
    const place = this.#place(program, 127);
    return this.#then(place, () => this.#executable(place.script ?? program));
  }

  /** The findings of both steps; the rung of the second only when the first let it through. */
  #then(place: Step, next: () => Step): Step {
    if (place.rung !== 'inside' && place.rung !== 'exists') return place;
    const step = next();
    const findings = [...place.findings, ...step.findings];
    const script = place.script === undefined ? {} : { script: place.script };
    return place.rung === 'exists'
      ? { ...script, rung: 'exists', findings }
      : { ...step, ...script, findings };
  }

  /** Up to "inside": whether the script is there, a regular file, and in the workspace. */
  #place(word: string, missingExit: number | undefined): Step {
    const { files, workspaceRoot } = this.#options;
    const script = path.resolve(workspaceRoot, word);
    const shown = this.#shown(script);
    const real = files.realPath(script);
    const kind = real === undefined ? undefined : files.kind(real);
    if (real === undefined || kind === undefined) {
      const effect = effectOfFailure(this.#hook, missingExit);
      const why = `The script of this hook, ${shown}, does not exist, so ${effectWords[effect]}`;
      return {
        rung: 'rendered',
        script,
        findings: [this.#finding('claude/script-missing', why, script, effect)],
      };
    }
    const root = files.realPath(workspaceRoot) ?? workspaceRoot;
    if (kind !== 'file') {
      const effect = effectOfFailure(this.#hook, 1);
      const what = kind === 'directory' ? 'a directory' : 'not a regular file';
      const why = `The script of this hook, ${shown}, is ${what}, so ${effectWords[effect]}`;
      return {
        rung: 'exists',
        script,
        findings: [this.#finding('claude/script-not-a-file', why, script, effect)],
      };
    }
    if (!isInside(root, real)) {
      const via = isInside(workspaceRoot, script) ? `, by way of a link, at ${visibleShort(real, 160)}` : '';
      const why = `The script of this hook, ${shown}, lies outside the workspace${via}: other machines don't have it, and no review sees it change.`;
      return { rung: 'exists', script, findings: [this.#finding('claude/outside-workspace', why, script)] };
    }
    return { rung: 'inside', script, findings: this.#relative(word, shown) };
  }

  /** Hooks run in the session's current directory, which follows `cd` (CLAUDE-CODE-CONTRACT.md section 2.1). */
  #relative(word: string, shown: string): readonly Finding[] {
    if (path.isAbsolute(word)) return [];
    const why = `${shown} is found only while the session is in the workspace's root; after a cd it is not. Write "$CLAUDE_PROJECT_DIR"/ in front of it, in args \${CLAUDE_PROJECT_DIR}/.`;
    return [this.#finding('claude/relative-script', why, word)];
  }

  /** Whether the program that runs a script is there. */
  #runner(program: string): Step {
    const { files, findProgram, workspaceRoot } = this.#options;
    const shown = visibleShort(program, 60);
    const fails = (): Step => {
      const effect = effectOfFailure(this.#hook, 127);
      const why = `${shown}, which this hook runs, is not found on this machine, so ${effectWords[effect]}`;
      return {
        rung: 'inside',
        findings: [this.#finding('claude/interpreter-not-found', why, program, effect)],
      };
    };
    if (/[\\/]/.test(program)) {
      const at = path.resolve(workspaceRoot, program);
      // A program of the machine is judged only where the machine may be looked at.
      if (!isInside(workspaceRoot, at) && findProgram === undefined)
        return { rung: 'inside', unknown: `whether ${shown} is there depends on the machine`, findings: [] };
      const real = files.realPath(at);
      if (real === undefined) return fails();
      return files.isExecutable(real) ? { rung: 'runs', findings: [] } : this.#notExecutable(at);
    }
    if (findProgram === undefined)
      return { rung: 'inside', unknown: `whether ${shown} is on PATH depends on the machine`, findings: [] };
    return findProgram(program) === undefined ? fails() : { rung: 'runs', findings: [] };
  }

  /** Whether a file that is itself the command can be executed, and what its `#!` line asks for. */
  #executable(script: string): Step {
    const { files } = this.#options;
    const real = files.realPath(script) ?? script;
    if (!files.isExecutable(real)) return this.#notExecutable(script);
    const text = files.read(real)?.text;
    if (text === undefined) return { rung: 'inside', unknown: 'its script cannot be read', findings: [] };
    // Programs of ELF, Mach-O and Windows form are not scripts.
    if (/^(\u007fELF|MZ|\ufffd\ufffd\ufffd\ufffd)/.test(text)) return { rung: 'runs', findings: [] };
    const shebang = shebangOf(text);
    if (shebang.kind === 'carriage-return') {
      const effect = effectOfFailure(this.#hook, 127);
      const why = `The first line of ${this.#shown(script)} ends in a carriage return (CRLF), which becomes part of the interpreter's name, so ${effectWords[effect]}`;
      return { rung: 'inside', findings: [this.#finding('claude/shebang-crlf', why, script, effect)] };
    }
    if (shebang.kind === 'program') return this.#runner(shebang.program);
    if (this.#hook.form === 'shell') return { rung: 'runs', findings: [] };
    const effect = effectOfFailure(this.#hook, 126);
    const why = `${this.#shown(script)} has no #! line, and without a shell nothing says what should run it, so ${effectWords[effect]}`;
    return { rung: 'inside', findings: [this.#finding('claude/no-shebang', why, script, effect)] };
  }

  #notExecutable(script: string): Step {
    const effect = effectOfFailure(this.#hook, 126);
    const why = `${this.#shown(script)} may not be executed, so ${effectWords[effect]} Make it executable, or name its interpreter.`;
    return { rung: 'inside', findings: [this.#finding('claude/not-executable', why, script, effect)] };
  }

  /** The path for a message: relative where it lies in the workspace. */
  #shown(file: string): string {
    return visibleShort(relativeTo(this.#options.workspaceRoot, file) ?? file, 160);
  }

  #finding(code: ClaudeCode, message: string, script: string, effect?: Effect): Finding {
    const { agent, file, workspaceRoot } = this.#options;
    return {
      code,
      severity: claudeCodes[code].severity,
      file,
      ...this.#hook.range,
      ...(agent === undefined ? {} : { agent }),
      key: this.#hook.pointer,
      args: {
        event: this.#hook.event,
        script: relativeTo(workspaceRoot, script) ?? script,
        ...(effect === undefined ? {} : { effect }),
      },
      message,
    };
  }
}

function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith(`..${path.sep}`) &&
    !path.isAbsolute(relative)
  );
}

/** With `/`; undefined when the path is not absolute or not below the root. */
function relativeTo(root: string, file: string): string | undefined {
  return path.isAbsolute(file) && isInside(root, file)
    ? path.relative(root, file).replaceAll(path.sep, '/')
    : undefined;
}
