// The paths in the input of a tool whose input nobody here knows: those of MCP servers, and of a newer CLI.

type Json = Readonly<Record<string, unknown>>;

/** Fields that hold a path, or several, by what the servers around call them: lower case, without `_` and `-`. */
const pathField =
  /^((abs|absolute|relative|rel|base|root|parent|old|new|source|src|from|to|dest|destination|target|input|output|out|in|file|files?|dir|directory|folder|local|image|notebook|workspace|repo|project|log|config|save|download|upload)*(path|paths|file|files|filename|filenames|filepath|dir|dirs|directory|directories|folder|folders|uri|uris)|source|destination|src|dest|target|from|to|cwd|root)$/;

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
 * The texts of the fields that servers keep paths in, at any depth of the input. A URL of the web is no path; a text
 * in another field is not looked at, since what it means is known to the server alone. A tool whose name says that it
 * only looks is taken at its word: the registry admits the server.
 */
export function namedPaths(tool: string, input: Json): NamedPaths {
  const words = wordsOf(tool);
  const mayWrite = !words.some((word) => looks.has(word)) || words.some((word) => changes.has(word));
  const paths: string[] = [];
  const commands: string[] = [];
  let strings = 0;
  let isTooMuch = false;
  const take = (value: unknown, field: string, depth: number): void => {
    if (depth > mostDepth || strings > mostStrings) {
      isTooMuch = true;
    } else if (typeof value === 'string') {
      strings++;
      if (commandField.test(field)) commands.push(value);
      const isPath =
        value !== '' && value.length <= longestPath && !/^(https?|wss?|data|git|ssh):/i.test(value);
      if (isPath && pathField.test(field)) paths.push(value);
    } else if (Array.isArray(value)) {
      for (const item of value) take(item, field, depth + 1);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        take(item, key.toLowerCase().replace(/[_-]/g, ''), depth + 1);
    }
  };
  take(input, '', 0);
  return {
    paths,
    commands,
    mayWrite,
    takesBelow: mayWrite && words.some((word) => deletes.has(word)),
    isTooMuch,
  };
}
