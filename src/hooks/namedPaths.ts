// The paths in the input of a tool whose input nobody here knows: those of MCP servers, and of a newer CLI.

type Json = Readonly<Record<string, unknown>>;

/** Fields that may hold a path, by what the servers around call them: lower case, without `_` and `-`. */
const pathField =
  /path|file|dir|folder|uri|src|dest|source|target|location|output|input|^(to|from|cwd|root|in|out)$/;

/** Fields that hold what is to be in a file. */
const contentField = /content|text|data|body/;

const commandField = /^(command|cmd|commandline|shell|script)$/;

/** Words in a tool's name that say that it only looks. */
const looks: ReadonlySet<string> = new Set(
  'read get list ls search find grep glob view show stat info tree directory query fetch describe count cat head tail open load lookup browse inspect check exists diff'.split(
    ' ',
  ),
);

/** Words that say that it changes something, whatever stands beside them. */
const changes: ReadonlySet<string> = new Set(
  'write create make edit update change set put add insert append replace apply patch save store delete remove rm unlink rmdir clear clean move mv rename copy cp upload import export generate run execute exec do touch mkdir chmod commit restore reset checkout sync install download or and'.split(
    ' ',
  ),
);

const deletes: ReadonlySet<string> = new Set(
  'delete remove rm unlink rmdir clear clean move mv rename reset'.split(' '),
);

/** More strings than any call has; what is beyond is not known, so the call is refused. */
const mostStrings = 1000;
const mostDepth = 8;

/** A path of the operating system may not be longer, so a longer text is none. */
const longestPath = 4096;

export interface NamedPaths {
  readonly paths: readonly string[];
  /** Texts that a shell or another interpreter may be given. */
  readonly commands: readonly string[];
  /** False when the tool's name says that it only looks. */
  readonly mayWrite: boolean;
  /** The tool may take a folder away with all that is in it. */
  readonly takesBelow: boolean;
  /** The input is larger or deeper than any; not all of it was looked at. */
  readonly isTooMuch: boolean;
}

/** The words of `mcp__server__move_file` or `moveFile`, without the server's. */
function wordsOf(tool: string): readonly string[] {
  const name = tool.startsWith('mcp__') ? tool.replace(/^mcp__.*?__/s, '') : tool;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/**
 * The texts of the fields that servers keep paths in, and of all that lies in such a field. A URL of the web is no
 * path; a text in another field is not looked at, since what it means is known to the server alone. A tool whose name
 * says that it only looks is taken at its word: the registry admits the server.
 */
export function namedPaths(tool: string, input: Json): NamedPaths {
  const words = wordsOf(tool);
  const mayWrite = !words.some((word) => looks.has(word)) || words.some((word) => changes.has(word));
  const paths: string[] = [];
  const commands: string[] = [];
  let strings = 0;
  let isTooMuch = false;
  const take = (value: unknown, field: string, isPath: boolean, depth: number): void => {
    if (depth > mostDepth || strings > mostStrings) {
      isTooMuch = true;
    } else if (typeof value === 'string') {
      strings++;
      if (commandField.test(field)) commands.push(value);
      const isFile = !/^(https?|wss?|data|git|ssh):/i.test(value);
      if (isPath && isFile && value !== '' && value.length <= longestPath) paths.push(value);
    } else if (Array.isArray(value)) {
      for (const item of value) take(item, field, isPath, depth + 1);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        const name = key.toLowerCase().replace(/[_-]/g, '');
        take(item, name, !contentField.test(name) && (isPath || pathField.test(name)), depth + 1);
      }
    }
  };
  take(input, '', false, 0);
  return {
    paths,
    commands,
    mayWrite,
    takesBelow: mayWrite && words.some((word) => deletes.has(word)),
    isTooMuch,
  };
}
