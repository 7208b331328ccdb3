// The marks of an agent: one case for each row of DESIGN.md section 5 and UI.md, and where the findings stand.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createInspector, inspectFleet } from '../../../src/outputs/inspector.ts';
import {
  editJson,
  fileOf,
  generatedFleet,
  hooks,
  lockFile,
  look,
  registryFile,
  registryText,
  reportsLess,
  root,
  statusOf,
  version,
} from './fleetOn.ts';
import type { MemoryFiles } from './memoryFiles.ts';

const settings = fileOf('code', 'settings.json');
const memory = fileOf('code', 'CLAUDE.md');
const guard = `${root}/agents/.orchestrator/guard.mjs`;

interface Case {
  readonly name: string;
  readonly change: (files: MemoryFiles) => void;
  readonly sync: string;
  readonly health: string;
  readonly summary: string;
  /** Codes that say it, with the file each stands in and its place in the registry. */
  readonly said?: readonly string[];
}

type Settings = Record<string, Record<string, unknown[]>> & { disableAllHooks: boolean; model: unknown };
const edit = (change: (value: Settings) => unknown) => (files: MemoryFiles) =>
  editJson(files, settings, change as never);
const replaced = (file: string, from: string, to: string) => (files: MemoryFiles) => {
  const text = files.texts.get(file) ?? '';
  assert.ok(text.includes(from));
  files.texts.set(file, text.replace(from, to));
};

