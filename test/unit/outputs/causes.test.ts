import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { causesOf } from '../../../src/outputs/causes.ts';
import { editJson, fileOf, generatedFleet, look, root, statusOf } from './fleetOn.ts';
import type { MemoryFiles } from './memoryFiles.ts';

const settings = fileOf('code', 'settings.json');

interface Settings {
  readonly hooks: Record<string, unknown>;
  readonly permissions: { deny: string[] };
  readonly sandbox: { enabled: boolean };
  readonly env: Record<string, string>;
}
function edit(files: MemoryFiles, change: (value: Settings) => void): void {
  editJson(files, settings, (value) => change(value as unknown as Settings));
}

describe('causes', () => {
  let whole: ReadonlyMap<string, string>;
  before(async () => {
    whole = new Map((await generatedFleet()).texts);
  });

  const cases: readonly (readonly [string, (files: MemoryFiles) => void, readonly string[]])[] = [
    ['nothing is gone', () => {}, []],
    ['the file is missing', (files) => files.texts.delete(settings), []],
    [
      'the guard',
      (files) =>
        edit(files, ({ hooks }) => {
          delete hooks.PreToolUse;
        }),
      ['guard guard /hooks/PreToolUse'],
    ],
    [
      'rules, each by itself',
      (files) =>
        edit(files, (value) => {
          value.permissions.deny = value.permissions.deny.filter((rule) => !/tests|\.git/.test(rule));
        }),
      ['deny deny *'],
    ],
    [
      'a sandbox and a pin',
      (files) =>
        edit(files, (value) => {
          value.sandbox.enabled = false;
          delete value.env.NODE_OPTIONS;
        }),
      ['pin pin /env/NODE_OPTIONS', 'sandbox sandbox /sandbox/enabled'],
    ],
    [
      'the whole file',
      (files) =>
        edit(files, ({ hooks }) => {
          hooks.PreToolUse = 'none';
        }),
      ['dropped dropped'],
    ],
    [
      'hooks that a live file switches off',
      (files) => files.texts.set(`${root}/.claude/settings.local.json`, '{"disableAllHooks":true}'),
      ['hooks hooks switched off in .claude/settings.local.json'],
    ],
  ];
  for (const [name, change, expected] of cases)
    it(name, async () => {
      const files = await generatedFleet();
      assert.deepEqual(new Map(files.texts), whole);
      change(files);
      const status = statusOf(look(files), 'code');
      const causes = causesOf(status);
      const told = causes.map(({ kind, id }) => (kind === 'deny' ? 'deny deny *' : `${kind} ${id}`));
      assert.deepEqual([...new Set(told)].sort(), expected);
      assert.equal(causes.length > 0, status.health === 'disarmed');
      assert.equal(new Set(causes.map(({ id }) => id)).size, causes.length);
    });
});
