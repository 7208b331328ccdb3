// Settings files elsewhere in a workspace: which are found, what is said of them, and what is left alone.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findSettings, isSettingsFile } from '../../../src/outputs/findSettings.ts';
import { type OtherSettings, otherSettings } from '../../../src/outputs/otherSettings.ts';
import { memoryFiles } from './memoryFiles.ts';

const useless = '{"permissions":{"deny":["Write(tests/**)"]}}';

const tree = (...paths: readonly string[]) =>
  memoryFiles(Object.fromEntries(paths.map((each) => [`/w/${each}`, useless])));

describe('settings files of a workspace', () => {
  const found = (files: ReturnType<typeof memoryFiles>): readonly string[] =>
    findSettings(files, '/w', (name) => name === 'known-agent');

  it('are found in folders of its own', () => {
    const files = tree(
      ...['.claude/settings.json', 'pkg/a/.claude/settings.local.json', 'pkg/.claude/settings.json'],
      ...['agents/known-agent/.claude/settings.json', 'agents/known-agent/.claude/settings.local.json'],
      ...['agents/other/.claude/settings.json', 'pkg/.claude/agents/settings.json', 'pkg/.claude/hooks.json'],
      ...['node_modules/x/.claude/settings.json', '.claude/worktrees/x/.claude/settings.json'],
      ...[
        '.git/.claude/settings.json',
        'a/b/c/d/e/f/g/h/.claude/settings.json',
        'notes.txt/.claude/settings.json',
      ],
    );
    assert.deepEqual(found(files), [
      '.claude/settings.json',
      'agents/known-agent/.claude/settings.local.json',
      'agents/other/.claude/settings.json',
      'pkg/.claude/settings.json',
      'pkg/a/.claude/settings.local.json',
    ]);
  });

  it('are looked for in two thousand folders at most', () => {
    let asked = 0;
    const files = {
      ...memoryFiles(),
      kind: () => 'directory' as const,
      list: () => {
        asked++;
        return Array.from({ length: 50 }, (_, at) => `folder${at}`);
      },
    };
    assert.deepEqual(
      findSettings(files, '/w', () => false),
      [],
    );
    assert.equal(asked, 2000);
  });

  it('go by the name of folder and file', () => {
    for (const file of [
      'a/.claude/settings.json',
      '.claude/settings.local.json',
      'a/.claude/settings.old.json',
    ])
      assert.ok(isSettingsFile(file), file);
    for (const file of [
      'a/settings.json',
      'a/.claude/x/settings.json',
      'worktrees/x/.claude/settings.json',
      '',
    ])
      assert.ok(!isSettingsFile(file), file);
  });

  const judge = (
    paths: readonly string[],
    files: ReturnType<typeof memoryFiles>,
    memory: OtherSettings = new Map(),
    findProgram?: (name: string) => string | undefined,
  ) =>
    otherSettings(paths, { files, root: '/w', ...(findProgram ? { findProgram } : {}) }, undefined, memory);

  it('are judged once, and say where they are read', () => {
    const files = tree('pkg/.claude/settings.json', 'agents/x/.claude/settings.local.json');
    const paths = ['agents/x/.claude/settings.local.json', 'pkg/.claude/settings.json'];
    const memory: OtherSettings = new Map();
    const first = judge(paths, files, memory).findings;
    assert.deepEqual(
      first.map(({ file, code }) => `${file} ${code}`),
      paths.flatMap((file) => [`${file} claude/read-from-there`, `${file} claude/rule-never-matches`]),
    );
    assert.match(first[0]?.message ?? '', /starts in agents\/x reads/);
    const again = judge(paths, files, memory).findings;
    assert.equal(again[1], first[1]);
    files.texts.set('/w/pkg/.claude/settings.json', '{}');
    assert.equal(judge(paths, files, memory).findings.length, 3);
    assert.deepEqual(judge([], files, memory).findings, []);
    assert.equal(memory.size, 0);
  });

  describe('with hooks', () => {
    const file = 'pkg/.claude/settings.json';
    const hooked = (...commands: readonly string[]): string =>
      JSON.stringify({
        hooks: {
          PreToolUse: [
            {
              matcher: 'Edit',
              hooks: commands.map((command) => ({ type: 'command', command })),
            },
          ],
        },
      });
    const disk = (...commands: readonly string[]) =>
      memoryFiles({
        [`/w/${file}`]: hooked(...commands),
        '/w/pkg/hooks/a.sh': '#!/bin/sh\n',
        '/w/b.sh': '#!/bin/sh\n',
      });
    /** How far each hook climbs, and the codes of what is wrong with it. */
    const climbed = (commands: readonly string[], findProgram?: (name: string) => string | undefined) =>
      judge([file], disk(...commands), new Map(), findProgram).hooks.flatMap(({ hooks }) =>
        hooks.map(({ rung, relative, findings }) => [
          rung,
          relative ?? '',
          ...findings.map(({ code, args }) => [code.slice(7), args.near].filter(Boolean).join(' ')),
        ]),
      );
    const found = (name: string): string | undefined => (name === 'sh' ? '/bin/sh' : undefined);
    const cases: readonly (readonly [command: string, ...seen: readonly string[]])[] = [
      ['sh "$CLAUDE_PROJECT_DIR"/hooks/a.sh', 'runs', 'pkg/hooks/a.sh'],
      ['sh hooks/a.sh', 'runs', 'pkg/hooks/a.sh', 'relative-script'],
      ['sh "$CLAUDE_PROJECT_DIR"/../b.sh', 'runs', 'b.sh'],
      ['sh "$CLAUDE_PROJECT_DIR"/b.sh', 'rendered', 'pkg/b.sh', 'script-missing b.sh'],
      ['sh "$CLAUDE_PROJECT_DIR"/a.sh', 'rendered', 'pkg/a.sh', 'script-missing pkg/hooks/a.sh'],
      ['sh "$CLAUDE_PROJECT_DIR"/../../c.sh', 'rendered', '', 'script-missing'],
    ];
    for (const [command, ...seen] of cases)
      it(`climb from their folder: ${command}`, () => assert.deepEqual(climbed([command], found), [seen]));

    it('are told of with their effect', () => {
      const { findings } = judge([file], disk('python3 hooks/gone.py', 'node hooks/gone.mjs'), new Map());
      const traps = findings.filter(({ code }) => code === 'claude/script-missing');
      assert.deepEqual(
        traps.map(({ args }) => args.effect),
        ['closed', 'open'],
      );
    });

    it('say nothing of the machine where it may not be looked at', () => {
      assert.deepEqual(climbed(['sh "$CLAUDE_PROJECT_DIR"/hooks/a.sh', '/etc/passwd', 'ruby x.rb']), [
        ['inside', 'pkg/hooks/a.sh'],
        ['rendered', '', 'outside-workspace'],
        ['rendered', 'pkg/x.rb', 'script-missing'],
      ]);
    });

    it('are climbed three hundred times at most', () => {
      const files = disk(...Array.from({ length: 400 }, (_, at) => `sh hooks/${at}.sh`));
      assert.equal(judge([file], files).hooks[0]?.hooks.length, 300);
    });
  });

  it('that cannot be read are told of', () => {
    const files = tree();
    files.unreadable.set('/w/pkg/.claude/settings.json', 'may not be read (no permission)');
    const [finding] = judge(['pkg/.claude/settings.json'], files).findings;
    assert.equal(finding?.code, 'outputs/live-unreadable');
  });
});
