// Adopting: which keys come back into which fields, what is refused and why; and for registries at random, that registry and file agree afterwards.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Json } from '../../../src/claude/jsonText.ts';
import { adoptKey } from '../../../src/outputs/adopt.ts';
import { compareOutput } from '../../../src/outputs/compare.ts';
import { fromLeaves, leavesOf, prettyJson } from '../../../src/outputs/leaves.ts';
import { lockEntryOf } from '../../../src/outputs/lock.ts';
import { isOutOfSync } from '../../../src/outputs/output.ts';
import { plannerOf, settingsPath } from '../../../src/outputs/plan.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import { anyRegistry, textOf } from './randomRegistry.ts';

const text = `agents:
  code:
    name: code
    display_name: Code
    description: Writes the program.
    model: opus # the best
    tools: [Read, Edit, Task, WebFetch]
    delegates_to: [test]
    cannot_access: [docs/**, /src/gen/*.py]
    cannot_read: [.env]
    allow_bash: [npm test]
    deny_bash: [git push]
    env: {A: b}
    sandbox: true
  test:
    name: test
    display_name: Test
    description: Writes the tests.
    model: sonnet
    tools: [Read, Edit]
    exclusive_access: [tests/**]
  other: {name: other, display_name: Other, description: Others., model: haiku, tools: []}
`;

function settingsIn(registryText: string, id: string): Json {
  const { registry } = parseRegistry(registryText);
  const agent = registry?.agents.get(id) ?? assert.fail(registryText);
  return (
    plannerOf(registry ?? assert.fail())
      .outputsOf(agent)
      .find(({ path }) => path === settingsPath(id))?.value ?? assert.fail()
  );
}

const planned = leavesOf(settingsIn(text, 'code'));
const rules = (pointer: string): readonly string[] => (planned.get(pointer) ?? []) as readonly string[];
const deny = (add: readonly string[], remove: readonly string[] = []): Json => [
  ...rules('/permissions/deny').filter((rule) => !remove.includes(rule)),
  ...add,
];

/** Pointer, what is found there (undefined: nothing), the line that changes, and what is given up. */
const adopted: readonly (readonly [string, Json | undefined, string, string, RegExp?])[] = [
  ['/model', 'haiku', 'model: opus # the best', 'model: haiku # the best'],
  ['/permissions/defaultMode', 'plan', '    sandbox: true', '    sandbox: true\n    permission_mode: plan'],
  [
    '/permissions/defaultMode',
    'auto',
    '    sandbox: true',
    '    sandbox: true\n    permission_mode: auto',
    /mode auto/,
  ],
  ['/env/A', 'c', 'env: {A: b}', 'env: {A: c}'],
  ['/env/A', undefined, 'env: {A: b}', 'env: {}'],
  ['/env/NEW', 'x', 'env: {A: b}', 'env: {A: b, NEW: x}'],
  [
    '/permissions/allow',
    ['Bash(npm test:*)', 'Bash(ls:*)'],
    '[npm test]',
    '[npm test, ls]',
    /before it runs ls/,
  ],
  ['/permissions/allow', undefined, '[npm test]', '[]'],
  ['/enabledMcpjsonServers', ['ref'], '    sandbox: true', '    sandbox: true\n    mcp_servers: [ref]'],
  ['/permissions/deny', deny(['Edit(lib/**)']), '/src/gen/*.py]', '/src/gen/*.py, lib/**]'],
  ['/permissions/deny', deny(['Edit(**/a/b.ts)']), '/src/gen/*.py]', '/src/gen/*.py, a/b.ts]'],
  ['/permissions/deny', deny(['Read(*.pem)']), '[.env]', '[.env, "*.pem"]'],
  ['/permissions/deny', deny(['Bash(rm -rf:*)']), '[git push]', '[git push, rm -rf]'],
  ['/permissions/deny', deny(['WebFetch']), 'Task, WebFetch]', 'Task]'],
  [
    '/permissions/deny',
    deny([], ['WebSearch']),
    'Task, WebFetch]',
    'Task, WebFetch, WebSearch]',
    /may use WebSearch/,
  ],
  ['/permissions/deny', deny([], ['Edit(docs/**)']), '[docs/**, /src', '[/src', /may change docs/],
  ['/permissions/deny', deny([], ['Edit(**/src/gen/*.py)']), ', /src/gen/*.py]', ']', /may change \/src/],
  ['/permissions/deny', deny([], ['Read(.env)']), '[.env]', '[]', /may read \.env/],
  ['/permissions/deny', deny([], ['Bash(git push:*)']), '[git push]', '[]', /may run git push/],
  ['/permissions/deny', deny([], ['Agent(other)']), '[test]', '[test, other]', /may delegate to other/],
  [
    '/permissions/deny',
    deny(['Edit(x)', 'Read(y)', 'Bash(z:*)'], ['Agent(other)']),
    '[test]',
    '[test, other]',
    /delegate/,
  ],
  ['/sandbox/enabled', undefined, 'sandbox: true', 'sandbox: false', /without a sandbox/],
];

