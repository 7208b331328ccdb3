// A fleet of two in memory, generated, for tests to change and look at again.
import assert from 'node:assert/strict';
import type { AgentStatus, Fleet } from '../../../src/outputs/fleet.ts';
import { generate } from '../../../src/outputs/generate.ts';
import { inspectFleet } from '../../../src/outputs/inspector.ts';
import { type MemoryFiles, memoryFiles } from './memoryFiles.ts';

export const root = '/w';
export const hooks = { guard: '// guard\n', bash: '// bash\n', report: '// report\n' };
export const registryFile = `${root}/agents/registry.yaml`;
export const lockFile = `${root}/agents/registry.lock.json`;
export const version = '1.0.0';

/** `code` may not touch what `test` owns; lines are counted in tests. */
export const registryText = `agents:
  code:
    name: code
    display_name: Code
    description: Writes the program.
    model: opus
    tools: [Read, Edit, Bash, Agent]
    delegates_to: [test]
    cannot_access: [tests/**]
    allow_bash: [npm test]
    mcp_servers: [ref]
    sandbox: true
    env: {A: b}
  test:
    name: test
    display_name: Test
    description: Writes the tests.
    model: sonnet
    tools: [Read, Edit]
    exclusive_access: [tests/**]
`;

export const fileOf = (agent: string, name: 'settings.json' | 'CLAUDE.md' | 'policy.json'): string =>
  `${root}/agents/${agent}/.claude/${name}`;

/** A disk with the registry, through which generate has been. */
export async function generatedFleet(text = registryText): Promise<MemoryFiles> {
  const files = memoryFiles({ [registryFile]: text });
  const result = await generate({ files, root, hooks, version, stateDirectory: () => '/state/w' });
  assert.equal(result.done, true, JSON.stringify(result.findings));
  return files;
}

export function look(files: MemoryFiles): Fleet {
  return inspectFleet({ files, root, hooks, version });
}

export function statusOf(fleet: Fleet, id: string): AgentStatus {
  const status = fleet.agents.find(({ agent }) => agent.id === id);
  assert.ok(status, id);
  return status;
}

/** Changes the value in a JSON file of the disk. */
export function editJson(
  files: MemoryFiles,
  file: string,
  change: (value: Record<string, never>) => unknown,
): void {
  const value = JSON.parse(files.texts.get(file) ?? '');
  files.texts.set(file, `${JSON.stringify(change(value) ?? value, null, 2)}\n`);
}

/**
 * Makes the settings of `code` what a version of ours left that did not report some events yet. `own`: an entry that the
 * person has for them.
 */
export function reportsLess(files: MemoryFiles, own?: object): void {
  for (const event of ['TaskCompleted', 'TaskCreated', 'TeammateIdle']) {
    editJson(files, fileOf('code', 'settings.json'), ({ hooks }: Record<string, Record<string, unknown>>) => {
      assert.ok(hooks?.[event]);
      if (own === undefined) delete hooks[event];
      else hooks[event] = [own];
    });
    editJson(files, lockFile, (lock: Record<string, Record<string, { keys: Record<string, string> }>>) => {
      const { keys } = lock.outputs?.['agents/code/.claude/settings.json'] ?? {};
      assert.ok(keys?.[`/hooks/${event}`]);
      delete keys[`/hooks/${event}`];
    });
  }
}
