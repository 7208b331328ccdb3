// migrate: what becomes of each part of the form of earlier tooling, and that nothing of anybody's gets lost on the way.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ApplyResult } from '../../../src/outputs/applyDraft.ts';
import { listBackups } from '../../../src/outputs/backUp.ts';
import { generate } from '../../../src/outputs/generate.ts';
import { legacyFormOf, withoutLegacyForm } from '../../../src/outputs/legacyForm.ts';
import { type MigrateOptions, migrate } from '../../../src/outputs/migrate.ts';
import { restoreBackup } from '../../../src/outputs/restore.ts';
import { templatePaths } from '../../../src/outputs/template/template.ts';
import { fileOf, hooks, look, registryFile, registryText, root, statusOf, version } from './fleetOn.ts';
import { type MemoryFiles, memoryFiles, systemError } from './memoryFiles.ts';

const options = { root, hooks, version, stateDirectory: () => '/state/w' };
const run = (files: MemoryFiles, more: Partial<MigrateOptions> = {}): Promise<ApplyResult> =>
  migrate({ files, ...options, ...more });
const settings = fileOf('code', 'settings.json');
const deny = '/home/x/w/agents/code/.claude/hooks/auto-deny.py';
const legacyOf = (more: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({ hooks: { PreToolUse: [{ command: deny }] }, ...more }, null, 2)}\n`;
const valueIn = (files: MemoryFiles) => JSON.parse(files.texts.get(settings) ?? '');
const codesOf = ({ findings }: ApplyResult): readonly string[] =>
  findings
    .filter(({ code }) => code.startsWith('outputs/'))
    .map(({ code, key }) => `${code} ${key ?? ''}`.trim());
const inWorkspace = (files: MemoryFiles): Readonly<Record<string, string>> =>
  Object.fromEntries([...files.texts].filter(([file]) => file.startsWith(`${root}/`)).sort());

interface Case {
  readonly name: string;
  readonly settings: string;
  readonly registry?: string;
  /** Further files, relative to the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** `code key` of what is told. */
  readonly said: readonly string[];
  /** Looks at the settings and the registry afterwards. */
  readonly check?: (value: Readonly<Record<string, never>>, registry: string) => void;
}

const guardOnly = 'outputs/migrated /hooks/PreToolUse/0';
const entriesOf = (value: unknown, event: string): readonly unknown[] =>
  (value as { hooks: Record<string, unknown[]> }).hooks[event] ?? [];

const cases: readonly Case[] = [
  {
    name: 'the hook of earlier tooling: the guard takes its place',
    settings: legacyOf(),
    said: [guardOnly],
    check: (value) => {
      assert.equal(entriesOf(value, 'PreToolUse').length, 1);
      assert.ok(!JSON.stringify(value).includes('auto-deny'));
    },
  },
  {
    name: 'another hook: the same command and matcher, beside the guard',
    settings: JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Edit', command: 'lint', timeout: 3 }] } }),
    said: [guardOnly],
    check: (value) =>
      assert.deepEqual(entriesOf(value, 'PreToolUse')[1], {
        matcher: 'Edit',
        hooks: [{ type: 'command', command: 'lint', timeout: 3 }],
      }),
  },
  {
    name: 'hooks in the present form and under events of no interest stay',
    settings: legacyOf({
      hooks: {
        PreToolUse: [{ command: deny }, { hooks: [{ type: 'command', command: 'x' }] }],
        PreCompact: [{ hooks: [{ type: 'command', command: 'y' }] }],
      },
    }),
    said: [guardOnly],
    check: (value) => {
      assert.deepEqual(entriesOf(value, 'PreToolUse')[1], { hooks: [{ type: 'command', command: 'x' }] });
      assert.deepEqual(entriesOf(value, 'PreCompact'), [{ hooks: [{ type: 'command', command: 'y' }] }]);
    },
  },
  {
    name: 'keys of earlier tooling go, keys of people stay',
    settings: legacyOf({
      projectInfo: { name: 'Code' },
      description: 'Writes the program.',
      mine: { a: [1] },
      __proto__x: 1,
    }),
    said: [guardOnly],
    check: (value) => {
      assert.deepEqual([value.projectInfo, value.description], [undefined, undefined]);
      assert.deepEqual([value.mine, value.__proto__x], [{ a: [1] }, 1]);
    },
  },
  {
    name: 'context files go into the registry, where it lay before and where it lies now, each once',
    settings: legacyOf({
      contextFiles: ['CLAUDE.md', '/home/x/w/docs/a.md', `${root}/docs/b.md`, './docs/a.md'],
    }),
    files: { 'docs/a.md': 'a', 'docs/b.md': 'b' },
    said: [guardOnly, 'outputs/migrated /contextFiles'],
    check: (_, registry) => assert.match(registry, /\n {4}context_files: \[docs\/a\.md, docs\/b\.md\]\n/),
  },
  {
    name: 'context files that are not there, or lie outside, do not',
    settings: legacyOf({ contextFiles: ['gone.md', '/etc/hosts', '../x.md', 'a\u0000b', '', 7] }),
    files: { '../x.md': 'outside' },
    said: [
      'outputs/legacy-missing-file /contextFiles/0',
      'outputs/legacy-missing-file /contextFiles/1',
      'outputs/legacy-missing-file /contextFiles/2',
      'outputs/legacy-missing-file /contextFiles/3',
      guardOnly,
    ],
    check: (_, registry) => assert.equal(registry, registryText),
  },
  {
    name: 'where the registry has context files it wins, and that is told',
    settings: legacyOf({ contextFiles: ['docs/a.md'] }),
    registry: registryText.replace('    model: opus\n', '    model: opus\n    context_files: [docs/b.md]\n'),
    files: { 'docs/a.md': 'a', 'docs/b.md': 'b' },
    said: ['outputs/legacy-disagrees /contextFiles/0', guardOnly],
  },
  {
    name: 'what it says of the agent is held against the registry',
    settings: legacyOf({
      description: 'Sleeps.',
      projectInfo: { name: 'Codex', description: 'Writes  the program.' },
    }),
    said: ['outputs/legacy-disagrees /description', 'outputs/legacy-disagrees /projectInfo/name', guardOnly],
  },
  {
    name: 'deny rules go into the registry where it can say them; other values give way, and are told',
    settings: legacyOf({
      model: 'haiku',
      permissions: { deny: ['Edit(secrets/**)', 'Nonsense(x)'], ask: ['Bash(rm:*)'] },
    }),
    said: [
      guardOnly,
      'outputs/migrated /permissions/deny',
      'outputs/migrate-replaces /model',
      'outputs/migrate-replaces /permissions/deny',
    ],
    check: (value, registry) => {
      assert.match(registry, /cannot_access: \[tests\/\*\*, secrets\/\*\*\]/);
      const { deny: rules, ask } = value.permissions as unknown as { deny: string[]; ask: string[] };
      assert.ok(rules.includes('Edit(secrets/**)') && !rules.includes('Nonsense(x)'));
      assert.deepEqual(ask, ['Bash(rm:*)']);
    },
  },
  {
    name: 'a key that stands twice: the last counts, as for the CLI',
    settings: `{"hooks": {"PreToolUse": [{"command": "one"}]}, "hooks": {"PreToolUse": [{"command": "two"}]}}`,
    said: [guardOnly],
    check: (value) =>
      assert.deepEqual(entriesOf(value, 'PreToolUse')[1], {
        matcher: '*',
        hooks: [{ type: 'command', command: 'two' }],
      }),
  },
  {
    name: 'CRLF, a byte order mark, hostile words',
    settings: `\uFEFF${legacyOf({ projectInfo: { name: '$(x)\u202e`"\n' } }).replaceAll('\n', '\r\n')}`,
    said: ['outputs/legacy-disagrees /projectInfo/name', guardOnly],
  },
];

describe('migrate', () => {
  for (const { name, settings: text, registry = registryText, files: more = {}, said, check } of cases)
    it(name, async () => {
      const files = memoryFiles({ [registryFile]: registry, [settings]: text });
      for (const [file, content] of Object.entries(more)) files.texts.set(`${root}/${file}`, content);
      const result = await run(files);
      assert.equal(result.done, true, JSON.stringify(result.findings));
      assert.deepEqual([...codesOf(result)].sort(), [...said].sort());
      check?.(valueIn(files), files.texts.get(registryFile) ?? '');
      // Clean afterwards, and nothing left to do.
      const again = await run(files);
      assert.deepEqual([again.done, again.written, again.findings], [true, [], []]);
      assert.deepEqual((await generate({ files, ...options })).written, []);
      const fleet = look(files);
      assert.deepEqual(
        fleet.agents.map(({ sync, health }) => `${sync} ${health}`),
        ['inSync healthy', 'inSync healthy'],
      );
      const outputs = fleet.findings.filter(
        ({ code, severity }) => code.startsWith('outputs/') && severity !== 'information',
      );
      assert.deepEqual(outputs, []);
      // And back, byte for byte.
      const [backup] = listBackups(files, '/state/w');
      assert.ok(backup && (await restoreBackup({ files, ...options, backup })).done);
      assert.deepEqual([files.texts.get(settings), files.texts.get(registryFile)], [text, registry]);
    });

  it('leaves what is of no old form alone', async () => {
    for (const text of [
      '{"mine": 1}',
      '{"hooks": {"Stop": [{"hooks": []}]}}',
      'no JSON',
      '{"description": "x"}',
      '[]',
    ]) {
      const files = memoryFiles({ [registryFile]: registryText, [settings]: text });
      assert.deepEqual((await run(files)).written, [], text);
      assert.equal(files.texts.get(settings), text);
    }
  });

  it('names one agent, and leaves the others and their edits alone', async () => {
    const files = memoryFiles({
      [registryFile]: registryText,
      [settings]: legacyOf(),
      [fileOf('test', 'settings.json')]: legacyOf(),
    });
    assert.equal((await run(files, { ids: ['code'] })).done, true);
    assert.equal(files.texts.get(fileOf('test', 'settings.json')), legacyOf());
    assert.equal(statusOf(look(files), 'code').health, 'healthy');
  });

  it('does not write over what somebody changed elsewhere', async () => {
    const files = memoryFiles({ [registryFile]: registryText });
    await generate({ files, ...options });
    const other = fileOf('test', 'settings.json');
    const edited = (files.texts.get(other) ?? '').replace('"sonnet"', '"haiku"');
    files.texts.set(other, edited);
    files.texts.set(settings, legacyOf());
    assert.equal((await run(files)).done, true);
    assert.equal(files.texts.get(other), edited);
    assert.equal(statusOf(look(files), 'code').sync, 'inSync');
  });

  it('writes nothing in a dry run, for a broken registry, an unknown agent, or a disk that refuses', async () => {
    const files = memoryFiles({ [registryFile]: registryText, [settings]: legacyOf() });
    const before = inWorkspace(files);
    const dry = await run(files, { dryRun: true });
    assert.ok(dry.done && dry.written.includes('agents/code/.claude/settings.json'));
    assert.equal((await run(files, { ids: ['nobody'] })).done, false);
    files.onWrite = (operation, file) => {
      if (operation === 'rename' && file.endsWith('CLAUDE.md')) throw systemError('EIO');
    };
    await assert.rejects(run(files));
    files.onWrite = () => {};
    assert.deepEqual(inWorkspace(files), before);
    files.texts.set(registryFile, 'agents: [');
    assert.equal((await run(files)).done, false);
    assert.equal(files.texts.get(settings), legacyOf());
  });
});

describe('migrate: the settings template', () => {
  const template = `${root}/${templatePaths.settings}`;
  const text = `{"hooks": {"PreToolUse": [{"command": "\${PROJECT_ROOT}/agents/\${AGENT_NAME}/.claude/hooks/auto-deny.py"}]}, "language": "german", "built": "\${BUILD_TIMESTAMP}"}\n`;

  for (const isGenerated of [true, false])
    it(`gives way to the built-in settings, what it added stays${isGenerated ? '' : ', where it never was generated, too'}`, async () => {
      const files = memoryFiles({ [registryFile]: registryText, [template]: text });
      if (isGenerated) await generate({ files, ...options, now: () => '2026-01-02T03:04:05.678Z' });
      const result = await run(files);
      assert.equal(result.done, true, JSON.stringify(result.findings));
      assert.equal(files.texts.get(template), undefined);
      const value = valueIn(files);
      assert.deepEqual([value.language, value.built], ['german', undefined]);
      assert.deepEqual(
        look(files).agents.map(({ sync, health }) => `${sync} ${health}`),
        ['inSync healthy', 'inSync healthy'],
      );
      assert.deepEqual((await run(files)).written, []);
      const [backup] = listBackups(files, '/state/w');
      assert.ok(backup && (await restoreBackup({ files, ...options, backup })).done);
      assert.equal(files.texts.get(template), text);
    });

  it('stays where it is while only an agent is named, and where it guards', async () => {
    const files = memoryFiles({ [registryFile]: registryText, [template]: text });
    assert.equal((await run(files, { ids: ['code'] })).done, true);
    assert.equal(files.texts.get(template), text);
  });

  it('comes back when a file cannot be written', async () => {
    const files = memoryFiles({ [registryFile]: registryText, [template]: text });
    const before = inWorkspace(files);
    files.onWrite = (operation, file) => {
      if (operation === 'rename' && file.endsWith('registry.lock.json')) throw systemError('EIO');
    };
    await assert.rejects(run(files));
    assert.deepEqual(inWorkspace(files), before);
  });
});

describe('the form of earlier tooling', () => {
  it('is read whatever it holds', () => {
    for (const text of [
      '',
      '[',
      'null',
      '{"hooks": []}',
      '{"hooks": {"Stop": {}}}',
      '{"hooks": {"__proto__": [{"command": 1}]}}',
      `{"contextFiles": ${'['.repeat(20_000)}`,
      `{"contextFiles": ${'['.repeat(3000)}${']'.repeat(3000)}}`,
    ]) {
      const form = legacyFormOf(text);
      if (form !== undefined) withoutLegacyForm(form);
    }
  });
});
