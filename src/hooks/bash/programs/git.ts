// What git does to the files of a working tree. Its own records below .git are not what this is about.
import {
  type Arg,
  concatArgs,
  isKnown,
  isOptionLike,
  known,
  originOf,
  originsOf,
  pathIn,
  sliceArg,
} from '../arg.ts';
import type { OptionSpec, Options } from '../options.ts';
import type { Run } from '../run.ts';
import { afterDashes, writeListedSpecs, writeSpecs } from './gitPaths.ts';
import { writePatched } from './text.ts';

type Subcommand = (run: Run) => void;

/** Settings whose value git runs. */
const runsValue =
  /^(alias\.|core\.(editor|pager|sshcommand|fsmonitor|askpass|gitproxy|hookspath)|sequence\.editor|diff\.external|pager\.|credential\.|.*\.(cmd|command|textconv|driver|clean|smudge|process|program|helper|path|uploadpack|receivepack|tool))/i;

const changesTree = (run: Run): void => run.opaque(`git ${run.name}`);

const checkout: Subcommand = (run) => {
  const taken = run.take({
    values: 'bBU',
    longValues: ['orphan', 'conflict', 'pathspec-from-file'],
    longFlags: ['force', 'patch', 'detach', 'merge', 'ours', 'theirs'],
  });
  writeListedSpecs(run, taken);
  if (taken.has('--pathspec-from-file') || taken.isUnsure) run.opaque('git checkout');
  const paths = afterDashes(run);
  if (paths !== undefined) return writeSpecs(run, paths);
  if (taken.has('-b', '-B', '--orphan')) {
    if (taken.operands.length > 0) changesTree(run);
    return;
  }
  writeSpecs(run, taken.operands);
  if (taken.operands.length <= 1) run.opaque('git checkout', checkoutText(run, taken));
};

/** `-f` alone changes the tree too. */
const checkoutText = (run: Run, taken: Options): string =>
  taken.operands.length === 0 && !taken.has('-f', '--force') ? '' : run.told;

const gitSwitch: Subcommand = (run) => {
  const taken = run.take({ values: 'cC', longValues: ['create', 'force-create', 'orphan', 'conflict'] });
  const isNew = taken.has('-c', '--create', '-C', '--force-create', '--orphan');
  if (!isNew || taken.operands.length > 0) changesTree(run);
};

const restore: Subcommand = (run) => {
  const taken = run.take({
    values: 'sU',
    longValues: ['source', 'conflict', 'pathspec-from-file'],
    longFlags: ['staged', 'worktree'],
  });
  if (taken.has('-S', '--staged') && !taken.has('-W', '--worktree')) return;
  writeSpecs(run, taken.operands);
  writeListedSpecs(run, taken);
  if (taken.has('--pathspec-from-file') || taken.isUnsure) run.opaque('git restore');
};

const remove: Subcommand = (run) => {
  const taken = run.take({ longValues: ['pathspec-from-file'], longFlags: ['cached', 'dry-run'] });
  if (taken.has('--cached', '-n', '--dry-run')) return;
  writeSpecs(run, taken.operands);
  writeListedSpecs(run, taken);
  if (taken.has('--pathspec-from-file') || taken.isUnsure) run.opaque('git rm');
};

const move: Subcommand = (run) => {
  const { operands, isUnsure } = run.take({});
  const target = operands.at(-1);
  writeSpecs(run, operands.slice(0, -1));
  if (target === undefined) return;
  for (const source of operands.slice(0, -1)) {
    run.writeAll(run.placesOf(source, target));
    for (const place of run.placesOf(source, target)) run.collector.link(run.cwd, place, source);
  }
  if (isUnsure) run.opaque('git mv');
};

const clean: Subcommand = (run) => {
  const taken = run.take({ values: 'e', longValues: ['exclude'], longFlags: ['dry-run', 'force'] });
  if (taken.has('-n', '--dry-run')) return;
  writeSpecs(run, taken.operands.length > 0 ? taken.operands : [known('.')]);
};

const reset: Subcommand = (run) => {
  const taken = run.take({ longFlags: ['hard', 'merge', 'keep', 'soft', 'mixed', 'patch'] });
  if (taken.has('--hard', '--merge', '--keep') || taken.isUnsure) changesTree(run);
};

const stash: Subcommand = (run) => {
  const [verb] = run.args;
  if (verb !== undefined && /^(list|show|drop|clear|create|store)$/.test(verb.text) && isKnown(verb)) return;
  const paths = afterDashes(run);
  if (paths !== undefined && paths.length > 0) writeSpecs(run, paths);
  else changesTree(run);
};

