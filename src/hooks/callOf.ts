// A PreToolUse event → the call that the policy judges: which paths it writes and reads, and on whose behalf.
import { type Call, type ResolvedPath, startsSubagent } from '../policy/decide.ts';
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

function pathsOf(tool: string, input: Json, cwd: unknown, root: Root): Pick<Call, 'writes' | 'reads'> {
  const known = fileFields.get(tool);
  if (known === undefined) return { writes: [], reads: [] };
  if (typeof cwd !== 'string' || cwd === '')
    throw unclear('The event does not say in which directory it is.');
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

/**
 * The call in an event of the CLI, for a session of `agent`. Shell commands are judged by the tool's name alone:
 * their `writes` and `reads` are empty. Throws a Refusal when the event is not one that can be judged.
 */
export function callOf(event: unknown, agent: string, root: Root): Call {
  if (!isJson(event)) throw unclear('The event is not a JSON object.');
  if (event.hook_event_name !== 'PreToolUse') throw unclear('The event is not a PreToolUse event.');
  const { tool_name: tool, tool_input: input } = event;
  if (typeof tool !== 'string' || tool === '') throw unclear('The event does not name a tool.');
  if (!isJson(input)) throw unclear(`The input of this ${tool.slice(0, 64)} call is not a JSON object.`);
  const caller = callerOf(event, agent);
  const subagent = startsSubagent(tool) ? input.subagent_type : undefined;
  if (subagent !== undefined && typeof subagent !== 'string')
    throw unclear('The subagent_type of this call is not a text.');
  return {
    tool,
    ...pathsOf(tool, input, event.cwd, root),
    ...(subagent === undefined ? {} : { subagent }),
    ...(caller === undefined ? {} : { caller }),
  };
}
