// Argument words → verb → exit code. The one boundary that catches errors on the command line.
import { parseArgs } from 'node:util';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { isUserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { adopt } from './adopt.ts';
import { attach } from './attach.ts';
import { audited } from './audited.ts';
import { check } from './check.ts';
import { clean } from './clean.ts';
import { type CliCode, cliCodes } from './codes.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { generate } from './generate.ts';
import { handoff } from './handoff.ts';
import { history } from './history.ts';
import { hub } from './hub.ts';
import { ignore } from './ignore.ts';
import { list } from './list.ts';
import { migrate } from './migrate.ts';
import { allFormats, printFormat } from './printFormat.ts';
import { prove } from './prove.ts';
import { printJson } from './render.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { send } from './send.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { UsageError } from './usageError.ts';
import type { Format, Io, OptionSpec, Verb } from './verb.ts';
import { findWorkspace } from './workspace.ts';
import { worktree } from './worktree.ts';

/** Every verb, in the order in which they are listed. */
export const verbs: readonly Verb[] = [
  generate,
  check,
  list,
  history,
  clean,
  start,
  attach,
  send,
  handoff,
  restart,
  stop,
  status,
  worktree,
  restore,
  adopt,
  ignore,
  migrate,
  prove,
  hub,
  doctor,
  completion(() => ({ verbs, common })),
];

const common: Readonly<Record<string, OptionSpec>> = {
  workspace: { type: 'string', value: 'dir', help: 'the folder that has agents/registry.yaml', short: 'w' },
  format: { type: 'string', value: allFormats.join('|'), help: 'how to print (default: text)' },
  help: { type: 'boolean', help: 'show this', short: 'h' },
};

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  return Object.entries(options)
    .map(([name, spec]) => {
      const words = `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.type === 'string' ? ` ${spec.value}` : ''}`;
      return `  ${words.padEnd(25)} ${spec.help}\n`;
    })
    .join('');
}

function overview(version: string): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  const lines = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('');
  return `native-orchestrator ${version}: a fleet of Claude Code agents from one file, agents/registry.yaml

Usage: native-orchestrator <verb> [options]

Verbs:
${lines}
Options for every verb:
${optionLines(common)}
Exit codes: 0 all well · 1 errors, warnings or drift · 2 wrong usage, or it could not be done.
More on a verb: native-orchestrator <verb> --help
`;
}

/** What a verb can print: everything, for all but the few that say otherwise. */
const formatsOf = (verb: Verb): readonly Format[] => verb.formats ?? allFormats;
const isOneOf = (formats: readonly Format[], text: string): text is Format =>
  formats.some((format) => format === text);

function manual(verb: Verb): string {
  const own = Object.keys(verb.options).length === 0 ? '' : `Options:\n${optionLines(verb.options)}\n`;
  const usage = `native-orchestrator ${verb.name} ${verb.usage}`.trim();
  const format = { ...common.format, value: formatsOf(verb).join('|') };
  return `${verb.help}\n\nUsage: ${usage}\n\n${own}Options for every verb:\n${optionLines({ ...common, format } as typeof common)}`;
}

function parse(verb: Verb, words: readonly string[]): ReturnType<typeof parseArgs> {
  const options = Object.fromEntries(
    Object.entries({ ...common, ...verb.options }).map(([name, spec]) => [
      name,
      {
        type: spec.type,
        ...(spec.short === undefined ? {} : { short: spec.short }),
        ...('isMany' in spec ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error))
      .replace(/\. To specify.*$/su, '')
      .replace(/\.?\n.*$/su, '');
    const unknown = /^Unknown option '--?([^']*)'/.exec(message)?.[1];
    const near = unknown === undefined ? undefined : nearMiss(unknown, Object.keys(options));
    throw new UsageError(
      `${visibleShort(message)}. ${near === undefined ? `See: native-orchestrator ${verb.name} --help` : `Did you mean --${near}?`}`,
    );
  }
}

/** The format that the words ask for, as far as they can be understood. */
function wantedFormat(words: readonly string[]): Format {
  const options = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  const wanted = allFormats.filter((format) =>
    options.some(
      (word, index) =>
        word === `--format=${format}` || (word === '--format' && options[index + 1] === format),
    ),
  );
  return wanted.find((format) => format !== 'text') ?? 'text';
}

function verbNamed(name: string): Verb {
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb !== undefined) return verb;
  const near = nearMiss(
    name,
    verbs.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `There is no verb ${visibleShort(JSON.stringify(name))}. ${near === undefined ? 'See: native-orchestrator --help' : `Did you mean ${near}?`}`,
  );
}

async function dispatch(words: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' && rest[0] !== undefined ? verbNamed(rest[0]) : undefined;
    (name === undefined ? io.err : io.out)(about === undefined ? overview(io.version) : manual(about));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    io.out(`${io.version}\n`);
    return 0;
  }
  const verb = verbNamed(name);
  const { values, positionals } = parse(verb, rest);
  if (values.help === true) {
    io.out(manual(verb));
    return 0;
  }
  const text = (option: string): string | undefined => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  const list = (option: string): readonly string[] => {
    const value = values[option];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  };
  const format = text('format') ?? 'text';
  const formats = formatsOf(verb);
  if (!isOneOf(formats, format))
    throw new UsageError(
      `--format is ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}, not ${visibleShort(JSON.stringify(format))}.`,
    );
  const root = findWorkspace(io.files, io.cwd, text('workspace'), io.env.PROJECT_ROOT);
  return audited(verb, {
    io,
    root,
    positionals,
    option: text,
    list,
    flag: (option) => values[option] === true,
    format,
  });
}

/** Runs one command. Exit code 2 is wrong usage, or something that could not be done; the message says what to do. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(words, io);
  } catch (error) {
    if (isUserError(error)) {
      const code: CliCode = error instanceof UsageError ? 'cli/wrong-usage' : 'cli/not-done';
      const { severity } = cliCodes[code];
      const { message } = error;
      const findings: readonly Finding[] = [{ code, severity, file: '.', ...startOfFile, args: {}, message }];
      const format = wantedFormat(words);
      if (printFormat({ io, root: io.cwd, format }, findings, 'Nothing was done.')) return 2;
      if (format === 'json') {
        printJson(io, { findings, summary: { ok: false } });
        return 2;
      }
      io.err(`native-orchestrator: ${error.message}\n`);
      return 2;
    }
    io.err(
      `native-orchestrator: this is a bug of ours; please report it with the lines below.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 2;
  }
}
