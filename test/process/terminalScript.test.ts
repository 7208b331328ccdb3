// What a terminal of the editor begins with, run by the real shell: it becomes the program, once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'mocha';
import { becomingArguments, terminalArguments, terminalScript } from '../../src/sessions/starterScript.ts';

describe('the script of a terminal', () => {
  let folder: string;
  before(function () {
    if (process.platform === 'win32') this.skip();
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "start it's ")));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const tell =
    'console.log(JSON.stringify({ pid: process.pid, cwd: process.cwd(), args: process.argv.slice(1), env: process.env }))';
  const args = ['$(touch pwned)', "it's", 'two\nlines', '', '-x'];
  const write = (script: string, command = process.execPath): void =>
    fs.writeFileSync(
      script,
      terminalScript({
        command,
        args: ['-e', `${tell}; process.exitCode = 7`, '--', ...args],
        env: { OWN: "a 'b' `touch pwned`\n$X", 'NOT A NAME': 'x', PWD: '/nowhere' },
        cwd: folder,
        pidFile: path.join(folder, "it's.pid"),
      }),
      { mode: 0o600 },
    );
  async function run(script: string) {
    const child = spawn('/bin/sh', terminalArguments(script), {
      cwd: '/',
      env: { PATH: process.env.PATH, GIVEN: 'by the terminal' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { pid: child.pid, out, err, code };
  }

  it('becomes the program, with its own words and environment added to the terminal’s', async () => {
    const script = path.join(folder, 'a.sh');
    write(script);
    const { pid, out, code } = await run(script);
    const told = JSON.parse(out);
    assert.equal(code, 7);
    assert.equal(told.pid, pid, 'the process of the terminal is the program');
    const pidFile = path.join(folder, "it's.pid");
    assert.equal(fs.readFileSync(pidFile, 'utf8'), `${pid}\n`);
    assert.equal(fs.statSync(pidFile).mode & 0o777, 0o600);
    assert.equal(told.cwd, folder);
    assert.deepEqual(told.args, args);
    assert.equal(told.env.OWN, "a 'b' `touch pwned`\n$X");
    assert.equal(told.env.GIVEN, 'by the terminal');
    assert.ok(!fs.existsSync(script));
    assert.ok(!fs.existsSync(path.join(folder, 'pwned')));
  });

  it('the same command line once more starts nothing and says nothing', async () => {
    const script = path.join(folder, 'b.sh');
    write(script);
    await run(script);
    const { out, err, code } = await run(script);
    assert.deepEqual([out, err, code], ['', '', 0]);
  });

  it('a program that is not there is said, with an exit code', async () => {
    const script = path.join(folder, 'c.sh');
    write(script, path.join(folder, 'none'));
    const { err, code } = await run(script);
    assert.match(err, /none/);
    assert.equal(code, 127);
    assert.ok(!fs.existsSync(script));
  });

  it('without a script it becomes the program, too, and writes its pid down before', async () => {
    const pidFile = path.join(folder, "it's $(touch pwned).pid");
    const words = [process.execPath, '-e', `${tell}; process.exitCode = 7`, '--', ...args];
    const child = spawn('/bin/sh', becomingArguments(pidFile, words), {
      cwd: folder,
      env: { GIVEN: "a 'b'\n$X" },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const told = JSON.parse(out);
    assert.deepEqual([code, told.pid, told.args, told.cwd], [7, child.pid, args, folder]);
    assert.equal(told.env.GIVEN, "a 'b'\n$X");
    assert.equal(fs.readFileSync(pidFile, 'utf8'), `${child.pid}\n`);
    assert.equal(fs.statSync(pidFile).mode & 0o777, 0o600);
    assert.ok(!fs.existsSync(path.join(folder, 'pwned')));
  });
});
