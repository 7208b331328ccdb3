import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { callOf, eventOf } from '../../src/hooks/callOf.ts';
import { Refusal } from '../../src/hooks/refusal.ts';
import { rootOf } from '../../src/hooks/resolvePath.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { policyHash } from '../../src/policy/policyHash.ts';
import { buildHook, type HookResult, type HookRun, runHook } from './hookProcess.ts';

const policy: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: [
    ...[
      'Agent',
      'Bash',
      'Edit',
      'Glob',
      'Grep',
      'LS',
      'LSP',
      'Monitor',
      'NotebookEdit',
      'PowerShell',
      'Read',
    ],
    'Skill',
    'Write',
  ],
  mcp: ['mcp__fs', 'mcp__ref'],
  write: {
    deny: [
      { glob: 'tests/**', from: 'cannot_access' },
      { glob: '/agents/registry.yaml', from: 'protected' },
      { glob: '.claude/**', from: 'protected' },
    ],
  },
  read: { deny: [{ glob: 'secrets/**', from: 'cannot_read' }] },
  bash: { allow: [], deny: ['git push'] },
  delegates: {
    'docs-agent': {
      format: 1,
      agent: 'docs-agent',
      tools: ['Bash', 'Edit', 'Read', 'Write'],
      mcp: [],
      write: { deny: [{ glob: 'src/**', from: 'cannot_access' }] },
      read: { deny: [] },
      bash: { allow: [], deny: ['npm publish'] },
      delegates: {},
    },
  },
};

let base: string;
let workspace: string;
let guard: string;
const sha = policyHash(policy);
const policyFile = (): string => path.join(workspace, 'agents/backend-agent/.claude/policy.json');

function makeWorkspace(): void {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), 'guard-test-')));
  workspace = path.join(base, 'ws');
  for (const directory of [
    'agents/.orchestrator',
    'agents/backend-agent/.claude',
    'tests',
    'src/deep/tests',
    'src/plain/inner',
    'node_modules/a/tests',
    'secrets',
  ])
    mkdirSync(path.join(workspace, directory), { recursive: true });
  mkdirSync(path.join(base, 'outside/tests'), { recursive: true });
  guard = path.join(workspace, 'agents/.orchestrator/guard.mjs');
  writeFileSync(policyFile(), JSON.stringify(policy, undefined, 2));
  for (const file of ['tests/kept.py', 'src/deep/tests/kept.py', 'src/plain/inner/a.ts', 'secrets/key'])
    writeFileSync(path.join(workspace, file), 'kept');
  const link = (target: string, name: string): void => symlinkSync(target, path.join(workspace, name));
  link('tests', 'innocent');
  link('../tests', 'src/up');
  link('../agents/backend-agent', 'src/agent');
  link('../tests/new.py', 'src/dangling.py');
  link('chain-2', 'chain-1');
  link('innocent/x', 'chain-2');
  link('loop-b', 'loop-a');
  link('loop-a', 'loop-b');
  link(path.join(base, 'outside'), 'out');
  symlinkSync(workspace, path.join(base, 'alias'));
  symlinkSync(path.join(workspace, 'tests'), path.join(base, 'outside/back'));
  link(path.join(workspace, 'secrets'), 'notes');
}

const event = (tool: string, input: unknown, more: object = {}): string =>
  JSON.stringify({
    session_id: 's1',
    transcript_path: '/x',
    cwd: workspace,
    hook_event_name: 'PreToolUse',
    tool_name: tool,
    tool_input: input,
    tool_use_id: 't1',
    ...more,
  });

const run = (given: Partial<HookRun> & Pick<HookRun, 'input'>): Promise<HookResult> =>
  runHook({ script: guard, args: ['backend-agent', sha], ...given });

