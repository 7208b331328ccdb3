// The plan says what generate then does: same files, same bytes; what it would refuse is in it and marked.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { generate } from '../../../src/outputs/generate.ts';
import type { DraftOptions } from '../../../src/outputs/generateDraft.ts';
import { type Planned, plannedChanges, plannedCounts, plannedWords } from '../../../src/outputs/planned.ts';
import {
  editJson,
  fileOf,
  generatedFleet,
  hooks,
  lockFile,
  registryFile,
  registryText,
  root,
  version,
} from './fleetOn.ts';
import { type MemoryFiles, memoryFiles } from './memoryFiles.ts';

const plan = (files: MemoryFiles, more: Partial<DraftOptions> = {}): Planned =>
  plannedChanges({ root, hooks, version, ...more }, files);
const moved = registryText.replaceAll('Writes the', 'Now writes the').replace('opus', 'haiku');
const third = `${registryText}  third:
    name: third
    display_name: Third
    description: Reads.
    model: haiku
    tools: [Read]
`;
const withoutTest = registryText.slice(0, registryText.indexOf('  test:')).replace('[test]', '[]');
const edited = (files: MemoryFiles): void =>
  editJson(files, fileOf('code', 'settings.json'), (value) => ({ ...value, model: 'haiku' }));

/** What the plan of a changed fleet says in words and by file. */
function checkPlan(
  title: string,
  spoil: (files: MemoryFiles) => void,
  words: string,
  lines: readonly string[],
  more: Partial<DraftOptions> = {},
): void {
  it(title, async () => {
    const files = await generatedFleet();
    spoil(files);
    const planned = plan(files, more);
    assert.equal(plannedWords(planned), words);
    assert.deepEqual(
      planned.changes.map(
        ({ path, action, drift, keys, isHeldBack }) =>
          `${isHeldBack ? 'held back ' : ''}${action} ${path.replace(/^agents\//, '')} ${[drift, ...keys].join(' ')}`,
      ),
      lines,
    );
  });
}

describe('the plan', () => {
  checkPlan('of a fleet in order has nothing to do', () => {}, 'nothing to do', []);
  checkPlan(
    'names what the registry moved on from',
    (files) => files.texts.set(registryFile, moved),
    '3 to change',
    [
      'change code/.claude/CLAUDE.md stale',
      'change code/.claude/settings.json stale /model',
      'change test/.claude/CLAUDE.md stale',
      'change registry.lock.json ',
    ],
  );
  checkPlan(
    'adds what does not exist, and leaves alone what nobody owns any more',
    (files) => {
      files.texts.set(registryFile, withoutTest);
      files.texts.delete(fileOf('code', 'policy.json'));
    },
    // The agent may no longer delegate, and nobody owns the tests: that is in its settings and memory.
    '2 to change, 1 to add, 1 orphan left alone',
    [
      'change code/.claude/CLAUDE.md stale',
      'add code/.claude/policy.json missing',
      'change code/.claude/settings.json stale /hooks/PreToolUse /permissions/deny',
      'change registry.lock.json ',
    ],
  );
  checkPlan('of a new agent', (files) => files.texts.set(registryFile, third), '1 to change, 3 to add', [
    // Others may not start it.
    'change code/.claude/settings.json stale /permissions/deny',
    'add third/.claude/CLAUDE.md missing',
    'add third/.claude/policy.json missing',
    'add third/.claude/settings.json missing',
    'change registry.lock.json ',
  ]);
  checkPlan(
    'holds back what somebody changed',
    (files) => {
      edited(files);
      files.texts.set(registryFile, registryText.replaceAll('Writes the', 'Now writes the'));
    },
    '2 to change, 1 edited since',
    [
      'change code/.claude/CLAUDE.md stale',
      'held back change code/.claude/settings.json edited /model',
      'change test/.claude/CLAUDE.md stale',
      'change registry.lock.json ',
    ],
  );
  checkPlan(
    'holds nothing back with force',
    edited,
    '1 to change',
    ['change code/.claude/settings.json edited /model'],
    {
      force: true,
    },
  );
  checkPlan(
    'holds back what cannot be read',
    (files) => files.texts.set(fileOf('code', 'settings.json'), '{ not JSON'),
    '1 unreadable',
    ['held back change code/.claude/settings.json unreadable'],
  );
  checkPlan(
    'of some agents is about them alone',
    (files) => files.texts.set(registryFile, moved),
    '1 to change',
    ['change test/.claude/CLAUDE.md stale', 'change registry.lock.json '],
    { ids: ['test'] },
  );
  checkPlan(
    'of some files is about them alone',
    (files) => files.texts.set(registryFile, moved),
    '1 to change',
    ['change code/.claude/CLAUDE.md stale', 'change registry.lock.json '],
    { paths: ['agents/code/.claude/CLAUDE.md'] },
  );
  checkPlan(
    'says when only the lock is behind',
    (files) => files.texts.delete(lockFile),
    'only the lock to write',
    ['add registry.lock.json '],
  );

  it('of a registry with an error says the error and nothing else', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, registryText.replace('model: opus', 'modle: opus'));
    const planned = plan(files);
    assert.deepEqual([planned.changes, planned.orphans], [[], []]);
    assert.ok(planned.findings.some(({ severity }) => severity === 'error'));
  });

  it('names the files of an orphan', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, withoutTest);
    files.texts.delete(fileOf('test', 'CLAUDE.md'));
    assert.deepEqual(plan(files).orphans, [
      {
        directory: 'agents/test',
        files: ['agents/test/.claude/policy.json', 'agents/test/.claude/settings.json'],
      },
    ]);
  });

  it('counts every file of a first generate, the three that all share included', () => {
    const {
      toAdd,
      toChange,
      edited: held,
      orphans,
      unchanged,
    } = plannedCounts(plan(memoryFiles({ [registryFile]: registryText })));
    assert.deepEqual([toAdd, toChange, held, orphans, unchanged], [9, 0, 0, 0, 0]);
  });

  const spoils: Readonly<Record<string, (files: MemoryFiles) => void>> = {
    'a registry that moved on': (files) => files.texts.set(registryFile, moved),
    'an agent more': (files) => files.texts.set(registryFile, third),
    'an agent less': (files) => files.texts.set(registryFile, withoutTest),
    'an edit': edited,
    'no lock': (files) => files.texts.delete(lockFile),
    'no files': (files) => {
      for (const file of [...files.texts.keys()]) if (file !== registryFile) files.texts.delete(file);
    },
  };
  for (const [title, spoil] of Object.entries(spoils))
    it(`is what generate --force then does: ${title}`, async () => {
      const files = await generatedFleet();
      spoil(files);
      const planned = plan(files, { force: true });
      const before = planned.changes.map(({ path }) => files.texts.get(`${root}/${path}`));
      assert.deepEqual(
        before,
        planned.changes.map((change) => change.before),
      );
      const done = await generate({
        files,
        root,
        hooks,
        version,
        stateDirectory: () => '/state/w',
        force: true,
      });
      assert.deepEqual(
        done.written,
        planned.changes.map(({ path }) => path),
      );
      for (const { path, after } of planned.changes) assert.equal(files.texts.get(`${root}/${path}`), after);
      assert.deepEqual(plan(files).changes, []);
    });
});
