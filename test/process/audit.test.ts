// The audit log: what changed something is noted, with who and what became of it; what only looked is not, and no prompt is.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { cli, expectCli, put, removeScratch, type Scratch, scratch } from './cliProcess.ts';

after(removeScratch);

/** The entries of the only workspace, without when and by which process; undefined when there is no log. */
function entriesOf(at: Scratch): readonly Record<string, unknown>[] | undefined {
  const [workspace = ''] = fs.existsSync(at.state) ? fs.readdirSync(at.state) : [];
  const file = path.join(at.state, workspace, 'audit.jsonl');
  if (!fs.existsSync(file)) return undefined;
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { at: when, pid, ...entry } = JSON.parse(line);
    assert.match(when, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(pid > 1);
    return entry;
  });
}

const entry = (action: string, outcome: string, more: object = {}): object => ({
  action,
  by: 'cli',
  format: 1,
  outcome,
  ...more,
});

describe('the audit log', () => {
  it('has what changed something, done or not, and nothing else', async () => {
    const at = scratch();
    const looks = ['check', 'list', 'generate --dry-run', 'status', 'clean', 'restore --list', 'worktree'];
    for (const words of looks) await cli(at, words.split(' '));
    assert.equal(entriesOf(at), undefined);
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['check'], 0);
    const prompt = 'the password is swordfish';
    await expectCli(at, ['send', 'code-agent', prompt], 2);
    const words = ['stop', 'code-agent', '--yes'];
    await expectCli(at, words, 2, { env: { NATIVE_ORCHESTRATOR_AGENT: 'test-agent' } });
    await expectCli(at, words, 0);
    put(at, 'agents/registry.yaml', 'agents: [');
    await expectCli(at, ['generate', '--all'], 1);
    const entries = entriesOf(at);
    const stop = { agents: ['code-agent'], details: { flags: 'yes' } };
    assert.deepEqual(entries, [
      entry('generate', 'done'),
      entry('send', 'refused', { agents: ['code-agent'] }),
      entry('stop', 'refused', { ...stop, inSessionOf: 'test-agent' }),
      entry('stop', 'done', stop),
      entry('generate', 'exit code 1', { details: { flags: 'all' } }),
    ]);
    assert.doesNotMatch(JSON.stringify(entries), /swordfish/);
  });

  it('says which directories were archived, and brought back', async () => {
    const at = scratch();
    put(at, 'agents/code/.claude/CLAUDE.md', '# code\n');
    await expectCli(at, ['clean', '--archive', '--yes', '--uncommitted'], 0);
    const [name = ''] = fs.readdirSync(path.join(at.root, 'agents/archive'));
    const manifest = `agents/archive/${name}/manifest.json`;
    await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.ok(fs.existsSync(path.join(at.root, 'agents/code/.claude/CLAUDE.md')));
    assert.deepEqual(entriesOf(at), [
      entry('clean', 'done', { details: { flags: 'yes archive uncommitted' } }),
      entry('clean', 'done', { details: { undo: manifest } }),
    ]);
  });

  it('that cannot be written keeps nothing from being done', async () => {
    const at = scratch();
    fs.writeFileSync(at.state, 'a file where the folder would be');
    await expectCli(at, ['generate'], 0);
  });

  it('is not written through a link', async () => {
    const at = scratch();
    await expectCli(at, ['generate'], 0);
    const [workspace = ''] = fs.readdirSync(at.state);
    const file = path.join(at.state, workspace, 'audit.jsonl');
    const other = path.join(at.folder, 'other');
    fs.writeFileSync(other, '');
    fs.rmSync(file);
    fs.symlinkSync(other, file);
    await expectCli(at, ['generate'], 0);
    assert.equal(fs.readFileSync(other, 'utf8'), '');
  });
});
