// Package managers: the programs that they run, and tasks that the command itself gives them.
import { type Arg, isKnown, known, originOf, pathIn } from '../arg.ts';
import type { OptionSpec } from '../options.ts';
import type { Run } from '../run.ts';
import { runIfKnown } from './wrappers.ts';

type Program = (run: Run) => void;

/** `npx x`, `npm exec x`, `uv run x`: the program's name may carry a version. */
function runPackage(run: Run, words: readonly Arg[], spec: OptionSpec): void {
  const taken = run.withWords([known(run.name), ...words]).take({ ...spec, stops: true });
  for (const text of taken.valuesOf('-c', '--call')) run.shell(text);
  for (const name of taken.valuesOf('-p', '--package'))
    if (/claude-code|native-orchestrator/.test(name.text)) run.collector.start(originOf(name));
  const [first, ...rest] = taken.operands;
  if (first === undefined) return;
  if (!isKnown(first)) {
    run.opaque();
    return;
  }
  const name = /^@[^/]+\/claude-code(@|$)/.test(first.text)
    ? 'claude'
    : first.text
        .replace(/(?!^)@[^/]*$/, '')
        .replace(/^@[^/]*\//, (scope) => (/claude|orchestrator/.test(first.text) ? '' : scope));
  run.run([known(name), ...rest]);
}

const npx: OptionSpec = {
  values: 'pcw',
  longValues: [
    'package',
    'call',
    'workspace',
    'cache',
    'userconfig',
    'prefix',
    'from',
    'with',
    'python',
    'project',
    'directory',
    'env-file',
    'group',
    'extra',
    'index-url',
    'spec',
  ],
};

/** Subcommands of package managers that run a program. */
const manager: Program = (run) => {
  const at = run.args.findIndex((arg) => /^(exec|x|dlx|run|execute|tool|with)$/.test(arg.text));
  const isScript =
    ['npm', 'pnpm', 'yarn', 'bun', 'deno', 'hatch'].includes(run.name) && run.args[at]?.text === 'run';
  // Tasks that this command itself puts into the file which holds them.
  const holders = ['package.json', 'deno.json', 'pyproject.toml'].map((name) => pathIn(run.cwd, known(name)));
  if (holders.some((file) => run.collector.isWrittenTo(file)))
    run.opaque(`${run.name} with tasks in the command`, run.collector.source);
  if (at >= 0 && !isScript) runPackage(run, run.args.slice(at + 1), npx);
  const dashes = run.args.findIndex((arg) => arg.text === '--');
  if (dashes >= 0) runIfKnown(run, run.args.slice(dashes + 1));
};

export const packagePrograms: Readonly<Record<string, Program>> = {
  npx: (run) => runPackage(run, run.args, npx),
  bunx: (run) => runPackage(run, run.args, npx),
  pnpx: (run) => runPackage(run, run.args, npx),
  uvx: (run) => runPackage(run, run.args, npx),
  pipx: manager,
  npm: manager,
  pnpm: manager,
  yarn: manager,
  bun: manager,
  uv: manager,
  poetry: manager,
  pipenv: manager,
  pdm: manager,
  rye: manager,
  hatch: manager,
  conda: manager,
  mamba: manager,
  micromamba: manager,
  bundle: manager,
  mise: manager,
  asdf: manager,
  rbenv: manager,
  pyenv: manager,
  nvm: manager,
  volta: manager,
};
