// DESIGN.md section 14, invariants 3, 4 and 6: what check says right after generate, for a thousand registries. No process,
// but some seconds of work: too slow for the unit tests.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { knownModels, knownTools } from '../../src/claude/tools.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { type GenerateResult, generate } from '../../src/outputs/generate.ts';
import { inspectFleet } from '../../src/outputs/inspector.ts';
import { parseRegistry } from '../../src/registry/parse.ts';
import { type MemoryFiles, memoryFiles } from '../unit/outputs/memoryFiles.ts';
import {
  anyRegistry,
  errors,
  type RandomRegistry,
  textOf,
  turnedRound,
  warnings,
} from '../unit/outputs/randomRegistry.ts';

const root = '/w';
const hooks = { guard: '// guard\n', bash: '// bash\n', report: '// report\n' };
const today = '2026-06-01';
const registryFile = `${root}/agents/registry.yaml`;

const generated = (files: MemoryFiles): Promise<GenerateResult> =>
  generate({ files, root, hooks, version: '1.0.0', stateDirectory: () => '/state/w' });

/** What the registry alone gives: its own findings. */
const saidOf = (text: string): readonly Finding[] =>
  parseRegistry(text, 'agents/registry.yaml', { facts: { tools: knownTools, models: knownModels }, today })
    .findings;

const outputsIn = (files: MemoryFiles): Readonly<Record<string, string>> =>
  Object.fromEntries([...files.texts].filter(([file]) => file !== registryFile).sort());

/** Generating again writes nothing, and another order of agents and keys changes no byte but the registry's hash. */
async function checkRepeatable(registry: RandomRegistry, files: MemoryFiles): Promise<void> {
  const outputs = outputsIn(files);
  files.writes.length = 0;
  const again = await generated(files);
  assert.deepEqual(
    [again.done, again.written, files.writes],
    [true, [], []],
    'nothing is written where nothing differs',
  );

  const other = memoryFiles({ [registryFile]: textOf(turnedRound(registry)) });
  await generated(other);
  const lock = `${root}/agents/registry.lock.json`;
  const withoutHash = (all: Readonly<Record<string, string>>): unknown => ({
    ...all,
    [lock]: { ...JSON.parse(all[lock] ?? ''), registry: '' },
  });
  assert.deepEqual(
    withoutHash(outputsIn(other)),
    withoutHash(outputs),
    'the order of agents and keys does not matter',
  );
}

/** Generates on an empty disk and checks the invariants. Gives back what kind of registry it was. */
async function check(registry: RandomRegistry, isThorough: boolean): Promise<'sound' | 'warned' | 'refused'> {
  const text = textOf(registry);
  const files = memoryFiles({ [registryFile]: text });
  const said = saidOf(text);
  const result = await generated(files);
  if (said.some(({ severity }) => severity === 'error')) {
    assert.equal(result.done, false, text);
    assert.deepEqual(files.writes, [], text);
    assert.equal(files.texts.size, 1);
    return 'refused';
  }
  assert.equal(result.done, true, JSON.stringify(result.findings));
  const fleet = inspectFleet({ files, root, hooks, version: '1.0.0', today });
  assert.deepEqual(fleet.findings, said, text);
  for (const { agent, sync, health, summary } of fleet.agents)
    assert.deepEqual({ sync, health, summary }, { sync: 'inSync', health: 'healthy', summary: '' }, agent.id);
  assert.equal(fleet.agents.length, registry.agents.length);

  if (isThorough) await checkRepeatable(registry, files);
  return said.some(({ severity }) => severity === 'warning') ? 'warned' : 'sound';
}

async function checkAll(
  registries: readonly RandomRegistry[],
  expected: 'warned' | 'refused' | undefined,
): Promise<void> {
  let counted = 0;
  for (const [index, registry] of registries.entries())
    if ((await check(registry, index % 4 === 0)) === expected) counted++;
  if (expected !== undefined) assert.equal(counted, registries.length, `not all were ${expected}`);
}

/** Always the same ones, so that a failure is one every time; NATIVE_ORCHESTRATOR_TEST_SEED asks for others. */
const seed = Number(process.env.NATIVE_ORCHESTRATOR_TEST_SEED ?? 1);
const sample = (
  arbitrary: fc.Arbitrary<RandomRegistry>,
  count: number,
  part: number,
): readonly RandomRegistry[] => fc.sample(arbitrary, { numRuns: count, seed: seed * 100 + part });
const oneOf = (
  changes: readonly ((registry: RandomRegistry) => RandomRegistry)[],
): fc.Arbitrary<RandomRegistry> =>
  fc.tuple(anyRegistry, fc.constantFrom(...changes)).map(([registry, change]) => change(registry));

describe('right after generate, check says what the registry alone says', function () {
  this.timeout(20_000);
  for (const part of [1, 2, 3, 4, 5, 6, 7])
    it(`a hundred registries with odd texts, ${part}`, () =>
      checkAll(sample(anyRegistry, 100, part), undefined));
  for (const part of [8, 9, 10])
    it(`a hundred with a warning, ${part}`, () => checkAll(sample(oneOf(warnings), 100, part), 'warned'));
  it('three hundred that are refused write nothing', () =>
    checkAll(sample(oneOf(errors), 300, 11), 'refused'));
  for (const [index, change] of errors.entries())
    it(`error ${index} is one in every registry`, () =>
      checkAll(sample(anyRegistry, 2, 20 + index).map(change), 'refused'));
});
