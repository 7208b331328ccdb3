// Plan, lock and disk: every class of DESIGN.md section 5, for values, keys and files.
import assert from 'node:assert/strict';
import type { Json } from '../../../src/claude/jsonText.ts';
import { classify, compareOutput } from '../../../src/outputs/compare.ts';
import { ignoresInForce } from '../../../src/outputs/ignored.ts';
import { prettyJson } from '../../../src/outputs/leaves.ts';
import { lockEntryOf } from '../../../src/outputs/lock.ts';
import { memoryBegin, memoryEnd } from '../../../src/outputs/memory.ts';
import type { Output } from '../../../src/outputs/output.ts';

const settings = (value: Json): Output => ({
  path: 'agents/a/.claude/settings.json',
  agent: 'a',
  kind: 'settings',
  text: prettyJson(value),
  value,
});
const memory = (text: string): Output => ({
  path: 'agents/a/.claude/CLAUDE.md',
  agent: 'a',
  kind: 'memory',
  text,
});

describe('classify', () => {
  const cases: readonly [string | undefined, string | undefined | null, string | undefined, string][] = [
    ['p', 'p', 'p', 'inSync'],
    ['p', 'l', 'l', 'stale'],
    ['p', 'p', 'd', 'edited'],
    ['p', 'l', 'd', 'conflict'],
    ['p', 'l', 'p', 'converged'],
    ['p', undefined, undefined, 'stale'],
    ['p', 'p', undefined, 'edited'],
    ['p', 'l', undefined, 'conflict'],
    ['p', undefined, 'd', 'conflict'],
    [undefined, undefined, 'd', 'foreign'],
    [undefined, 'd', 'd', 'stale'],
    [undefined, 'l', 'd', 'conflict'],
    ['p', null, 'p', 'inSync'],
    ['p', null, 'd', 'edited'],
    ['p', null, undefined, 'edited'],
    [undefined, null, 'd', 'foreign'],
  ];
  for (const [planned, locked, found, expected] of cases)
    it(`plan ${planned}, lock ${locked}, disk ${found}: ${expected}`, () => {
      assert.equal(classify(planned, locked, found), expected);
    });
});

interface SettingsCase {
  readonly name: string;
  readonly plan: Json;
  /** What was applied last; absent: there is no lock. */
  readonly lock?: Json;
  readonly disk: string;
  readonly drift: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly wanted?: Json;
}

