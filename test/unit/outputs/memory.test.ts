// What an agent is told follows from its own entry and from what others own: not from who else there is.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { memoryOf } from '../../../src/outputs/memory.ts';
import { plannerOf } from '../../../src/outputs/plan.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';

const entry = (id: string) =>
  `  ${id}:\n    name: ${id}\n    display_name: X\n    description: Does it\n    model: opus\n    tools: [Read]\n`;

function memory(ids: readonly string[]): string {
  const { registry } = parseRegistry(`agents:\n${ids.map(entry).join('')}`);
  const agent = registry?.agents.get('first');
  assert.ok(registry && agent);
  return memoryOf(agent, plannerOf(registry).policyOf('first'), registry);
}

describe('memory', () => {
  it('stays as it is when another agent comes', () =>
    assert.equal(memory(['first', 'second', 'third']), memory(['first'])));
});