const refused: readonly (readonly [string, Json | undefined, RegExp])[] = [
  ['/model', undefined, /a model for every agent/],
  ['/model', 3, /a model for every agent/],
  ['/model', '--x', /would have an error/],
  ['/permissions/defaultMode', 'everything', /one of default/],
  ['/env/NODE_OPTIONS', '-r x', /out of the guard/],
  ['/env/A', 3, /is a text/],
  ['/env/PATH', '/x', /would have an error/],
  ['/disableAllHooks', true, /no field of the registry/],
  ['/hooks/PreToolUse', undefined, /\.claude\/settings\.json/],
  ['/hooks/Stop', [], /\.claude\/settings\.json/],
  ['/sandbox/enabled', false, /take `sandbox` out of the file first/],
  ['/sandbox/failIfUnavailable', false, /follows from the other fields/],
  ['/statusLine/command', 'date', /no field of the registry/],
  ['/__proto__/x', 1, /no field of the registry/],
  ['/permissions/allow', ['WebFetch(domain:x)'], /nothing but shell commands/],
  ['/permissions/allow', ['Bash(npm test)'], /nothing but shell commands/],
  ['/permissions/allow', 'all', /list of texts/],
  ['/permissions/deny', undefined, /protects what agents run with|owns|something|no field/],
  ['/permissions/deny', deny(['Edit(a/b)']), /as Edit\(\*\*\/a\/b\)/],
  ['/permissions/deny', deny(['Write(x)']), /never consults Write rules; write Edit\(x\)/],
  ['/permissions/deny', deny(['mcp__ref']), /does not give by that name/],
  ['/permissions/deny', deny(['Agent(Nobody)']), /no field of the registry says/],
  ['/permissions/deny', deny(['Edit(../x)']), /would have an error|at any depth/],
  ['/permissions/deny', deny([], ['Edit(tests/**)']), /test owns tests/],
  ['/permissions/deny', deny([], ['Edit(.mcp.json)']), /protects what agents run with/],
  ['/permissions/deny', deny([], ['Agent(Explore)']), /no agent of the registry/],
  ['/permissions/deny', deny([], ['Bash']), /would bring .* along|would not bring/],
];

describe('adopt', () => {
  for (const [pointer, found, before, after, givesUp] of adopted)
    it(`${pointer}: ${before.trim()} becomes ${after.trim()}`, () => {
      const result = adoptKey(text, 'code', { pointer, ...(found === undefined ? {} : { found }) });
      assert.ok(result.kind === 'adopted', JSON.stringify(result));
      if (!pointer.endsWith('deny') || givesUp?.source !== 'delegate')
        assert.equal(result.text, text.replace(before, after));
      assert.equal(result.givesUp.length > 0, givesUp !== undefined, result.givesUp.join());
      if (givesUp !== undefined) assert.match(result.givesUp.join(), givesUp);
    });
  for (const [pointer, found, why] of refused)
    it(`${pointer} not as ${JSON.stringify(found)?.slice(-60)}`, () => {
      const result = adoptKey(text, 'code', { pointer, ...(found === undefined ? {} : { found }) });
      assert.ok(result.kind === 'refused', JSON.stringify(result));
      assert.match(result.reason, why);
    });
  it('says that a value comes from the defaults, and writes it on the agent when that is wanted', () => {
    const from = text
      .replace('    model: opus # the best\n', '')
      .replace('agents:', 'defaults: {model: opus}\nagents:');
    const key = { pointer: '/model', found: 'haiku' };
    assert.equal(adoptKey(from, 'code', key).kind, 'elsewhere');
    const result = adoptKey(from, 'code', key, { writeOnAgent: true });
    assert.ok(result.kind === 'adopted');
    assert.equal(result.text, from.replace('    sandbox: true\n', '    sandbox: true\n    model: haiku\n'));
  });
});

