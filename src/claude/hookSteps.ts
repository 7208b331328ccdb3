// The steps from a hook's command line to a program that would run: each checks one rung, and says what stopped it.
import path from 'node:path';
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type ClaudeCode, claudeCodes } from './codes.ts';
import { type Effect, effectOfFailure, effectWords } from './hookEffect.ts';
import { isUnquoted, writtenWords } from './hookLine.ts';
import type { ClimbOptions, HookRung } from './hookStatus.ts';
import { type Invocation, interpreterOf, isShell, shebangOf } from './interpreters.ts';
import { causeWords, likelyScript } from './likelyScript.ts';
import type { DeclaredHook } from './settingsReport.ts';

/** One step up: what was reached, and what stopped it. */
export interface Step {
  readonly rung: HookRung;
  readonly unknown?: string;
  readonly script?: string;
  readonly findings: readonly Finding[];
}

export class Climber {
  readonly #hook: DeclaredHook;
  readonly #options: ClimbOptions;
  /** Where the session starts, and relative paths begin. Absolute. */
  readonly #start: string;

  constructor(hook: DeclaredHook, options: ClimbOptions) {
    this.#hook = hook;
    this.#options = options;
    this.#start = path.join(options.workspaceRoot, options.project ?? '');
  }

  climb(invocation: Invocation): Step {
    const { program } = invocation;
    if (invocation.kind === 'script') {
      const { findProgram } = this.#options;
      // Where the interpreter is known to be missing too, nothing gets to look for the script.
      const isGone =
        findProgram !== undefined && !/[\\/]/.test(program) && findProgram(program) === undefined;
      const place = this.#place(invocation.script, isGone ? 127 : invocation.missing);
      return this.#then(place, () => this.#interpreted(program, place.script ?? ''));
    }
    // A bare name lies on PATH: it has no file of ours to exist or to lie inside.
    if (!/[\\/]/.test(program) || invocation.kind === 'inline') {
      const meant = this.#hook.command?.includes('\\') ? this.#missing(program, 127) : undefined;
      // The shell took the backslashes of a path away, and what is left looks like the name of a program.
      if (meant?.findings[0]?.args.cause === 'backslashes') return meant;
      const runner = this.#runner(program);
      return runner.rung === 'runs' ? runner : { ...runner, rung: 'rendered' };
    }
    const place = this.#place(program, 127);
    return this.#then(place, () => this.#executable(place.script ?? program));
  }

