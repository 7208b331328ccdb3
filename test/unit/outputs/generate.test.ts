// generate on a disk that fails, that others write to, that was left half-done; and that nothing but what differs is written.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Finding } from '../../../src/findings/finding.ts';
import { UserError } from '../../../src/findings/userError.ts';
import { type GenerateOptions, type GenerateResult, generate } from '../../../src/outputs/generate.ts';
import {
  fileOf,
  generatedFleet,
  hooks,
  lockFile,
  look,
  registryFile,
  registryText,
  reportsLess,
  root,
  version,
} from './fleetOn.ts';
import { type MemoryFiles, memoryFiles, systemError } from './memoryFiles.ts';

const run = (files: MemoryFiles, more: Partial<GenerateOptions> = {}) =>
  generate({ files, root, hooks, version, stateDirectory: () => '/state/w', ...more });
const inWorkspace = (files: MemoryFiles): Readonly<Record<string, string>> =>
  Object.fromEntries([...files.texts].filter(([file]) => file.startsWith(`${root}/`)).sort());
const errorOf = ({ findings }: GenerateResult): Finding => {
  const [error, ...others] = findings.filter(({ severity }) => severity === 'error');
  assert.ok(error && others.length === 0);
  return error;
};
const moved = registryText.replaceAll('Writes the', 'Now writes the').replace('opus', 'haiku');

describe('generate: a disk that refuses', () => {
  const operations = ['makeDirectory', 'createFile', 'rename'] as const;
  for (const operation of operations)
    for (const code of ['ENOSPC', 'EROFS', 'EACCES', 'EIO'])
      it(`${operation} fails with ${code}, wherever: one UserError, and nothing has changed`, async () => {
        let failures = 0;
        for (let nth = 1; nth < 40; nth++) {
          const files = await generatedFleet();
          files.texts.set(fileOf('code', 'settings.json'), '{"mine": 1}');
          files.texts.set(registryFile, moved);
          const before = inWorkspace(files);
          let count = 0;
          files.onWrite = (done) => {
            if (done === operation && ++count === nth) throw systemError(code);
          };
          const error = await run(files, { overEdits: true }).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error === undefined) break;
          failures++;
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, /[Nn]othing was changed|cannot be made/);
          assert.deepEqual(inWorkspace(files), before, `${operation} number ${nth}`);
          files.onWrite = () => {};
          assert.equal((await run(files, { overEdits: true })).done, true, 'the lock was let go');
        }
        assert.ok(failures >= (operation === 'makeDirectory' ? 1 : 5), `${failures}`);
      });

  it('says so when even putting back fails, and names the files', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, moved);
    let renames = 0;
    files.onWrite = (operation) => {
      if (operation === 'rename' && ++renames >= 3) throw systemError('EIO');
    };
    await assert.rejects(run(files), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /Already written, and not to be put back: \S+, \S+\. Run it again/);
      assert.doesNotMatch(error.message, /Nothing was changed/);
      return true;
    });
    files.onWrite = () => {};
    await run(files);
    assert.deepEqual(
      look(files).findings.filter(({ code }) => code.startsWith('outputs/')),
      [],
    );
    assert.ok(![...files.texts.keys()].some((file) => file.includes('tmp')));
  });
});

describe('generate: only what differs is written', () => {
  it('nothing at all the second time', async () => {
    const files = await generatedFleet();
    files.writes.length = 0;
    const { done, written } = await run(files);
    assert.deepEqual([done, written, files.writes], [true, [], []]);
  });
  it('one agent’s files and the lock when one agent changes', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, registryText.replace('model: opus', 'model: haiku'));
    const { written } = await run(files);
    assert.deepEqual([...written].sort(), ['agents/code/.claude/settings.json', 'agents/registry.lock.json']);
  });
  it('the lock alone when only the lock is behind', async () => {
    const files = await generatedFleet();
    files.texts.delete(lockFile);
    assert.deepEqual((await run(files)).written, ['agents/registry.lock.json']);
  });
  it('nothing in a dry run', async () => {
    const files = memoryFiles({ [registryFile]: registryText });
    const { written } = await run(files, { dryRun: true });
    assert.equal(written.length, 10);
    assert.deepEqual(files.writes, []);
  });
  it('nothing when it is cancelled on the way', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, moved);
    const before = inWorkspace(files);
    const controller = new AbortController();
    files.onWrite = (operation) => {
      if (operation === 'createFile') controller.abort();
    };
    assert.equal((await run(files, { signal: controller.signal })).done, false);
    assert.deepEqual(inWorkspace(files), before);
  });
  it('nothing outside the workspace but the backup', async () => {
    const files = await generatedFleet();
    files.texts.set(fileOf('code', 'settings.json'), '{"mine": 1}');
    await run(files, { overEdits: true });
    const outside = [...files.texts.keys()].filter((file) => !file.startsWith(`${root}/`));
    assert.equal(outside.length, 2, 'the file, and the record of it');
    assert.match(outside[1] ?? '', /^\/state\/w\/backups\/[0-9a-f]{16}\.json$/);
    assert.match(
      outside[0] ?? '',
      /^\/state\/w\/backups\/[0-9a-f]{16}\/agents\/code\/\.claude\/settings\.json$/,
    );
    assert.equal(files.texts.get(outside[0] ?? ''), '{"mine": 1}');
  });
});