/** A change of one leaf of some settings, as a person might make it. */
const anyEdit = (leaves: ReadonlyMap<string, Json>): fc.Arbitrary<readonly [string, Json | undefined]> => {
  const list = (pointer: string): readonly Json[] => {
    const value = leaves.get(pointer);
    return Array.isArray(value) ? value : [];
  };
  const listEdit = (pointer: string, fresh: readonly string[]): fc.Arbitrary<readonly [string, Json]> =>
    fc
      .tuple(
        fc.subarray([...list(pointer)], { minLength: Math.max(0, list(pointer).length - 2) }),
        fc.subarray([...fresh]),
      )
      .map(([kept, added]) => [pointer, [...kept, ...added]]);
  return fc.oneof(
    fc.constantFrom('haiku', 'opus', 'x y', '').map((model) => ['/model', model] as const),
    fc.constantFrom('plan', 'auto', 'nonsense').map((mode) => ['/permissions/defaultMode', mode] as const),
    fc.constantFrom('1', 'a: b', '', '"', '\u202e').map((value) => ['/env/LEVEL', value] as const),
    fc.constant(['/env/A', undefined] as const),
    fc
      .constantFrom([], ['ref'], ['docs', 'x y'])
      .map((servers) => ['/enabledMcpjsonServers', servers] as const),
    listEdit('/permissions/allow', ['Bash(ls:*)', 'Bash(echo "x": y:*)', 'Read(x)']),
    listEdit('/permissions/deny', [
      'Edit(new/**)',
      'Edit(*)',
      'Edit(**/a/*.md)',
      "Read(it's)",
      'Bash(rm:*)',
      'Read',
      'Edit(#x)',
    ]),
    fc.constantFrom(true, undefined).map((on) => ['/sandbox/enabled', on] as const),
  );
};

describe('adopt, for registries at random', function () {
  this.timeout(20_000);
  it('registry and file agree on the key afterwards, and nothing else of the registry has changed', () => {
    let count = 0;
    const cases = fc.sample(
      anyRegistry.chain((registry) => {
        const registryText = textOf(registry);
        const id = registry.agents[0]?.[0] ?? '';
        return anyEdit(leavesOf(settingsIn(registryText, id))).map((edit) => ({ registryText, id, edit }));
      }),
      { numRuns: 150, seed: 4 },
    );
    for (const {
      registryText,
      id,
      edit: [pointer, found],
    } of cases) {
      const result = adoptKey(registryText, id, { pointer, ...(found === undefined ? {} : { found }) });
      if (result.kind !== 'adopted') continue;
      count++;
      const before = settingsIn(registryText, id);
      const disk = new Map(leavesOf(before));
      if (found === undefined) disk.delete(pointer);
      else disk.set(pointer, found);
      const { registry } = parseRegistry(result.text);
      const agent = registry?.agents.get(id) ?? assert.fail(result.text);
      const output =
        plannerOf(registry ?? assert.fail())
          .outputsOf(agent)
          .find(({ kind }) => kind === 'settings') ?? assert.fail();
      const locked = lockEntryOf({ ...output, value: before, text: prettyJson(before) });
      const state = compareOutput(output, { text: prettyJson(fromLeaves(disk)) }, locked);
      const key = state.keys.find((each) => each.pointer === pointer);
      assert.ok(key === undefined || !isOutOfSync(key.drift), `${pointer} ${key?.drift}\n${result.text}`);
      const others = (all: string): string[] => all.split('\n').filter((line) => !line.startsWith('    '));
      assert.deepEqual(others(result.text), others(registryText));
      const lines = (all: string): readonly string[] => all.split('\n');
      const gone = lines(registryText).filter((line) => !lines(result.text).includes(line));
      assert.ok(gone.length <= 6, gone.join('\n'));
    }
    assert.ok(count >= 60, `${count} of ${cases.length} were adopted`);
  });
});