  /** The findings of both steps; the rung of the second only when the first let it through. */
  #then(place: Step, next: () => Step): Step {
    // What is no file has no more to be looked at; what lies outside may yet run.
    const isFile = place.findings.every(({ code }) => code !== 'claude/script-not-a-file');
    if (!isFile || (place.rung !== 'inside' && place.rung !== 'exists')) return place;
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
    const script = path.resolve(this.#start, word);
    const shown = this.#shown(script);
    // Not where everybody has it in any case; where the machine may not be looked at, no more is said.
    if (this.#options.findProgram === undefined && !isInside(workspaceRoot, script))
      return {
        ...this.#outside(script, ''),
        rung: 'rendered',
        unknown: `whether ${shown} is there depends on the machine`,
      };
    const real = files.realPath(script);
    const kind = real === undefined ? undefined : files.kind(real);
    if (real === undefined || kind === undefined) return this.#missing(word, missingExit);
    const root = files.realPath(workspaceRoot) ?? workspaceRoot;
    if (kind !== 'file') {
      const effect = effectOfFailure(this.#hook, 1);
      const what = kind === 'directory' ? 'a directory' : 'not a regular file';
      const likely = this.#likely();
      const why = `The script of this hook, ${shown}, is ${what}, so ${effectWords[effect]}${likely.hint}`;
      return {
        rung: 'exists',
        script,
        findings: [this.#finding('claude/script-not-a-file', why, script, { effect, ...likely.args })],
      };
    }
    if (!isInside(root, real)) {
      const via = isInside(workspaceRoot, script) ? `, by way of a link, at ${visibleShort(real, 160)}` : '';
      return this.#outside(script, via);
    }
    return {
      rung: 'inside',
      script,
      findings: [...this.#relative(word, shown), ...this.#unquoted(script, shown)],
    };
  }

  /** `via`: how it comes to lie outside, where its path does not show it. */
  #outside(script: string, via: string): Step {
    const likely = this.#likely();
    const why = `The script of this hook, ${this.#shown(script)}, lies outside the workspace${via}: other machines don't have it, and no review sees it change.${likely.hint}`;
    return {
      rung: 'exists',
      script,
      findings: [this.#finding('claude/outside-workspace', why, script, likely.args)],
    };
  }

  /** Where the script probably is, as the end of a message and as its arguments. */
  #likely(): { readonly hint: string; readonly args: Finding['args'] } {
    const likely = likelyScript(this.#hook, this.#options);
    if (likely === undefined) return { hint: '', args: {} };
    const { cause, relative } = likely;
    return {
      hint: ` ${causeWords[cause]} ${visibleShort(relative, 100)} is there.`,
      args: { cause, near: relative },
    };
  }

  #missing(word: string, missingExit: number | undefined): Step {
    const script = path.resolve(this.#start, word);
    const { hint, args } = this.#likely();
    const effect = effectOfFailure(this.#hook, missingExit);
    const why = `The script of this hook, ${this.#shown(script)}, does not exist, so ${effectWords[effect]}${hint}`;
    return {
      rung: 'rendered',
      script,
      findings: [this.#finding('claude/script-missing', why, script, { effect, ...args })],
    };
  }

  /** Hooks run in the session's current directory, which follows `cd` (CLAUDE-CODE-CONTRACT.md section 2.1). */
  #relative(word: string, shown: string): readonly Finding[] {
    if (path.isAbsolute(word)) return [];
    const { project } = this.#options;
    const where = project === undefined ? "the workspace's root" : visibleShort(project, 80);
    const why = `${shown} is found only while the session is in ${where}; after a cd it is not. Write "$CLAUDE_PROJECT_DIR"/ in front of it, in args \${CLAUDE_PROJECT_DIR}/.`;
    return [this.#finding('claude/relative-script', why, path.resolve(this.#start, word))];
  }

  #unquoted(script: string, shown: string): readonly Finding[] {
    if (this.#hook.form !== 'shell' || !writtenWords(this.#hook).some(({ raw }) => isUnquoted(raw)))
      return [];
    const why = `Where the path of the workspace has a blank, the shell splits it and does not find ${shown}. Write "$CLAUDE_PROJECT_DIR" in double quotes.`;
    return [this.#finding('claude/unquoted-path', why, script)];
  }

  /** Whether the program that runs a script is there, and can read it. */
  #interpreted(program: string, script: string): Step {
    const step = this.#runner(program);
    if (!isShell(program)) return step;
    const text = this.#options.files.read(this.#options.files.realPath(script) ?? script)?.text ?? '';
    if (!text.includes('\r\n')) return step;
    const effect = effectOfFailure(this.#hook, undefined);
    const why = `${this.#shown(script)} has CRLF line ends, and the shell takes each carriage return as part of a word: what it does then is not what it says, and ${effectWords[effect]}`;
    const crlf = this.#finding('claude/script-crlf', why, script, { effect });
    return { rung: 'inside', findings: [...step.findings, crlf] };
  }

  /** Whether a program is there. */
  #runner(program: string): Step {
    const { files, findProgram, workspaceRoot } = this.#options;
    const shown = visibleShort(program, 60);
    const fails = (): Step => {
      const effect = effectOfFailure(this.#hook, 127);
      const why = `${shown}, which this hook runs, is not found on this machine, so ${effectWords[effect]}`;
      return {
        rung: 'inside',
        findings: [this.#finding('claude/interpreter-not-found', why, program, { effect, program })],
      };
    };
    if (/[\\/]/.test(program)) {
      const at = path.resolve(this.#start, program);
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
      return { rung: 'inside', findings: [this.#finding('claude/shebang-crlf', why, script, { effect })] };
    }
    if (shebang.kind === 'program') return this.#runner(shebang.program);
    const shown = this.#shown(script);
    const inFront = text.startsWith('\ufeff#!')
      ? 'has a byte order mark in front of its #! line'
      : 'has no #! line';
    if (this.#hook.form === 'shell') {
      const interpreter = interpreterOf(script);
      if (interpreter === undefined || isShell(interpreter)) return { rung: 'runs', findings: [] };
      // dash and bash exit with 2 for a syntax error, which the CLI takes for a refusal; other texts do other things.
      const effect = effectOfFailure(this.#hook, undefined);
      const why = `${shown} ${inFront}, so the shell reads it as a shell script and not with ${interpreter}: ${effectWords[effect]}`;
      return { rung: 'inside', findings: [this.#finding('claude/no-shebang', why, script, { effect })] };
    }
    const effect = effectOfFailure(this.#hook, 126);
    const why = `${shown} ${inFront}, and without a shell nothing says what should run it, so ${effectWords[effect]}`;
    return { rung: 'inside', findings: [this.#finding('claude/no-shebang', why, script, { effect })] };
  }

  #notExecutable(script: string): Step {
    const effect = effectOfFailure(this.#hook, 126);
    const why = `${this.#shown(script)} may not be executed, so ${effectWords[effect]} Make it executable, or name its interpreter.`;
    return { rung: 'inside', findings: [this.#finding('claude/not-executable', why, script, { effect })] };
  }

  /** The path for a message: relative where it lies in the workspace. */
  #shown(file: string): string {
    return visibleShort(relativeTo(this.#options.workspaceRoot, file) ?? file, 160);
  }

  #finding(
    code: ClaudeCode,
    message: string,
    script: string,
    args: Finding['args'] & { readonly effect?: Effect } = {},
  ): Finding {
    const { agent, file, workspaceRoot } = this.#options;
    return {
      code,
      severity: claudeCodes[code].severity,
      file,
      ...this.#hook.range,
      ...(agent === undefined ? {} : { agent }),
      key: this.#hook.pointer,
      args: { event: this.#hook.event, script: relativeTo(workspaceRoot, script) ?? script, ...args },
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
export function relativeTo(root: string, file: string): string | undefined {
  return path.isAbsolute(file) && isInside(root, file)
    ? path.relative(root, file).replaceAll(path.sep, '/')
    : undefined;
}
