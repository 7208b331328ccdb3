// `generate --check` and `--dry-run`: the plan as text and as JSON, its counts and exit codes; and the five cases of drift
// that earlier tooling was tested for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  scratch,
  take,
  treeOf,
  twoAgents,
} from './cliProcess.ts';

after(removeScratch);

const registry = 'agents/registry.yaml';
const settings = 'agents/code-agent/.claude/settings.json';

async function generated(): Promise<Scratch> {
  const at = scratch();
  await expectCli(at, ['generate'], 0);
  return at;
}

/** One changed, one added, one agent retired. */
async function threeKinds(): Promise<Scratch> {
  const at = scratch(`${twoAgents}  old-agent:
    name: old-agent
    display_name: Old Agent
    description: Retires.
    model: haiku
    tools: [Read]
`);
  await expectCli(at, ['generate'], 0);
  put(at, registry, twoAgents.replace('Writes the program', 'Now writes the program'));
  fs.rmSync(path.join(at.root, 'agents/test-agent/.claude/policy.json'));
  return at;
}

describe('the plan on the command line', () => {
  it('counts, shows the difference, and exits 1 with --check when there is something to do', async () => {
    const at = await threeKinds();
    const before = treeOf(at.root);
    const dry = await expectCli(at, ['generate', '--dry-run'], 0);
    assert.match(dry.stdout, /^~ agents\/code-agent\/\.claude\/CLAUDE\.md {2}the registry is newer$/m);
    assert.match(dry.stdout, /^-Writes the program$/m);
    assert.match(dry.stdout, /^\+Now writes the program$/m);
    assert.match(dry.stdout, /^\+ agents\/test-agent\/\.claude\/policy\.json$/m);
    assert.match(
      dry.stdout,
      /^\? agents\/old-agent {2}not in the registry any more; generate leaves it alone$/m,
    );
    const sum = /^Plan: 2 to change, 1 to add, 1 orphan left alone, \d+ files as they should be\.$/m;
    assert.match(dry.stdout, sum);
    const check = await expectCli(at, ['generate', '--check'], 1);
    assert.match(check.stdout, sum);
    assert.doesNotMatch(check.stdout, /^@@/m);
    const json = readJsonAnswer(await expectCli(at, ['generate', '--check', '--format', 'json'], 1));
    assert.deepEqual((json.summary as { plan: unknown }).plan, {
      toAdd: 1,
      toChange: 2,
      edited: 0,
      unreadable: 0,
      orphans: 1,
      unchanged: 6,
    });
    const changes = json.changes as { file: string; action: string; drift: string; diff: string[] }[];
    const memory = changes.find(({ file }) => file.endsWith('code-agent/.claude/CLAUDE.md'));
    assert.deepEqual([memory?.action, memory?.drift], ['change', 'stale']);
    assert.ok(memory?.diff.includes('+Now writes the program'));
    assert.deepEqual(treeOf(at.root), before, 'something was written');
    const done = readJsonAnswer(await expectCli(at, ['generate', '--format', 'json'], 0));
    assert.deepEqual(done.summary.written, json.summary.written);
    const after = await expectCli(at, ['generate', '--check'], 0);
    assert.match(after.stdout, /^Plan: nothing to do, 1 orphan left alone, /m);
  });

  it('shows what somebody edited as such, and that generate would refuse', async () => {
    const at = await generated();
    put(at, registry, twoAgents.replace('sonnet', 'haiku'));
    put(at, settings, take(at, settings).replace('"opus"', '"haiku"'));
    for (const words of [['--check'], ['--dry-run']]) {
      const { stdout, stderr } = await expectCli(at, ['generate', ...words], 1);
      assert.match(stdout, /^! agents\/code-agent\/\.claude\/settings\.json {2}edited since .*: \/model$/m);
      assert.match(stdout, /^Plan: 1 to change, 1 edited since, /m);
      assert.match(stderr, /Generate would write nothing/);
    }
    await expectCli(at, ['generate'], 1);
    const forced = await expectCli(at, ['generate', '--check', '--force'], 1);
    assert.match(forced.stdout, /^Plan: 2 to change, /m);
    await expectCli(at, ['generate', '--force'], 0);
    await expectCli(at, ['generate', '--check'], 0);
  });

  it('of a mistyped agent is wrong usage; of a broken registry there is none', async () => {
    const at = await generated();
    await expectCli(at, ['generate', '--check', 'cod-agent'], 2);
    put(at, registry, twoAgents.replace('model: opus', 'modle: opus'));
    const { stdout } = await expectCli(at, ['generate', '--check'], 1);
    assert.doesNotMatch(stdout, /Plan:/);
  });
});

describe('the five cases of drift', () => {
  const withTools = (tools: string): string =>
    twoAgents.replace('tools: [Read, Edit, Write]\n', `tools: ${tools}\n`);
  /** The registry changes; `check` says drift and the command that mends it, and that does. */
  const drifts = (title: string, text: string): unknown =>
    it(`${title} is drift, the message names the command, and that clears it`, async () => {
      const at = await generated();
      put(at, registry, text);
      const { stdout } = await expectCli(at, ['check'], 1);
      assert.match(stdout, /test-agent.* \[outputs\/stale\]$/m);
      // Who may start it has its policy too, so both are to be generated.
      const command = /run: native-orchestrator (generate code-agent test-agent)/.exec(stdout)?.[1];
      assert.ok(command, stdout);
      await checkRefused(at, {
        words: ['start', 'test-agent'],
        code: 2,
        says: /does not match the registry: registry is newer\. Run: native-orchestrator generate test-agent/,
      });
      await expectCli(at, command.split(' '), 0);
      await expectCli(at, ['check'], 0);
    });
  drifts('a tool added to the registry', withTools('[Read, Edit, Write, WebSearch]'));
  drifts('a tool removed from it', withTools('[Read, Edit]'));

  it('another order of keys and of rules is none', async () => {
    const at = await generated();
    const value = JSON.parse(take(at, settings));
    value.permissions.deny.reverse();
    put(at, settings, JSON.stringify(Object.fromEntries(Object.entries(value).reverse())));
    const [first = '', second = ''] = twoAgents.split(/(?=^ {2}test-agent:)/m);
    const [top = '', code = ''] = first.split(/(?=^ {2}code-agent:)/m);
    put(at, registry, `${top}${second}${code}`);
    assert.match((await expectCli(at, ['check'], 0)).stdout, /2 in sync/);
  });

  it('another order of tools is told of in the memory, which lists them, and nowhere else', async () => {
    const at = await generated();
    put(at, registry, withTools('[Write, Read, Edit]'));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(
      stdout,
      /^agents\/test-agent\/\.claude\/CLAUDE\.md:.*outputs\/stale\]\n2 agents: .*run: native-orchestrator generate test-agent/,
    );
    await expectCli(at, ['generate', 'test-agent'], 0);
    await expectCli(at, ['check'], 0);
  });

  it('a rebuild clears what a tool did to a file, and start refuses until then', async () => {
    const at = await generated();
    const value = JSON.parse(take(at, settings));
    delete value.hooks;
    put(at, settings, JSON.stringify(value, null, 2));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(stdout, /1 disarmed — run: native-orchestrator restore code-agent/);
    await checkRefused(at, {
      words: ['start', 'code-agent'],
      code: 2,
      says: /code-agent is disarmed: .*Run: native-orchestrator restore code-agent/,
    });
    await expectCli(at, ['restore', 'code-agent'], 0);
    await expectCli(at, ['check'], 0);
  });
});
