// A small tree deep in the temporary directory where Bash commands are really run, as nobody where that can be had.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What the commands may run. Nothing here reaches a network. */
const programs =
  'awk basename bash cat chmod cp csplit cut date dd diff dirname du env expr find git grep gunzip gzip head id install ln ls mkdir mkfifo mktemp mv nice nl nohup od patch paste perl printf pwd python3 readlink realpath rm rmdir sed sh shred sleep sort split stat stdbuf tac tail tar tee test time timeout touch tr true truncate uname uniq unlink wc which xargs';

const texts: Readonly<Record<string, string>> = {
  'tests/a.py': 'hello\n',
  'tests/unit/b.py': 'hello b\n',
  'pkg/tests/c.py': 'hello c\n',
  'pkg/index.ts': 'pkg\n',
  'src/a.ts': 'hello a\n',
  'src/a.test.ts': 'hello test\n',
  'src/deep/c.ts': 'hello c\n',
  'docs/guide.md': 'hello\n',
  'build/out.o': 'object\n',
  'build/x y.txt': 'spaces\n',
  'README.md': 'hello world\nhello again\n',
  'agents/registry.yaml': 'version: 1\n',
  '.claude/settings.json': '{}\n',
  list: 'tests/a.py\ndocs/guide.md\n',
  'good.sh': 'echo good > build/good.txt\n',
  'bad.sh': '#!/bin/bash\nrm -f tests/a.py\n',
  'args.sh': '#!/bin/sh\necho x >> "$1"\n',
  'p.diff': '--- a/tests/a.py\n+++ b/tests/a.py\n@@ -1 +1 @@\n-hello\n+bye\n',
  'q.diff': '--- a/docs/guide.md\n+++ b/docs/guide.md\n@@ -1 +1 @@\n-hello\n+bye\n',
};

const links: Readonly<Record<string, string>> = {
  link: 'tests',
  'src/up': '../tests',
  filelink: 'tests/a.py',
  dangling: 'tests/never.py',
};

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

function git(cwd: string, ...args: readonly string[]): void {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  };
  execFileSync(
    'git',
    [
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@example.com',
      '-c',
      'safe.directory=*',
      '-c',
      'gc.auto=0',
      ...args,
    ],
    { cwd, env, stdio: 'pipe' },
  );
}

function makeTemplate(at: string): void {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(at, name)), { recursive: true });
    writeFileSync(path.join(at, name), text);
  }
  mkdirSync(path.join(at, 'empty'));
  for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(at, name));
  for (const script of ['bad.sh', 'good.sh', 'args.sh']) chmodSync(path.join(at, script), 0o755);
  execFileSync('tar', ['cf', 'arch.tar', 'tests', 'docs'], { cwd: at });
  git(at, 'init', '-q', '-b', 'main', '--template=');
  git(at, 'add', '-A');
  git(at, 'commit', '-q', '-m', 'one');
  git(at, 'checkout', '-q', '-b', 'other');
  for (const name of ['tests/a.py', 'docs/guide.md', 'src/a.test.ts'])
    writeFileSync(path.join(at, name), 'other\n');
  git(at, 'commit', '-q', '-am', 'two');
  git(at, 'checkout', '-q', 'main');
  // In few files, since it is put back after each command that speaks of git.
  git(at, 'gc', '-q');
}

function* entriesOf(directory: string, below = ''): Generator<string> {
  for (const name of readdirSync(path.join(directory, below)).sort()) {
    const entry = below === '' ? name : `${below}/${name}`;
    yield entry;
    if (lstatSync(path.join(directory, entry)).isDirectory() && entry !== '.git')
      yield* entriesOf(directory, entry);
  }
}

const described = (file: string): string => {
  const found = lstatSync(file);
  const content = found.isSymbolicLink()
    ? readlinkSync(file)
    : found.isFile() && (found.mode & 0o400) !== 0
      ? readFileSync(file, 'latin1')
      : '';
  return `${found.mode} ${content}`;
};

