// The guard's verdict on Bash commands against what they really do: whatever it lets through is run, and what is
// forbidden must be as it was.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { judgeCommand } from '../../src/hooks/bash.ts';
import { eventOf } from '../../src/hooks/callOf.ts';
import { rootOf } from '../../src/hooks/resolvePath.ts';
import type { Verdict } from '../../src/policy/call.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { bashCommands } from './bashGrammar.ts';
import { ThrowAwayTree } from './throwAwayTree.ts';

const policy: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: ['Bash'],
  mcp: [],
  write: {
    deny: [
      { glob: 'tests/**', from: 'cannot_access' },
      { glob: '*.test.*', from: 'cannot_access' },
      { glob: '/agents/registry.yaml', from: 'protected' },
      { glob: '.claude/**', from: 'protected' },
    ],
  },
  read: { deny: [] },
  bash: { allow: [], deny: [] },
  delegates: {},
};

/** Judged in each run, in CI as well; half of each seed's commands in each of two trees at once. */
const seeds = [1, 2, 3, 4];
const perSeed = 1300;

function verdictOn(command: string, workspace: string): Verdict {
  const event = { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command }, cwd: workspace };
  return judgeCommand(eventOf(event), policy, rootOf(workspace));
}

interface Tally {
  judged: number;
  denied: number;
  run: number;
  opaque: number;
  opaqueChanged: number;
  readonly slipped: string[];
}

async function runAll(tree: ThrowAwayTree, commands: readonly string[], tally: Tally): Promise<void> {
  for (const command of commands) {
    const verdict = verdictOn(command, tree.workspace);
    tally.judged++;
    if (!verdict.allow) {
      tally.denied++;
      continue;
    }
    const isOpaque = verdict.code !== undefined;
    const state = await tree.run(command);
    tally.run++;
    if (isOpaque) tally.opaque++;
    if (state === tree.meant) continue;
    if (isOpaque) tally.opaqueChanged++;
    else tally.slipped.push(command);
  }
}

/** Ways round the guard that people thought of, parted by lines of `%%`. */
const attempts = readFileSync('test/fixtures/bashAttempts.txt', 'utf8').split('\n%%\n');

describe('bash commands that are let through', () => {
  const trees: ThrowAwayTree[] = [];
  before(async function () {
    // The tools that the grammar knows are those of GNU.
    if (process.platform !== 'linux') this.skip();
    this.timeout(60_000);
    trees.push(await ThrowAwayTree.make(), await ThrowAwayTree.make());
  });
  after(async function () {
    this.timeout(60_000);
    await Promise.all(trees.map((tree) => tree.end()));
  });

  it('change nothing that is forbidden', async function () {
    this.timeout(500_000);
    const tally: Tally = { judged: 0, denied: 0, run: 0, opaque: 0, opaqueChanged: 0, slipped: [] };
    const commands = seeds.flatMap((seed) => bashCommands(seed, perSeed));
    await Promise.all(
      trees.map((tree, at) =>
        runAll(
          tree,
          commands.filter((_, index) => index % trees.length === at),
          tally,
        ),
      ),
    );
    const { slipped, ...counts } = tally;
    console.log(`      ${JSON.stringify(counts)}`);
    assert.deepEqual(slipped, []);
    assert.ok(tally.judged >= 5000);
    // A guard that refused everything would pass the rest.
    assert.ok(tally.run > tally.judged / 5, 'enough is let through to mean something');
    assert.ok(tally.denied > tally.judged / 5, 'enough is refused to mean something');
  });

  it('change nothing that is forbidden, however one tries', async function () {
    this.timeout(200_000);
    const tally: Tally = { judged: 0, denied: 0, run: 0, opaque: 0, opaqueChanged: 0, slipped: [] };
    await Promise.all(
      trees.map((tree, at) =>
        runAll(
          tree,
          attempts.filter((_, index) => index % trees.length === at),
          tally,
        ),
      ),
    );
    const { slipped, ...counts } = tally;
    console.log(`      ${JSON.stringify(counts)}`);
    assert.deepEqual(slipped, []);
    assert.ok(tally.denied > attempts.length * 0.85);
  });
});
