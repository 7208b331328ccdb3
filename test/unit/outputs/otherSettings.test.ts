// Settings files elsewhere in a workspace: which are found, what is said of them, and what is left alone.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findSettings, isSettingsFile } from '../../../src/outputs/findSettings.ts';
import { otherSettings } from '../../../src/outputs/otherSettings.ts';
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

  it('are judged once, and say where they are read', () => {
    const files = tree('pkg/.claude/settings.json', 'agents/x/.claude/settings.local.json');
    const paths = ['agents/x/.claude/settings.local.json', 'pkg/.claude/settings.json'];
    const memory = new Map();
    const first = otherSettings(paths, files, '/w', memory);
    assert.deepEqual(
      first.map(({ file, code }) => `${file} ${code}`),
      paths.flatMap((file) => [`${file} claude/read-from-there`, `${file} claude/rule-never-matches`]),
    );
    assert.match(first[0]?.message ?? '', /starts in agents\/x reads/);
    const again = otherSettings(paths, files, '/w', memory);
    assert.equal(again[1], first[1]);
    files.texts.set('/w/pkg/.claude/settings.json', '{}');
    assert.equal(otherSettings(paths, files, '/w', memory).length, 3);
    assert.deepEqual(otherSettings([], files, '/w', memory), []);
    assert.equal(memory.size, 0);
  });

  it('that cannot be read are told of', () => {
    const files = tree();
    files.unreadable.set('/w/pkg/.claude/settings.json', 'may not be read (no permission)');
    const [finding] = otherSettings(['pkg/.claude/settings.json'], files, '/w', new Map());
    assert.equal(finding?.code, 'outputs/live-unreadable');
  });
});
