// What mends a finding of a hook, as texts: of the settings file, of the script. Offers only what is sure to be found again.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import { inExecForm, withInterpreter, withProgram, withScript } from './hookEdits.ts';
import { writtenWords } from './hookLine.ts';
import { skeletonOf, withLf, withShebang, withShebangProgram } from './hookScripts.ts';
import type { HookStatus } from './hookStatus.ts';
import { interpreterOf, invocationOf, shebangOf, standInsFor } from './interpreters.ts';

export type RepairKind =
  | 'path'
  | 'quotes'
  | 'projectFolder'
  | 'execForm'
  | 'nameInterpreter'
  | 'interpreter'
  | 'shebang'
  | 'lineEnds'
  | 'create';

/** A script as it should be. */
export interface ScriptText {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly isNew: boolean;
}

export interface HookRepair {
  readonly kind: RepairKind;
  /** What its title names: a path, a program. */
  readonly name: string;
  /** For `interpreter`: the program that is replaced. For `shebang`: the script. */
  readonly other?: string;
  /** The whole text of the settings file; absent when it stays as it is. */
  readonly settings?: string;
  readonly script?: ScriptText;
  readonly isPreferred: boolean;
}

export interface RepairRequest {
  /** The text of the settings file. */
  readonly text: string;
  readonly status: HookStatus;
  readonly finding: Finding;
  readonly files: Files;
  /** Absolute. */
  readonly workspaceRoot: string;
  readonly findProgram: (name: string) => string | undefined;
  /** Files of the workspace with the script's name, relative to it, with `/`; the nearest first. */
  readonly sameName: readonly string[];
}

