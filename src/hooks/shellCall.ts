// A shell command of an event → what of it the policy judges, with the disk as it is now.
import { homedir } from 'node:os';
import type { ResolvedPath, ShellCall } from '../policy/call.ts';
import { diskContext } from './bash/disk.ts';
import type { ShellContext, ShellEffects, ShellTarget } from './bash/effects.ts';
import { entriesBelow } from './entriesBelow.ts';
import { type Root, resolvePath } from './resolvePath.ts';

/** What tells the effects of a command from its text: `shellEffects`, or `wordEffects` for plain words. */
export type ShellAnalysis = (command: string, context: ShellContext) => ShellEffects;

/** UTF-16 units. A file that a command brings along in a here-document may be long; a program never is. */
const mostCommand = 256 * 1024;

/** Tools that hand their `command` to something that is not bash, as servers may too: no parser of bash may judge it. */
const otherShells: ReadonlySet<string> = new Set(['PowerShell']);

/** Files that are no files: where a program's output goes, or nothing at all. */
const isDevice = (path: string): boolean =>
  /^\/dev\/(null|zero|full|random|urandom|tty|stdin|stdout|stderr|fd\/\d+)$/.test(path);

/** What of the environment the shell of a tool certainly has as this process has it. */
function environment(): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(NATIVE_ORCHESTRATOR_|TMUX(_SOCKET_OVERRIDE)?$)/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: homedir() };
}

function resolved(targets: readonly ShellTarget[], root: Root, isRead: boolean): ResolvedPath[] {
  return targets
    .filter(({ path }) => !isDevice(path))
    .map(({ path, shown, below }) => {
      const found = {
        ...resolvePath(path, '/', root),
        shown: shown.replace(/\/{2,}/g, '/'),
        ...(isRead ? { isSearched: true } : {}),
      };
      return below === true ? { ...found, below: () => entriesBelow(found, root, isRead) } : found;
    });
}

/** The text of an opaque part with the place where it runs, and without the workspace's own, which every path in it has. */
function located(text: string, cwd: string, root: Root): string {
  const names = resolvePath(cwd, '/', root);
  const places = names.relative.length > 0 ? names.relative : names.absolute;
  const roots = root.names.filter((name) => name !== '/').sort((a, b) => b.length - a.length);
  return [...places, roots.reduce((rest, name) => rest.replaceAll(`${name}/`, './'), text)].join('\n');
}

/** A word that no path can be is none. */
function mentioned({ mentions }: ShellEffects, root: Root): ShellCall['mentions'] {
  return mentions.flatMap(({ what, path }) => {
    try {
      return [{ what, ...resolvePath(path, '/', root) }];
    } catch {
      return [];
    }
  });
}

export interface ShellTouched {
  readonly writes: readonly ResolvedPath[];
  readonly reads: readonly ResolvedPath[];
  readonly shell: ShellCall;
}

/** What a command writes, reads and does else. `analysis` is called once, and not at all for what is no bash. */
export function shellCall(
  tool: string,
  command: string,
  cwd: string,
  root: Root,
  analysis: ShellAnalysis,
): ShellTouched {
  const nothing = { opaque: [], mentions: [], starts: [], commands: [] };
  if (command.length > mostCommand)
    return { writes: [], reads: [], shell: { ...nothing, problem: 'it is too long' } };
  if (command.includes('\0'))
    return { writes: [], reads: [], shell: { ...nothing, problem: 'it holds a NUL' } };
  if (tool.startsWith('mcp__') || otherShells.has(tool))
    return { writes: [], reads: [], shell: otherShellCall(tool, located(command, cwd, root)) };
  const effects = analysis(command, diskContext(cwd, environment()));
  const { syntaxError: problem, starts, commands } = effects;
  if (problem !== undefined) return { writes: [], reads: [], shell: { ...nothing, problem } };
  return {
    writes: resolved(effects.writes, root, false),
    reads: resolved(effects.reads, root, true),
    shell: {
      starts: [...starts, ...effects.opaque.flatMap(({ text }) => startedBy(text))],
      commands,
      mentions: mentioned(effects, root),
      opaque: effects.opaque.map((part) => ({ ...part, text: located(part.text, part.cwd ?? cwd, root) })),
    },
  };
}

/** A session that code starts by its name, such as `$(which claude)`; not one that it only speaks of. */
function startedBy(text: string): readonly string[] {
  if (!/which|command|system|spawn|exec|popen|subprocess|\bsh\b/i.test(text)) return [];
  return /(?<![\w./-])(claude|claude-agent|native-orchestrator)(?![\w./-])/.exec(text)?.slice(1, 2) ?? [];
}

/** A command for a shell that nobody here can take apart: opaque as a whole. */
function otherShellCall(tool: string, text: string): ShellCall {
  const starts = /(?<![\w-])(claude|native-orchestrator|claude-agent)(?![\w-])/i.exec(text)?.[1];
  return {
    opaque: [{ what: tool, text, does: 'write' }],
    mentions: [],
    starts: starts === undefined ? [] : [starts],
    commands: [],
  };
}
