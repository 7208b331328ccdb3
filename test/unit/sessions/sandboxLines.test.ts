import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Fleet } from '../../../src/outputs/fleet.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import type { Machine } from '../../../src/sessions/programs.ts';
import { sandboxLines } from '../../../src/sessions/sandboxLines.ts';
import { memoryFiles } from '../outputs/memoryFiles.ts';

const fleetWith = (...sandbox: readonly boolean[]): Fleet => {
  const agents = sandbox.map(
    (on, at) =>
      `  a${at}:\n    { name: a${at}, display_name: A, description: d, model: opus, tools: [Bash], sandbox: ${on} }`,
  );
  const { registry } = parseRegistry(`agents:\n${agents.join('\n')}\n`);
  assert.ok(registry);
  return { registry } as Fleet;
};

const machineWith = (platform: NodeJS.Platform, programs: readonly string[], says?: string): Machine => ({
  files: {
    ...memoryFiles({}),
    isExecutable: (file) => programs.some((name) => file === `/bin/${name}`),
  },
  platform,
  env: { PATH: '/bin' },
  home: '/home/a',
  run: async () => says,
});

const everything = ['bwrap', 'socat'];
const cases: Readonly<Record<string, readonly [Machine, Fleet, ...lines: readonly string[]]>> = {
  'nothing to say without an agent in the sandbox': [machineWith('linux', []), fleetWith(false)],
  'all there': [machineWith('linux', everything, 'inside\n'), fleetWith(true), 'bwrap ok', 'socat ok'],
  'nothing there': [machineWith('linux', []), fleetWith(true, false), 'bwrap error', 'socat error'],
  'one missing': [machineWith('linux', ['bwrap'], 'inside'), fleetWith(true), 'bwrap ok', 'socat error'],
  'one that cannot run': [machineWith('linux', everything), fleetWith(true), 'bwrap error', 'socat ok'],
  macOS: [machineWith('darwin', []), fleetWith(true), 'sandbox ok'],
  Windows: [machineWith('win32', []), fleetWith(true, true), 'sandbox error'],
};

describe('sandboxLines', () => {
  for (const [name, [machine, fleet, ...expected]] of Object.entries(cases))
    it(name, async () => {
      const lines = await sandboxLines(machine, fleet);
      assert.deepEqual(
        lines.map((line) => `${line.name} ${line.state}`),
        expected,
      );
      for (const { state, advice } of lines) assert.equal(advice !== undefined, state === 'error');
    });
  it('names whom it is about', async () => {
    const [line] = await sandboxLines(machineWith('linux', []), fleetWith(true, true, true));
    assert.match(line?.found ?? '', /a0 and 2 more/);
  });
});