/** Paths named in settings that a script may be created at: plain, and inside. */
const isPlainPath = (relative: string): boolean =>
  /^[^\p{Cc}\p{Cf}\\:*?"<>|]+$/u.test(relative) && !relative.split('/').includes('..');

/** The mends of one finding, the best first; none when it is not about a hook or nothing is sure to help. Never throws. */
export function hookRepairs(request: RepairRequest): readonly HookRepair[] {
  const { finding, status } = request;
  const repairs: (HookRepair | undefined)[] = [];
  switch (finding.code) {
    case 'claude/script-missing':
      repairs.push(...missing(request));
      break;
    case 'claude/script-not-a-file':
    case 'claude/outside-workspace':
      repairs.push(...spelling(request));
      break;
    case 'claude/unquoted-path':
      repairs.push(atPath(request, 'quotes', status.relative), execForm(request));
      break;
    case 'claude/relative-script':
      repairs.push(atPath(request, 'projectFolder', status.relative), execForm(request, status.relative));
      break;
    case 'claude/not-executable':
      repairs.push(nameInterpreter(request));
      break;
    case 'claude/no-shebang':
      repairs.push(nameInterpreter(request), shebang(request));
      break;
    case 'claude/shebang-crlf':
    case 'claude/script-crlf':
      repairs.push(lineEnds(request));
      break;
    case 'claude/interpreter-not-found':
      repairs.push(...otherInterpreter(request));
      break;
    default:
      return [];
  }
  const found = repairs.filter((repair) => repair !== undefined);
  return found.map((repair, index) => ({
    ...repair,
    isPreferred: index === 0 && finding.code !== 'claude/not-executable' && repair.kind !== 'create',
  }));
}

/** A change of the settings, unless it could not be made or changes nothing. */
function inSettings(
  { text }: RepairRequest,
  kind: RepairKind,
  name: string,
  settings: string | undefined,
): HookRepair | undefined {
  return settings === undefined || settings === text
    ? undefined
    : { kind, name, settings, isPreferred: false };
}

function atPath(
  request: RepairRequest,
  kind: RepairKind,
  relative: string | undefined,
): HookRepair | undefined {
  if (relative === undefined) return undefined;
  const { text, status } = request;
  const after = withScript(text, status.hook.pointer, fromProject(status, relative));
  return inSettings(request, kind, relative, after);
}

/** A path of the workspace as it is seen from the folder that the hook's sessions start in. */
function fromProject({ project = '' }: HookStatus, relative: string): string {
  return path.posix.relative(project, relative);
}

function execForm(request: RepairRequest, relative?: string): HookRepair | undefined {
  const { text, status } = request;
  return inSettings(
    request,
    'execForm',
    '',
    inExecForm(text, status.hook.pointer, relative === undefined ? undefined : fromProject(status, relative)),
  );
}

/** The path that was probably meant, in the spelling that finds it. */
function spelling(request: RepairRequest): (HookRepair | undefined)[] {
  const { near, cause } = request.finding.args;
  if (typeof near !== 'string') return [];
  return [atPath(request, cause === 'unquoted' ? 'quotes' : 'path', near), execForm(request, near)];
}

function missing(request: RepairRequest): (HookRepair | undefined)[] {
  const { finding, status, sameName } = request;
  // Ours is restored by generating it again.
  if (status.ours !== undefined) return [];
  const near = finding.args.near;
  const others = sameName.filter((relative) => relative !== near).slice(0, 3);
  return [
    ...spelling(request),
    ...others.map((relative) => atPath(request, 'path', relative)),
    near === undefined ? create(request) : undefined,
  ];
}

/** What runs a script: the line's own interpreter, what the `#!` line asks for, or what its ending says. */
function interpreterFor({ status, files }: RepairRequest): string | undefined {
  const invocation = invocationOf(writtenWords(status.hook).map(({ meant }) => meant));
  if (invocation?.kind === 'script') return path.posix.basename(invocation.program);
  const text = status.script === undefined ? undefined : files.read(status.script)?.text;
  const asked = text === undefined ? undefined : shebangOf(text.replace(/^\ufeff/, ''));
  if (asked !== undefined && asked.kind !== 'none') return path.posix.basename(asked.program);
  return interpreterOf(status.script ?? '') ?? (/\.\w+$/.test(status.script ?? '') ? undefined : 'sh');
}

function create(request: RepairRequest): HookRepair | undefined {
  const { status, files } = request;
  const interpreter = interpreterFor(request);
  const { relative, script } = status;
  if (interpreter === undefined || relative === undefined || script === undefined) return undefined;
  if (!isPlainPath(relative) || files.kind(script) !== undefined) return undefined;
  const text = skeletonOf(interpreter, status.hook, status.file);
  if (text === undefined) return undefined;
  return {
    kind: 'create',
    name: relative,
    script: { path: relative, text, isNew: true },
    isPreferred: false,
  };
}

function nameInterpreter(request: RepairRequest): HookRepair | undefined {
  const interpreter = interpreterFor(request);
  if (interpreter === undefined || request.findProgram(interpreter) === undefined) return undefined;
  const { text, status } = request;
  return inSettings(
    request,
    'nameInterpreter',
    interpreter,
    withInterpreter(text, status.hook.pointer, interpreter),
  );
}

/** A change of the script's text, where it is a file of the workspace. */
function inScript(
  { status, files }: RepairRequest,
  kind: RepairKind,
  name: string,
  change: (text: string) => string | undefined,
): HookRepair | undefined {
  const { relative, script } = status;
  const before = script === undefined ? undefined : files.read(script)?.text;
  const text = before === undefined ? undefined : change(before);
  if (relative === undefined || text === undefined || text === before) return undefined;
  return { kind, name, script: { path: relative, text, isNew: false }, isPreferred: false };
}

function shebang(request: RepairRequest): HookRepair | undefined {
  const interpreter = interpreterFor(request);
  if (interpreter === undefined) return undefined;
  const repair = inScript(request, 'shebang', interpreter, (text) => withShebang(text, interpreter));
  return repair && { ...repair, other: repair.script?.path ?? '' };
}

function lineEnds(request: RepairRequest): HookRepair | undefined {
  return inScript(request, 'lineEnds', request.status.relative ?? '', withLf);
}

function otherInterpreter(request: RepairRequest): (HookRepair | undefined)[] {
  const { finding, findProgram, status, text } = request;
  const from = String(finding.args.program ?? '');
  return standInsFor(from)
    .filter((to) => findProgram(to) !== undefined)
    .map((to) => {
      const inLine = inSettings(request, 'interpreter', to, withProgram(text, status.hook.pointer, from, to));
      const repair =
        inLine ?? inScript(request, 'interpreter', to, (script) => withShebangProgram(script, from, to));
      return repair && { ...repair, other: from };
    });
}