/** Denied on every channel that the CLI reads; gives the reason. */
function assertDenied({ code, stdout, stderr }: HookResult): string {
  assert.equal(code, 2);
  const { hookSpecificOutput } = JSON.parse(stdout);
  assert.equal(hookSpecificOutput.hookEventName, 'PreToolUse');
  assert.equal(hookSpecificOutput.permissionDecision, 'deny');
  const reason: string = hookSpecificOutput.permissionDecisionReason;
  assert.equal(stderr, `${reason}\n`);
  assert.ok(reason.length > 20);
  return reason;
}

type Given = () => Partial<HookRun> & Pick<HookRun, 'input'>;

function checkDenied(cases: Readonly<Record<string, readonly [Given, reason: RegExp]>>): void {
  for (const [name, [given, reason]] of Object.entries(cases))
    it(`denies ${name}`, async () => assert.match(assertDenied(await run(given())), reason));
}

function checkAllowed(cases: Readonly<Record<string, Given>>): void {
  for (const [name, given] of Object.entries(cases))
    it(`leaves ${name} to the CLI`, async () => {
      assert.deepEqual(await run(given()), { code: 0, stdout: '', stderr: '' });
    });
}

const write = (file: string, more: object = {}): string =>
  event('Write', { file_path: file, content: 'x' }, more);
const writeOf =
  (file: string, more: object = {}): Given =>
  () => ({ input: write(file.replace('$WS', workspace).replace('$BASE', base), more) });

