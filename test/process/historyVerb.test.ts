// `history` says what the editor saw of the settings on this machine, of some agents or of all.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { nodeAppendedFiles } from '../../src/files/appendedFiles.ts';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { workspaceState } from '../../src/files/stateDirectory.ts';
import { recordChanges } from '../../src/outputs/historyFolder.ts';
import { expectCli, removeScratch, type Scratch, scratch } from './cliProcess.ts';

describe('history', () => {
  let at: Scratch;
  before(() => {
    at = scratch();
  });
  after(removeScratch);
  const note = (agent: string, more: object) =>
    recordChanges(
      nodeFiles,
      nodeAppendedFiles,
      { state: at.state, stateDirectory: workspaceState(nodeFiles, at.state, at.root) },
      [
        {
          ...{ at: '2026-01-01T14:02:11.000Z', file: `agents/${agent}/.claude/settings.json`, agent },
          ...{ kind: 'edited', before: '{}', after: '{"a":1}', keys: ['/a'], lost: [], running: [] },
          ...{ by: '1', keepsText: true, ...more },
        },
      ],
    );

  it('says that nothing was seen', async () => {
    const { stdout } = await expectCli(at, ['history'], 0);
    assert.equal(stdout, 'No change of settings was seen on this machine yet.\n');
  });

  it('tells of all, of some, and as data', async () => {
    await note('code-agent', {
      kind: 'lost',
      lost: ['guard hook missing'],
      running: [{ agent: 'x', by: 'spool' }],
    });
    await note('test-agent', {});
    const all = await expectCli(at, ['history'], 0);
    assert.equal(
      all.stdout,
      '2026-01-01T14:02:11.000Z  agents/code-agent/.claude/settings.json  lost: guard hook missing  /a  (sessions: x)\n' +
        '2026-01-01T14:02:11.000Z  agents/test-agent/.claude/settings.json  edited  /a  (sessions: unknown)\n',
    );
    const one = await expectCli(at, ['history', 'test-agent', '--format', 'json'], 0);
    const { changes } = JSON.parse(one.stdout);
    assert.deepEqual(
      changes.map(({ agent }: { agent: string }) => agent),
      ['test-agent'],
    );
  });

  it('knows no agent that never was', async () => {
    const { stderr } = await expectCli(at, ['history', 'nobody'], 2);
    assert.match(stderr, /There is no agent "nobody"/);
  });
});
