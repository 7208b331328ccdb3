// What an agent may not do is refused by the real CLI in a mode that asks nobody, and what it may do runs: with the
// committed settings and with the launch copy, by rules and guard together and by each alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import { atLeast } from '../../src/claude/cliVersion.ts';
import { onFailureSince } from '../../src/claude/hookHandlers.ts';
import { changedFiles, FleetFolder } from './fleetFolder.ts';
import { type ClaudeResult, describeWithEachClaude } from './realClaude.ts';
import { ScriptedModel, say, use } from './scriptedModel.ts';
import { type Attempt, playSession, runStart, runWithSettings, type Session } from './sessions.ts';

const id = 'maker-agent';
const notebookEdit = { cell_id: 'one', new_source: '9' };

interface Expected extends Attempt {
  /** What the guard says of it; absent when it is allowed. */
  readonly refusal?: RegExp;
}

/** What maker-agent of the workshop may and may not do, with paths in that folder. */
function expectations(at: (file: string) => string): readonly Expected[] {
  const write = (file: string) => ({ tool: 'Write', input: { file_path: at(file), content: 'new' } });
  const read = (file: string) => ({ tool: 'Read', input: { file_path: at(file) } });
  const edit = (file: string, old: string) => ({
    tool: 'Edit',
    input: { file_path: at(file), old_string: old, new_string: 'changed' },
  });
  const notebook = (file: string) => ({
    tool: 'NotebookEdit',
    input: { notebook_path: at(file), ...notebookEdit },
  });
  return [
    { ...write('docs/new.md'), refusal: /lists "\/docs\/\*\*" under cannot_access of maker-agent/ },
    { ...write('src/deep/a.gen.js'), refusal: /lists "\*\.gen\.\*" under cannot_access of maker-agent/ },
    {
      ...write('src/../tests/new.js'),
      refusal: /under exclusive_access of shell-agent\. Hand this to shell-a/,
    },
    read('tests/kept.js'),
    {
      ...edit('tests/kept.js', 'kept'),
      refusal: /lists "tests\/\*\*" under exclusive_access of shell-agent/,
    },
    read('tests/book.ipynb'),
    { ...notebook('tests/book.ipynb'), refusal: /lists "tests\/\*\*" under exclusive_access of shell-agent/ },
    { ...read('private/word.txt'), refusal: /lists "private\/\*\*" under cannot_read of maker-agent/ },
    // 2.1.197 asks for a file that is there to be read before it asks the guard.
    ...['agents/registry.yaml', 'agents/.orchestrator/guard.mjs'].map(read),
    { ...write('agents/registry.yaml'), refusal: /"\/agents\/registry\.yaml" is protected/ },
    { ...write('.claude/settings.json'), refusal: /"\.claude\/\*\*" is protected/ },
    { ...write('agents/.orchestrator/guard.mjs'), refusal: /"\/agents\/\.orchestrator\/\*\*" is protected/ },
    write('src/new.js'),
    read('src/old.js'),
    edit('src/old.js', 'old'),
    read('src/book.ipynb'),
    notebook('src/book.ipynb'),
  ];
}

const allowedChanges = ['src/book.ipynb', 'src/new.js', 'src/old.js'];

