// `prove` with a claude that only records how it was started: its environment, what a cancel leaves, what is said when nothing can be seen.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { cli, endOf, expectCli, removeScratch, type Scratch, scratch, startCli } from './cliProcess.ts';
import { sarifRun } from './sarifSchema.ts';

after(removeScratch);

interface Stage extends Scratch {
  readonly claude: string;
  /** What each start of the fake claude wrote down. */
  readonly starts: () => readonly {
    readonly argv: string[];
    readonly env: Record<string, string>;
    readonly cwd: string;
    readonly pids: number[];
  }[];
  readonly temporary: string;
}

/** Writes down how it was started. With `wait` it stays, with a child of its own, until somebody ends it. */
const fakeClaude = (folder: string, waits: boolean): string => `#!${process.execPath}
const fs = require('node:fs');
if (process.argv[2] === '--version') { console.log('2.1.329 (Claude Code)'); process.exit(0); }
const pids = [process.pid];
if (${waits}) pids.push(require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid);
const file = ${JSON.stringify(folder)} + '/start-' + process.pid;
fs.writeFileSync(file + '.tmp', JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), env: process.env, pids }));
fs.renameSync(file + '.tmp', file + '.json');
if (${waits}) setInterval(() => {}, 1000);
else { console.error('no\\u001b[2J such luck'); process.exit(7); }
`;

async function stage(waits = false): Promise<Stage> {
  const at = scratch();
  const claude = path.join(at.folder, 'claude');
  const temporary = path.join(at.folder, 'tmp');
  fs.mkdirSync(temporary);
  fs.writeFileSync(claude, fakeClaude(at.folder, waits), { mode: 0o755 });
  await expectCli(at, ['generate'], 0);
  const starts = () =>
    fs
      .readdirSync(at.folder)
      .filter((name) => /^start-\d+\.json$/.test(name))
      .map((name) => JSON.parse(fs.readFileSync(path.join(at.folder, name), 'utf8')));
  return { ...at, claude, starts, temporary };
}

