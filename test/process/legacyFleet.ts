// The known hard case: a repository with 26 agents, whose registry once had another, and 32 directories that none of them owns.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectCli, put, type Scratch, scratch } from './cliProcess.ts';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const fixture = path.join(checkout, 'test/fixtures/legacyFleet');

export interface Expected {
  readonly kind: 'old' | 'artefact' | 'kept';
  readonly successor: string | null;
}

/** What each of the 32 directories is. */
export const expected: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(path.join(fixture, 'directories.json'), 'utf8'),
);

/** Our own registry of 26, and the real one where it lies beside the checkout. */
export const registries: ReadonlyMap<string, string> = new Map(
  [
    ['our own', path.join(fixture, 'registry.yaml')] as const,
    ['the real one', path.join(checkout, '../shared/data/registry-26.yaml')] as const,
  ]
    .filter(([, file]) => existsSync(file))
    .map(([name, file]) => [name, readFileSync(file, 'utf8')]),
);

/** Runs git in a workspace as somebody who has no settings. Gives its standard output. */
export function git({ root, home }: Pick<Scratch, 'root' | 'home'>, ...args: readonly string[]): string {
  const person = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.invalid'];
  return execFileSync('git', [...person, '-c', 'init.defaultBranch=main', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: home, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' },
  });
}

export function commit(at: Scratch, subject: string): void {
  git(at, 'add', '-A');
  git(at, 'commit', '-q', '--allow-empty', '-m', subject);
}

const entry = (id: string): string =>
  `  ${id}:\n    name: ${id}\n    display_name: ${id}\n    description: Does everything.\n    model: sonnet\n    tools: [Read, Edit]\n`;

/** A prompt of the old kind: the whole of an agent in one file, named after it. */
const prompt = (name: string): string => `---\nname: ${name}-agent\nmodel: sonnet\n---\n\nYou are ${name}.\n`;

/** What the generator of old wrote for an id that the registry did not have. */
const forNobody = '# null\n\n**Allowed Tools**:\n\n---\n\n**Generated from**: `agents/registry.yaml`\n';

/** The whole of it, committed in three steps: the old fleet, the registry with an agent more, the registry without it. */
export function legacyFleet(registry: string, names: readonly string[] = Object.keys(expected)): Scratch {
  const at = scratch(null);
  git(at, 'init', '-q');
  for (const name of names)
    if (name === 'archive') put(at, 'agents/archive/README.md', 'What was.\n');
    else if (expected[name]?.kind === 'artefact') put(at, `agents/${name}/.claude/CLAUDE.md`, forNobody);
    else put(at, `agents/${name}/${name}-agent.md`, prompt(name));
  put(at, 'README.md', 'A project.\n');
  commit(at, 'Agents, one folder each');
  assert.match(registry, /^agents:\n/m);
  put(at, 'agents/registry.yaml', `${registry.trimEnd()}\n${entry('action-agent')}`);
  commit(at, 'A registry');
  put(at, 'agents/registry.yaml', registry);
  commit(at, 'Retire the agent that did everything');
  return at;
}

export const [firstRegistry = ''] = registries.values();

/** Directories that are old, whatever the registry. */
export const fiveOld: readonly string[] = ['backend', 'devops', 'docker', 'qa', 'seo'];

export const smallFleet = (...more: readonly string[]): Scratch =>
  legacyFleet(firstRegistry, [...fiveOld, ...more]);

export const archiveWords: readonly string[] = ['clean', '--archive', '--yes'];

/** Archives, and gives the manifest. */
export async function archived(at: Scratch, ...more: readonly string[]): Promise<string> {
  const { stdout } = await expectCli(at, [...archiveWords, ...more], 0);
  return /--undo (\S+)$/m.exec(stdout)?.[1] ?? '';
}

/** Everything of a workspace but git's own folder: kind, permission bits, and bytes or where a link leads. */
export function wholeTree(root: string): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name === '.git' || name.startsWith(`.git${path.sep}`)) continue;
    const file = path.join(root, name);
    const stats = lstatSync(file);
    const mode = (stats.mode & 0o7777).toString(8);
    tree[name] = stats.isSymbolicLink()
      ? `→ ${readlinkSync(file)}`
      : stats.isFile()
        ? `${mode} ${readFileSync(file, 'base64')}`
        : stats.isDirectory()
          ? `${mode} folder`
          : `${mode} other`;
  }
  return tree;
}