const apply: Subcommand = (run) => {
  const taken = run.take({
    values: 'pC',
    longValues: ['directory', 'exclude', 'include', 'whitespace', 'build-fake-ancestor'],
    longFlags: ['check', 'stat', 'numstat', 'summary', 'apply', 'cached', 'index', 'reject', '3way'],
  });
  const isLooking = taken.has('--check', '--stat', '--numstat', '--summary') && !taken.has('--apply');
  if (isLooking || (taken.has('--cached') && !taken.has('--index'))) return;
  run.readAll(taken.operands);
  const [directory] = taken.valuesOf('--directory');
  // Paths in a patch count from the working directory or, in a repository, from its top.
  for (const there of directory === undefined ? [run] : [run.at(directory), run])
    for (const file of taken.operands.length > 0 ? taken.operands : [undefined])
      writePatched(there, file === undefined ? undefined : pathIn(run.cwd, file));
};

const applyMail: Subcommand = (run) => {
  const taken = run.take({ values: 'pC', longValues: ['directory', 'patch-format'] });
  const files = taken.operands.length > 0 ? taken.operands : [undefined];
  for (const file of files) writePatched(run, file);
};

const worktree: Subcommand = (run) => {
  const [verb, ...rest] = run.args;
  const taken = run
    .withWords([known('worktree'), ...rest])
    .take({ values: 'bB', longValues: ['reason', 'orphan', 'expire'] });
  if (verb === undefined || !/^(add|move|remove|repair)$/.test(verb.text)) return;
  run.writeAll(verb.text === 'add' ? taken.operands.slice(0, 1) : taken.operands, true);
  if (verb.text === 'add') changesTree(run);
};

const bisect: Subcommand = (run) => {
  const [verb, ...rest] = run.args;
  if (verb?.text === 'run') run.run(rest);
  changesTree(run);
};

const submodule: Subcommand = (run) => {
  const operands = run.args.filter((arg) => !isOptionLike(arg));
  const [verb, ...rest] = operands;
  if (verb?.text === 'foreach') {
    run.shell(known(originsOf(rest)));
    run.opaque('git submodule foreach');
  } else if (verb !== undefined && verb.text !== 'status' && verb.text !== 'summary') changesTree(run);
};

const rebase: Subcommand = (run) => {
  const taken = run.take({ values: 'xsXC', longValues: ['exec', 'onto', 'strategy', 'strategy-option'] });
  for (const command of taken.valuesOf('-x', '--exec')) run.shell(command);
  changesTree(run);
};

/** Programs that show: only where their output goes counts. */
const show: Subcommand = (run) => {
  const isPatches = run.name === 'format-patch' || run.name === 'archive';
  const taken = run.take({
    values: isPatches ? 'o' : '',
    attached: run.name === 'grep' ? 'O' : '',
    longValues: ['output', 'output-directory', 'extcmd', 'exec', 'upload-pack', 'remote'],
    longFlags: ['open-files-in-pager'],
  });
  run.writeAll(taken.valuesOf('--output', '-o', '--output-directory'), run.name === 'format-patch');
  for (const program of taken.valuesOf('-O', '--open-files-in-pager', '--extcmd')) run.shell(program);
  if (run.name === 'format-patch' && !taken.has('-o', '--output-directory', '--stdout'))
    run.write(known('0001-.patch'));
  if (run.name === 'grep' || run.name === 'diff' || run.name === 'show' || run.name === 'blame')
    run.readAll(afterDashes(run) ?? taken.operands.slice(run.name === 'grep' ? 1 : 0), true);
  for (const operand of taken.operands)
    if (/^[^/]*:./.test(operand.text)) run.read(sliceArg(operand, operand.text.indexOf(':') + 1));
};

const transfer: Subcommand = (run) => {
  const taken = run.take({
    values: run.name === 'clone' ? 'bcjou' : 'oj',
    longValues: [
      'upload-pack',
      'receive-pack',
      'exec',
      'branch',
      'config',
      'depth',
      'origin',
      'reference',
      'separate-git-dir',
      'template',
      'server-option',
      'filter',
      'jobs',
      'push-option',
      'repo',
    ],
  });
  for (const program of [
    ...taken.valuesOf('--upload-pack', '--receive-pack', '--exec'),
    ...(run.name === 'clone' ? taken.valuesOf('-u') : []),
  ])
    run.shell(program);
  for (const operand of taken.operands) if (/^ext::/.test(operand.text)) run.shell(sliceArg(operand, 5));
  if (run.name !== 'clone' && run.name !== 'init') return;
  for (const setting of taken.valuesOf('-c', '--config')) configValue(run, setting);
  run.writeAll(taken.valuesOf('--separate-git-dir'), true);
  if (run.name === 'clone') changesTree(run);
  const [from, to] = run.name === 'clone' ? taken.operands : [known(''), taken.operands[0]];
  if (to !== undefined) run.write(to, true);
  else if (from !== undefined && run.name === 'clone')
    run.write(
      known(
        originOf(from)
          .replace(/\/+$/, '')
          .replace(/\.git$/, '')
          .replace(/^.*[/:]/s, ''),
      ),
      true,
    );
};

