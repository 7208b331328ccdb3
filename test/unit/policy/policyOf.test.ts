import assert from 'node:assert/strict';
import type { ToolFacts } from '../../../src/policy/policy.ts';
import { policyHash } from '../../../src/policy/policyHash.ts';
import { policyOf } from '../../../src/policy/policyOf.ts';
import type { Agent, Registry } from '../../../src/registry/model.ts';
import { agentNamed } from '../registry/agentNamed.ts';

const facts: ToolFacts = {
  today: (name) => (name === 'Task' ? 'Agent' : name),
  alwaysOn: ['ToolSearch', 'AskUserQuestion'],
  impliedBy: { Bash: ['Monitor', 'BashOutput'] },
};

const agent = (id: string, given: Partial<Agent> = {}): Agent => agentNamed(id, { tools: [], ...given });

const registry = (...agents: Agent[]): Registry => ({
  pilot: [],
  agents: new Map(agents.map((each) => [each.id, each])),
});

const protectedGlobs = [
  '/agents/registry.yaml',
  '/agents/registry.lock.json',
  '/agents/.orchestrator/**',
  'agents/**/.claude/**',
  '.claude/**',
  '.mcp.json',
  '.git',
];

describe('policyOf', () => {
  const fleet = registry(
    agent('writer', {
      tools: ['Write', 'Task', 'Bash', 'Write', 'mcp__b', 'mcp__a__*', '__proto__'],
      delegatesTo: ['tester', 'ghost', 'writer'],
      cannotAccess: ['tests/**', 'docs/**', 'tests/**'],
      exclusiveAccess: ['src/**'],
      cannotRead: ['secrets/**'],
      allowBash: ['npm test'],
      denyBash: ['git push', 'git'],
    }),
    agent('tester', { tools: ['Read'], exclusiveAccess: ['tests/**'], delegatesTo: ['writer'] }),
    agent('author', { tools: ['Read'], exclusiveAccess: ['docs/**'] }),
  );
  const policy = policyOf(fleet, 'writer', facts);

  it('gives today’s tools, always-on and implied ones with them, sorted and once', () => {
    assert.deepEqual(policy.tools, [
      'Agent',
      'AskUserQuestion',
      'Bash',
      'BashOutput',
      'Monitor',
      'ToolSearch',
      'Write',
      '__proto__',
    ]);
    assert.deepEqual(policy.mcp, ['mcp__a', 'mcp__b']);
  });

  it('denies what it cannot access, then what others have alone, then what is protected', () => {
    assert.deepEqual(
      policy.write.deny.map((rule) => [rule.glob, rule.from, rule.owner]),
      [
        ['docs/**', 'cannot_access', undefined],
        ['tests/**', 'cannot_access', undefined],
        ['docs/**', 'exclusive_access', 'author'],
        ['tests/**', 'exclusive_access', 'tester'],
        ...protectedGlobs.map((glob) => [glob, 'protected', undefined]),
      ],
    );
    assert.deepEqual(policy.read.deny, [{ glob: 'secrets/**', from: 'cannot_read' }]);
    assert.deepEqual(policy.bash, { allow: ['npm test'], deny: ['git', 'git push'] });
  });

  it('holds each delegate’s own policy, one level deep, without itself and strangers', () => {
    assert.deepEqual(Object.keys(policy.delegates), ['tester']);
    assert.deepEqual(policy.delegates.tester, { ...policyOf(fleet, 'tester', facts), delegates: {} });
  });

  it('lets cannot_access win over the agent’s own exclusive_access', () => {
    const both = registry(agent('a', { cannotAccess: ['x/**'], exclusiveAccess: ['x/**'] }));
    assert.deepEqual(policyOf(both, 'a', facts).write.deny[0], { glob: 'x/**', from: 'cannot_access' });
  });

  const serversCases: readonly [readonly string[], readonly string[], readonly string[]][] = [
    [['mcp__a', 'mcp__b__read', 'mcp__bc'], ['b'], ['mcp__b__read']],
    [['mcp__my_docs', 'mcp__my'], ['my.docs'], ['mcp__my_docs']],
    [['mcp__a'], [], []],
    [['mcp__', 'mcp__a__x'], ['a'], ['mcp__a__x']],
  ];
  for (const [tools, mcpServers, expected] of serversCases)
    it(`narrows ${tools} to the servers [${mcpServers}]`, () => {
      assert.deepEqual(policyOf(registry(agent('a', { tools, mcpServers })), 'a', facts).mcp, expected);
    });

  it('does not depend on the order in which the registry is written', () => {
    const turned = registry(...[...fleet.agents.values()].reverse());
    assert.equal(policyHash(policyOf(turned, 'writer', facts)), policyHash(policy));
    assert.equal(JSON.stringify(policyOf(turned, 'writer', facts)), JSON.stringify(policy));
  });

  it('throws for an agent that the registry does not have', () => {
    for (const id of ['ghost', '__proto__', '']) assert.throws(() => policyOf(fleet, id, facts));
  });
});
