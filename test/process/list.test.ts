// `list` says what the proofs that lie in the state directory are worth, and what it says follows the files.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { workspaceState } from '../../src/files/stateDirectory.ts';
import { type Attempt, type ProofRecord, proofPath, writeProof } from '../../src/proof/proofRecord.ts';
import { provenFiles } from '../../src/proof/provenFiles.ts';
import { expectCli, put, removeScratch, type Scratch, scratch, take } from './cliProcess.ts';

const refused: Attempt = {
  ...{ kind: 'edit', tool: 'Edit', target: 'tests/a.js', expected: 'blocked', got: 'blocked', by: 'rule' },
  ...{ enforceable: true, form: 'launch', carrier: 'all' },
};
const done: Attempt = { ...refused, target: 'src/a.js', expected: 'allowed', got: 'allowed' };
const settings = 'agents/code-agent/.claude/settings.json';

describe('list of proofs', () => {
  let at: Scratch;
  let state: string;
  before(async () => {
    at = scratch();
    await expectCli(at, ['generate'], 0);
    state = workspaceState(nodeFiles, at.state, at.root);
  });
  after(removeScratch);

  /** Keeps a proof of code-agent, as `prove` does. */
  function keep(attempts: readonly Attempt[]): Promise<void> {
    const hook = (name: string): string => fs.readFileSync(path.resolve('dist/hooks', `${name}.cjs`), 'utf8');
    const hooks = { guard: hook('guard'), report: hook('report'), bash: hook('bash') };
    const record: ProofRecord = {
      ...{ format: 1, agent: 'code-agent', at: new Date().toISOString(), cli: '2.1.329', sandbox: false },
      platform: `${process.platform}-${process.arch}`,
      outputs: provenFiles(nodeFiles, at.root, 'code-agent', hooks),
      attempts,
      notCovered: [],
    };
    return writeProof(nodeFiles, { root: at.state, workspace: state }, record);
  }
  const listed = async (): Promise<string> =>
    (await expectCli(at, ['list', 'code-agent'], 0)).stdout.split('\n')[0] ?? '';
  const proofJson = async () =>
    JSON.parse((await expectCli(at, ['list', 'code-agent', '--format', 'json'], 0)).stdout).agents[0].proof;

  it('says nothing where there is none', async () => {
    assert.doesNotMatch(await listed(), /prove/);
    assert.deepEqual(await proofJson(), { state: 'never' });
  });
  it('says that one holds, until a file changes', async () => {
    await keep([refused, done]);
    assert.match(await listed(), /in-sync, ✓ proven /);
    assert.equal((await proofJson()).cli, '2.1.329');
    const good = take(at, settings);
    put(at, settings, good.replace(/\n}\n$/, ',\n  "theme": "dark"\n}\n'));
    assert.match(await listed(), /, unproven /);
    assert.deepEqual((await proofJson()).reasons, ['settings.json changed']);
    put(at, settings, good);
  });
  it('says that one failed', async () => {
    await keep([{ ...refused, got: 'allowed' }, done]);
    assert.match(await listed(), /in-sync, ✗ proof failed /);
    assert.equal((await proofJson()).counts.through, 1);
  });
  for (const text of ['', '{', '[[[[', '{"format":1,"agent":"code-agent"}'])
    it(`takes ${JSON.stringify(text)} for no proof`, async () => {
      fs.writeFileSync(proofPath(state, 'code-agent'), text);
      assert.doesNotMatch(await listed(), /prove/);
    });
});
