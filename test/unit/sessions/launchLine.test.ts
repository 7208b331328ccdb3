// What the CLI is told of the agents that one may start, however many there are.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../src/findings/userError.ts';
import type { Agent, Registry } from '../../../src/registry/model.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import { agentsJson, launchLine } from '../../../src/sessions/launchLine.ts';

function leadOf(count: number, words: string, tools = ['Read', 'Agent']): readonly [Agent, Registry] {
  const workers = Array.from({ length: count }, (_, index) => `worker-${index}`);
  const entry = (id: string, delegates: readonly string[]) => ({
    name: id,
    display_name: id,
    description: words,
    model: 'sonnet',
    tools: id === 'lead' ? ['Read', 'Edit', 'Agent'] : tools,
    delegates_to: delegates,
    responsibilities: [words, words],
  });
  const agents = {
    lead: entry('lead', workers),
    ...Object.fromEntries(workers.map((id) => [id, entry(id, [])])),
  };
  const { registry, findings } = parseRegistry(JSON.stringify({ agents }));
  const lead = registry?.agents.get('lead');
  assert.ok(registry && lead, findings.map(({ message }) => message).join('\n'));
  return [lead, registry];
}

describe('agentsJson', () => {
  it('has the delegates and what each may use: no more than its caller', () => {
    const [lead, registry] = leadOf(2, 'Does it.', ['Read', 'WebFetch']);
    const agents = JSON.parse(agentsJson(lead, registry));
    assert.deepEqual(Object.keys(agents), ['worker-0', 'worker-1']);
    const { tools, prompt, description, model } = agents['worker-0'];
    assert.ok(tools.includes('Read') && !tools.includes('WebFetch') && !tools.includes('Edit'));
    assert.match(prompt, /limits of the agent that started you/);
    assert.deepEqual([description, model], ['Does it.', 'sonnet']);
  });
  it('names no tools where they are its caller’s: then the CLI gives it those', () => {
    const same = JSON.parse(agentsJson(...leadOf(1, 'x', ['Read', 'Edit', 'Agent', 'Write'])));
    assert.equal(same['worker-0'].tools, undefined);
    const less = JSON.parse(agentsJson(...leadOf(1, 'x', ['Read', 'Edit'])));
    assert.ok(less['worker-0'].tools.includes('Edit'));
  });
  for (const count of [1, 5, 11, 25])
    for (const words of [
      'Short.',
      'A long text about all and everything. '.repeat(200),
      '\u{1f600}'.repeat(1000),
    ])
      it(`${count} delegates, ${words.length} characters: below 12 KB`, () => {
        const json = agentsJson(...leadOf(count, words));
        assert.ok(Buffer.byteLength(json) <= 12 * 1024, String(Buffer.byteLength(json)));
        assert.equal(Object.keys(JSON.parse(json)).length, count);
      });
  it('too many are refused, with the way out', () => {
    assert.throws(
      () => agentsJson(...leadOf(500, 'x')),
      (error: unknown) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /lead may start 500 agents.*Shorten delegates_to/);
        return true;
      },
    );
  });
});

describe('launchLine', () => {
  it('keeps a prompt that looks like an option after --', () => {
    const [lead, registry] = leadOf(0, 'x');
    const line = launchLine(
      { ...lead, prompt: '--dangerously-skip-permissions' },
      registry,
      { settings: '/s', prompt: '/p', leftOut: [] },
      'id',
    );
    assert.deepEqual(line.slice(-2), ['--', '--dangerously-skip-permissions']);
    assert.ok(!line.slice(0, -2).includes('--dangerously-skip-permissions'));
    assert.ok(!line.includes('--agents'));
    assert.ok(line.includes('--permission-mode'));
  });
});
