// What differs between the two versions of the CLI that we pin, and what holds in both: each fact with a range in
// src/claude/ is seen on either side of it, and the guard that is generated is seen to refuse in both.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import { checkSettings } from '../../src/claude/checkSettings.ts';
import { atLeast } from '../../src/claude/cliVersion.ts';
import { refusedTypes } from '../../src/claude/hookEvents.ts';
import { onFailureSince } from '../../src/claude/hookHandlers.ts';
import { matcherPicks, matcherProblem } from '../../src/claude/matchers.ts';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithEachClaude, prepareHome, runClaude, scratchFolder } from './realClaude.ts';
import { ScriptedModel } from './scriptedModel.ts';
import { playSession } from './sessions.ts';

/** Matchers of which some fire for a call of Write and some do not. */
const matchers = [
  ...['Write', 'write', 'Wri', 'Wri.*', 'Edit|Write', 'Edit | write', 'Edit, Write', 'Write(tests/**)', 'W*'],
  ...[
    '*',
    '',
    ' Write',
    '^Write$',
    'Write|',
    '(Write)',
    '[W]rite',
    'mcp__x',
    'Wr|ite',
    '(',
    '**',
    'Edit Write',
  ],
  ...['Edit;Write', 'Write/', 'Write(*)', 'Nope', 'a*b|Write', '!Edit'],
];

