// Hooks that another version of ours wrote are kept, but never one half of a pair that belongs together.
import assert from 'node:assert/strict';
import { generate } from '../../../src/outputs/generate.ts';
import { bashPath, guardPath, reportPath } from '../../../src/outputs/plan.ts';
import { generatedFleet, hooks, lockFile, root } from './fleetOn.ts';
import type { MemoryFiles } from './memoryFiles.ts';

const newer = { guard: '// guard 2\n', bash: '// bash 2\n', report: '// report 2\n' };
const textsOf = (files: MemoryFiles): readonly (string | undefined)[] =>
  [guardPath, bashPath, reportPath].map((file) => files.texts.get(`${root}/${file}`));

const cases: Readonly<
  Record<string, readonly [change: (files: MemoryFiles) => void, guard: string, bash: string, report: string]>
> = {
  'all of the other version': [() => undefined, hooks.guard, hooks.bash, hooks.report],
  'the guard is gone': [
    (files) => void files.texts.delete(`${root}/${guardPath}`),
    newer.guard,
    newer.bash,
    hooks.report,
  ],
  'its part for commands is gone': [
    (files) => void files.texts.delete(`${root}/${bashPath}`),
    newer.guard,
    newer.bash,
    hooks.report,
  ],
  'its part for commands was changed': [
    (files) => void files.texts.set(`${root}/${bashPath}`, 'evil'),
    newer.guard,
    newer.bash,
    hooks.report,
  ],
  'the report is gone': [
    (files) => void files.texts.delete(`${root}/${reportPath}`),
    hooks.guard,
    hooks.bash,
    newer.report,
  ],
  'a version before there was such a part': [
    (files) => {
      files.texts.delete(`${root}/${bashPath}`);
      const lines = (files.texts.get(lockFile) ?? '').split('\n');
      files.texts.set(lockFile, lines.filter((line) => !line.includes(bashPath)).join('\n'));
    },
    hooks.guard,
    newer.bash,
    hooks.report,
  ],
};

describe('hooks of another version', () => {
  for (const [name, [change, ...expected]] of Object.entries(cases))
    it(name, async () => {
      const files = await generatedFleet();
      change(files);
      const options = {
        ...{ files, root, hooks: newer, version: '2.0.0', force: true },
        stateDirectory: () => '/state/w',
      };
      const result = await generate(options);
      assert.equal(result.done, true, JSON.stringify(result.findings));
      assert.deepEqual(textsOf(files), expected);
      assert.deepEqual((await generate(options)).written, [], 'a second run has nothing to do');
    });

  it('move on together with --upgrade', async () => {
    const files = await generatedFleet();
    const options = {
      ...{ files, root, hooks: newer, version: '2.0.0', force: true },
      stateDirectory: () => '/state/w',
    };
    await generate({ ...options, upgrade: true });
    assert.deepEqual(textsOf(files), [newer.guard, newer.bash, newer.report]);
  });
});
