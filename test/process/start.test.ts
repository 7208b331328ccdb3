// `start` with a claude that only records how it was started: the launch line, the launch copy, and what keeps an agent from starting.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  type CliResult,
  checkRefused,
  cli,
  endOf,
  expectCli,
  put,
  removeScratch,
  type Scratch,
  scratch,
  startCli,
  take,
  twoAgents,
} from './cliProcess.ts';
import { runHook } from './hookProcess.ts';

after(removeScratch);

/** Writes down how it was started, then does what FAKE_CLAUDE says: an exit code, or `wait` for a signal. */
const fakeClaude = `#!${process.execPath}
const fs = require('node:fs');
if (process.argv[2] === '--version') { console.log('2.1.329 (Claude Code)'); process.exit(0); }
fs.writeFileSync(process.env.HOME + '/started.json', JSON.stringify({
  argv: process.argv.slice(2), cwd: process.cwd(), env: process.env,
}));
if (process.env.FAKE_CLAUDE === 'wait') setInterval(() => {}, 1000);
else process.exit(Number(process.env.FAKE_CLAUDE ?? 0));
`;

interface Started {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Stage extends Scratch {
  readonly claude: string;
}

async function stage(registry = twoAgents, isGenerated = true): Promise<Stage> {
  const at = scratch(registry);
  const claude = path.join(at.folder, 'claude');
  fs.writeFileSync(claude, fakeClaude, { mode: 0o755 });
  put(at, 'persona.md', 'The words of the persona.\n');
  put(at, 'docs/context.md', 'The words of the context.\n');
  put(at, '.mcp.json', '{"mcpServers":{"ref":{"command":"ref-server"},"other":{"command":"other-server"}}}');
  if (isGenerated) await expectCli(at, ['generate'], 0);
  return { ...at, claude, env: { ...at.env, NATIVE_ORCHESTRATOR_CLAUDE: claude } };
}

const startedOf = (at: Scratch): Started =>
  JSON.parse(fs.readFileSync(path.join(at.home, 'started.json'), 'utf8'));
const wasStarted = (at: Scratch): boolean => fs.existsSync(path.join(at.home, 'started.json'));
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const rich = twoAgents.replace(
  '    cannot_access: [tests/**]\n',
  `    cannot_access: [tests/**, /docs/**]
    permission_mode: plan
    persona: persona.md
    context_files: [docs/context.md]
    mcp_servers: [ref]
    env: {GREETING: "a b"}
    prompt: "--help \\"me\\" $(touch pwned)"
`,
);

describe('start', () => {
  it('runs exactly the launch line of DESIGN.md section 8, in the workspace', async () => {
    const at = await stage(rich);
    await expectCli(at, ['start', 'code-agent'], 0, { cwd: path.join(at.root, 'docs') });
    const { argv, cwd, env } = startedOf(at);
    assert.equal(cwd, at.root);
    const value = (flag: string): string => argv[argv.indexOf(flag) + 1] ?? '';
    const copy = path.dirname(value('--settings'));
    assert.deepEqual(argv, [
      '--name',
      'code-agent',
      '--session-id',
      value('--session-id'),
      '--settings',
      path.join(copy, 'settings.json'),
      '--append-system-prompt-file',
      path.join(copy, 'prompt.md'),
      argv.find((word) => word.startsWith('--tools=')),
      '--agents',
      value('--agents'),
      '--strict-mcp-config',
      `--mcp-config=${path.join(copy, 'mcp.json')}`,
      '--model',
      'opus',
      '--permission-mode',
      'plan',
      '--',
      '--help "me" $(touch pwned)',
    ]);
    assert.match(value('--session-id'), uuid);
    assert.ok(copy.startsWith(`${at.state}${path.sep}`));
    const tools =
      argv
        .find((word) => word.startsWith('--tools='))
        ?.slice('--tools='.length)
        .split(',') ?? [];
    for (const tool of ['Read', 'Edit', 'Write', 'Bash', 'Agent', 'AskUserQuestion', 'ExitPlanMode'])
      assert.ok(tools.includes(tool), tool);
    for (const tool of ['WebFetch', 'Task', 'NotebookEdit']) assert.ok(!tools.includes(tool), tool);
    const agents = JSON.parse(value('--agents'));
    assert.deepEqual(Object.keys(agents), ['test-agent']);
    assert.equal(agents['test-agent'].model, 'sonnet');

    assert.equal(env.NATIVE_ORCHESTRATOR_AGENT, 'code-agent');
    assert.match(env.NATIVE_ORCHESTRATOR_LAUNCH ?? '', uuid);
    assert.ok(env.NATIVE_ORCHESTRATOR_SPOOL?.startsWith(at.state));
    assert.equal(env.GREETING, undefined, 'the registry’s env is a matter of the settings');

    const prompt = fs.readFileSync(value('--append-system-prompt-file'), 'utf8');
    for (const words of [
      'Writes the program',
      'tests/**',
      'The words of the persona.',
      'The words of the context.',
    ])
      assert.ok(prompt.includes(words), words);
    const settings = JSON.parse(fs.readFileSync(value('--settings'), 'utf8'));
    assert.equal(settings.env.GREETING, 'a b');
    assert.equal(settings.disableAllHooks, false);
    assert.ok(settings.permissions.deny.includes(`Edit(/${at.root}/docs/**)`), 'anchored globs are absolute');
    assert.deepEqual(JSON.parse(fs.readFileSync(path.join(copy, 'mcp.json'), 'utf8')), {
      mcpServers: { ref: { command: 'ref-server' } },
    });
    for (const name of fs.readdirSync(at.state, { recursive: true, encoding: 'utf8' })) {
      const entry = fs.statSync(path.join(at.state, name));
      assert.equal(entry.mode & 0o777, entry.isDirectory() ? 0o700 : 0o600, name);
    }
    assert.ok(
      !fs.existsSync(path.join(at.root, 'docs/pwned')) && !fs.existsSync(path.join(at.root, 'pwned')),
    );
  });

  it('with the guard of the launch copy, which denies and lets through', async () => {
    const at = await stage();
    await expectCli(at, ['start', 'code-agent'], 0);
    const { argv } = startedOf(at);
    const settings = JSON.parse(fs.readFileSync(argv[argv.indexOf('--settings') + 1] ?? '', 'utf8'));
    const [hook] = settings.hooks.PreToolUse[0].hooks;
    assert.ok(path.isAbsolute(hook.command));
    assert.equal(hook.onFailure, 'block');
    assert.equal(settings.hooks.PreToolUse[0].matcher, '*');
    const call = (tool: string, file: string): Promise<{ code: number | null }> =>
      runHook({
        script: hook.args[0],
        args: hook.args.slice(1),
        cwd: at.root,
        env: { CLAUDE_PROJECT_DIR: '/nowhere' },
        input: JSON.stringify({
          hook_event_name: 'PreToolUse',
          session_id: 's',
          cwd: at.root,
          tool_name: tool,
          tool_input: { file_path: file, content: '' },
        }),
      });
    assert.equal((await call('Write', path.join(at.root, 'src/a.js'))).code, 0);
    assert.equal((await call('Write', path.join(at.root, 'tests/a.js'))).code, 2);
    assert.equal((await call('Write', path.join(at.root, 'agents/registry.yaml'))).code, 2);
    assert.equal((await call('Write', path.join(at.state, 'x'))).code, 2);
    assert.equal((await call('Read', argv[argv.indexOf('--settings') + 1] ?? '')).code, 2);
    assert.equal((await call('WebFetch', path.join(at.root, 'src/a.js'))).code, 2);
    put(at, 'agents/.orchestrator/guard.mjs', 'process.exit(0)');
    assert.equal(
      (await call('Write', path.join(at.root, 'tests/a.js'))).code,
      2,
      'nothing of the workspace is run',
    );
    const policy = hook.args.find((word: string) => word.endsWith('policy.json'));
    fs.appendFileSync(policy, ' ');
    assert.equal(
      (await call('Write', path.join(at.root, 'src/a.js'))).code,
      0,
      'white space is no change of a policy',
    );
    fs.writeFileSync(policy, fs.readFileSync(policy, 'utf8').replace('tests/**', 'none/**'));
    assert.equal(
      (await call('Write', path.join(at.root, 'src/a.js'))).code,
      2,
      'a policy of another hash decides nothing',
    );
  });

  it('exits as claude exits', async () => {
    const at = await stage();
    for (const code of [0, 1, 2, 3, 130])
      await expectCli(at, ['start', 'code-agent'], code, { env: { FAKE_CLAUDE: String(code) } });
  });

  it('passes the signal on that is meant for it', async () => {
    const at = await stage();
    const child = startCli(at, ['start', 'code-agent'], { env: { FAKE_CLAUDE: 'wait' } });
    const end = endOf(child);
    while (!wasStarted(at)) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGTERM');
    assert.equal((await end).code, 128 + 15);
  });

  it('keeps what runs as it is: another model is another launch copy', async () => {
    const at = await stage();
    const copyOf = (): string => {
      const { argv } = startedOf(at);
      return argv[argv.indexOf('--settings') + 1] ?? '';
    };
    await expectCli(at, ['start', 'code-agent'], 0);
    const first = copyOf();
    const bytes = fs.readFileSync(first);
    await expectCli(at, ['start', 'code-agent'], 0);
    assert.equal(copyOf(), first);
    for (const [from, to] of [
      ['model: opus', 'model: haiku'],
      ['model: haiku', 'model: haiku\n    permission_mode: plan'],
      ['model: haiku', 'model: haiku\n    env: {A: b}'],
    ] as const) {
      put(at, 'agents/registry.yaml', take(at, 'agents/registry.yaml').replace(from, to));
      await expectCli(at, ['generate'], 0);
      const before = copyOf();
      await expectCli(at, ['start', 'code-agent'], 0);
      assert.notEqual(copyOf(), before, to);
    }
    assert.deepEqual(fs.readFileSync(first), bytes);
  });

  it('tells that a key is billed, and shows it to nobody', async () => {
    const at = await stage();
    const { stderr, text } = await expectCli(at, ['start', 'code-agent'], 0, {
      env: { ANTHROPIC_API_KEY: 'sk-secret' },
    });
    assert.match(stderr, /ANTHROPIC_API_KEY is set/);
    assert.ok(!text.includes('sk-secret'));
    for (const name of fs.readdirSync(at.state, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(at.state, name);
      if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file, 'utf8').includes('sk-secret'), name);
    }
  });
});

