// A PreToolUse event → the call that the policy judges: which paths it writes and reads, and on whose behalf.
import { isAbsolute } from 'node:path';
import type { Call, ResolvedPath } from '../policy/call.ts';
import { startsSubagent } from '../policy/decide.ts';
import { entriesBelow } from './entriesBelow.ts';
import { type NamedPaths, namedPaths } from './namedPaths.ts';
import { Refusal } from './refusal.ts';
import { type Root, resolvePath } from './resolvePath.ts';

type Json = Readonly<Record<string, unknown>>;

/** The field that names the file of each file tool. The search tools work in their `cwd` when it is absent. */
const fileFields: ReadonlyMap<string, { field: string; does: 'write' | 'read' | 'search' }> = new Map([
  ['Edit', { field: 'file_path', does: 'write' }],
  ['Write', { field: 'file_path', does: 'write' }],
  ['MultiEdit', { field: 'file_path', does: 'write' }],
  ['NotebookEdit', { field: 'notebook_path', does: 'write' }],
  ['Read', { field: 'file_path', does: 'read' }],
  ['NotebookRead', { field: 'notebook_path', does: 'read' }],
  ['LSP', { field: 'filePath', does: 'read' }],
  ['LS', { field: 'path', does: 'search' }],
  ['Glob', { field: 'path', does: 'search' }],
  ['Grep', { field: 'path', does: 'search' }],
]);

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unclear = (message: string): Refusal => new Refusal('guard/unclear-call', message);