const base = { model: 'opus', permissions: { deny: ['Edit(a)', 'Edit(b)'] } };
const settingsCases: readonly SettingsCase[] = [
  { name: 'the same', plan: base, lock: base, disk: prettyJson(base), drift: 'inSync' },
  {
    name: 'other order of keys and of a set, a repeat, BOM, CRLF, tabs',
    plan: base,
    lock: base,
    disk: '\uFEFF{\r\n\t"permissions": {"deny": ["Edit(b)", "Edit(a)", "Edit(b)"]},\r\n\t"model": "opus"}',
    drift: 'inSync',
  },
  {
    name: 'the order of a list that is no set',
    plan: { hooks: { Stop: [1, 2] } },
    lock: { hooks: { Stop: [1, 2] } },
    disk: '{"hooks":{"Stop":[2,1]}}',
    drift: 'edited',
    keys: { '/hooks/Stop': 'edited' },
  },
  {
    name: 'a rule taken out',
    plan: base,
    lock: base,
    disk: '{"model":"opus","permissions":{"deny":["Edit(b)"]}}',
    drift: 'edited',
    keys: { '/permissions/deny': 'edited' },
    wanted: base,
  },
  {
    name: 'a key taken out, and the registry moved on elsewhere',
    plan: { ...base, model: 'haiku' },
    lock: base,
    disk: '{"model":"opus"}',
    drift: 'edited',
    keys: { '/model': 'stale', '/permissions/deny': 'edited' },
  },
  {
    name: 'changed on both sides',
    plan: { model: 'haiku' },
    lock: { model: 'opus' },
    disk: '{"model":"sonnet"}',
    drift: 'conflict',
    keys: { '/model': 'conflict' },
    wanted: { model: 'haiku' },
  },
  {
    name: 'changed to the same',
    plan: { model: 'haiku' },
    lock: { model: 'opus' },
    disk: '{"model":"haiku"}',
    drift: 'converged',
  },
  {
    name: 'a key of somebody else stays',
    plan: { model: 'opus' },
    lock: { model: 'opus' },
    disk: '{"model":"opus","statusLine":{"type":"command"},"__proto__":{"x":1}}',
    drift: 'inSync',
    keys: { '/statusLine/type': 'foreign', '/__proto__/x': 'foreign' },
    wanted: JSON.parse('{"model":"opus","statusLine":{"type":"command"},"__proto__":{"x":1}}'),
  },
  {
    name: 'a key that we no longer write goes',
    plan: { model: 'opus' },
    lock: { model: 'opus', sandbox: { enabled: true } },
    disk: '{"model":"opus","sandbox":{"enabled":true}}',
    drift: 'stale',
    keys: { '/sandbox/enabled': 'stale' },
    wanted: { model: 'opus' },
  },
  {
    name: 'a scalar where an object belongs',
    plan: base,
    lock: base,
    disk: '{"model":"opus","permissions":"none"}',
    drift: 'edited',
    keys: { '/permissions/deny': 'edited' },
    wanted: base,
  },
  {
    name: 'an object where a scalar belongs',
    plan: { model: 'opus' },
    lock: { model: 'opus' },
    disk: '{"model":{"name":"x"}}',
    drift: 'edited',
    keys: { '/model': 'edited' },
    wanted: { model: 'opus' },
  },
  {
    name: 'no lock: what differs was edited, what is unknown is somebody else’s',
    plan: { model: 'opus' },
    disk: '{"model":"haiku","x":1}',
    drift: 'edited',
    keys: { '/model': 'edited', '/x': 'foreign' },
    wanted: { model: 'opus', x: 1 },
  },
  {
    name: 'a key written twice, though the last one is ours',
    plan: { model: 'opus' },
    lock: { model: 'opus' },
    disk: '{"model":"haiku","model":"opus"}',
    drift: 'edited',
    wanted: { model: 'opus' },
  },
  { name: 'not JSON', plan: base, disk: '{"model":', drift: 'unreadable' },
  { name: 'a comment', plan: base, disk: '{} // no', drift: 'unreadable' },
  { name: 'a list', plan: base, disk: '[]', drift: 'unreadable' },
  { name: 'empty', plan: base, disk: '', drift: 'unreadable' },
];

describe('compareOutput: settings', () => {
  for (const { name, plan, lock, disk, drift, keys, wanted } of settingsCases)
    it(name, () => {
      const state = compareOutput(
        settings(plan),
        { text: disk },
        lock === undefined ? undefined : lockEntryOf(settings(lock)),
      );
      assert.equal(state.drift, drift);
      assert.deepEqual(Object.fromEntries(state.keys.map((key) => [key.pointer, key.drift])), keys ?? {});
      if (wanted !== undefined) assert.equal(state.wanted, prettyJson(wanted));
      if (drift === 'unreadable') assert.ok(state.reason);
    });

  it('an absent file is missing, and is wanted whole', () => {
    const state = compareOutput(settings(base), undefined, undefined);
    assert.equal(state.drift, 'missing');
    assert.equal(state.wanted, prettyJson(base));
  });
});

