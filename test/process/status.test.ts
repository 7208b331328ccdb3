// `status` as people run it: records and spools in the state directory, processes of the machine, and a claude that
// answers `agents --json`; `list --state` and `completion` beside it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { workspaceState } from '../../src/files/stateDirectory.ts';
import { configHashes } from '../../src/outputs/configHashes.ts';
import { type SpoolFields, spoolLine } from '../../src/protocol/spoolLine.ts';
import { processStarted } from '../../src/sessions/processTable.ts';
import { runProgram } from '../../src/sessions/programs.ts';
import { type SessionRecord, writeRecord } from '../../src/sessions/sessionRecord.ts';
import { cli, expectCli, put, removeScratch, type Scratch, scratch, take } from './cliProcess.ts';

const launch = 'aaaaaaaa-1111-4111-8111-111111111111';
const sessionId = 'bbbbbbbb-1111-4111-8111-111111111111';

/** Answers with what `list.json` beside it holds, and notes that it was asked. */
const answering = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$*" >> asked.txt
cat list.json
`;

describe('status', () => {
  let at: Scratch;
  let state: string;
  let claude: string;
  let child: ChildProcess;
  const spools = (): string => path.join(state, 'spool', `${launch}.jsonl`);

  before(async () => {
    at = scratch();
    claude = path.join(at.folder, 'claude');
    fs.writeFileSync(claude, answering, { mode: 0o755 });
    await expectCli(at, ['generate'], 0);
    state = workspaceState(nodeFiles, at.state, at.root);
    child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', env: {} });
    fs.mkdirSync(path.dirname(spools()), { recursive: true, mode: 0o700 });
  });
  after(() => {
    child.kill('SIGKILL');
    removeScratch();
  });

  const words = ['--format', 'json'];
  const asked = (): string => {
    const file = path.join(at.folder, 'asked.txt');
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    fs.rmSync(file, { force: true });
    return text;
  };
  const run = async (args: readonly string[], code = 0) => {
    const result = await cli({ ...at, env: { ...at.env, NATIVE_ORCHESTRATOR_CLAUDE: claude } }, args);
    assert.equal(result.code, code, result.stderr);
    return result;
  };
  const session = async () => {
    const { agents, attention, summary } = JSON.parse((await run(['status', ...words])).stdout);
    const of = agents.find(({ id }: { id: string }) => id === 'code-agent').session;
    return { of, attention, summary };
  };
  const answer = (text: string): void => fs.writeFileSync(path.join(at.folder, 'list.json'), text);
  const listed = (status: string, more: object = {}): void =>
    answer(JSON.stringify([{ pid: child.pid, sessionId, name: 'code-agent', status, ...more }]));
  let lines = 0;
  const tell = (fields: Partial<SpoolFields>, secondsAgo: number): void => {
    const t = new Date(Date.now() - secondsAgo * 1000).toISOString();
    const line = { t, id: `i${++lines}`, n: 1, launch, agent: 'code-agent', session: sessionId };
    fs.appendFileSync(spools(), spoolLine({ ...line, src: 'report', event: 'Stop', ...fields }), {
      mode: 0o600,
    });
  };

  it('knows of nothing at first, and asks nobody', async () => {
    answer('[]');
    const { of, attention, summary } = await session();
    assert.deepEqual([of, attention, summary.sessions, summary.claudeAnswered], [null, [], 0, null]);
    assert.equal(asked(), '');
    const { stdout } = await run(['status']);
    assert.match(stdout, /^\d agents without a known session\n$/);
  });

  it('shows a session, what it waits for, and how that is known', async () => {
    const machine = { files: nodeFiles, platform: process.platform, run: runProgram };
    const pid = child.pid ?? 0;
    const pidStarted = await processStarted(machine, pid);
    assert.ok(pidStarted !== undefined);
    const record: SessionRecord = {
      ...configHashes(nodeFiles, at.root, { id: 'code-agent', contextFiles: [] }),
      ...{ format: 1, launch, agent: 'code-agent', sessionId, sessionIds: [sessionId], runner: 'terminal' },
      ...{ pid, pidStarted, cwd: at.root, argv: [claude], phase: 'running' },
      startedAt: new Date(Date.now() - 600_000).toISOString(),
    };
    await writeRecord({ files: nodeFiles, stateRoot: at.state, stateDirectory: state }, record);
    tell({ event: 'SessionStart', source: 'startup' }, 500);
    tell({ event: 'UserPromptSubmit' }, 130);
    const call = { tool: 'Bash', toolUseId: 't1', verdict: 'allow' } as const;
    tell({ src: 'guard', event: 'PreToolUse', ...call }, 122);
    tell({ event: 'PermissionRequest', tool: 'Bash' }, 121);
    listed('waiting', { waitingFor: 'permission prompt' });
    const { stdout } = await run(['status', 'code-agent']);
    assert.match(
      stdout,
      /^code-agent {2}needs you: permission to use Bash · 2 m {2}\(hooks: the request for Bash, heard (just now|\d+ s ago)\)\n1 session · 1 needs you: code-agent\n$/,
    );
    assert.equal(asked(), 'agents --json\n');
    const { of, attention, summary } = await session();
    assert.deepEqual(
      [of.state, of.need, of.tool, of.source, of.process, of.olderThanDisk, of.pid, of.sessionId],
      ['needsYou', 'permission', 'Bash', 'hooks', 'running', [], pid, sessionId],
    );
    assert.deepEqual(
      attention.map(({ id, urgency }: { id: string; urgency: string }) => [id, urgency]),
      [['code-agent', 'permission']],
    );
    assert.deepEqual([summary.needYou, summary.claudeAnswered], [1, true]);
  });

  it('sees an answer "No", of which no hook tells', async () => {
    listed('idle');
    const { of, attention } = await session();
    assert.deepEqual([of.state, of.source, attention], ['idle', 'list', []]);
    const filtered = JSON.parse((await run(['list', '--state', 'idle', ...words])).stdout);
    assert.deepEqual(
      filtered.agents.map(({ id }: { id: string }) => id),
      ['code-agent'],
    );
    assert.deepEqual(JSON.parse((await run(['list', '--state', 'needs-you', ...words])).stdout).agents, []);
  });

  it('does not take a claude that fails for the end of a session', async () => {
    answer('Usage: claude [options]');
    const { of, summary } = await session();
    assert.deepEqual([of.state, of.need, summary.claudeAnswered], ['needsYou', 'permission', false]);
    assert.match((await run(['status'])).stderr, /claude did not say what its sessions do/);
  });

  it('says what changed on the disk since the start', async () => {
    const memory = 'agents/code-agent/.claude/CLAUDE.md';
    const text = take(at, memory);
    put(at, memory, `${text}\nMore.\n`);
    assert.deepEqual((await session()).of.olderThanDisk, ['memory']);
    assert.match((await run(['status'])).stdout, / config older than disk: memory\n/);
    put(at, memory, text);
    assert.deepEqual((await session()).of.olderThanDisk, []);
  });

  it('shows what a spool holds escaped', async () => {
    tell({ event: 'PostToolUse', tool: 'Bash', toolUseId: 't1' }, 3);
    tell({ event: 'PermissionRequest', tool: '\u001b[31mBash\u202e\n' }, 2);
    const { stdout } = await run(['status']);
    assert.ok(stdout.includes('\\u{1b}[31mBash\\u{202e}\\n'), stdout);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  });

  it('sees that a process was killed', async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const { of, attention } = await session();
    assert.deepEqual([of.state, of.source, attention[0].urgency], ['crashed', 'process', 'crashed']);
    tell({ event: 'SessionEnd', reason: 'other' }, 0);
    assert.match((await run(['status', 'code-agent'])).stdout, /^code-agent {2}stopped .*\n1 stopped\n$/);
  });

  it('tells of records that it cannot use', async () => {
    fs.writeFileSync(path.join(state, 'sessions', 'x.json'), '{"format": 99}', { mode: 0o600 });
    const { stderr } = await run(['status']);
    assert.match(stderr, /^The session record x\.json is not used: .*newer version.*\n$/);
    assert.equal(JSON.parse((await run(['status', ...words])).stdout).skipped.length, 1);
  });

  it('refuses an agent that there is not', async () => {
    assert.match((await run(['status', 'nobody'], 2)).stderr, /no agent "nobody"/);
  });
});

describe('completion', () => {
  let at: Scratch;
  before(() => {
    at = scratch();
  });
  after(removeScratch);

  const offered = async (...typed: readonly string[]): Promise<readonly string[]> =>
    (await expectCli(at, ['completion', 'words', '--', ...typed], 0)).stdout.split('\n').slice(0, -1);

  it('offers verbs, agents, options and their values', async () => {
    assert.ok((await offered('')).includes('generate'));
    assert.deepEqual(await offered('sta'), ['start', 'status']);
    assert.ok((await offered('status', '')).includes('code-agent'));
    assert.deepEqual(await offered('list', '--state', 'needs'), ['needs-you']);
    assert.deepEqual(await offered('status', '--format', ''), ['text', 'json']);
    assert.deepEqual(await offered('completion', ''), ['bash', 'zsh', 'fish']);
  });
  it('offers the folders of agents while the registry has errors', async () => {
    await expectCli(at, ['generate'], 0);
    const registry = take(at, 'agents/registry.yaml');
    put(at, 'agents/registry.yaml', 'agents: [');
    assert.ok((await offered('status', '')).includes('code-agent'));
    put(at, 'agents/registry.yaml', registry);
  });
  it('prints a script that bash takes, and that completes', async function () {
    const script = (await expectCli(at, ['completion', 'bash'], 0)).stdout;
    const bin = path.join(at.folder, 'bin');
    fs.mkdirSync(bin);
    const program = `#!/bin/sh\nexec "${process.execPath}" "${path.resolve('dist/cli.mjs')}" "$@"\n`;
    fs.writeFileSync(path.join(bin, 'native-orchestrator'), program, { mode: 0o755 });
    const tab =
      'COMP_WORDS=(native-orchestrator status code) COMP_CWORD=2; _native_orchestrator; echo "$COMPREPLY"';
    const bash = spawn('bash', ['--norc', '-c', `${script}\n${tab}`], {
      cwd: at.root,
      env: { ...at.env, PATH: `${bin}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    bash.on('error', () => this.skip());
    let out = '';
    for await (const text of bash.stdout.setEncoding('utf8')) out += text;
    assert.equal(out, 'code-agent\n');
  });
  it('refuses another shell', async () => {
    assert.match((await expectCli(at, ['completion', 'powershell'], 2)).stderr, /completion fish/);
  });
});
