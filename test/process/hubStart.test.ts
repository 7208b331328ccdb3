// A hub as it starts: what others left in its folders, and what happens to it before it has told where it is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { limitsWith } from '../../src/hub/limits.ts';
import { runHub } from '../../src/hub/runHub.ts';
import { runProgram } from '../../src/sessions/programs.ts';
import { cliFile, removeScratch, scratch } from './cliProcess.ts';
import { stateOf, until } from './fakeSessions.ts';
import { endStages, type Stage, stage } from './hubStoreStage.ts';

after(async () => {
  await endStages();
  removeScratch();
});

/** Runs a hub in this process. `onListening`: what happens before it tells where it is. */
const run = ({ stateRoot, stateDirectory }: Stage, onListening: () => void = () => {}) =>
  runHub({
    store: { files: nodeFiles, stateRoot, stateDirectory },
    machine: { files: nodeFiles, platform: process.platform, env: {}, home: stateRoot, run: runProgram },
    pid: process.pid,
    port: 0,
    limits: limitsWith(),
    log: (_, event) => event === 'listening' && onListening(),
    onBug: (error) => assert.fail(String(error)),
    wait: (ms) => wait(ms),
  });

const hubFolder = ({ stateDirectory }: Stage, ...names: readonly string[]): string =>
  path.join(stateDirectory, 'hub', ...names);

describe('hub: as it starts', function () {
  this.timeout(20_000);

  const checkRefused = (folder: string, name: string) =>
    it(`${folder}/${name}, after which there is no number, is refused in words`, async () => {
      const at = stage();
      fs.mkdirSync(hubFolder(at, folder), { recursive: true, mode: 0o700 });
      fs.writeFileSync(hubFolder(at, folder, name), '', { mode: 0o600 });
      await assert.rejects(run(at), (error: Error) => {
        assert.equal(error.name, 'UserError');
        assert.match(error.message, /highest number .* Remove/);
        return true;
      });
    });
  checkRefused('terms', '999999999.released');
  checkRefused('journal', '999999-000000000001.jsonl');

  it('one that was replaced before it told where it is tells nothing, and ends', async () => {
    const at = stage();
    const other = '{"of":"another hub"}';
    const started = await run(at, () => {
      fs.writeFileSync(hubFolder(at, 'terms', '000000002.json'), '{"format":1,"pid":1}', { mode: 0o600 });
      fs.writeFileSync(hubFolder(at, 'hub.json'), other, { mode: 0o600 });
    });
    assert.ok(started.kind === 'running');
    assert.equal(await started.hub.ended, 'deposed');
    assert.equal(fs.readFileSync(hubFolder(at, 'hub.json'), 'utf8'), other);
    assert.deepEqual(fs.readdirSync(hubFolder(at)).sort(), ['hub.json', 'journal', 'terms']);
  });

  it('one whose log has no room on the disk goes on without it', async function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const at = scratch();
    const full = fs.openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [cliFile, 'hub', '--log-level', 'debug'], {
      cwd: at.root,
      env: at.env,
      stdio: ['ignore', 'pipe', full],
    });
    fs.closeSync(full);
    try {
      let out = '';
      child.stdout?.setEncoding('utf8').on('data', (text) => {
        out += text;
      });
      await until('it runs', () => out.includes('\n'));
      const [address = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(out) ?? [];
      const token = fs.readFileSync(path.join(stateOf(at), 'hub', 'viewer.token'), 'utf8').trim();
      const ask = (): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          const headers = { authorization: `Bearer ${token}` };
          http
            .get(`${address}/health`, { agent: false, headers }, (answer) => {
              answer.resume();
              resolve(answer.statusCode);
            })
            .on('error', reject);
        });
      // Each is a line of the log.
      for (let round = 0; round < 5; round++) assert.equal(await ask(), 200);
      assert.equal(child.exitCode, null);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
