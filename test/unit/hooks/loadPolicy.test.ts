import assert from 'node:assert/strict';
import { guardArguments } from '../../../src/hooks/loadPolicy.ts';
import { Refusal } from '../../../src/hooks/refusal.ts';

const sha = 'a'.repeat(64);
const guard = (): string => '/ws/agents/.orchestrator/guard.mjs';

describe('guardArguments', () => {
  it('finds policy and workspace from its own place', () => {
    assert.deepEqual(guardArguments(['qa-agent', sha], guard), {
      agent: 'qa-agent',
      sha256: sha,
      policyFile: '/ws/agents/qa-agent/.claude/policy.json',
      roots: ['/ws'],
    });
  });
  it('takes both as they are given', () => {
    assert.deepEqual(guardArguments(['qa-agent', sha, '/state/p.json', '/other'], guard), {
      agent: 'qa-agent',
      sha256: sha,
      policyFile: '/state/p.json',
      roots: ['/other'],
    });
  });
  it('takes a second checkout of the workspace', () => {
    const { roots } = guardArguments(['qa-agent', sha, '/p.json', '/ws.worktrees/qa', '/ws'], guard);
    assert.deepEqual(roots, ['/ws.worktrees/qa', '/ws']);
  });
  const refused: readonly (readonly string[])[] = [
    [],
    ['qa-agent'],
    ['qa-agent', sha, '/p.json'],
    ['qa-agent', sha, '/p.json', '/ws', '/other', 'more'],
    ['../../evil', sha],
    ['__proto__', sha],
    ['a b', sha],
    ['$(x)', sha],
    ['', sha],
    ['a'.repeat(65), sha],
    ['qa-agent', sha.toUpperCase()],
    ['qa-agent', sha.slice(1)],
    ['qa-agent', ''],
  ];
  for (const args of refused)
    it(`refuses ${JSON.stringify(args).slice(0, 60)}`, () => {
      assert.throws(() => guardArguments(args, guard), Refusal);
    });
});
