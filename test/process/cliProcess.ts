// The built command line as a process, in a folder of its own with its own HOME and state directory.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const cliFile = path.join(checkout, 'dist/cli.mjs');

export interface Scratch {
  /** Absolute; holds the three below. Real path, so that it can be compared. */
  readonly folder: string;
  readonly root: string;
  readonly home: string;
  readonly state: string;
  /** The environment that every command gets, and nothing else. */
  readonly env: Readonly<Record<string, string>>;
}

/** A sound registry of two agents: one writes, the other owns the tests. */
export const twoAgents = fs.readFileSync(
  path.join(checkout, 'test/fixtures/twoAgents/agents/registry.yaml'),
  'utf8',
);

/** Our own fleet of twelve. */
export const sampleRegistry = fs.readFileSync(path.join(checkout, 'sample/agents/registry.yaml'), 'utf8');

/** A registry of that many agents, each named `worker-<n>-agent`. */
export function manyAgents(count: number, description = 'Works.'): string {
  const entries = Array.from(
    { length: count },
    (_, index) =>
      `  worker-${index}-agent:\n    name: worker-${index}-agent\n    display_name: Worker ${index}\n    description: ${description}\n    model: sonnet\n    tools: [Read, Edit]\n    cannot_access: ["part-${index}/**"]\n`,
  );
  return `agents:\n${entries.join('')}`;
}

const made: string[] = [];

/** What tests mounted below scratch folders; unmounted before these are removed. */
export const mounts: string[] = [];

/** Makes the folders, and a registry unless it is null. They are removed when the tests of the file end. */
export function scratch(registry: string | null = twoAgents): Scratch {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'native-orchestrator-cli-')));
  made.push(folder);
  const of = (name: string): string => path.join(folder, name);
  for (const name of ['w', 'home']) fs.mkdirSync(of(name));
  const all: Scratch = {
    folder,
    root: of('w'),
    home: of('home'),
    state: of('state'),
    env: {
      HOME: of('home'),
      NATIVE_ORCHESTRATOR_STATE: of('state'),
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      LC_ALL: 'C.UTF-8',
    },
  };
  if (registry !== null) put(all, 'agents/registry.yaml', registry);
  return all;
}

export function removeScratch(): void {
  for (const folder of mounts.splice(0).reverse()) spawnSync('umount', [folder]);
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes a file of the workspace, its folders included. */
export function put({ root }: Scratch, relative: string, text: string | Buffer): string {
  const file = path.join(root, relative);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

export const take = ({ root }: Scratch, relative: string): string =>
  fs.readFileSync(path.join(root, relative), 'utf8');

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a person sees them. */
  readonly text: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run by another program, such as one that changes the user id first: its words, then ours. */
  readonly through?: readonly string[];
}

/** Starts the command line; the caller waits for its end. */
export function startCli(scratch: Scratch, words: readonly string[], options: CliOptions = {}): ChildProcess {
  const [command = process.execPath, ...args] = [
    ...(options.through ?? []),
    process.execPath,
    cliFile,
    ...words,
  ];
  return spawn(command, args, {
    cwd: options.cwd ?? scratch.root,
    env: { ...scratch.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function endOf(child: ChildProcess): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr, text: stdout + stderr }));
  });
}

/** Runs the command line to its end. */
export function cli(
  scratch: Scratch,
  words: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return endOf(startCli(scratch, words, options));
}

/** Runs it and insists on an exit code. */
export async function expectCli(
  scratch: Scratch,
  words: readonly string[],
  code: number,
  options: CliOptions = {},
): Promise<CliResult> {
  const result = await cli(scratch, words, options);
  assert.equal(result.code, code, `${words.join(' ')}\n${result.text}`);
  return result;
}

/** Everything below a folder: files by the hash of their bytes, links by where they lead. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(folder, name);
    const entry = fs.lstatSync(file);
    tree[name] = entry.isSymbolicLink()
      ? `→ ${fs.readlinkSync(file)}`
      : entry.isFile()
        ? createHash('sha256').update(fs.readFileSync(file)).digest('hex')
        : 'folder';
  }
  return tree;
}

/** When each file below a folder was last written, in nanoseconds. */
export function timesOf(folder: string): Readonly<Record<string, string>> {
  const times: Record<string, string> = {};
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    times[name] = String(fs.lstatSync(path.join(folder, name), { bigint: true }).mtimeNs);
  return times;
}

/** Files that a generator leaves only when it is killed. */
export const leftoversOf = (folder: string): readonly string[] =>
  Object.keys(treeOf(folder)).filter((name) => /native-orchestrator-tmp$|\.generating$/.test(name));

export interface Refusal {
  /** Of the one line that a person sees: what it must say. */
  readonly says: RegExp;
  readonly words?: readonly string[];
  readonly code?: 1 | 2;
  /** How many lines tell what is wrong, when several things are. */
  readonly lines?: number;
}

/**
 * Runs a command that must refuse: not with exit code 0, one line that says what is wrong and what to do, no stack, and
 * every byte below the workspace as it was. The same in JSON.
 */
export async function checkRefused(scratch: Scratch, expected: Refusal, options: CliOptions = {}) {
  const before = treeOf(scratch.root);
  const words = expected.words ?? ['generate'];
  const result = await cli(scratch, words, options);
  assert.equal(result.code, expected.code ?? 1, result.text);
  assert.doesNotMatch(result.text, /bug of ours|\n {4}at /);
  const lines = result.text
    .trim()
    .split('\n')
    .filter(
      (line) => !line.startsWith('Nothing was written.') && !line.startsWith('The registry cannot be used'),
    );
  assert.equal(lines.length, expected.lines ?? 1, result.text);
  assert.match(lines[0] ?? '', expected.says);
  assert.deepEqual(treeOf(scratch.root), before, 'something was changed');
  const json = await cli(scratch, [...words, '--format', 'json'], options);
  assert.equal(json.code, result.code, json.text);
  const said = readJsonAnswer(json);
  assert.ok(said.findings.some(({ severity }) => severity === 'error'));
  const printed = said.findings.map((found) =>
    `${found.file}:${found.line}:${found.column}: ${found.severity}: ${found.message} [${found.code}]`.replaceAll(
      '\n',
      '\\n',
    ),
  );
  assert.ok(
    printed.some((line) => expected.says.test(line)),
    json.stdout,
  );
  assert.deepEqual(treeOf(scratch.root), before, 'something was changed');
  return result;
}

export interface JsonAnswer {
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly summary: Readonly<Record<string, unknown>>;
}

/** What `--format json` printed: one value with findings and a summary, and nothing on standard error. */
export function readJsonAnswer(result: CliResult): JsonAnswer & Readonly<Record<string, unknown>> {
  assert.equal(result.stderr, '');
  const value = JSON.parse(result.stdout);
  assert.ok(Array.isArray(value.findings), 'findings');
  assert.equal(typeof value.summary, 'object', 'summary');
  for (const finding of value.findings) {
    assert.equal(typeof finding.message, 'string');
    assert.match(finding.code, /^[a-z]+\/[a-z-]+$/);
    assert.ok(['error', 'warning', 'information'].includes(finding.severity));
    for (const key of ['line', 'column', 'endLine', 'endColumn']) assert.ok(finding[key] >= 1, key);
    assert.equal(typeof finding.file, 'string');
  }
  return value;
}
