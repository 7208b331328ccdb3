// All programs that are known to do something to files, and what to make of any other.
import { isKnown, known, sliceArg } from './arg.ts';
import { archivePrograms } from './programs/archives.ts';
import { downloadPrograms } from './programs/downloads.ts';
import { filePrograms } from './programs/files.ts';
import { formatterPrograms } from './programs/formatters.ts';
import { git } from './programs/git.ts';
import { interpreterPrograms, runScript } from './programs/interpreters.ts';
import { packagePrograms } from './programs/packageManagers.ts';
import { textPrograms } from './programs/text.ts';
import { runIfKnown, wrapperPrograms } from './programs/wrappers.ts';
import type { Run } from './run.ts';

type Program = (run: Run) => void;

const programs: Readonly<Record<string, Program>> = {
  ...filePrograms,
  ...textPrograms,
  ...archivePrograms,
  ...downloadPrograms,
  ...formatterPrograms,
  ...interpreterPrograms,
  ...wrapperPrograms,
  ...packagePrograms,
  git,
  // Build tools that come with a project: ordinary programs, whose words name tasks.
  gradlew: () => {},
  mvnw: () => {},
};

/** Programs that would start another session, or reach into a running one. */
const forbidden = /^(claude|native-orchestrator|claude-agent)$/;

/** Interpreters come with versions in their names: `python3.12`, `bash5`. */
const versioned = /^(python|pypy|node|perl|ruby|lua|php|bash|gawk|tclsh|clang-format)[\d.]+$/;

/** Directories of installed programs: what lies there is what its name says. */
const isInstalled = (path: string): boolean =>
  /(^|\/)\.?s?bin\//.test(path) || /^\/(usr|opt|nix|home\/[^/]+\/\.[^/]+)\//.test(path);

const hasOwn = (name: string): Program | undefined =>
  Object.hasOwn(programs, name) ? programs[name] : undefined;

/** Options whose value is a file or directory that a program makes, with one dash or two. */
const outputOption =
  /^--?(o|out|output|outfile|out-file|output-?file|outdir|out-?dir|output-?dir|output-?path|dest|destination|junit-?xml|log-?file|report-?file)$/i;

/** Programs that read what they are told: test runners, linters, type checkers, and those that only look. */
const readers =
  /^(pytest|py\.test|nose2?|tox|nox|jest|vitest|mocha|ava|tap|c8|nyc|karma|cypress|playwright|phpunit|rspec|bats|ctest|go|tsc|mypy|pyright|pylint|flake8|bandit|vulture|shellcheck|hadolint|yamllint|markdownlint(-cli2)?|jshint|tslint|knip|depcheck|semgrep|actionlint|vale|cloc|tokei|scc|ls|dir|du|df|id|ps|which|type|file|gh|docker|kubectl|helm|code|cspell|echo|printf|test|mkdocs|sphinx-build|coverage|stat)$/;

/**
 * What is known about any program: a value behind `-o` or `--output` is a file that it makes. Any other word may name
 * one as well (`convert a b`), which is for the policy to see.
 */
function anyProgram(run: Run): void {
  for (const [at, arg] of run.args.entries()) {
    const value = run.args[at + 1];
    const equals = arg.text.indexOf('=');
    const name = equals < 0 ? arg.text : arg.text.slice(0, equals);
    const given = equals < 0 ? value : sliceArg(arg, equals + 1);
    if (outputOption.test(name) && given !== undefined) {
      if (isKnown(given)) run.write(given, /dir/i.test(name));
    } else if (/^-o[^=]*\//.test(arg.text)) run.write(sliceArg(arg, 2));
    else if (!readers.test(run.name) && isKnown(arg)) run.collector.mention(run.name, run.cwd, arg);
  }
  const dashes = run.args.findIndex((arg) => isKnown(arg) && arg.text === '--');
  if (dashes >= 0) runIfKnown(run, run.args.slice(dashes + 1));
}

/** Adds what a program with these words does. */
export function runProgram(run: Run): void {
  const [program] = run.words;
  if (program === undefined) return;
  run.collector.command(run.words);
  if (!isKnown(program)) {
    run.opaque('an unknown program');
    return;
  }
  if (program.text.includes('/')) run.collector.command([known(run.name), ...run.args]);
  if (forbidden.test(run.name)) {
    run.collector.start(run.name);
    return;
  }
  const isPath = program.text.includes('/');
  if (isPath && !isInstalled(program.text) && !/^(gradlew|mvnw)$/.test(run.name)) {
    // It may also be what its name says.
    if (hasOwn(run.name) !== undefined) hasOwn(run.name)?.(run);
    runScript(run, program, run.args, (text) => run.shell({ text }, run.args));
    return;
  }
  const name = versioned.exec(run.name)?.[1] ?? run.name;
  (hasOwn(name) ?? anyProgram)(run);
}