const environment = ({ claude, temporary }: Stage) => ({
  env: {
    NATIVE_ORCHESTRATOR_CLAUDE: claude,
    TMPDIR: temporary,
    ANTHROPIC_AUTH_TOKEN: 'a-secret-of-the-user',
    AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-user',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  },
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that has ended and that nobody has asked about yet is no longer running.
    return (
      process.platform !== 'linux' || !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
    );
  } catch {
    return false;
  }
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('prove, as a process', () => {
  it('starts claude with nothing of the user, and says so when it comes to nothing', async () => {
    const at = await stage();
    const { code, stdout } = await cli(at, ['prove', '--format', 'json'], environment(at));
    assert.equal(code, 1);
    const report = JSON.parse(stdout);
    assert.deepEqual(report.proofs, []);
    assert.equal(report.notProven.length, 2);
    assert.match(report.notProven[0].message, /exit code 7.*no\\u\{1b\}\[2J such luck/);
    const [start] = at.starts();
    assert.ok(start);
    const values = Object.values(start.env);
    assert.ok(!values.some((value) => value.includes('a-secret-of-the-user')));
    assert.ok(
      !Object.keys(start.env).some((name) => /PROXY|TOKEN|SECRET/.test(name)),
      Object.keys(start.env).join(' '),
    );
    assert.notEqual(start.env.HOME, at.home);
    assert.match(start.env.ANTHROPIC_BASE_URL ?? '', /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
    assert.match(start.cwd, /native-orchestrator-proof-/);
    const mode = start.argv.indexOf('--permission-mode');
    assert.equal(start.argv[mode + 1], 'bypassPermissions');
    assert.deepEqual(fs.readdirSync(at.temporary), []);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`ends everything that it started on ${signal}, and leaves no scratch copy`, async () => {
      const at = await stage(true);
      const child = startCli(at, ['prove', '--jobs', '2'], environment(at));
      await until(() => at.starts().length === 2);
      const pids = at.starts().flatMap((start) => start.pids);
      assert.equal(pids.length, 4);
      child.kill(signal);
      const { code, stderr } = await endOf(child);
      assert.equal(code, 2);
      assert.match(stderr, /Cancelled/);
      await until(() => pids.every((pid) => !isAlive(pid)));
      assert.deepEqual(fs.readdirSync(at.temporary), []);
      const kept = fs.existsSync(at.state) ? fs.readdirSync(at.state, { recursive: true }) : [];
      assert.ok(!kept.some((name) => String(name).includes('proofs')));
    });

  it('takes nothing into its scratch copies that a workspace would have run', async () => {
    const at = await stage();
    const evil = '/somebody/elses/program';
    const write = (file: string, value: unknown): void => {
      fs.mkdirSync(path.dirname(path.join(at.folder, file)), { recursive: true });
      fs.writeFileSync(path.join(at.folder, file), typeof value === 'string' ? value : JSON.stringify(value));
    };
    const settings = {
      apiKeyHelper: evil,
      statusLine: { type: 'command', command: evil },
      env: { NODE_OPTIONS: `--require ${evil}`, PATH: evil, CLAUDE_PROJECT_DIR: evil, SHELL: evil },
      hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: evil }] }] },
      enabledPlugins: { [evil]: true },
      filler: 'x'.repeat(3_000_000),
    };
    write('.claude/settings.json', settings);
    write('.claude/settings.local.json', settings);
    write('.mcp.json', { mcpServers: { evil: { command: evil } } });
    write('CLAUDE.md', `@${evil}\n`);
    write('secret.md', evil);
    fs.mkdirSync(path.join(at.folder, '.claude/agents'));
    fs.symlinkSync(path.join(at.folder, 'secret.md'), path.join(at.folder, '.claude/agents/evil.md'));
    // What it finds in the scratch copy, and in its HOME, at its start.
    const look = `
const seen = [];
const walk = (folder) => { for (const each of fs.readdirSync(folder, { withFileTypes: true })) {
  const file = folder + '/' + each.name;
  if (each.isDirectory()) walk(file);
  else if (each.isSymbolicLink() || fs.readFileSync(file, 'utf8').includes('somebody')) seen.push(file);
} };
walk(require('node:path').dirname(process.cwd()));
fs.writeFileSync(${JSON.stringify(at.folder)} + '/seen-' + process.pid, JSON.stringify(seen));
`;
    fs.writeFileSync(at.claude, fakeClaude(at.folder, false).replace('const pids', `${look}\nconst pids`), {
      mode: 0o755,
    });
    const { code } = await cli(at, ['prove', '--format', 'json'], environment(at));
    assert.equal(code, 1);
    const seen = fs.readdirSync(at.folder).filter((name) => name.startsWith('seen-'));
    assert.notEqual(seen.length, 0);
    for (const name of seen) assert.equal(fs.readFileSync(path.join(at.folder, name), 'utf8'), '[]');
    for (const { env, argv } of at.starts()) assert.ok(!JSON.stringify([env, argv]).includes('somebody'));
  });

  it('ends a claude that never says its version, with what it started', async () => {
    const at = await stage();
    const file = path.join(at.folder, 'pids');
    const text = `#!/bin/sh\nsleep 1000 &\necho $$ $! > ${file}.tmp && mv ${file}.tmp ${file}\nwait\n`;
    fs.writeFileSync(at.claude, text, { mode: 0o755 });
    const child = startCli(at, ['prove'], environment(at));
    await until(() => fs.existsSync(file));
    child.kill('SIGINT');
    const { code, stderr } = await endOf(child);
    assert.equal(code, 2);
    assert.match(stderr, /Cancelled/);
    const pids = fs.readFileSync(file, 'utf8').trim().split(' ').map(Number);
    assert.equal(pids.length, 2);
    await until(() => pids.every((pid) => !isAlive(pid)));
    assert.deepEqual(fs.readdirSync(at.temporary), []);
  });

  it('takes no noise for a version, and says so when nothing can be put aside', async () => {
    const at = await stage();
    fs.writeFileSync(at.claude, '#!/bin/sh\nhead -c 2000000 /dev/zero\n', { mode: 0o755 });
    const noise = await cli(at, ['prove'], environment(at));
    assert.equal(noise.code, 2);
    assert.match(noise.stderr, /does not say its version/);
    fs.writeFileSync(at.claude, fakeClaude(at.folder, false), { mode: 0o755 });
    fs.rmSync(at.temporary, { recursive: true });
    fs.writeFileSync(at.temporary, 'no folder');
    const full = await cli(at, ['prove'], environment(at));
    assert.equal(full.code, 2);
    assert.match(full.stderr, /No scratch copy can be made/);
  });

  it('prints SARIF with the place in the registry', async () => {
    const at = await stage();
    const { code, stdout } = await cli(at, ['prove', '--format=sarif'], environment(at));
    assert.equal(code, 1);
    const { results } = sarifRun(stdout);
    assert.deepEqual(
      results.map(({ ruleId }) => ruleId),
      ['proof/no-proof', 'proof/no-proof'],
    );
    assert.equal(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri, 'agents/registry.yaml');
  });

  for (const [words, message] of [
    [['prove', 'nobody'], /no agent "nobody"/],
    [['prove', '--jobs', 'many'], /--jobs is a number/],
    [['prove', '--jobs', '0'], /--jobs is a number/],
    [['prove', '--all', 'writer-agent'], /not both/],
    [['prove', '--format', 'xml'], /--format is text, json, sarif or github/],
    [['start', 'code-agent', '--format', 'sarif'], /--format is text or json/],
  ] as const)
    it(`refuses ${words.join(' ')}`, async () => {
      const at = scratch();
      const { code, stdout, stderr } = await cli(at, [...words]);
      assert.equal(code, 2);
      // Whoever asked for SARIF is told in SARIF.
      assert.match(stderr + stdout, message);
    });

  it('says where it looked when there is no claude', async () => {
    const at = scratch();
    const { code, stderr } = await cli(at, ['prove'], {
      env: { NATIVE_ORCHESTRATOR_CLAUDE: path.join(os.tmpdir(), 'none') },
    });
    assert.equal(code, 2);
    assert.match(stderr, /claude was not found.*Install it from/);
  });
});