describe('generate: one at a time', () => {
  it('who comes second sees what the first wrote', async () => {
    const files = memoryFiles({ [registryFile]: registryText });
    const results = await Promise.all([run(files), run(files), run(files)]);
    assert.deepEqual(
      results.map(({ done }) => done),
      [true, true, true],
    );
    assert.equal(results.filter(({ written }) => written.length > 0).length, 1);
  });
  it('begins again when another one swept away what it had begun', async () => {
    const files = memoryFiles({ [registryFile]: registryText });
    let count = 0;
    files.onWrite = (operation) => {
      if (operation === 'rename' && ++count === 2) throw systemError('ENOENT');
    };
    const { done, written } = await run(files);
    assert.equal(done, true);
    assert.ok(written.length > 0);
    assert.ok(![...files.texts.keys()].some((file) => file.endsWith('-tmp')));
  });
  it('stops when its lock is taken over while it writes, again and again', async () => {
    const files = await generatedFleet();
    files.texts.set(registryFile, moved);
    const before = inWorkspace(files);
    const hold = files.hold.bind(files);
    let lose = (): void => {};
    const losing: MemoryFiles = {
      ...files,
      hold(directory, mark, onLost) {
        lose = onLost;
        return hold(directory, mark, onLost);
      },
    };
    files.onWrite = (operation) => {
      if (operation === 'createFile') lose();
    };
    await assert.rejects(run(losing), /took over.*Run it again.*Nothing was changed/);
    assert.deepEqual(inWorkspace(files), before);
  });
});

describe('generate: a file that the registry names', () => {
  it('is there, or nothing is written', async () => {
    const named = registryText.replace('model: opus', 'model: opus\n    persona: personas/code.md');
    const files = memoryFiles({ [registryFile]: named });
    const refused = await run(files);
    assert.equal(refused.done, false);
    assert.equal(errorOf(refused).code, 'registry/missing-persona');
    assert.deepEqual(Object.keys(inWorkspace(files)), [registryFile]);
    files.texts.set(`${root}/personas/code.md`, 'Be kind.');
    assert.equal((await run(files)).done, true);
  });
});

describe('generate: what it refuses to write over', () => {
  const file = fileOf('code', 'settings.json');
  it('what has no text is kept as it is, with --force alone', async () => {
    const files = await generatedFleet();
    files.texts.set(file, 'bytes that are no text');
    files.unreadable.set(file, 'is not UTF-8 text');
    const refused = await run(files);
    assert.equal(refused.done, false);
    assert.match(errorOf(refused).message, /is not UTF-8 text.*--force/);
    const { backup } = await run(files, { force: true });
    assert.equal(files.texts.get(`${backup}/agents/code/.claude/settings.json`), 'bytes that are no text');
  });
  it('foreign keys with which the CLI would drop the whole file', async () => {
    const files = await generatedFleet();
    const value = JSON.parse(files.texts.get(file) ?? '');
    files.texts.set(file, JSON.stringify({ ...value, model: 'haiku', cleanupPeriodDays: 0 }));
    const before = inWorkspace(files);
    const refused = await run(files, { overEdits: true });
    assert.equal(refused.done, false);
    assert.equal(errorOf(refused).code, 'outputs/would-be-dropped');
    assert.match(errorOf(refused).message, /cleanupPeriodDays/);
    assert.deepEqual(inWorkspace(files), before);
  });
});

describe('generate: a version before some events were reported', () => {
  const own = { hooks: [{ type: 'command', command: 'date' }] };
  for (const [title, theirs] of [
    ['is brought up to date without being asked twice', undefined],
    ['keeps the hooks that the person has for them', own],
  ] as const)
    it(title, async () => {
      const files = await generatedFleet();
      const settings = fileOf('code', 'settings.json');
      const { hooks } = JSON.parse(files.texts.get(settings) ?? '');
      reportsLess(files, theirs);
      const { done, written } = await run(files);
      assert.ok(done && written.length === 2, written.join('\n'));
      const after = JSON.parse(files.texts.get(settings) ?? '');
      for (const event of ['TaskCompleted', 'TaskCreated', 'TeammateIdle'])
        assert.deepEqual(after.hooks[event], [...hooks[event], ...(theirs === undefined ? [] : [theirs])]);
      assert.deepEqual(
        look(files).agents.map(({ sync }) => sync),
        ['inSync', 'inSync'],
      );
    });
});