/** Whether a name of the tree is one that the policy of the test forbids to change. */
const isForbidden = (name: string): boolean =>
  /(^|\/)tests\/./.test(name) ||
  /\.test\.[^/]*(\/|$)/.test(name) ||
  name === 'agents/registry.yaml' ||
  name.startsWith('.claude/');

/** The names, contents and modes of what is forbidden; readable, so that a difference tells what happened. */
export function forbiddenState(workspace: string): string {
  try {
    return [...entriesOf(workspace)]
      .filter(isForbidden)
      .map((name) => `${name} ${described(path.join(workspace, name))}`)
      .join('\n');
  } catch (error) {
    return `unreadable: ${String(error)}`;
  }
}

/** What tells whether each entry is as it was; the time of a directory is left out, since its entries change it. */
function statesOf(workspace: string): Map<string, string> {
  const states = new Map<string, string>();
  for (const name of entriesOf(workspace)) {
    const found = lstatSync(path.join(workspace, name), { bigint: true });
    const isPlainFolder = found.isDirectory() && name !== '.git';
    // Nobody can set the time of the last change of an inode.
    states.set(name, `${found.mode} ${isPlainFolder ? '' : `${found.size} ${found.ctimeNs} ${found.ino}`}`);
  }
  return states;
}

/** Copies one entry with its mode, for the user that commands run as. */
function copyEntry(from: string, to: string): void {
  const found = lstatSync(from);
  if (found.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (found.isDirectory()) mkdirSync(to);
  else copyFileSync(from, to);
  if (isRoot) lchownSync(to, nobody, nobody);
  if (found.isSymbolicLink()) return;
  chmodSync(to, found.mode & 0o7777);
  // git knows by the time that a file is as it was.
  if (found.isFile()) utimesSync(to, found.atime, found.mtime);
}

function copyTree(from: string, to: string): void {
  copyEntry(from, to);
  if (!lstatSync(from).isDirectory()) return;
  for (const name of readdirSync(from)) copyTree(path.join(from, name), path.join(to, name));
}

/** A command that has not come to its end by then never does. Far more than any takes, however busy the machine. */
const longestMs = 60_000;

/** Where commands are run one after the other, each in a forked shell and in a tree as new. */
export class ThrowAwayTree {
  readonly workspace: string;
  /** The forbidden part as it has to stay. */
  readonly meant: string;
  private readonly base: string;
  private driver: ChildProcess;
  private lines: AsyncIterator<string>;
  private fresh: ReadonlyMap<string, string> = new Map();
  private count = 0;

  private constructor(base: string, workspace: string) {
    this.base = base;
    this.workspace = workspace;
    [this.driver, this.lines] = this.started();
    this.meant = forbiddenState(path.join(base, 'template'));
  }

  private started(): [ChildProcess, AsyncIterator<string>] {
    const { base } = this;
    const driver = spawn(
      path.join(base, 'bin/bash'),
      ['--norc', '--noprofile', path.join(base, 'driver.sh')],
      {
        cwd: base,
        env: {
          PATH: path.join(base, 'bin'),
          HOME: path.join(base, 'home'),
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_AUTHOR_NAME: 't',
          GIT_AUTHOR_EMAIL: 't@example.com',
          GIT_COMMITTER_NAME: 't',
          GIT_COMMITTER_EMAIL: 't@example.com',
        },
        stdio: ['pipe', 'pipe', 'ignore'],
        // A process group of its own, so that it can be ended with all that it started.
        detached: true,
        ...(isRoot ? { uid: nobody, gid: nobody } : {}),
      },
    );
    const { stdout } = driver;
    if (stdout === null) throw new Error('The driver has no standard output.');
    return [driver, createInterface({ input: stdout })[Symbol.asyncIterator]()];
  }

  static async make(): Promise<ThrowAwayTree> {
    const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'bash-effects-')));
    const deep = path.join(base, 'one/two/three/four/five');
    const workspace = path.join(deep, 'ws');
    for (const folder of ['bin', 'home', 'commands', 'template', 'one/two/three/four/five'])
      mkdirSync(path.join(base, folder), { recursive: true });
    makeTemplate(path.join(base, 'template'));
    for (const name of programs.split(' ')) {
      const found = (process.env.PATH ?? '')
        .split(':')
        .map((each) => path.join(each, name))
        .find(isProgram);
      if (found !== undefined) symlinkSync(found, path.join(base, 'bin', name));
    }
    // Each command is read by a fork of this shell, which has nothing of its own that a new one would not have.
    writeFileSync(
      path.join(base, 'driver.sh'),
      `ulimit -t 5; ulimit -f 20000
while read -r word name; do
  if [ "$word" = reset ]; then chmod -R u+rwX ${deep} 2>/dev/null; rm -rf ${deep}; mkdir -p ${deep}; cp -a ${base}/template ${workspace}
  else (cd ${workspace} && eval "unset word name; . ${base}/commands/$name") </dev/null >/dev/null 2>&1
  fi
  echo done
done
`,
    );
    if (isRoot)
      for (const folder of [
        '',
        'one',
        'one/two',
        'one/two/three',
        'one/two/three/four',
        'one/two/three/four/five',
        'home',
      ])
        chownSync(path.join(base, folder), nobody, nobody);
    chmodSync(base, 0o755);
    const tree = new ThrowAwayTree(base, workspace);
    await tree.reset();
    return tree;
  }

  private async tell(line: string): Promise<void> {
    this.driver.stdin?.write(`${line}\n`);
    let timer: NodeJS.Timeout | undefined;
    const isStuck = await Promise.race([
      this.lines.next().then(({ done }) => done === true),
      new Promise<true>((resolve) => {
        timer = setTimeout(() => resolve(true), longestMs);
      }),
    ]);
    clearTimeout(timer);
    if (!isStuck) return;
    this.killDriver();
    [this.driver, this.lines] = this.started();
  }

  private killDriver(): void {
    try {
      if (this.driver.pid !== undefined) process.kill(-this.driver.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  private async reset(): Promise<void> {
    await this.tell('reset -');
    this.fresh = statesOf(this.workspace);
  }

  /** Makes the tree as new, which takes a command few files to touch and this few to put back. */
  private repair(hasGit: boolean): void {
    const template = path.join(this.base, 'template');
    const deep = path.dirname(this.workspace);
    for (const [folder, only] of [
      [deep, 'ws'],
      [path.dirname(deep), 'five'],
    ] as const)
      for (const name of readdirSync(folder)) if (name !== only) remove(path.join(folder, name));
    if (hasGit) remove(path.join(this.workspace, '.git'));
    const now = statesOf(this.workspace);
    for (const [name, state] of now) {
      if (this.fresh.get(name) === state) continue;
      const place = path.join(this.workspace, name);
      const isKept = isFolder(place) && isFolder(path.join(template, name)) && name !== '.git';
      if (isKept) chmodSync(place, lstatSync(path.join(template, name)).mode & 0o7777);
      else remove(place);
    }
    let isChanged = hasGit;
    for (const [name, state] of this.fresh)
      if (now.get(name) !== state) {
        isChanged = true;
        const place = path.join(this.workspace, name);
        if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) continue;
        const copy = name === '.git' ? copyTree : copyEntry;
        copy(path.join(template, name), place);
      }
    if (isChanged) this.fresh = statesOf(this.workspace);
  }

  /** Runs a command. Gives what the forbidden part is afterwards; the tree is then as new again. */
  async run(command: string): Promise<string> {
    const name = `${this.count++}.sh`;
    writeFileSync(path.join(this.base, 'commands', name), command);
    await this.tell(`run ${name}`);
    const state = forbiddenState(this.workspace);
    try {
      this.repair(command.includes('git'));
    } catch {
      // Something in it may no longer be looked at, or is gone as a whole.
      await this.reset();
    }
    return state;
  }

  async end(): Promise<void> {
    const isOver = once(this.driver, 'exit');
    this.driver.stdin?.end();
    await isOver;
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}

const remove = (place: string): void => rmSync(place, { recursive: true, force: true });

const isFolder = (place: string): boolean =>
  lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