describeWithEachClaude('guard in the real CLI', ({ version, binary }) => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async () => {
    model = await ScriptedModel.start();
  });
  after(() => model.close());
  beforeEach(() => {
    fleet = new FleetFolder('test/fixtures/workshop');
  });
  afterEach(() => fleet.dispose());

  const bySettings = (file: string) => () => runWithSettings(fleet, model.url, file, binary);
  const byStart = (without?: string) => () =>
    runStart(fleet, model.url, id, { binary, ...(without === undefined ? {} : { without }) });

  /** Plays all of it; every attempt must end as expected, with nothing but the allowed changes on the disk. */
  async function check(run: () => Promise<ClaudeResult>, isByGuard: boolean): Promise<Session> {
    const all = expectations((file) => fleet.at(file));
    const before = fleet.contents();
    const session = await playSession(model, all, run);
    for (const [index, { tool, input, refusal }] of all.entries()) {
      const result = session.results[index];
      const words = `${tool} ${JSON.stringify(input)}: ${result?.text}`;
      assert.equal(result?.isError, refusal !== undefined, words);
      if (refusal && isByGuard) assert.match(result?.text ?? '', refusal, words);
      assert.doesNotMatch(result?.text ?? '', /swordfish/);
    }
    assert.deepEqual(changedFiles(before, fleet.contents()), allowedChanges);
    return session;
  }

  it('holds with the committed settings', () => check(bySettings(fleet.settingsOf(id)), false));

  it('holds by the guard alone, whose reasons reach the model', () =>
    check(bySettings(fleet.settingsWithout(id, ({ permissions }) => delete permissions.deny)), true));

  it('holds by the rules alone', () =>
    check(bySettings(fleet.settingsWithout(id, ({ hooks }) => delete hooks.PreToolUse)), false));

  it('holds with the launch copy', () => check(byStart(), false));

  it('holds with the launch copy by the guard alone', () => check(byStart('rules'), true));

  it('would not hold without both', async () => {
    const [forbidden] = expectations((file) => fleet.at(file));
    assert.ok(forbidden);
    await playSession(model, [forbidden], byStart('rules,guard'));
    assert.equal(fleet.read('docs/new.md'), 'new');
  });

  for (const [where, run] of [
    [
      'the workspace',
      () => {
        fleet.remove('agents/.orchestrator/guard.mjs');
        return bySettings(fleet.settingsWithout(id, ({ permissions }) => delete permissions.deny))();
      },
    ],
    ['the launch copy', () => byStart('rules,script')()],
  ] as const)
    it(`${atLeast(version, onFailureSince) ? 'blocks every call' : 'fails open, as we say,'} when its script is gone from ${where}`, async () => {
      const before = fleet.contents();
      const all = expectations((file) => fleet.at(file));
      const { results } = await playSession(model, all, run);
      if (!atLeast(version, onFailureSince)) {
        assert.equal(fleet.read('docs/new.md'), 'new');
        return;
      }
      for (const { text, isError } of results) {
        assert.ok(isError, text);
        assert.doesNotMatch(text, /denied by your permission settings/);
      }
      const gone = ['agents/.orchestrator/guard.mjs'];
      const changed = changedFiles(before, fleet.contents());
      assert.deepEqual(
        changed.filter((file) => !gone.includes(file)),
        [],
      );
    });

  it('refuses tools that the registry does not list', async () => {
    const file = fleet.settingsWithout(id, ({ permissions }) => delete permissions.deny);
    const attempts = [
      { tool: 'Bash', input: { command: 'touch src/shell.txt', description: 'a file' } },
      { tool: 'Agent', input: { subagent_type: 'general-purpose', description: 'x', prompt: 'y' } },
      { tool: 'Skill', input: { skill: 'simplify' } },
    ];
    const { results } = await playSession(model, attempts, bySettings(file));
    for (const [index, { tool }] of attempts.entries())
      assert.match(results[index]?.text ?? '', new RegExp(`maker-agent may not use the tool "${tool}"`));
    assert.equal(fleet.read('src/shell.txt'), undefined);
    const launched = await playSession(model, attempts, byStart());
    for (const { text } of launched.results) assert.match(text, /No such tool available/);
  });

  it('refuses a tool of a server that nobody admitted', async () => {
    fleet.write(
      '.mcp.json',
      JSON.stringify({ mcpServers: { stray: strayServer(fleet.at('src/stray.txt')) } }),
    );
    const attempt = { tool: 'mcp__stray__touch', input: {} };
    const run = (without: string) => () =>
      runStart(fleet, model.url, id, {
        binary,
        without,
        localSettings: '{"enableAllProjectMcpServers":true}',
      });
    const guarded = await playSession(model, [attempt], run('rules'));
    assert.match(guarded.results[0]?.text ?? '', /may not use the tool "mcp__stray__touch"/);
    assert.equal(fleet.read('src/stray.txt'), undefined);
    await playSession(model, [attempt], run('rules,guard'));
    assert.equal(fleet.read('src/stray.txt'), 'stray');
  });

  for (const [by, without, refusal] of [
    ['rules and guard', undefined, /may not start/],
    ['the guard alone', 'rules', /lead-agent may not start "[\w-]+": .* It may start maker-agent\./],
    // 2.1.197 has no fork.
    ['the rules alone', 'guard', /has been denied by permission rule 'Agent\(|Agent type 'fork' not found/],
  ] as const)
    it(`refuses sub-agents that are no delegates, by ${by}`, async () => {
      const attempts = ['shell-agent', 'general-purpose', 'Explore', 'fork'].map((subagent_type) => ({
        tool: 'Agent',
        input: { subagent_type, description: 'some work', prompt: 'Do it.' },
      }));
      const { results } = await playSession(model, attempts, () =>
        runStart(fleet, model.url, 'lead-agent', { binary, ...(without === undefined ? {} : { without }) }),
      );
      for (const { text } of results) assert.match(text, refusal);
      assert.equal(model.requests.length, attempts.length + 1, 'a sub-agent asked the model');
    });

  it('keeps a delegate inside the rights of both', async () => {
    const isMaker = ({ system }: { readonly system: string }) =>
      system.includes('You are Maker (maker-agent)');
    model.play((request) => {
      if (isMaker(request))
        return request.turn === 0
          ? [
              use('Write', { file_path: fleet.at('notes.md'), content: 'new' }),
              use('Read', { file_path: fleet.at('private/word.txt') }),
              use('Read', { file_path: fleet.at('src/old.js') }),
            ]
          : [say('Made.')];
      const input = { subagent_type: 'maker-agent', description: 'some work', prompt: 'Do it.' };
      return request.turn === 0 ? [use('Agent', { ...input, run_in_background: false })] : [say('Done.')];
    });
    const before = fleet.contents();
    const { stdout, stderr } = await runStart(fleet, model.url, 'lead-agent', { binary });
    const inside = model.requests.filter(isMaker);
    assert.ok(inside[0], `the sub-agent was not started:\n${stdout}\n${stderr}`);
    assert.ok(!inside[0].tools.some(({ name }) => name === 'Write'), 'lead-agent may not write');
    const answers = inside.at(-1)?.messages.at(-1);
    assert.match(JSON.stringify(answers), /No such tool available: Write/);
    assert.match(JSON.stringify(answers), /may not read .*private\/word.txt/);
    assert.match(JSON.stringify(answers), /export const/);
    assert.deepEqual(changedFiles(before, fleet.contents()), []);
  });
});

/** An MCP server of one tool, which writes a file. */
function strayServer(file: string): object {
  const program = `
    const tools = [{ name: 'touch', description: 'Writes a file.', inputSchema: { type: 'object' } }];
    const initialize = { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: 'stray', version: '1' } };
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line);
      if (id === undefined) return;
      if (method === 'tools/call') require('node:fs').writeFileSync(${JSON.stringify(file)}, 'stray');
      const result = { initialize, 'tools/list': { tools }, 'tools/call': { content: [] } }[method] ?? {};
      console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });`;
  return { command: process.execPath, args: ['-e', program] };
}
