// The real CLI on settings of earlier tooling, before and after migrate: dropped whole, then without a complaint.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'mocha';
import { describeWithClaude, prepareHome, runClaude, scratchFolder } from './realClaude.ts';
import { ScriptedModel } from './scriptedModel.ts';

/** Tests are started in the root of the checkout. */
const commandLine = path.resolve('dist/cli.mjs');

describeWithClaude('migrate, and claude doctor', () => {
  let model: ScriptedModel;
  let base: string;
  let root: string;
  let home: string;
  before(async () => {
    model = await ScriptedModel.start();
    base = scratchFolder('migrate');
    root = path.join(base, 'work');
    home = path.join(base, 'home');
    cpSync(path.resolve('test/fixtures/earlierTooling'), root, { recursive: true });
    prepareHome(home, [root]);
  });
  after(async () => {
    await model.close();
    rmSync(base, { recursive: true, force: true });
  });

  const settingsOf = (id: string): string => path.join(root, 'agents', id, '.claude/settings.json');
  const command = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [commandLine, ...args], {
      cwd: root,
      env: { HOME: home, NATIVE_ORCHESTRATOR_STATE: path.join(base, 'state'), PATH: process.env.PATH },
      encoding: 'utf8',
    });

  /** What doctor has to say against a settings file that is given to it. */
  async function complaints(id: string): Promise<string> {
    const { stdout } = await runClaude({
      cwd: root,
      home,
      modelUrl: model.url,
      args: ['--settings', settingsOf(id), 'doctor'],
    });
    assert.match(stdout, /Running: .*\n/, 'claude doctor did not answer');
    const sections = stdout
      .split(/\n\n/)
      .filter((each) => /^(Invalid settings|Permission rules)/m.test(each));
    return sections.join('\n');
  }

  it('drops the file before, and accepts it after', async () => {
    for (const id of ['builder', 'reviewer'])
      assert.match(await complaints(id), /Invalid settings[\s\S]*PreToolUse/, id);
    assert.match(command('migrate', '--yes'), /To undo this/);
    for (const id of ['builder', 'reviewer', 'writer']) assert.equal(await complaints(id), '', id);
    assert.match(readFileSync(settingsOf('builder'), 'utf8'), /"echo checked"/);
  });
});
