// `doctor --hooks`: every hook with its ladder, what sh really does with a broken one, and what sessions left in the spool.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { workspaceState } from '../../src/files/stateDirectory.ts';
import { spoolLine } from '../../src/protocol/spoolLine.ts';
import { cli, expectCli, put, removeScratch, type Scratch, scratch } from './cliProcess.ts';

interface ReportedHook {
  readonly agent: string | null;
  readonly name: string;
  readonly startsIn: string;
  readonly reached: string;
  readonly isBroken: boolean;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

async function hooksOf(at: Scratch, ...words: readonly string[]): Promise<readonly ReportedHook[]> {
  return JSON.parse((await cli(at, ['doctor', ...words, '--format', 'json'])).stdout).hooks;
}

async function generated(): Promise<Scratch> {
  const at = scratch();
  await expectCli(at, ['generate', '--all'], 0);
  return at;
}

/** Puts one hook of somebody else's in the workspace. */
function declare(at: Scratch, command: string): void {
  const hooks = { PreToolUse: [{ matcher: 'Edit', hooks: [{ type: 'command', command }] }] };
  put(at, '.claude/settings.json', JSON.stringify({ hooks }));
}

/** The exit code of the hook, run as the CLI runs a shell form. */
function run(at: Scratch, command: string): number | null {
  const env = { ...at.env, CLAUDE_PROJECT_DIR: at.root };
  return spawnSync('/bin/sh', ['-c', command], { cwd: at.root, env, input: '{}' }).status;
}

describe('doctor --hooks', () => {
  after(removeScratch);

  it('lists what is in trouble, and all hooks when asked', async () => {
    const at = await generated();
    assert.deepEqual(await hooksOf(at), []);
    const all = await hooksOf(at, '--hooks');
    assert.deepEqual([all.length, new Set(all.map(({ reached }) => reached))], [30, new Set(['ours'])]);
    const one = await cli(at, ['doctor', '--hooks', 'test-agent']);
    assert.match(one.stdout, /^test-agent\n[\s\S]*Guard · PreToolUse +✓✓✓✓✓✓\?\? {2}as generated/m);
    assert.match(one.stdout, /✓ its script exists: agents\/\.orchestrator\/guard\.mjs/);
    assert.doesNotMatch(one.stdout, /^code-agent$/m);
    const wrong = await cli(at, ['doctor', 'test-agent']);
    assert.deepEqual([wrong.code, /--hooks/.test(wrong.stderr)], [2, true]);
    assert.equal((await cli(at, ['doctor', '--hooks', 'tset-agent'])).code, 2);
  });

  it('says of a guard that it was changed, and of one that is gone', async () => {
    const at = await generated();
    const guard = put(at, 'agents/.orchestrator/guard.mjs', 'process.exit(0);\n');
    const changed = (await hooksOf(at)).map(({ agent, name, reached }) => [agent, name, reached]);
    assert.deepEqual(changed, [
      ['code-agent', 'Guard · PreToolUse', 'runs'],
      ['test-agent', 'Guard · PreToolUse', 'runs'],
    ]);
    fs.rmSync(guard);
    assert.deepEqual(
      (await hooksOf(at)).map(({ reached, findings }) => [reached, findings[0]?.code]),
      [
        ['rendered', 'claude/script-missing'],
        ['rendered', 'claude/script-missing'],
      ],
    );
  });

  const script = '#!/bin/sh\nexit 0\n';
  const cases: readonly (readonly [string, string, string, number, string | undefined, number])[] = [
    ['a hook that runs', '"$CLAUDE_PROJECT_DIR"/h/a.sh', script, 0o755, undefined, 0],
    ['not executable', '"$CLAUDE_PROJECT_DIR"/h/a.sh', script, 0o644, 'claude/not-executable', 126],
    ['single quotes', "'$CLAUDE_PROJECT_DIR/h/a.sh'", script, 0o755, 'claude/script-missing', 127],
    ['backslashes', 'h\\a.sh', script, 0o755, 'claude/script-missing', 127],
    ['CRLF', '"$CLAUDE_PROJECT_DIR"/h/a.sh', '#!/bin/sh\r\nexit 0\r\n', 0o755, 'claude/shebang-crlf', 127],
    ['a folder', '"$CLAUDE_PROJECT_DIR"/h', script, 0o755, 'claude/script-not-a-file', 126],
    [
      'no such program',
      'python9 "$CLAUDE_PROJECT_DIR"/h/a.sh',
      script,
      0o755,
      'claude/interpreter-not-found',
      127,
    ],
    ['neither program nor script', 'python9 x.py', script, 0o755, 'claude/script-missing', 127],
  ];
  for (const [name, command, text, mode, code, exitCode] of cases)
    it(`says what sh does: ${name}`, async function () {
      if (process.platform === 'win32') this.skip();
      const at = await generated();
      fs.chmodSync(put(at, 'h/a.sh', text), mode);
      declare(at, command);
      const hook = (await hooksOf(at, '--hooks')).find(({ agent }) => agent === null);
      assert.deepEqual([hook?.findings[0]?.code, hook?.isBroken], [code, code !== undefined]);
      assert.equal(run(at, command), exitCode);
      if (code !== undefined) assert.match(hook?.findings[0]?.message ?? '', /goes through/);
    });

  it('climbs hooks of other folders from there, and so does check as far as the workspace goes', async function () {
    if (process.platform === 'win32') this.skip();
    const at = await generated();
    const commands = [
      'sh "$CLAUDE_PROJECT_DIR"/h/a.sh',
      'python3 "$CLAUDE_PROJECT_DIR"/h/gone.py',
      'node "$CLAUDE_PROJECT_DIR"/h/gone.mjs',
    ];
    const hooks = commands.map((command) => ({ type: 'command', command }));
    put(at, 'pkg/.claude/settings.local.json', JSON.stringify({ hooks: { PreToolUse: [{ hooks }] } }));
    put(at, 'pkg/h/a.sh', script);
    const all = (await hooksOf(at, '--hooks')).filter(({ agent }) => agent === null);
    assert.deepEqual(
      all.map(({ reached, startsIn, findings }) => [reached, startsIn, ...findings.map(({ code }) => code)]),
      [
        ['runs', 'pkg'],
        ['rendered', 'pkg', 'claude/script-missing'],
        ['rendered', 'pkg', 'claude/script-missing'],
      ],
    );
    const printed = (await cli(at, ['doctor', '--hooks'])).stdout;
    assert.match(printed, /^pkg\/\.claude\/settings\.local\.json {2}\(for sessions that start in pkg\)$/m);
    const { stdout } = await cli(at, ['check']);
    assert.match(stdout, /pkg\/h\/gone\.py, does not exist, so .*every call is locked out/);
    assert.match(stdout, /pkg\/h\/gone\.mjs, does not exist, so .*goes through/);
    const elsewhere = await cli({ ...at, env: { ...at.env, PATH: '/nowhere' } }, ['check']);
    assert.equal(elsewhere.stdout, stdout);
  });

  it('reads what sessions told, warns of a silent guard, and check stays as it was', async () => {
    const at = await generated();
    const spool = path.join(workspaceState(nodeFiles, at.state, at.root), 'spool');
    fs.mkdirSync(spool, { recursive: true, mode: 0o700 });
    let count = 0;
    const append = (fields: object): void => {
      const line = { t: new Date().toISOString(), id: `i${++count}`, n: 1, launch: 'l', agent: 'code-agent' };
      const whole = { ...line, session: 's', src: 'report' as const, event: 'SessionStart', ...fields };
      fs.appendFileSync(path.join(spool, 'l.jsonl'), spoolLine(whole), { mode: 0o600 });
    };
    append({});
    append({ src: 'guard', event: 'PreToolUse', tool: 'Edit', toolUseId: '1', verdict: 'allow', ms: 42 });
    append({ event: 'PostToolUse', tool: 'Edit', toolUseId: '1' });
    const before = await cli(at, ['check']);
    const told = await cli(at, ['doctor', '--hooks', 'code-agent']);
    assert.match(told.stdout, /Guard · PreToolUse +✓✓✓✓✓✓\?✓ {2}as generated · fired /);
    assert.match(told.stdout, /✓ fired, .*\(once, p50 42 ms, p95 42 ms\)/);
    append({ event: 'PostToolUse', tool: 'Write', toolUseId: '2' });
    const [silent, ...others] = await hooksOf(at);
    assert.deepEqual(
      [silent?.agent, silent?.findings.map(({ code }) => code), others.length],
      ['code-agent', ['claude/hook-silent'], 0],
    );
    const result = await cli(at, ['check']);
    assert.deepEqual([result.code, result.stdout], [before.code, before.stdout]);
  });
});
