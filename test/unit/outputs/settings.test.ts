// Which field of the registry puts what into the settings, and nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isObject, type Json } from '../../../src/claude/jsonText.ts';
import { leavesOf } from '../../../src/outputs/leaves.ts';
import { plannerOf } from '../../../src/outputs/plan.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';

const base: Readonly<Record<string, unknown>> = {
  name: 'one',
  display_name: 'One',
  description: 'First.',
  model: 'opus',
  tools: ['Read', 'Edit', 'Bash', 'Agent'],
  delegates_to: ['two'],
};
const two = { name: 'two', display_name: 'Two', description: 'Second.', model: 'opus', tools: ['Read'] };

function settingsWith(
  fields: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>> = {},
): ReadonlyMap<string, Json> {
  const text = JSON.stringify({ agents: { one: { ...base, ...fields }, two: { ...two, ...other } } });
  const { registry, findings } = parseRegistry(text);
  const agent = registry?.agents.get('one');
  assert.ok(registry && agent, findings.map(({ message }) => message).join('\n'));
  const output = plannerOf(registry)
    .outputsOf(agent)
    .find(({ kind }) => kind === 'settings');
  assert.ok(isObject(output?.value));
  return leavesOf(output.value);
}

/** What differs from the settings without the field: for lists, what came and what went. */
function difference(
  fields: Readonly<Record<string, unknown>>,
  other?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const [before, after] = [settingsWith({}), settingsWith(fields, other)];
  const found: Record<string, unknown> = {};
  for (const pointer of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(pointer), after.get(pointer)];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    if (pointer.startsWith('/hooks/')) continue; // the policy's hash, in the guard's arguments
    found[pointer] =
      Array.isArray(was) && Array.isArray(is)
        ? [
            ...is.filter((item) => !was.includes(item)).map((item) => `+${item}`),
            ...was.filter((item) => !is.includes(item)).map((item) => `-${item}`),
          ]
        : is;
  }
  return found;
}

describe('settings: what each field of the registry does to them', () => {
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, unknown>>,
    Readonly<Record<string, unknown>>,
  ])[] = [
    ['model', { model: 'haiku' }, { '/model': 'haiku' }],
    ['permission_mode', { permission_mode: 'plan' }, { '/permissions/defaultMode': 'plan' }],
    [
      'cannot_access',
      { cannot_access: ['tests/**', '/docs/**'] },
      { '/permissions/deny': ['+Edit(docs/**)', '+Edit(tests/**)'] },
    ],
    ['cannot_read', { cannot_read: ['.env'] }, { '/permissions/deny': ['+Read(.env)'] }],
    ['allow_bash', { allow_bash: ['npm test'] }, { '/permissions/allow': ['Bash(npm test:*)'] }],
    ['deny_bash', { deny_bash: ['git push'] }, { '/permissions/deny': ['+Bash(git push:*)'] }],
    ['tools', { tools: ['Read', 'Edit', 'Bash', 'Agent', 'Write'] }, { '/permissions/deny': ['-Write'] }],
    ['an old name of a tool', { tools: ['Read', 'MultiEdit', 'Bash', 'Task'] }, {}],
    ['env', { env: { A: 'b' } }, { '/env/A': 'b' }],
    ['mcp_servers', { mcp_servers: ['b', 'a'] }, { '/enabledMcpjsonServers': ['a', 'b'] }],
    ['own exclusive_access', { exclusive_access: ['src/**'] }, {}],
    ['description', { description: 'Other.' }, {}],
    ['responsibilities', { responsibilities: ['All.'] }, {}],
    ['forbidden', { forbidden: ['That.'] }, {}],
    ['group, owner, tags', { group: 'g', owner: 'o', tags: ['t'] }, {}],
    ['worktree, autostart, prompt', { worktree: true, autostart: true, prompt: 'Go.' }, {}],
  ];
  for (const [name, fields, expected] of cases)
    it(name, () => assert.deepEqual(difference(fields), expected));

  it('exclusive_access of another', () =>
    assert.deepEqual(difference({}, { exclusive_access: ['lib/**'] }), {
      '/permissions/deny': ['+Edit(lib/**)'],
    }));

  it('delegates_to: nobody to start is no Agent tool', () => {
    const deny = difference({ delegates_to: [] })['/permissions/deny'];
    assert.ok(Array.isArray(deny) && deny.includes('+Agent') && deny.includes('-Agent(general-purpose)'));
    assert.ok(!(settingsWith({}).get('/permissions/deny') as string[]).includes('Agent(two)'));
    assert.ok((settingsWith({}).get('/permissions/deny') as string[]).includes('Agent(one)'));
  });

  it('sandbox: on, without a way round it, with the folders that have a name', () => {
    const found = difference({ sandbox: true, cannot_access: ['tests/**', '*.lock'] });
    assert.equal(found['/sandbox/enabled'], true);
    assert.equal(found['/sandbox/failIfUnavailable'], true);
    assert.equal(found['/sandbox/allowUnsandboxedCommands'], false);
    const denied = found['/sandbox/filesystem/denyWrite'] as string[];
    assert.ok(
      denied.includes('../../../tests') &&
        denied.includes('../../../.claude') &&
        !denied.join().includes('*'),
    );
    assert.equal(found['/sandbox/autoAllowBashIfSandboxed'], false);
    const rules = found['/permissions/deny'] as string[];
    assert.ok(
      rules.includes('+Edit(**/.git)') && rules.includes('-Edit(.git)') && !denied.join().includes('.git'),
    );
  });

  it('the guard is on every call, blocks when it fails, and knows its agent; reporting never blocks', () => {
    const settings = settingsWith({});
    const [guard] = settings.get('/hooks/PreToolUse') as {
      matcher: string;
      hooks: Record<string, unknown>[];
    }[];
    assert.equal(guard?.matcher, '*');
    assert.equal(guard?.hooks.length, 1);
    assert.equal(guard?.hooks[0]?.onFailure, 'block');
    assert.equal((guard?.hooks[0]?.args as string[] | undefined)?.[1], 'one');
    const texts = JSON.stringify([...settings]);
    assert.doesNotMatch(texts, /WorktreeCreate|"\/(home|tmp|usr|work)/);
    for (const [pointer, value] of settings)
      if (
        pointer.startsWith('/hooks/') &&
        pointer !== '/hooks/PreToolUse' &&
        JSON.stringify(value).includes('report.mjs')
      )
        assert.match(JSON.stringify(value), /"async":true/, pointer);
    for (const pin of ['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES'])
      assert.equal(settings.get(`/env/${pin}`), '');
    assert.equal(settings.get('/disableAllHooks'), false);
  });
});