describe('start refuses', () => {
  const settings = 'agents/code-agent/.claude/settings.json';
  const edit = (from: string | RegExp, to: string) => (at: Stage) =>
    void put(at, settings, take(at, settings).replace(from, to));
  const cases: readonly (readonly [string, (at: Stage) => void, RegExp, string?])[] = [
    [
      'a drifted agent',
      edit('"model": "opus"', '"model": "haiku"'),
      /does not match the registry: settings edited.*restore code-agent/,
    ],
    [
      'an agent without a deny rule',
      edit('"Edit(tests/**)",', ''),
      /disarmed: .*Edit\(tests\/\*\*\).*restore code-agent/,
    ],
    [
      'an agent without its guard',
      edit('"PreToolUse"', '"PreToolUsed"'),
      /disarmed: guard hook missing.*restore code-agent/,
    ],
    [
      'an agent whose hooks are off',
      edit('"disableAllHooks": false', '"disableAllHooks": true'),
      /disarmed: hooks switched off.*restore code-agent/,
    ],
    [
      'an agent whose settings are not JSON',
      (at) => void put(at, settings, '{'),
      /disarmed: settings are dropped whole.*(Mend|Restore)/,
    ],
    [
      'an agent with the shared guard changed',
      (at) => void put(at, 'agents/.orchestrator/guard.mjs', 'process.exit(0)'),
      /does not match the registry: guard hook changed.*restore code-agent/,
    ],
    [
      'hooks switched off for the workspace',
      (at) => void put(at, '.claude/settings.local.json', '{"disableAllHooks": true}'),
      /disarmed: hooks switched off in \.claude\/settings\.local\.json.*Remove/,
    ],
    [
      'an agent that was never generated',
      (at) => fs.rmSync(path.join(at.root, 'agents/code-agent'), { recursive: true }),
      /no settings yet.*generate code-agent/,
    ],
    [
      'a registry with an error',
      (at) => void put(at, 'agents/registry.yaml', 'agents: {'),
      /registry has errors.*check/,
    ],
    [
      'a persona that is gone',
      (at) => fs.rmSync(path.join(at.root, 'persona.md')),
      /persona `persona\.md` does not exist/,
      rich,
    ],
    [
      'an MCP server that nobody configured',
      (at) => void put(at, '.mcp.json', '{}'),
      /MCP server ref.*\.mcp\.json.*Add it/,
      rich,
    ],
    [
      'a mode that asks nobody',
      () => {},
      /bypassPermissions, which asks nobody.*--yes/,
      twoAgents.replace('    model: opus\n', '    model: opus\n    permission_mode: bypassPermissions\n'),
    ],
    [
      'when claude is not found',
      (at) => fs.rmSync(at.claude),
      /claude was not found \(looked at .*\).*(Install|NATIVE_ORCHESTRATOR_CLAUDE)/,
    ],
  ];
  for (const [name, prepare, says, registry] of cases)
    it(name, async () => {
      const at = await stage(registry);
      prepare(at);
      await checkRefused(at, { words: ['start', 'code-agent'], says, code: 2 });
      assert.ok(!wasStarted(at), 'it was started');
    });
  it('and what it says to run, mends it', async () => {
    const at = await stage();
    edit('"Edit(tests/**)",', '')(at);
    const { stderr } = await expectCli(at, ['start', 'code-agent'], 2);
    const words = /Run: native-orchestrator (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];
    await expectCli(at, words, 0);
    await expectCli(at, ['start', 'code-agent'], 0);
  });
  it('not a mode that asks nobody when that is meant', async () => {
    const at = await stage(
      twoAgents.replace('    model: opus\n', '    model: opus\n    permission_mode: bypassPermissions\n'),
    );
    await expectCli(at, ['start', 'code-agent', '--yes'], 0);
    assert.ok(wasStarted(at));
  });
});