const cases: readonly Case[] = [
  { name: 'nothing', change: () => {}, sync: 'inSync', health: 'healthy', summary: '', said: [] },
  {
    name: 'guard taken out',
    change: edit((value) => void delete (value.hooks as Record<string, unknown>).PreToolUse),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: guard hook missing',
    said: ['outputs/guard-lost settings.json → 2'],
  },
  {
    name: 'guard without onFailure',
    change: replaced(settings, '"onFailure": "block",', ''),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: guard hook changed',
    said: ['outputs/guard-lost settings.json → 2'],
  },
  {
    name: 'another hook beside the guard',
    change: edit((value) => void value.hooks?.PreToolUse?.push({ matcher: 'X', hooks: [] })),
    sync: 'inSync',
    health: 'healthy',
    summary: '',
    said: [],
  },
  {
    name: 'a deny rule taken out',
    change: edit((value) => {
      const { permissions } = value;
      if (permissions) permissions.deny = permissions.deny?.filter((rule) => rule !== 'Edit(tests/**)') ?? [];
    }),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: deny rule Edit(tests/**) gone',
    said: ['outputs/deny-lost settings.json → 9'],
  },
  {
    name: 'all deny rules but one taken out',
    change: edit((value) => void value.permissions?.deny?.splice(1)),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: * deny rules gone',
  },
  {
    name: 'a deny rule added',
    change: edit((value) => void value.permissions?.deny?.push('Read')),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'settings edited (1 key)',
    said: ['outputs/edited settings.json → 2'],
  },
  {
    name: 'hooks switched off',
    change: edit((value) => void Object.assign(value, { disableAllHooks: true })),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: hooks switched off',
  },
  {
    name: 'a pin taken out',
    change: edit((value) => void delete (value.env as Record<string, unknown>).NODE_OPTIONS),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: pin NODE_OPTIONS gone',
    said: ['outputs/pin-lost settings.json → 13'],
  },
  {
    name: 'the sandbox switched off',
    change: edit((value) => void Object.assign(value.sandbox ?? {}, { enabled: false })),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: sandbox changed',
    said: ['outputs/sandbox-lost settings.json → 12'],
  },
  {
    name: 'hooks switched off for the workspace',
    change: (files) =>
      void files.texts.set(`${root}/.claude/settings.local.json`, '{"disableAllHooks": true}'),
    sync: 'inSync',
    health: 'disarmed',
    summary: 'disarmed: hooks switched off in .claude/settings.local.json',
  },
  {
    name: 'a value that makes the CLI drop the file',
    change: edit((value) => void Object.assign(value, { model: 17 })),
    sync: 'outOfSync',
    health: 'disarmed',
    summary: 'disarmed: settings are dropped whole',
  },
  {
    name: 'settings that are no JSON',
    change: (files) => void files.texts.set(settings, '{'),
    sync: 'unknown',
    health: 'disarmed',
    summary: 'disarmed: settings are dropped whole',
    said: ['outputs/unreadable settings.json → 2'],
  },
  {
    name: 'settings that may not be read',
    change: (files) => void files.unreadable.set(settings, 'may not be read (no permission)'),
    sync: 'unknown',
    health: 'unknown',
    summary: 'unknown: settings may not be read (no permission)',
    said: ['outputs/unreadable settings.json → 2'],
  },
  {
    name: 'no settings',
    change: (files) => void files.texts.delete(settings),
    sync: 'outOfSync',
    health: 'missing',
    summary: 'no settings yet',
    said: ['outputs/missing registry.yaml'],
  },
  {
    name: 'nothing generated',
    change: (files) => {
      for (const name of ['settings.json', 'CLAUDE.md', 'policy.json'] as const)
        files.texts.delete(fileOf('code', name));
    },
    sync: 'outOfSync',
    health: 'missing',
    summary: 'no settings yet',
    said: ['outputs/missing registry.yaml'],
  },
  {
    name: 'no memory',
    change: (files) => void files.texts.delete(memory),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'no memory yet',
    said: ['outputs/missing registry.yaml'],
  },
  {
    name: 'the memory changed',
    change: replaced(memory, 'Writes the program.', 'Does as it likes.'),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'memory edited',
    said: ['outputs/edited CLAUDE.md → 2'],
  },
  {
    name: 'text of a person beside ours',
    change: (files) => void files.texts.set(memory, `Mine.\n${files.texts.get(memory)}Mine, too.`),
    sync: 'inSync',
    health: 'healthy',
    summary: '',
    said: [],
  },
  {
    name: 'the policy changed',
    change: replaced(fileOf('code', 'policy.json'), 'tests/**', 'none/**'),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'policy edited',
    said: ['outputs/edited policy.json → 2'],
  },
  {
    name: 'one key changed',
    change: edit((value) => void Object.assign(value, { model: 'haiku' })),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'settings edited (1 key)',
    said: ['outputs/edited settings.json → 6'],
  },
  {
    name: 'an entry of the environment changed',
    change: edit((value) => void Object.assign(value.env ?? {}, { A: 'c' })),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'settings edited (1 key)',
    said: ['outputs/edited settings.json → 13'],
  },
  {
    name: 'the mode, the allowed commands and the servers changed',
    change: edit((value) => {
      Object.assign(value.permissions ?? {}, { defaultMode: 'plan', allow: [] });
      value.enabledMcpjsonServers = [] as never;
    }),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'settings edited (3 keys)',
    said: [
      'outputs/edited settings.json → 2',
      'outputs/edited settings.json → 10',
      'outputs/edited settings.json → 11',
    ],
  },
  {
    name: 'a key of somebody else',
    change: edit((value) => void Object.assign(value, { statusLine: { type: 'command', command: 'date' } })),
    sync: 'inSync',
    health: 'healthy',
    summary: '',
    said: [],
  },
  {
    name: 'the registry moved on',
    change: replaced(registryFile, 'model: opus', 'model: haiku'),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'registry is newer',
    said: ['outputs/stale settings.json → 6'],
  },
  {
    name: 'generated before some events were reported',
    change: (files) => reportsLess(files),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'registry is newer',
    said: Array.from({ length: 3 }, () => 'outputs/stale settings.json → 2'),
  },
  {
    name: 'the same, with hooks of the person for them',
    change: (files) => reportsLess(files, { hooks: [{ type: 'command', command: 'date' }] }),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'registry is newer',
    said: Array.from({ length: 3 }, () => 'outputs/stale settings.json → 2'),
  },
  {
    name: 'the registry forbids more',
    change: replaced(registryFile, '[tests/**]\n    allow', '[tests/**, docs/**]\n    allow'),
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'registry is newer',
  },
  {
    name: 'both moved, differently',
    change: (files) => {
      replaced(registryFile, 'model: opus', 'model: haiku')(files);
      edit((value) => void Object.assign(value, { model: 'sonnet' }))(files);
    },
    sync: 'outOfSync',
    health: 'healthy',
    summary: 'settings edited (1 key)',
    said: ['outputs/conflict settings.json → 6'],
  },
  {
    name: 'both moved, to the same',
    change: (files) => {
      replaced(registryFile, 'description: Writes the program.', 'description: Writes it all.')(files);
      replaced(memory, 'Writes the program.', 'Writes it all.')(files);
    },
    sync: 'inSync',
    health: 'healthy',
    summary: '',
    said: [],
  },
  {
    name: 'the guard’s program changed',
    change: (files) => void files.texts.set(guard, 'process.exit(0)'),
    sync: 'outOfSync',
    health: 'degraded',
    summary: 'guard hook changed',
    said: ['outputs/edited guard.mjs'],
  },
  {
    name: 'the guard’s program is gone',
    change: (files) => void files.texts.delete(guard),
    sync: 'outOfSync',
    health: 'degraded',
    summary: 'guard hook missing',
  },
  {
    name: 'a damaged lock',
    change: (files) => void files.texts.set(lockFile, '{'),
    sync: 'inSync',
    health: 'healthy',
    summary: '',
    said: ['outputs/lock-damaged registry.lock.json'],
  },
  {
    name: 'a registry with an error: nothing is said of files, since nothing is known of them',
    change: replaced(registryFile, 'delegates_to: [test]', 'delegates_to: [nobody]'),
    sync: 'none',
    health: 'none',
    summary: 'none',
  },
];

const own = /^outputs\//;

describe('fleet: the marks of an agent', () => {
  for (const { name, change, sync, health, summary, said } of cases)
    it(name, async () => {
      const files = await generatedFleet();
      change(files);
      const fleet = look(files);
      if (sync === 'none') {
        assert.deepEqual(fleet.agents, []);
        assert.ok(fleet.findings.every(({ code }) => !own.test(code)));
        return;
      }
      const status = statusOf(fleet, 'code');
      assert.deepEqual(
        { sync: status.sync, health: status.health, summary: status.summary.replace(/\d+ deny/, '* deny') },
        { sync, health, summary },
      );
      assert.equal(status.health === 'disarmed', status.disarmed.length > 0);
      if (said === undefined) return;
      const found = fleet.findings
        .filter(({ code, agent }) => own.test(code) && agent !== 'test')
        .map(({ code, file, related }) => {
          const lines = (related ?? []).map(({ line }) => line).join(',');
          return `${code} ${file.split('/').at(-1)}${lines === '' ? '' : ` → ${lines}`}`;
        });
      assert.deepEqual(found.sort(), [...said].sort());
    });

  it('keeps the last good registry while the text is broken', async () => {
    const files = await generatedFleet();
    const inspect = createInspector();
    inspect({ files, root, hooks, version });
    files.texts.set(registryFile, registryText.replace('agents:', 'agents: ['));
    const fleet = inspect({ files, root, hooks, version });
    assert.equal(fleet.isLastGood, true);
    assert.deepEqual(
      fleet.agents.map(({ agent, sync }) => [agent.id, sync]),
      [
        ['code', 'inSync'],
        ['test', 'inSync'],
      ],
    );
    files.texts.delete(registryFile);
    assert.deepEqual(inspect({ files, root, hooks, version }).agents, []);
  });

  it('stands at the line and column of the key', async () => {
    const files = await generatedFleet();
    edit((value) => void Object.assign(value, { model: 'haiku' }))(files);
    const [finding] = look(files).findings.filter(({ code }) => code === 'outputs/edited');
    const lines = (files.texts.get(settings) ?? '').split('\n');
    assert.ok(finding);
    assert.equal(lines[finding.line - 1]?.slice(finding.column - 1, finding.endColumn - 1), '"model"');
    assert.match(finding.message, /expected "opus", found "haiku".*registry\.yaml:6/);
  });

  it('names directories that nobody owns, and orphans by the lock', async () => {
    const files = await generatedFleet();
    files.texts.set(`${root}/agents/cod/.claude/settings.json`, '{}');
    files.texts.set(`${root}/agents/notes/readme.md`, 'not an agent');
    files.texts.set(
      registryFile,
      registryText.slice(0, registryText.indexOf('  test:')).replace('[test]', '[]'),
    );
    const fleet = inspectFleet({ files, root, hooks, version });
    assert.deepEqual(fleet.unregistered, [
      { name: 'cod', looksLike: 'code', isOrphan: false },
      { name: 'test', isOrphan: true },
    ]);
    assert.equal(fleet.findings.filter(({ code }) => code === 'outputs/orphan').length, 3);
  });
});

const isBad = ({ severity }: { readonly severity: string }): boolean => severity !== 'information';

describe('fleet: a live settings file', () => {
  it('that cannot be read is told of, since it may switch the guards off', async () => {
    const files = await generatedFleet();
    assert.deepEqual(look(files).findings.filter(isBad), []);
    files.unreadable.set(`${root}/.claude/settings.local.json`, 'no permission to read it');
    const [found, ...others] = look(files).findings.filter(isBad);
    assert.equal(found?.code, 'outputs/live-unreadable');
    assert.equal(found?.file, '.claude/settings.local.json');
    assert.deepEqual(others, []);
  });
});