describeWithEachClaude('facts with versions', ({ version, binary }) => {
  let model: ScriptedModel;
  let base: string;
  before(async () => {
    model = await ScriptedModel.start();
  });
  after(() => model.close());
  beforeEach(() => {
    base = scratchFolder('versions');
    mkdirSync(path.join(base, 'work/.claude'), { recursive: true });
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const written = (): string => path.join(base, 'work/new.txt');

  /** Lets a session with these project settings write a file; what the CLI said and the lines of its debug log. */
  async function session(
    settings: object,
    mode: readonly string[] = ['--permission-mode', 'bypassPermissions'],
  ) {
    const [cwd, home] = [path.join(base, 'work'), path.join(base, 'home')];
    const log = path.join(base, 'debug.txt');
    prepareHome(home, [cwd]);
    writeFileSync(path.join(cwd, '.claude/settings.json'), JSON.stringify(settings));
    const attempts = [{ tool: 'Write', input: { file_path: written(), content: 'new' } }];
    const output = ['--output-format', 'stream-json', '--verbose', '--debug-file', log];
    const { result } = await playSession(model, attempts, () =>
      runClaude({
        cwd,
        home,
        modelUrl: model.url,
        command: binary,
        args: ['-p', ...output, ...mode, '--', 'Go on.'],
      }),
    );
    return { ...result, log: readFileSync(log, 'utf8') };
  }

  const entry = (handler: object, matcher = '*') => ({ matcher, hooks: [handler] });
  const node = (code: string, more: object = {}) => ({
    type: 'command',
    command: process.execPath,
    args: ['-e', code],
    ...more,
  });

  for (const [title, code] of [
    ['exit code 2', 'process.exit(2)'],
    [
      'a deny decision',
      `console.log(JSON.stringify({hookSpecificOutput:{hookEventName:'PreToolUse',permissionDecision:'deny',permissionDecisionReason:'no'}}))`,
    ],
  ] as const)
    it(`${title} refuses`, async () => {
      await session({ hooks: { PreToolUse: [entry(node(code))] } });
      assert.equal(existsSync(written()), false);
    });

  const heedsOnFailure = atLeast(version, onFailureSince);
  it(`onFailure is ${heedsOnFailure ? 'heeded' : 'ignored'}: a missing guard ${heedsOnFailure ? 'refuses' : 'lets through'}`, async () => {
    const missing = { type: 'command', command: path.join(base, 'missing'), onFailure: 'block' };
    const settings = { hooks: { PreToolUse: [entry(missing)] } };
    await session(settings);
    assert.equal(existsSync(written()), !heedsOnFailure);
    const { findings } = checkSettings(
      JSON.stringify(settings),
      { file: 'x', source: 'project' },
      { version },
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      heedsOnFailure ? [] : ['claude/on-failure-idle'],
    );
  });

  it('an async hook stops nothing', async () => {
    await session({ hooks: { PreToolUse: [entry(node('process.exit(2)', { async: true }))] } });
    assert.equal(existsSync(written()), true);
  });

  it('a project’s mode bypassPermissions is taken or ignored, as we say', async () => {
    const settings = { permissions: { defaultMode: 'bypassPermissions' } };
    const { stdout } = await session(settings, []);
    const isTaken = stdout.includes('"permissionMode":"bypassPermissions"');
    const { findings } = checkSettings(
      JSON.stringify(settings),
      { file: 'x', source: 'project' },
      { version },
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      [isTaken ? 'claude/weakens' : 'claude/ignored-here'],
    );
    assert.equal(existsSync(written()), isTaken);
  });

  it('matchers fire, or we say why not', async () => {
    const fired = path.join(base, 'fired.txt');
    const touch = (at: number) =>
      node(`require('fs').appendFileSync(${JSON.stringify(fired)}, ${JSON.stringify(`${at}\n`)})`);
    await session({ hooks: { PreToolUse: matchers.map((matcher, at) => entry(touch(at), matcher)) } });
    const numbers = new Set(readFileSync(fired, 'utf8').trim().split('\n').map(Number));
    const wrong = matchers.filter((matcher, at) => {
      const isNamed = matcherProblem(matcher, 'PreToolUse') === undefined;
      // One name of several may be wrong and another right.
      return numbers.has(at) !== isNamed || matcherPicks(matcher, 'Write') !== numbers.has(at);
    });
    assert.deepEqual(wrong, []);
  });

  it('events do not run the handler types that we say they do not', async () => {
    const handlers: Readonly<Record<string, object>> = {
      http: { type: 'http', url: 'http://127.0.0.1:9/' },
      prompt: { type: 'prompt', prompt: 'x' },
      agent: { type: 'agent', prompt: 'x' },
      mcp_tool: { type: 'mcp_tool', server: 'a', tool: 'b' },
    };
    const entries = [...refusedTypes].map(([event, types]) => [
      event,
      [{ hooks: types.map((type) => handlers[type]) }],
    ]);
    const { log, stderr } = await session({ hooks: Object.fromEntries(entries) });
    const said = `${log}\n${stderr}`;
    assert.match(said, /HTTP hooks are not supported for SessionStart/);
    assert.match(said, /prompt-type hooks are not supported for SessionStart/);
    assert.match(said, /agent-type hooks are not supported for SessionStart/);
    assert.match(said, /mcp_tool hooks are not available for the 'SessionStart'/);
    assert.match(said, /prompt-type hooks are not supported for MessageDisplay/);
    assert.match(said, /Prompt stop hooks are not yet supported/);
  });

  for (const [title, without, isRefused] of [
    ['rules and guard', '', true],
    ['the guard alone', 'rules', true],
    ['the rules alone', 'guard', true],
    ['neither', 'rules guard', false],
  ] as const)
    it(`generated settings ${isRefused ? 'refuse' : 'would not refuse'} what is forbidden: ${title}`, async () => {
      const fleet = new FleetFolder('test/fixtures/workshop');
      try {
        const file = fleet.settingsWithout('maker-agent', (settings) => {
          if (without.includes('rules')) delete settings.permissions.deny;
          if (without.includes('guard')) settings.hooks = {};
        });
        const write = (name: string) => ({
          tool: 'Write',
          input: { file_path: fleet.at(name), content: 'new' },
        });
        const mode = ['--permission-mode', 'bypassPermissions'];
        await playSession(model, [write('tests/new.js'), write('src/new.js')], () =>
          runClaude({
            cwd: fleet.root,
            home: fleet.home,
            modelUrl: model.url,
            command: binary,
            args: ['-p', '--settings', file, ...mode, '--', 'Go on.'],
            env: fleet.environment(),
          }),
        );
        assert.equal(fleet.read('tests/new.js'), isRefused ? undefined : 'new');
        assert.equal(fleet.read('src/new.js'), 'new');
      } finally {
        fleet.dispose();
      }
    });
});