/** The directories that a search pattern begins in, by its words up to the first wildcard. */
function startsOf(pattern: string): readonly string[] {
  return [pattern, ...pattern.split(/[\s,]+/)]
    .filter((part) => part !== '' && !part.startsWith('!'))
    .map((part) => {
      const wild = part.search(/[*?[{(]/);
      return wild < 0 ? part : part.slice(0, part.lastIndexOf('/', wild) + 1);
    })
    .filter((start) => start !== '');
}

function searchesOf(tool: string, input: Json, cwd: string, root: Root): ResolvedPath[] {
  const { path } = input;
  if (path !== undefined && typeof path !== 'string')
    throw unclear(`The path of this ${tool} call is not a text.`);
  const base = path === undefined || path === '' ? cwd : path;
  const within = resolvePath(base, cwd, root);
  const patterns = [input.glob, tool === 'Glob' ? input.pattern : undefined].filter(
    (pattern) => typeof pattern === 'string',
  );
  const below = patterns.flatMap(startsOf).flatMap((start) =>
    // A pattern is relative to the searched directory, under each of its names.
    within.absolute.map((directory) => resolvePath(start, directory, root)),
  );
  return [within, ...below].map((found) => ({ ...found, isSearched: true }));
}

type Touched = Pick<Call, 'writes' | 'reads'>;

function fileTouched(tool: string, input: Json, cwd: string, root: Root): Touched {
  const known = fileFields.get(tool);
  if (known === undefined) return { writes: [], reads: [] };
  if (known.does === 'search') return { writes: [], reads: searchesOf(tool, input, cwd, root) };
  const alsoFiles = ['file_path', 'notebook_path', 'path'].filter(
    (field) => field !== known.field && Object.hasOwn(input, field),
  );
  const paths = [known.field, ...alsoFiles].map((field) => {
    const path = input[field];
    if (typeof path !== 'string' || path === '')
      throw unclear(`The ${field} of this ${tool} call is missing or not a text.`);
    return resolvePath(path, cwd, root);
  });
  // The CLI holds a write to the read rules as well (CLAUDE-CODE-CONTRACT.md section 1.3, `Read(tests/**)`).
  return { writes: known.does === 'write' ? paths : [], reads: paths };
}

/** Built-in tools whose input says in fields of those names something else than paths, or only what to read. */
const neverWrites: ReadonlySet<string> = new Set([
  ...[
    'Agent',
    'Task',
    'SendMessage',
    'Skill',
    'SlashCommand',
    'AskUserQuestion',
    'ExitPlanMode',
    'TodoWrite',
  ],
  ...[
    'TaskCreate',
    'TaskUpdate',
    'SendUserFile',
    'Artifact',
    'ReadMcpResourceTool',
    'ReadMcpResourceDirTool',
  ],
]);

/** A tool that is no file tool and no shell: the paths in the fields where servers keep them. */
function otherTouched(tool: string, named: NamedPaths, cwd: string, root: Root): Touched {
  const { paths, mayWrite, takesBelow, isTooMuch } = named;
  if (isTooMuch)
    throw unclear(`The input of this ${tool.slice(0, 64)} call is too large to be looked through.`);
  const reads = paths.map((path): ResolvedPath => {
    // A server resolves a relative path from where it was started, which is the workspace root.
    const all = [cwd, ...root.names].map((from) => resolvePath(path, from, root));
    const found = {
      shown: path,
      relative: [...new Set(all.flatMap(({ relative }) => relative))],
      absolute: [...new Set(all.flatMap(({ absolute }) => absolute))],
      isSearched: true,
    };
    return takesBelow ? { ...found, below: () => entriesBelow(found, root, false) } : found;
  });
  return { writes: mayWrite && !neverWrites.has(tool) ? reads : [], reads };
}

/**
 * The type of the sub-agent that makes the call; undefined for the session's own agent. The CLI gives `agent_id`
 * inside sub-agents only, and `agent_type` also to a session started with `--agent` (CLAUDE-CODE-CONTRACT.md
 * section 2.2): such a session is the agent's own only when the names agree.
 */
function callerOf(event: Json, agent: string): string | undefined {
  const { agent_id: id, agent_type: type } = event;
  if (id === undefined && (type === undefined || type === agent)) return undefined;
  if (typeof type !== 'string' || type === '')
    throw unclear('The event does not say which sub-agent it is of.');
  return type;
}

/** The parts of a PreToolUse event. */
export interface CallEvent {
  readonly tool: string;
  readonly input: Json;
  /** Absolute. */
  readonly cwd: string;
  readonly whole: Json;
  /** For a tool that is no file tool and no shell. */
  readonly named?: NamedPaths;
  /** The texts that the tool gives to a shell: they are judged by `judgeCommand`. */
  readonly commands: readonly string[];
}

/** The tools that 2.1.329 gives a command. */
const shells: ReadonlySet<string> = new Set(['Bash', 'Monitor', 'PowerShell']);

/** Their `command` is a line of the CLI's own. */
const ownCommands: ReadonlySet<string> = new Set(['Skill', 'SlashCommand']);

/** The parts of an event of the CLI. Throws a Refusal when it is not one that can be judged. */
export function eventOf(event: unknown): CallEvent {
  if (!isJson(event)) throw unclear('The event is not a JSON object.');
  if (event.hook_event_name !== 'PreToolUse') throw unclear('The event is not a PreToolUse event.');
  const { tool_name: tool, tool_input: input, cwd } = event;
  if (typeof tool !== 'string' || tool === '') throw unclear('The event does not name a tool.');
  if (!isJson(input)) throw unclear(`The input of this ${tool.slice(0, 64)} call is not a JSON object.`);
  if (typeof cwd !== 'string' || !isAbsolute(cwd))
    throw unclear('The event does not say in which directory it is.');
  const parts = { tool, input, cwd, whole: event, commands: [] };
  if (fileFields.has(tool)) return parts;
  const { command } = input;
  // A built-in tool that this version does not know is a shell too when it has a command.
  if (!tool.startsWith('mcp__') && !ownCommands.has(tool) && typeof command === 'string')
    return { ...parts, commands: [command] };
  if (shells.has(tool)) throw unclear(`The command of this ${tool} call is missing or not a text.`);
  const named = namedPaths(tool, input);
  return { ...parts, named, commands: tool.startsWith('mcp__') ? named.commands : [] };
}

/** The call in an event for a session of `agent`, but for its commands. Throws a Refusal when it cannot be judged. */
export function callOf(from: CallEvent, agent: string, root: Root): Call {
  const { tool, input, cwd, whole, named } = from;
  const caller = callerOf(whole, agent);
  const subagent = startsSubagent(tool) ? input.subagent_type : undefined;
  if (subagent !== undefined && typeof subagent !== 'string')
    throw unclear('The subagent_type of this call is not a text.');
  const touched =
    named === undefined ? fileTouched(tool, input, cwd, root) : otherTouched(tool, named, cwd, root);
  return {
    tool,
    ...touched,
    ...(subagent === undefined ? {} : { subagent }),
    ...(caller === undefined ? {} : { caller }),
  };
}