/** A `key=value` whose value git would run as a command. */
function configValue(run: Run, setting: Arg): void {
  const at = setting.text.indexOf('=');
  if (!isKnown(setting) && at < 0) {
    run.opaque('a git setting');
    return;
  }
  const key = setting.text.slice(0, at);
  if (at < 0 || !runsValue.test(key)) return;
  runValue(run, key, sliceArg(setting, at + 1));
}

function runValue(run: Run, key: string, value: Arg): void {
  // A directory with programs, or text that git runs then and now.
  run.opaque(`git ${key}`, `${originOf(value)}\n${run.told}`);
  if (!key.toLowerCase().startsWith('alias.')) {
    run.shell(value);
    return;
  }
  if (value.text.startsWith('!')) {
    run.shell(sliceArg(value, 1));
    return;
  }
  run.shell(known(`git ${originOf(value)}`));
}

const config: Subcommand = (run) => {
  const taken = run.take({
    values: 'ft',
    longValues: ['file', 'blob', 'type', 'default'],
    longFlags: ['edit'],
  });
  run.writeAll(taken.valuesOf('-f', '--file'));
  if (taken.has('-e', '--edit') || taken.operands[0]?.text === 'edit') run.opaque('git config');
  const [key, value] = taken.operands[0]?.text === 'set' ? taken.operands.slice(1) : taken.operands;
  if (key !== undefined && value !== undefined && runsValue.test(key.text)) runValue(run, key.text, value);
};

const filterBranch: Subcommand = (run) => {
  const taken = run.take({
    longValues: [
      'tree-filter',
      'index-filter',
      'env-filter',
      'msg-filter',
      'commit-filter',
      'tag-name-filter',
      'parent-filter',
      'subdirectory-filter',
      'setup',
    ],
  });
  for (const { name, value } of taken.options)
    if (/filter$|setup/.test(name) && value !== undefined) run.shell(value);
  changesTree(run);
};

const harmless: readonly string[] =
  'add annotate branch bundle cat-file check-attr check-ignore check-ref-format cherry commit commit-graph commit-tree count-objects credential describe diff-files diff-index diff-tree fast-export fetch-pack for-each-ref fsck gc hash-object help index-pack interpret-trailers log ls-files ls-remote ls-tree maintenance merge-base merge-tree mktag mktree name-rev notes pack-objects pack-refs patch-id prune range-diff reflog remote repack replace rerere rev-list rev-parse send-email shortlog show-branch show-ref stage status stripspace symbolic-ref tag update-index update-ref var verify-commit verify-pack verify-tag version whatchanged write-tree'.split(
    ' ',
  );

const subcommands: Readonly<Record<string, Subcommand>> = {
  ...Object.fromEntries(harmless.map((name) => [name, showQuietly])),
  checkout,
  switch: gitSwitch,
  restore,
  rm: remove,
  mv: move,
  clean,
  reset,
  stash,
  apply,
  am: applyMail,
  worktree,
  bisect,
  submodule,
  rebase,
  show,
  diff: show,
  grep: show,
  log: show,
  blame: show,
  'format-patch': show,
  archive: show,
  difftool: show,
  clone: transfer,
  init: transfer,
  fetch: transfer,
  push: transfer,
  pull: (run) => {
    transfer(run);
    changesTree(run);
  },
  config,
  'filter-branch': filterBranch,
};

/** Only options that write somewhere count; a function, since it is used above its place. */
function showQuietly(run: Run): void {
  const taken = run.take({ longValues: ['output'] });
  run.writeAll(taken.valuesOf('--output'));
  if (run.name === 'bundle' && taken.operands[0]?.text === 'create') run.writeAll(taken.operands.slice(1, 2));
}

const globalSpec: OptionSpec = {
  values: 'Cc',
  longValues: ['git-dir', 'work-tree', 'namespace', 'exec-path', 'config-env', 'super-prefix', 'attr-source'],
  stops: true,
};

/** `git`, its options before the subcommand included. */
export function git(run: Run): void {
  const taken = run.take(globalSpec);
  let there = run;
  for (const directory of taken.valuesOf('-C')) there = there.at(directory);
  for (const setting of taken.valuesOf('-c')) configValue(there, setting);
  for (const directory of taken.valuesOf('--exec-path'))
    run.opaque(`git programs from ${originOf(directory)}`);
  const [name] = taken.operands;
  if (taken.isUnsure) run.opaque();
  if (name === undefined) return;
  if (!isKnown(name)) {
    run.opaque();
    return;
  }
  if (taken.options.length > 0) run.collector.command([known('git'), ...taken.operands]);
  // With a working tree elsewhere, paths may count from there.
  const places = [there, ...taken.valuesOf('--work-tree').map((tree) => there.at(tree))];
  const subcommand = Object.hasOwn(subcommands, name.text) ? subcommands[name.text] : undefined;
  for (const place of places) {
    const sub = place.withWords(taken.operands);
    if (subcommand === undefined)
      sub.opaque(`git ${name.text}`, concatArgs(known(`${originsOf(run.words)}\n`), known(run.told)).text);
    else subcommand(sub);
  }
}
