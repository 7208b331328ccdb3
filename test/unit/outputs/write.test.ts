// All or nothing: whatever fails, and wherever, the disk is as it was.
import assert from 'node:assert/strict';
import { UserError } from '../../../src/findings/userError.ts';
import { type FileChange, writeAll } from '../../../src/outputs/write.ts';
import { memoryFiles, systemError } from './memoryFiles.ts';

const changes: readonly FileChange[] = [
  { path: '/w/agents/a/.claude/settings.json', text: 'new a', before: undefined },
  { path: '/w/agents/b/.claude/settings.json', text: 'new b', before: 'old b' },
  { path: '/w/agents/registry.lock.json', text: 'new lock', before: 'old lock' },
];
const before = { '/w/agents/b/.claude/settings.json': 'old b', '/w/agents/registry.lock.json': 'old lock' };

describe('writeAll', () => {
  it('writes every file and leaves nothing beside them', async () => {
    const files = memoryFiles(before);
    assert.equal(await writeAll(files, changes, { root: '/w' }), true);
    assert.deepEqual(Object.fromEntries(files.texts), {
      '/w/agents/a/.claude/settings.json': 'new a',
      '/w/agents/b/.claude/settings.json': 'new b',
      '/w/agents/registry.lock.json': 'new lock',
    });
  });

  for (const operation of ['makeDirectory', 'createFile', 'rename'] as const)
    for (const nth of [1, 2, 3])
      for (const code of ['ENOSPC', 'EROFS', 'EACCES'])
        it(`changes nothing when ${operation} number ${nth} fails with ${code}`, async () => {
          const files = memoryFiles(before);
          let count = 0;
          files.onWrite = (done) => {
            if (done === operation && ++count === nth) throw systemError(code);
          };
          await assert.rejects(writeAll(files, changes, { root: '/w' }), (error: unknown) => {
            assert.ok(error instanceof UserError);
            assert.match(error.message, /\/w\/agents/);
            assert.match(error.message, /Nothing was changed/);
            return true;
          });
          assert.deepEqual(Object.fromEntries(files.texts), before);
          assert.equal(files.kind('/w/agents/a'), undefined, 'folders that were made are gone again');
        });

  it('changes nothing when it is cancelled, and says so', async () => {
    const files = memoryFiles(before);
    const controller = new AbortController();
    files.onWrite = (operation) => {
      if (operation === 'createFile') controller.abort();
    };
    assert.equal(await writeAll(files, changes, { root: '/w', signal: controller.signal }), false);
    assert.deepEqual(Object.fromEntries(files.texts), before);
  });

  it('tells of progress file by file', async () => {
    const seen: string[] = [];
    await writeAll(memoryFiles(before), changes, {
      root: '/w',
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    assert.deepEqual(seen, ['1/3', '2/3', '3/3']);
  });

  it('lets a bug through as a bug', async () => {
    const files = memoryFiles(before);
    files.onWrite = () => {
      throw new TypeError('a bug');
    };
    await assert.rejects(writeAll(files, changes, { root: '/w' }), TypeError);
  });
});