describe('compareOutput: memory', () => {
  const ours = `${memoryBegin}\nours\n${memoryEnd}`;
  const cases: readonly [string, string, string, string | undefined][] = [
    ['ours alone', `${ours}\n`, 'inSync', `${ours}\n`],
    ['a person’s text around ours', `mine\n${ours}\nmore`, 'inSync', `mine\n${ours}\nmore`],
    ['CRLF and BOM', `\uFEFF${ours.replaceAll('\n', '\r\n')}\r\n`, 'inSync', `${ours}\n`],
    ['ours changed', `a\n${memoryBegin}\nother\n${memoryEnd}\nb\n`, 'edited', `a\n${ours}\nb\n`],
    ['ours taken out', 'mine only\n', 'edited', `${ours}\n\nmine only\n`],
    ['two beginnings', `${memoryBegin}\n${ours}\n`, 'unreadable', undefined],
    ['end before begin', `${memoryEnd}\n${memoryBegin}\n`, 'unreadable', undefined],
    ['an end alone', `text ${memoryEnd}`, 'unreadable', undefined],
  ];
  for (const [name, disk, drift, wanted] of cases)
    it(name, () => {
      const output = memory('ours\n');
      const state = compareOutput(output, { text: disk }, lockEntryOf(output));
      assert.equal(state.drift, drift);
      assert.equal(state.wanted, wanted);
    });
});

describe('compareOutput: what is ignored', () => {
  const file = 'agents/a/.claude/settings.json';
  const plan = {
    model: 'opus',
    permissions: { defaultMode: 'default', deny: ['Edit(a)'] },
    sandbox: { enabled: true },
  };
  const ignoring = (disk: Json, ...keys: string[]) =>
    compareOutput(
      settings(plan),
      { text: prettyJson(disk) },
      lockEntryOf(settings(plan)),
      keys.map((key) => ({ file, key, reason: 'r' })),
    );
  const cases: readonly [string, Json, readonly string[], string, Readonly<Record<string, string>>][] = [
    ['one key', { ...plan, model: 'x' }, ['/model'], 'ignored', { '/model': 'ignored' }],
    [
      'a key below',
      { ...plan, permissions: { ...plan.permissions, defaultMode: 'plan' } },
      ['/permissions'],
      'ignored',
      { '/permissions/defaultMode': 'ignored' },
    ],
    ['another key', { ...plan, model: 'x' }, ['/mode'], 'edited', { '/model': 'edited' }],
    [
      'a rule that was added',
      { ...plan, permissions: { ...plan.permissions, deny: ['Edit(a)', 'Edit(b)'] } },
      [''],
      'ignored',
      { '/permissions/deny': 'ignored' },
    ],
    [
      'not a rule that is gone',
      { ...plan, permissions: { ...plan.permissions, deny: ['Edit(b)'] } },
      ['', '/permissions/deny'],
      'edited',
      { '/permissions/deny': 'edited' },
    ],
    [
      'not the sandbox',
      { ...plan, sandbox: { enabled: false } },
      ['/sandbox'],
      'edited',
      { '/sandbox/enabled': 'edited' },
    ],
    [
      'the whole file but for a loss',
      { ...plan, model: 'x', sandbox: { enabled: false } },
      [''],
      'edited',
      { '/model': 'ignored', '/sandbox/enabled': 'edited' },
    ],
  ];
  for (const [name, disk, keys, drift, marks] of cases)
    it(name, () => {
      const state = ignoring(disk, ...keys);
      assert.equal(state.drift, drift);
      assert.deepEqual(Object.fromEntries(state.keys.map((key) => [key.pointer, key.drift])), marks);
      if (drift === 'ignored') assert.equal(state.wanted, prettyJson(disk), 'generate leaves it as it is');
    });
  it('an entry of another file, or a file that is missing, hides nothing', () => {
    const other = [{ file: 'agents/b/.claude/settings.json', key: '', reason: 'r' }];
    const locked = lockEntryOf(settings(plan));
    assert.equal(compareOutput(settings(plan), { text: '{}' }, locked, other).drift, 'edited');
    assert.equal(
      compareOutput(settings(plan), undefined, locked, [{ file, key: '', reason: 'r' }]).drift,
      'missing',
    );
  });
  it('an entry holds through its last day', () => {
    const entry = { file, key: '', reason: 'r', until: '2026-06-01' };
    const agent = { ignore: [entry] };
    assert.deepEqual(ignoresInForce(agent, '2026-06-01'), [entry]);
    assert.deepEqual(ignoresInForce(agent, '2026-06-02'), []);
    assert.deepEqual(ignoresInForce(agent, undefined), [entry]);
  });
});