describe('the guard as a process', function () {
  this.timeout(30_000);
  before(async () => {
    const built = await buildHook('guard');
    makeWorkspace();
    copyFileSync(built, guard);
    copyFileSync(path.join(path.dirname(built), 'bash.mjs'), path.join(path.dirname(guard), 'bash.mjs'));
  });
  after(() => rmSync(base, { recursive: true, force: true }));

  const forbidden = /tests\/\*\*.*cannot_access of backend-agent/;
  checkDenied({
    'a forbidden write': [writeOf('$WS/tests/foo.py'), forbidden],
    'one by a relative path': [writeOf('tests/foo.py'), forbidden],
    'one relative to the call’s own directory': [
      () => ({ input: write('foo.py', { cwd: `${workspace}/tests` }) }),
      forbidden,
    ],
    'one at any depth': [writeOf('$WS/src/deep/tests/foo.py'), forbidden],
    'one with ..': [writeOf('$WS/src/../tests/foo.py'), forbidden],
    'one with .. that leaves the workspace and returns': [writeOf('$WS/../ws/tests/foo.py'), forbidden],
    'one in another case': [writeOf('$WS/TESTS/Foo.py'), forbidden],
    'one with the workspace in another case': [
      () => ({ input: write(path.join(base, 'WS/tests/foo.py')) }),
      forbidden,
    ],
    'one through a symlink': [writeOf('$WS/innocent/foo.py'), forbidden],
    'one through a symlink’s parent': [writeOf('src/up/foo.py'), forbidden],
    'one through a chain of symlinks': [writeOf('chain-1'), forbidden],
    'one through a dangling symlink': [writeOf('$WS/src/dangling.py'), forbidden],
    'one through a loop of symlinks': [writeOf('$WS/loop-a/x'), /too many symbolic links/],
    'one through a symlink of the workspace': [writeOf('$BASE/alias/tests/foo.py'), forbidden],
    'one from outside back into the workspace': [writeOf('$WS/out/back/foo.py'), forbidden],
    'one that .. reaches only after a symlink': [writeOf('$WS/src/agent/../registry.yaml'), /protected/],
    'one with backslashes': [writeOf('src\\..\\tests\\foo.py'), forbidden],
    'one as a URL': [() => ({ input: write(`file://${workspace}/te%73ts/foo.py`) }), forbidden],
    'one in the home directory': [
      () => ({ input: write('~/tests/foo.py'), env: { HOME: workspace } }),
      forbidden,
    ],
    'one with blanks around': [() => ({ input: write(` ${workspace}/tests/foo.py `) }), forbidden],
    'one through /proc': [() => ({ input: write('/proc/self/cwd/foo.py') }), /\/proc/],
    'an edit': [() => ({ input: event('Edit', { file_path: `${workspace}/tests/a` }) }), forbidden],
    'an old MultiEdit': [
      () => ({ input: event('MultiEdit', { file_path: `${workspace}/tests/a` }) }),
      forbidden,
    ],
    'a notebook': [
      () => ({ input: event('NotebookEdit', { notebook_path: `${workspace}/tests/a.ipynb` }) }),
      forbidden,
    ],
    'a second path in a field of its own': [
      () => ({ input: event('Write', { file_path: 'src/a', path: 'tests/a' }) }),
      forbidden,
    ],
    'the registry': [writeOf('$WS/agents/registry.yaml'), /protected/],
    'its own settings': [writeOf('$WS/agents/backend-agent/.claude/settings.json'), /protected/],
    'a NUL': [writeOf('src/a\0b'), /characters that no path has/],
    'a lone surrogate': [() => ({ input: write('src/\ud800') }), /characters that no path has/],
    'a path longer than any': [writeOf('a/'.repeat(3000)), /longer than any path/],
    'an empty path': [writeOf(''), /missing or not a text/],
    'no path': [() => ({ input: event('Write', { content: 'x' }) }), /missing or not a text/],
    'a path that is no text': [() => ({ input: event('Edit', { file_path: ['src/a'] }) }), /not a text/],
    'no directory': [() => ({ input: write('src/a', { cwd: undefined }) }), /in which directory/],
    'a read': [() => ({ input: event('Read', { file_path: 'secrets/key' }) }), /may not read/],
    'a read through a symlink': [
      () => ({ input: event('Read', { file_path: 'notes/key' }) }),
      /may not read/,
    ],
    'a language server’s look': [
      () => ({ input: event('LSP', { operation: 'hover', filePath: 'secrets/key', line: 1, character: 1 }) }),
      /may not read/,
    ],
    'a write to what it may not read': [writeOf('secrets/key'), /may not read/],
    'a search in what it may not read': [
      () => ({ input: event('Grep', { pattern: 'x', path: 'secrets' }) }),
      /may not read/,
    ],
    'a search through a symlink': [
      () => ({ input: event('Grep', { pattern: 'x', path: 'notes' }) }),
      /may not read/,
    ],
    'a search from inside': [
      () => ({ input: event('Grep', { pattern: 'x' }, { cwd: `${workspace}/secrets` }) }),
      /may not read/,
    ],
    'a listing': [() => ({ input: event('LS', { path: `${workspace}/secrets` }) }), /may not read/],
    'a glob that starts inside': [
      () => ({ input: event('Glob', { pattern: 'secrets/**/*.pem' }) }),
      /may not read/,
    ],
    'a glob that starts inside by its path': [
      () => ({ input: event('Glob', { pattern: '../secrets/*', path: 'src' }) }),
      /may not read/,
    ],
    'a grep’s glob that starts inside': [
      () => ({ input: event('Grep', { pattern: 'x', glob: '*.ts,secrets/*' }) }),
      /may not read/,
    ],
    'a search whose path is no text': [
      () => ({ input: event('Glob', { pattern: '*', path: 1 }) }),
      /not a text/,
    ],
    'a tool that is not listed': [() => ({ input: event('WebFetch', {}) }), /"WebFetch"/],
    'a server that is not admitted': [() => ({ input: event('mcp__other__x', {}) }), /mcp__other__x/],
    'a sub-agent that is no delegate': [
      () => ({ input: event('Agent', { subagent_type: 'general-purpose' }) }),
      /may not start "general-purpose"/,
    ],
    'a sub-agent without a type': [() => ({ input: event('Agent', { prompt: 'x' }) }), /subagent_type/],
    'a call of a foreign sub-agent': [
      () => ({ input: write('src/a', { agent_id: 'a1', agent_type: 'helper' }) }),
      /"helper"/,
    ],
    'a sub-agent that does not say who it is': [
      () => ({ input: write('src/a', { agent_id: 'a1' }) }),
      /which sub-agent/,
    ],
    'a sub-agent of the agent’s own name': [
      () => ({ input: write('src/a', { agent_id: 'a1', agent_type: 'backend-agent' }) }),
      /may do nothing/,
    ],
  });

  checkAllowed({
    'a write elsewhere': writeOf('$WS/src/new/foo.py'),
    'a write through a symlink that leads nowhere forbidden': writeOf('$WS/out/a.txt'),
    'a write outside the workspace': writeOf('$BASE/outside/tests/a.txt'),
    'a look-alike of a forbidden name': writeOf('$WS/t\u0435sts/foo.py'),
    'a read of what it may not change': () => ({ input: event('Read', { file_path: 'tests/a.py' }) }),
    'a search beside what it may not read': () => ({
      input: event('Grep', { pattern: 'secrets/', glob: '!secrets/**' }),
    }),
    'a shell command': () => ({ input: event('Bash', { command: 'ls tests' }) }),
    'a tool of an admitted server': () => ({ input: event('mcp__ref__search', {}) }),
    'a session that was started by the agent’s name': () => ({
      input: write('src/a', { agent_type: 'backend-agent' }),
    }),
    'a call when it was started elsewhere': () => ({ input: write('src/a'), cwd: base }),
    'an event with a megabyte of contents': () => ({
      input: event('Write', { file_path: 'src/a', content: 'x'.repeat(2 ** 20) }),
    }),
  });

  const shell =
    (command: string, more: object = {}, tool = 'Bash'): Given =>
    () => ({ input: event(tool, { command: command.replace('$WS', workspace) }, more) });
  const docsAgent = { agent_id: 'a1', agent_type: 'docs-agent' };
  const serverCall =
    (tool: string, input: object): Given =>
    () => ({ input: event(`mcp__fs__${tool}`, input) });
  const unreadable = /may not read/;
  checkDenied({
    'a redirection': [shell('echo x > tests/a.py'), forbidden],
    'one behind cd': [shell('cd tests && echo x >> a.py'), forbidden],
    'one from inside': [
      () => ({ input: event('Bash', { command: 'echo x > a.py' }, { cwd: `${workspace}/tests` }) }),
      forbidden,
    ],
    'one in a subshell through a symlink': [shell('(cd innocent; touch a.py)'), forbidden],
    'one by an absolute path in another case': [shell('cp src/a $WS/TESTS/a.py'), forbidden],
    'plain words': [shell('touch tests/a.py'), forbidden],
    'a command for Monitor': [shell('tail -f log | tee tests/a.py', {}, 'Monitor'), forbidden],
    'a folder with something forbidden below': [shell('rm -rf src'), forbidden],
    'the workspace from above': [shell('rm -rf ..'), forbidden],
    'a folder that is forbidden as a whole': [shell('rm -r tests'), forbidden],
    'a move of it': [shell('mv tests elsewhere'), forbidden],
    'a shell’s read': [shell('cat secrets/key'), unreadable],
    'one of all below': [shell('grep -r x .'), unreadable],
    'one through a symlink below': [shell('grep -R x notes'), unreadable],
    'a protected file': [shell('echo x > .claude/settings.json'), /protected/],
    'what bash would not run': [shell('echo "'), /cannot be taken apart/],
    'code that names what is forbidden': [shell(`ruby -e "x 'tests/a'"`), /"tests\/\*\*"/],
    'code that runs in there': [shell(`cd tests && ruby -e "x 1"`), /"tests\/\*\*"/],
    'a command of deny_bash': [
      shell('true && git -C . push origin'),
      /"git push".*deny_bash of backend-agent/,
    ],
    'a start of claude': [shell('claude -p hello'), /No session may start "claude"/],
    'a start of claude by its place': [shell('$(which claude) -p hello'), /No session may start "claude"/],
    'another shell’s command': [
      shell('Set-Content tests/a.py x', {}, 'PowerShell'),
      /mentions what the glob/,
    ],
    'a command that is no text': [() => ({ input: event('Bash', { command: ['ls'] }) }), /not a text/],
    'no command': [() => ({ input: event('Monitor', {}) }), /missing or not a text/],
    'a command longer than any': [shell(`echo ${'x'.repeat(300_000)}`), /too long/],
    'a command nested beyond any stack': [shell('$('.repeat(50_000)), /./],
    'a delegate’s command by its own policy': [shell('touch src/a.ts', docsAgent), /of docs-agent/],
    'a delegate’s command by its caller’s policy': [shell('touch tests/a.ts', docsAgent), forbidden],
    'a delegate’s command by its own deny_bash': [shell('npm publish', docsAgent), /deny_bash of docs-agent/],
    'a delegate’s command by its caller’s deny_bash': [shell('git push', docsAgent), /of backend-agent/],
    'a server’s write': [serverCall('write_file', { path: 'tests/a.py', content: '' }), forbidden],
    'a server’s write by a URI': [
      () => ({ input: event('mcp__fs__save', { documents: [{ uri: `file://${workspace}/tests/a` }] }) }),
      forbidden,
    ],
    'a server’s move out of it': [
      serverCall('moveFile', { source: 'tests/a.py', destination: 'a.py' }),
      forbidden,
    ],
    'a server’s write deep in its input': [
      serverCall('apply', { changes: [{ file_path: 'src/../tests/a.py' }] }),
      forbidden,
    ],
    'a server’s write in a field of a field': [
      serverCall('apply', { targets: { first: 'tests/a.py' } }),
      forbidden,
    ],
    'a server’s delete of what holds it': [serverCall('delete_directory', { path: 'src' }), forbidden],
    'a server’s read': [serverCall('read_text_file', { path: 'secrets/key' }), unreadable],
    'a server’s command': [serverCall('run', { command: 'touch tests/a' }), /mentions what the glob/],
    'an input without end': [serverCall('x', { list: Array.from({ length: 5000 }, () => 'a') }), /too large/],
  });
  checkAllowed({
    'a test run': shell('npm test'),
    'a commit': shell('git add -A && git commit -m "tests: more"'),
    'a look into what may be read': shell('cat tests/kept.py | head -3'),
    'a skill': () => ({ input: event('Skill', { command: "/review don't touch tests/" }) }),
    'installed packages': shell('rm -rf node_modules'),
    'a folder without anything forbidden': shell('rm -rf src/plain'),
    'code that names nothing forbidden': shell(`python3 -c "print(1 + 1)"`),
    'output to nowhere': shell('ls 2>/dev/null >&2'),
    'a delegate’s command that both allow': shell('touch notes.md', docsAgent),
    'a server’s read of what may be read': serverCall('read_text_file', { path: 'tests/kept.py' }),
    'a server’s write elsewhere': serverCall('write_file', { path: 'src/a.ts', content: 'tests/a' }),
    'a server’s URL': serverCall('save', { uri: 'https://example.org/tests/a' }),
  });

  describe('without its part for shell commands as it was built', () => {
    let folder: string;
    const part = (): string => path.join(folder, 'bash.mjs');
    const runThere = (input: string): Promise<HookResult> =>
      run({
        input,
        script: path.join(folder, 'guard.mjs'),
        args: ['backend-agent', sha, policyFile(), workspace],
      });
    const command = (): string => event('Bash', { command: 'cd src && ls' });
    beforeEach(() => {
      folder = mkdtempSync(path.join(base, 'part-'));
      for (const name of ['guard.mjs', 'bash.mjs'])
        copyFileSync(path.join(path.dirname(guard), name), path.join(folder, name));
    });

    function checkPart(name: string, change: () => void, reason: RegExp): void {
      it(`denies commands, and nothing else, when it is ${name}`, async () => {
        change();
        assert.match(assertDenied(await runThere(command())), reason);
        assert.equal((await runThere(write('src/a'))).code, 0);
      });
    }
    checkPart('missing', () => rmSync(part()), /is missing/);
    checkPart('empty', () => writeFileSync(part(), ''), /not the one/);
    checkPart('changed', () => writeFileSync(part(), `${readFileSync(part(), 'utf8')} `), /not the one/);
    const makeDirectory = (): void => {
      rmSync(part());
      mkdirSync(part());
    };
    checkPart('a directory', makeDirectory, /is missing/);

    it('takes line ends as git may have made them', async () => {
      writeFileSync(part(), readFileSync(part(), 'utf8').replaceAll('\n', '\r\n'));
      assert.equal((await runThere(command())).code, 0);
    });
  });

  it('marks what it let through without seeing all of it', async () => {
    const spool = path.join(base, 'mark.jsonl');
    await run({ ...shell('python3 -c "print(1)"')(), env: { NATIVE_ORCHESTRATOR_SPOOL: spool } });
    const { verdict, code, reason } = JSON.parse(readFileSync(spool, 'utf8'));
    assert.deepEqual([verdict, code], ['allow', 'guard/opaque']);
    assert.match(reason, /python3/);
  });

  const unread = /missing or cannot be read/;
  const otherPolicy =
    (text: string): Given =>
    () => {
      const file = path.join(base, 'other.json');
      writeFileSync(file, text);
      return { input: write('src/a'), args: ['backend-agent', sha, file, workspace] };
    };
  checkDenied({
    'empty input': [() => ({ input: '' }), /empty or not JSON/],
    garbage: [() => ({ input: '\u0000{]' }), /empty or not JSON/],
    'half an event': [() => ({ input: write('src/a').slice(0, -10) }), /empty or not JSON/],
    'bytes that are not UTF-8': [() => ({ input: Buffer.from([0x22, 0xff, 0x22]) }), /not UTF-8/],
    'an array': [() => ({ input: '[]' }), /not a JSON object/],
    null: [() => ({ input: 'null' }), /not a JSON object/],
    'an event over 16 MiB': [
      () => ({ input: event('Write', { file_path: 'src/a', content: 'x'.repeat(17 * 2 ** 20) }) }),
      /too large/,
    ],
    'an event nested beyond any stack': [() => ({ input: '['.repeat(200_000) + ']'.repeat(200_000) }), /./],
    'another event': [() => ({ input: write('src/a', { hook_event_name: 'PostToolUse' }) }), /PreToolUse/],
    'no tool': [() => ({ input: write('src/a', { tool_name: undefined }) }), /not name a tool/],
    'an input that is no object': [() => ({ input: event('Bash', 'ls') }), /not a JSON object/],
    'no arguments': [() => ({ input: write('src/a'), args: [] }), /without its arguments/],
    'one argument': [() => ({ input: write('src/a'), args: ['backend-agent'] }), /without its arguments/],
    'an id that leads elsewhere': [
      () => ({ input: write('src/a'), args: ['../../evil', sha] }),
      /not an agent id/,
    ],
    'an agent without a policy': [() => ({ input: write('src/a'), args: ['qa-agent', sha] }), unread],
    'another hash': [
      () => ({ input: write('src/a'), args: ['backend-agent', '0'.repeat(64)] }),
      /not the one/,
    ],
    'a policy of somebody else': [
      () => {
        const { input = '', args = [] } = otherPolicy(JSON.stringify(policy))();
        return { input, args: ['qa-agent', ...args.slice(1)] };
      },
      /not the one/,
    ],
    'a truncated policy': [otherPolicy(JSON.stringify(policy).slice(0, -2)), unread],
    'an empty policy': [otherPolicy(''), unread],
    'a policy that is null': [otherPolicy('null'), /not a JSON object/],
    'a changed policy': [otherPolicy(JSON.stringify({ ...policy, write: { deny: [] } })), /not the one/],
    'a policy of a later format': [otherPolicy(JSON.stringify({ ...policy, format: 2 })), /Update/],
    'a directory for a policy': [
      () => ({ input: write('src/a'), args: ['backend-agent', sha, workspace, workspace] }),
      unread,
    ],
    'a policy without its parts': [
      () => ({
        ...otherPolicy('{"format":1,"agent":"backend-agent"}')(),
        args: [
          'backend-agent',
          policyHash({ format: 1, agent: 'backend-agent' }),
          path.join(base, 'other.json'),
          workspace,
        ],
      }),
      /guard failed/,
    ],
  });

  it('denies input that never comes, and ends although the read does not', async () => {
    const { code, stdout, stderr } = await run({ input: undefined });
    assert.equal(code, null, 'only a signal ends a process whose read is under way');
    const { permissionDecision, permissionDecisionReason } = JSON.parse(stdout).hookSpecificOutput;
    assert.equal(permissionDecision, 'deny');
    assert.match(permissionDecisionReason, /in time/);
    assert.equal(stderr.trim(), permissionDecisionReason);
  });

  it('keeps changed settings out of a running session, whatever else is amiss', async () => {
    const input = JSON.stringify({
      hook_event_name: 'ConfigChange',
      source: 'local_settings',
      cwd: workspace,
    });
    for (const args of [['backend-agent', sha], []]) {
      const { code, stdout, stderr } = await run({ input, args });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /Restart the agent/);
    }
  });

  it('takes a policy with a byte order mark and other white space', async () => {
    const given = otherPolicy(`\ufeff${JSON.stringify(policy, undefined, 4).replaceAll('\n', '\r\n')}`)();
    assert.equal((await run(given)).code, 0);
  });

  it('tells its verdicts to the spool, and none of the contents', async () => {
    const spool = path.join(base, 'launch.jsonl');
    const env = { NATIVE_ORCHESTRATOR_SPOOL: spool, NATIVE_ORCHESTRATOR_LAUNCH: 'l1' };
    await run({ input: event('Write', { file_path: 'src/a', content: 'SECRET' }), env });
    assertDenied(await run({ input: event('Edit', { file_path: 'tests/a', old_string: 'SECRET' }), env }));
    const text = readFileSync(spool, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map((line) => [line.launch, line.src, line.tool, line.file, line.verdict, line.code]),
      [
        ['l1', 'guard', 'Write', 'src/a', 'allow', undefined],
        ['l1', 'guard', 'Edit', 'tests/a', 'deny', 'guard/write-denied'],
      ],
    );
    assert.ok(!text.includes('SECRET'));
  });

  it('gives the same verdicts when it cannot tell them', async () => {
    const env = { NATIVE_ORCHESTRATOR_SPOOL: path.join(base, 'no/such/launch.jsonl') };
    assert.equal((await run({ input: write('src/a'), env })).code, 0);
    assertDenied(await run({ input: write('tests/a'), env }));
  });

  it('denies every way into a forbidden directory', () => {
    const root = rootOf(workspace);
    const step = fc.constantFrom(
      '.',
      '',
      'src/..',
      'src/deep/../..',
      'innocent/..',
      '../ws',
      'TESTS/..',
      'src/up/..',
    );
    const door = fc.constantFrom(
      'tests',
      'Tests',
      'TESTS',
      'innocent',
      'src/up',
      'src/../tests',
      'out/back',
      'te\u017fts',
    );
    const rest = fc.constantFrom('a.py', 'deep/a.py', './a.py', 'x/../a.py', '/a.py');
    const start = fc.constantFrom('', `${workspace}/`, `${base}/alias/`, `${base}//ws/./`);
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 4 }), door, rest, (from, steps, into, last) => {
        const file = from + [...steps, into, last].join('/').replace(/^\/+/, '');
        const call = callOf(eventOf(JSON.parse(write(file))), 'backend-agent', root);
        assert.equal(decide(policy, call).allow, false, file);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but refusals for texts of any kind', () => {
    const root = rootOf(workspace);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (file) => {
        try {
          callOf(eventOf(JSON.parse(write(file))), 'backend-agent', root);
        } catch (problem) {
          assert.ok(problem instanceof Refusal);
        }
      }),
    );
  });
});
