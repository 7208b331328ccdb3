// Hostile events by the hundred thousand: the guard never throws, always gives an answer that the CLI understands, and
// never lets a file tool onto a forbidden path. What is forbidden is told by the system and by git, not by our matcher.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { judgeCommand } from '../../src/hooks/bash.ts';
import { judgeEvent } from '../../src/hooks/judgeEvent.ts';
import { type Root, rootOf } from '../../src/hooks/resolvePath.ts';
import type { Verdict } from '../../src/policy/call.ts';
import { guardCodes } from '../../src/policy/codes.ts';
import type { PathRule, Policy } from '../../src/policy/policy.ts';
import { policyHash } from '../../src/policy/policyHash.ts';
import { buildHook, runHook } from './hookProcess.ts';

const inputs = 100_000;
const throughProcess = 300;

const writeGlobs = ['tests/**', '*.gen.js', '/docs/**', 'src/inner/**', '.claude/**', '.git', 'b?d/[xy]*'];
const readGlobs = ['secrets/**'];
const rule = (glob: string): PathRule => ({ glob, from: 'cannot_access' });

const policy: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: ['Agent', 'Bash', 'Edit', 'Glob', 'Grep', 'MultiEdit', 'NotebookEdit', 'Read', 'Write'],
  mcp: ['mcp__fs'],
  write: { deny: writeGlobs.map(rule) },
  read: { deny: readGlobs.map(rule) },
  bash: { allow: [], deny: ['git push'] },
  delegates: {},
};

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let base: string;
let workspace: string;

function makeWorkspace(): void {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'guard-fuzz-')));
  workspace = path.join(base, 'ws');
  for (const folder of [
    'tests/sub',
    'src/inner/deep',
    'src/ok',
    'docs',
    'pkg/docs',
    'pkg/tests',
    'secrets',
    '.git',
    'bad',
  ])
    mkdirSync(path.join(workspace, folder), { recursive: true });
  mkdirSync(path.join(base, 'outside'));
  for (const file of ['tests/a', 'src/inner/a', 'docs/a', 'secrets/a', 'src/ok/a'])
    writeFileSync(path.join(workspace, file), '');
  const links = {
    to: 'tests',
    up: 'src/inner/..',
    dangling: 'tests/new',
    out: '../outside',
    'src/ok/chain': '../../to',
    'src/in': 'inner',
    key: 'secrets',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(workspace, name));
  symlinkSync(workspace, path.join(base, 'alias'));
  symlinkSync(path.join(workspace, 'docs'), path.join(base, 'outside/back'));
}

class Hostile {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  text(): string {
    const characters =
      'aZ0/\\.. ~$`"\'\0\n\t*?[]{}()!#&;|<>\u00e9e\u0301\u017f\u200d\u202e\ud83d\udca9\ud800%';
    return this.some(20, () => characters[this.below(characters.length)]).join('');
  }

  name(): string {
    const known = [
      'tests',
      'src',
      'inner',
      'docs',
      'ok',
      'pkg',
      'secrets',
      'bad',
      'xa',
      'a',
      'to',
      'up',
      'in',
      'key',
    ];
    const more = [
      'dangling',
      'out',
      'back',
      'chain',
      'deep',
      'new',
      '.git',
      '.claude',
      'a.gen.js',
      'registry.yaml',
    ];
    const steps = ['.', '..', '', '..', '../ws', '../alias', './.'];
    const name = this.of([...known, ...more, ...steps, ...known]);
    const twist = this.below(40);
    if (twist === 0) return name.toUpperCase();
    if (twist === 1) return name.replace('s', '\u017f');
    if (twist === 2) return `${name}\u200d`;
    if (twist === 3) return name.replace(/^./, (first) => first.toUpperCase());
    if (twist === 4)
      return encodeURIComponent(name).replace(/[a-z]/, (first) => `%${first.charCodeAt(0).toString(16)}`);
    if (twist === 5) return this.text();
    if (twist === 6) return name.repeat(60);
    return name;
  }

  path(): string {
    const starts = [
      '',
      '',
      '',
      '/',
      './',
      '~/',
      ' ',
      `${workspace}/`,
      `${base}/alias/`,
      `${base}//ws/`,
      `file://${workspace}/`,
    ];
    const names = [this.name(), ...this.some(6, () => this.name())];
    const separator = this.of(['/', '/', '/', '/', '//', '/./', '\\']);
    return this.of(starts) + names.join(separator) + this.of(['', '', '', '/', ' ', '/.', '//']);
  }

