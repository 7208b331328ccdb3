// A small tree deep in the temporary directory where Bash commands are really run, as nobody where that can be had.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
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

/** Whether anything in the tree differs from how it began. */
function wholeState(workspace: string): string {
  const hash = createHash('sha1');
  try {
    for (const name of entriesOf(workspace)) {
      const found = lstatSync(path.join(workspace, name), { bigint: true });
      hash.update(`${name} ${found.mode} ${found.size} ${found.mtimeNs} ${found.ino}\n`);
    }
  } catch {
    return 'unreadable';
  }
  return hash.digest('hex');
}

/** Where commands are run one after the other, each in a process of its own and in a tree as new. */
export class ThrowAwayTree {
  readonly workspace: string;
  /** The forbidden part as it has to stay. */
  readonly meant: string;
  private readonly base: string;
  private readonly driver: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private fresh: string;
  private count = 0;

  private constructor(base: string, workspace: string) {
    this.base = base;
    this.workspace = workspace;
    this.driver = spawn(
      path.join(base, 'bin/bash'),
      ['--norc', '--noprofile', path.join(base, 'driver.sh')],
      {
        cwd: base,
        env: {},
        stdio: ['pipe', 'pipe', 'ignore'],
        ...(isRoot ? { uid: nobody, gid: nobody } : {}),
      },
    );
    const { stdout } = this.driver;
    if (stdout === null) throw new Error('The driver has no standard output.');
    this.lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.fresh = '';
    this.meant = forbiddenState(path.join(base, 'template'));
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
    // What runs away or waits for ever is ended, with all that it started.
    writeFileSync(
      path.join(base, 'driver.sh'),
      `export PATH=${base}/bin
ulimit -t 5; ulimit -f 20000
while read -r word name; do
  if [ "$word" = reset ]; then chmod -R u+rwX ${workspace} 2>/dev/null; rm -rf ${deep}; mkdir -p ${deep}; cp -a ${base}/template ${workspace}
  else (cd ${workspace} && exec timeout -k 1 10 env -i PATH=${base}/bin HOME=${base}/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com bash ${base}/commands/$name </dev/null >/dev/null 2>&1); wait
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
    const { done } = await this.lines.next();
    if (done === true) throw new Error('The shell that runs the commands has ended.');
  }

  private async reset(): Promise<void> {
    await this.tell('reset -');
    this.fresh = wholeState(this.workspace);
  }

  /** Runs a command. Gives what the forbidden part is afterwards; the tree is then as new again. */
  async run(command: string): Promise<string> {
    const name = `${this.count++}.sh`;
    writeFileSync(path.join(this.base, 'commands', name), command);
    await this.tell(`run ${name}`);
    const state = forbiddenState(this.workspace);
    if (wholeState(this.workspace) !== this.fresh || command.includes('git')) await this.reset();
    return state;
  }

  end(): void {
    this.driver.stdin?.end();
    this.driver.kill();
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
