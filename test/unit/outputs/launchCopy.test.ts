import assert from 'node:assert/strict';
import type { WritableFiles } from '../../../src/files/files.ts';
import { type LaunchCopy, writeLaunchCopy } from '../../../src/outputs/launchCopy.ts';
import { plannerOf } from '../../../src/outputs/plan.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import { memoryFiles } from './memoryFiles.ts';

const { registry } = parseRegistry(`
agents:
  code-agent:
    name: code-agent
    display_name: Code
    description: Writes code.
    model: opus
    tools: [Read, Write]
    cannot_access: [/docs/**]
    env: { LEVEL: "3" }
`);
const agent = registry?.agents.get('code-agent');
const committed = '/w/agents/code-agent/.claude/settings.json';

/** A workspace whose committed settings have these keys of somebody else. */
const workspace = (foreign: object = {}) =>
  memoryFiles({
    [committed]: JSON.stringify(foreign),
    '/w/agents/code-agent/.claude/CLAUDE.md': 'You are Code.',
  });

async function copyOf(
  files: WritableFiles,
  env: Readonly<Record<string, string>> = {},
): Promise<LaunchCopy & { readonly value: { env: Record<string, string>; [key: string]: unknown } }> {
  assert.ok(registry && agent);
  const copy = await writeLaunchCopy({
    files,
    root: '/w',
    registry,
    agent,
    hooks: { guard: 'guard', bash: 'bash', report: 'report' },
    stateRoot: '/s',
    stateDirectory: '/s/1',
    nodePath: '/usr/bin/node',
    env,
  });
  return { ...copy, value: JSON.parse(files.read(copy.settings)?.text ?? '') };
}

describe('writeLaunchCopy', () => {
  it('keeps what others added, but not what widens the rights of the agent', async () => {
    const { value, leftOut } = await copyOf(
      workspace({
        statusLine: { type: 'command', command: 'date' },
        env: { LANG: 'C', PATH: '/evil', LD_AUDIT: '/evil.so' },
        permissions: { allow: ['Bash'], ask: ['Write'], additionalDirectories: ['/'] },
      }),
    );
    assert.deepEqual(leftOut, ['/env/PATH', '/permissions/allow', '/permissions/additionalDirectories']);
    assert.deepEqual(value.statusLine, { type: 'command', command: 'date' });
    assert.equal(value.env.LANG, 'C');
    assert.equal(value.env.PATH, undefined);
    assert.equal(value.env.LD_AUDIT, '');
    const { allow, ask, additionalDirectories } = value.permissions as Record<string, unknown>;
    assert.deepEqual([allow, ask, additionalDirectories], [undefined, ['Write'], undefined]);
  });

  it('carries the hooks that others put beside ours, but for those that can answer for a person', async () => {
    assert.ok(registry && agent);
    const output = plannerOf(registry)
      .outputsOf(agent)
      .find(({ kind }) => kind === 'settings');
    const settings = JSON.parse(output?.text ?? '');
    const theirs = { matcher: 'Edit', hooks: [{ type: 'command', command: 'theirs' }] };
    for (const event of ['PreToolUse', 'PermissionRequest', 'Stop']) settings.hooks[event].push(theirs);
    settings.hooks.PreCompact = [theirs];
    const { value, leftOut } = await copyOf(workspace(settings));
    assert.deepEqual([...leftOut].sort(), ['/hooks/PermissionRequest', '/hooks/PreToolUse']);
    const hooks = value.hooks as Record<string, readonly unknown[]>;
    assert.deepEqual([hooks.Stop?.length, hooks.Stop?.[1], hooks.PreCompact], [2, theirs, [theirs]]);
    assert.deepEqual([hooks.PreToolUse?.length, hooks.PermissionRequest?.length], [1, 1]);
    assert.match(JSON.stringify(hooks.Stop?.[0]), /report\.cjs/);
  });

  it('pins where libraries are looked for to what it was at the start', async () => {
    const { value } = await copyOf(workspace(), { LD_LIBRARY_PATH: '/opt/lib', NODE_OPTIONS: '--inspect' });
    assert.equal(value.env.LD_LIBRARY_PATH, '/opt/lib');
    assert.equal(value.env.DYLD_LIBRARY_PATH, '');
    assert.equal(value.env.NODE_OPTIONS, '');
    assert.equal(value.env.LEVEL, '3');
  });

  it('is another copy when anything in its settings is another, so that a running one never changes', async () => {
    const files = workspace();
    const one = await copyOf(files);
    const before = files.texts.get(one.settings);
    const other = await copyOf(files, { LD_LIBRARY_PATH: '/opt/lib' });
    assert.notEqual(other.settings, one.settings);
    assert.equal(files.texts.get(one.settings), before);
  });

  it('is not written again when it is there, and is when somebody changed it', async () => {
    const files = workspace();
    const { settings } = await copyOf(files);
    const guard = settings.replace('settings.json', 'guard.cjs');
    const count = files.writes.length;
    await copyOf(files);
    assert.equal(files.writes.length, count);
    files.texts.set(guard, 'process.exit(0)');
    await copyOf(files);
    assert.equal(files.texts.get(guard), 'guard');
  });

  it('has a file of its own where somebody put a link to the same text', async () => {
    const files = workspace();
    const { settings } = await copyOf(files);
    const guard = settings.replace('settings.json', 'guard.cjs');
    const count = files.writes.length;
    const linked: WritableFiles = {
      ...files,
      kind: (file) => (file === guard ? 'symlink' : files.kind(file)),
    };
    await copyOf(linked);
    assert.deepEqual(files.writes.slice(count).at(-1), guard);
  });

  it('keeps the state directory to itself and the user’s settings as they are, under every name', async () => {
    const files = workspace();
    const linked: WritableFiles = {
      ...files,
      realPath: (file) => (file.startsWith('/u') ? `/real${file}` : file === '/s' ? '/real/s' : file),
    };
    const { settings } = await copyOf(linked, { HOME: '/u' });
    const policy = JSON.parse(files.texts.get(settings.replace('settings.json', 'policy.json')) ?? '');
    const globsOf = (rules: readonly { readonly glob: string }[]): readonly string[] =>
      rules.map(({ glob }) => glob).filter((glob) => glob.startsWith('//'));
    const state = ['//s/**', '//real/s/**'];
    assert.deepEqual(globsOf(policy.read.deny), state);
    const user = ['/u/.claude/settings.json', '/u/.claude/settings.local.json', '/u/.claude.json'];
    assert.deepEqual(globsOf(policy.write.deny), [
      ...user.flatMap((file) => [`/${file}`, `//real${file}`]),
      ...state,
    ]);
  });
});