describe('doctor', () => {
  const marks = (result: CliResult): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...result.stdout.matchAll(/^(ok|note|warning|error) +(\w+)/gm)].map((match) => [match[2], match[1]]),
    );
  it('names what is there, and exits 0', async () => {
    const at = await stage();
    const result = await expectCli(at, ['doctor'], 0);
    assert.match(result.stdout, /claude +2\.1\.329 at /);
    assert.match(result.stdout, /registry +2 agents/);
    const { claude, node, registry, outputs } = marks(result);
    assert.deepEqual(
      { claude, node, registry, outputs },
      { claude: 'ok', node: 'ok', registry: 'ok', outputs: 'ok' },
    );
    const json = JSON.parse((await expectCli(at, ['doctor', '--format', 'json'], 0)).stdout);
    assert.ok(Array.isArray(json.findings));
    assert.equal(json.summary.ok, true);
    assert.ok(
      json.checks.some(
        (line: { name: string; state: string }) => line.name === 'claude' && line.state === 'ok',
      ),
    );
  });
  const cases: readonly (readonly [string, (at: Stage) => void, string, string])[] = [
    ['claude is missing', (at) => fs.rmSync(at.claude), 'claude', 'error'],
    [
      'claude is too old to fail closed',
      (at) => fs.writeFileSync(at.claude, fakeClaude.replace('2.1.329', '2.1.197')),
      'claude',
      'warning',
    ],
    [
      'claude hangs',
      (at) => fs.writeFileSync(at.claude, `#!${process.execPath}\nsetInterval(() => {}, 1000);\n`),
      'claude',
      'error',
    ],
    [
      'there is no registry',
      (at) => fs.rmSync(path.join(at.root, 'agents'), { recursive: true }),
      'registry',
      'error',
    ],
    ['the registry is broken', (at) => void put(at, 'agents/registry.yaml', '['), 'registry', 'error'],
    [
      'something drifted',
      (at) => void put(at, 'agents/code-agent/.claude/policy.json', '{}'),
      'outputs',
      'warning',
    ],
    [
      'something is disarmed',
      (at) => void put(at, 'agents/code-agent/.claude/settings.json', '{}'),
      'outputs',
      'error',
    ],
  ];
  for (const [name, prepare, line, mark] of cases)
    it(`${name}: ${line} is ${mark}, with advice`, async () => {
      const at = await stage();
      prepare(at);
      const result = await expectCli(at, ['doctor'], 1);
      assert.equal(marks(result)[line], mark, result.stdout);
      const lines = result.stdout.split('\n');
      const index = lines.findIndex((each) => each.startsWith(mark) && each.includes(line));
      assert.match(lines[index + 1] ?? '', /^ {19}\S/);
      const json = JSON.parse((await cli(at, ['doctor', '--format', 'json'])).stdout);
      assert.equal(json.checks.find((each: { name: string }) => each.name === line).state, mark);
      assert.equal(json.summary.ok, false);
    });
});
