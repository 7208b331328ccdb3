// `check` with and without its memory says the same, on a thousand workspaces that differ from the remembered one.
import assert from 'node:assert/strict';
import { checkReport } from '../../src/cli/checkReport.ts';
import type { Io } from '../../src/cli/verb.ts';
import { generate } from '../../src/outputs/generate.ts';
import { type MemoryFiles, memoryFiles } from '../unit/outputs/memoryFiles.ts';

const root = '/w';
const hooks = { guard: '// guard\n', bash: '// bash\n', report: '// report\n' };

const registry = `agents:
  alpha-agent:
    name: alpha-agent
    display_name: Alpha
    description: Does alpha
    model: opus
    tools: [Read, Edit, Agent]
    delegates_to: [beta-agent]
    cannot_access: [tests/**]
    context_files: [docs/a.md]
  beta-agent:
    name: beta-agent
    display_name: Beta
    description: Does beta
    model: haiku
    tools: [Read, Bash]
    exclusive_access: [docs/**]
`;

function ioOn(files: MemoryFiles): Io {
  return {
    out: () => {},
    err: () => {},
    env: {},
    cwd: root,
    hasColour: false,
    files,
    machine: {
      files,
      platform: 'linux',
      env: { NATIVE_ORCHESTRATOR_STATE: '/state' },
      home: '/home/me',
      run: async () => undefined,
    },
    hooks: () => hooks,
    launchHooks: () => hooks,
    version: '0.1.0',
    today: '2030-01-01',
    now: () => '2030-01-01T00:00:00.000Z',
  };
}

/** mulberry32, so that a failure can be seen again. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Changes something that a verdict may or may not depend on. */
function mutate(files: MemoryFiles, below: (limit: number) => number): void {
  const all = [...files.texts.keys()].filter((file) => file.startsWith(`${root}/`));
  const file = all[below(all.length)] ?? `${root}/agents/registry.yaml`;
  const text = files.texts.get(file) ?? '';
  const at = below(text.length + 1);
  const changes: readonly (() => void)[] = [
    () => files.texts.set(file, `${text.slice(0, at)}x${text.slice(at)}`),
    () => files.texts.set(file, text.slice(0, at) + text.slice(at + 1)),
    () => files.texts.delete(file),
    () => files.texts.set(file, text.replace('Edit(**', 'Read(**')),
    () => files.texts.set(file, text.replace('haiku', 'sonnet')),
    () => files.texts.set(`${root}/agents/gamma/.claude/settings.json`, '{}'),
    () => files.texts.set(`${root}/.claude/settings.local.json`, '{"disableAllHooks": true}'),
    () => files.texts.set(`${root}/pkg/${at % 3}/.claude/settings.json`, text),
    () => files.texts.set(`${root}/agents/alpha-agent/.claude/settings.local.json`, text),
    () => files.unreadable.set(file, 'may not be read (no permission)'),
    () => files.texts.set(`${root}/unrelated.txt`, String(at)),
    () => {},
  ];
  changes[below(changes.length)]?.();
}

describe('check: its memory', function () {
  this.timeout(60_000);

  it('never changes what it says', async () => {
    const files = memoryFiles({ [`${root}/agents/registry.yaml`]: registry, [`${root}/docs/a.md`]: 'a' });
    const io = ioOn(files);
    await generate({ files, root, hooks, version: '0.1.0', stateDirectory: () => '/state/x' });
    const whole = new Map(files.texts);
    const below = randomFrom(1);
    let differing = 0;
    for (let round = 0; round < 1000; round++) {
      files.texts.clear();
      files.unreadable.clear();
      for (const [file, text] of whole) files.texts.set(file, text);
      const clean = await checkReport(io, root, true);
      for (let count = 0; count <= below(2); count++) mutate(files, below);
      const remembered = await checkReport(io, root, true);
      const anew = await checkReport(io, root, false);
      assert.deepEqual(remembered, JSON.parse(JSON.stringify(anew)), `round ${round}`);
      if (JSON.stringify(anew) !== JSON.stringify(clean)) differing++;
    }
    assert.ok(differing > 500, `the mutations matter: ${differing}`);
  });
});