  command(): string {
    const words = [
      'echo',
      'cp',
      'rm -r',
      'mv',
      'tee',
      'cat',
      'sed -i s/a/b/',
      'find',
      'xargs',
      'git',
      'python3 -c',
      'eval',
      'cd',
    ];
    const signs = [
      ' ',
      ' ',
      ' > ',
      ' >> ',
      ' | ',
      ' && ',
      '; ',
      ' << E\n',
      ' $(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '${',
      '}',
      '*',
      '{a,b}',
      '((',
      'done',
      '\n',
      '&',
      ' <(',
      '!',
    ];
    const one = (): string =>
      this.of([() => this.of(words), () => this.path(), () => this.text(), () => this.of(signs)])();
    return [this.of(words), ...this.some(12, one)].join(this.of([' ', ' ', '']));
  }

  value(depth = 0): unknown {
    const leaf = this.below(8);
    if (leaf === 0 && depth < 5) return this.some(4, () => this.value(depth + 1));
    if (leaf === 1 && depth < 5)
      return Object.fromEntries(
        this.some(4, () => [
          this.of(['__proto__', 'constructor', 'path', 'command', 'file_path', this.text()]),
          this.value(depth + 1),
        ]),
      );
    return this.of([null, true, -0, 1e308, '', this.text(), this.path(), 'x'.repeat(this.below(5000))]);
  }
}

interface FileCall {
  readonly tool: string;
  readonly field: string;
  readonly file: string;
  readonly cwd: string;
}

function fileCall(hostile: Hostile): FileCall {
  const tool = hostile.of(['Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'Read']);
  const folders = ['', '', '', '/src', '/src/ok', '/tests', '/up', '/docs', '/../outside'];
  return {
    tool,
    field: tool === 'NotebookEdit' ? 'notebook_path' : 'file_path',
    file: hostile.path(),
    cwd: workspace + hostile.of(folders),
  };
}

const eventOf = (tool: unknown, input: unknown, cwd: unknown): Readonly<Record<string, unknown>> => ({
  session_id: 's',
  hook_event_name: 'PreToolUse',
  tool_name: tool,
  tool_input: input,
  cwd,
  tool_use_id: 't',
});

const ofCall = ({ tool, field, file, cwd }: FileCall): unknown => eventOf(tool, { [field]: file }, cwd);

function anyEvent(hostile: Hostile): unknown {
  const cwd = workspace;
  const kind = hostile.below(10);
  if (kind < 4)
    return eventOf(
      hostile.of(['Bash', 'Bash', 'Monitor', 'PowerShell']),
      { command: hostile.command() },
      cwd,
    );
  if (kind < 6) {
    const field = hostile.of(['path', 'paths', 'source', 'uri', 'command', 'file_name']);
    return eventOf(
      `mcp__fs__${hostile.of(['read', 'write', 'delete_all', 'x'])}`,
      { [field]: hostile.of([hostile.path(), hostile.value()]) },
      cwd,
    );
  }
  if (kind === 6) return hostile.value();
  const event = eventOf(
    hostile.of(['Write', 'Bash', 'Glob', 'Agent', 'Nope', hostile.value()]),
    hostile.value(),
    cwd,
  );
  return {
    ...event,
    ...Object.fromEntries(hostile.some(2, () => [hostile.of(Object.keys(event)), hostile.value()])),
  };
}

function assertValid(verdict: Verdict, event: unknown): void {
  const said = JSON.stringify(event)?.slice(0, 2000);
  assert.equal(typeof verdict.allow, 'boolean', said);
  if (verdict.allow && verdict.code === undefined) return;
  assert.ok(verdict.code !== undefined && Object.hasOwn(guardCodes, verdict.code), said);
  assert.ok(typeof verdict.reason === 'string' && verdict.reason.length > 10, said);
}

/** What the system says a path really is; its error's code when it cannot say. */
function realOf(file: string): { readonly place?: string; readonly code?: string | undefined } {
  try {
    return { place: realpathSync.native(file) };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code };
  }
}

/**
 * Where the system would write, told by itself: the part that exists, resolved, and the rest; undefined when nowhere.
 * `seen`: what it said already, since nothing changes on the disk.
 */
function placeOf(file: string, seen: Map<string, ReturnType<typeof realOf>>): string | undefined {
  for (let there = file, rest = ''; ; ) {
    const real = seen.get(there) ?? realOf(there === '' ? '/' : there);
    seen.set(there, real);
    if (real.place !== undefined) return path.join(real.place, rest);
    // A link to what is not there yet is followed by hand.
    if (real.code !== 'ENOENT') return undefined;
    const cut = there.lastIndexOf('/');
    if (cut < 0) return undefined;
    rest = path.join(there.slice(cut + 1), rest);
    if (/^\.\.(\/|$)/.test(rest)) return undefined; // `..` after what is not there leads nowhere
    there = there.slice(0, cut);
  }
}

/** The names below the workspace of all places that a tool might write to, the way that it is written and as Node reads it. */
function placesOf(
  { file, cwd }: FileCall,
  seen = new Map<string, ReturnType<typeof realOf>>(),
): readonly string[] {
  if (file.includes('\0') || /[\ud800-\udfff]/u.test(file)) return [];
  const written = file.startsWith('/') ? file : `${cwd}/${file}`;
  return [written, path.resolve(cwd, file)].flatMap((reading) => {
    const place = placeOf(reading.replace(/\/+$/, ''), seen);
    const below = place === undefined ? undefined : path.relative(workspace, place);
    return below === undefined || below === '' || below === '..' || below.startsWith('../') ? [] : [below];
  });
}

/** Those of some paths that git ignores by these globs, in any case. */
function ignoredByGit(globs: readonly string[], paths: readonly string[]): readonly string[] {
  const folder = path.join(base, 'judge');
  mkdirSync(folder, { recursive: true });
  const git = (args: readonly string[], input = '') =>
    spawnSync('git', ['-c', 'core.ignorecase=true', ...args], {
      cwd: folder,
      input,
      maxBuffer: 2 ** 28,
      encoding: 'utf8',
    });
  if (!existsSync(path.join(folder, '.git'))) git(['init', '-q']);
  // In ours, a glob with a slash inside holds at any depth.
  const anyDepth = globs.map((glob) =>
    glob
      .slice(1, -1)
      .replace(/\/\*\*?$/, '')
      .includes('/') && !glob.startsWith('/')
      ? `**/${glob}`
      : glob,
  );
  writeFileSync(path.join(folder, '.gitignore'), `${anyDepth.join('\n')}\n`);
  // A prefix keeps git from taking its own folder for a repository, and does not change what a relative glob matches.
  const { stdout, status, stderr } = git(['check-ignore', '--no-index', '--stdin', '-z'], paths.join('\0'));
  assert.ok(status === 0 || status === 1, stderr);
  return stdout.split('\0').filter((name) => name !== '');
}

describe('the guard and hostile events', function () {
  this.timeout(500_000);
  let root: Root;
  before(() => {
    makeWorkspace();
    root = rootOf(workspace);
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  const judge = (event: unknown): Promise<Verdict> =>
    judgeEvent(event, { policy, root, loadJudgeCommand: async () => judgeCommand });

  it(`answers ${inputs} of them, and lets no file tool onto a forbidden path`, async () => {
    const hostile = new Hostile(20_261_121);
    const written = new Map<string, FileCall>();
    const read = new Map<string, FileCall>();
    const seen = new Map<string, ReturnType<typeof realOf>>();
    let denied = 0;
    for (let at = 0; at < inputs; at++) {
      const call = at % 10 < 7 ? fileCall(hostile) : undefined;
      const event = call === undefined ? anyEvent(hostile) : ofCall(call);
      const verdict = await judge(event);
      assertValid(verdict, event);
      if (!verdict.allow) denied++;
      else if (call !== undefined)
        for (const place of placesOf(call, seen)) (call.tool === 'Read' ? read : written).set(place, call);
    }
    assert.ok(
      written.size > 1000 && read.size > 300 && denied > inputs / 10,
      `${written.size}, ${read.size}, ${denied}`,
    );
    for (const [globs, allowed] of [
      [writeGlobs, written],
      [readGlobs, read],
    ] as const) {
      const wrong = ignoredByGit(globs, [...allowed.keys()]).map((name) => allowed.get(name));
      assert.deepEqual(wrong, []);
    }
  });

  it('tells forbidden paths by the system and by git, or the test above could not fail', () => {
    const call = (file: string): FileCall => ({ tool: 'Write', field: 'file_path', file, cwd: workspace });
    const places = [
      'to/x',
      'TESTS/x',
      'src/ok/chain/x',
      'up/inner/x',
      'pkg/../docs/x',
      'out/back/x',
      'a.GEN.js',
      'bad/xy',
    ].map((file) => [file, ...placesOf(call(file))]);
    for (const [file, ...found] of places)
      assert.ok(ignoredByGit(writeGlobs, found).length > 0, `${file}: ${found.join(', ')}`);
    assert.deepEqual(ignoredByGit(writeGlobs, ['src/ok/a', 'pkg/docs/a', 'bed/za']), []);
  });

  it(`answers ${throughProcess} of them as a process in a way that the CLI understands`, async () => {
    const hostile = new Hostile(7);
    const script = await buildHook('guard');
    const policyFile = path.join(base, 'policy.json');
    writeFileSync(policyFile, JSON.stringify(policy));
    const args = ['backend-agent', policyHash(policy), policyFile, workspace];
    const inputs = Array.from({ length: throughProcess }, (_, at) => {
      if (at % 3 === 0) return JSON.stringify(ofCall(fileCall(hostile)));
      const text = JSON.stringify(anyEvent(hostile)) ?? '';
      return at % 15 === 1
        ? text.slice(0, hostile.below(text.length))
        : at % 15 === 2
          ? hostile.text()
          : text;
    });
    const work = async (): Promise<void> => {
      for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
        const { code, stdout, stderr } = await runHook({ script, args, input });
        if (code === 0) assert.equal(stdout, '', input);
        else {
          assert.equal(code, 2, input);
          const { permissionDecision, permissionDecisionReason } = JSON.parse(stdout).hookSpecificOutput;
          assert.equal(permissionDecision, 'deny', input);
          assert.equal(stderr, `${permissionDecisionReason}\n`, input);
        }
      }
    };
    await Promise.all([work(), work(), work()]);
  });
});
