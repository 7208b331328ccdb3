// Who needs a person: told of once, counted, gone to by a command; and a session that runs with a configuration of yesterday.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import type { Row } from '../../src/editor/tree/row.ts';
import { readRecords, type SessionRecord } from '../../src/sessions/sessionRecord.ts';
import { stopAgent } from '../../src/sessions/stopAgent.ts';
import { Messages } from './messages.ts';
import { StandIn, soon } from './standIn.ts';
import { allRows, fileOf, models, read, restore, storeOf, until, write } from './workbench.ts';

const of = (agent: string) => ({
  folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '',
  agent,
});
const run = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${command}`, argument);
const code = 'code-agent';
const test = 'test-agent';

describe('attention', () => {
  let api: EditorApi;
  let messages: Messages;
  const claude = new StandIn();
  const host = () => sessionHostOf(storeOf(api));
  const row = (agent: string): Row | undefined =>
    allRows(api.tree.rows()).find(({ label }) => label === agent);
  const session = (agent: string): Row | undefined =>
    row(agent)?.children?.find(({ label }) => label === 'Session');
  const words = (agent: string) => row(agent)?.description ?? '';
  const setting = () => vscode.workspace.getConfiguration('nativeOrchestrator');

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    messages = new Messages();
    claude.clear();
  });
  afterEach(async () => {
    messages.dispose();
    await soon('nothing begins', () =>
      readRecords(host()).records.every(({ phase }) => phase !== 'starting'),
    );
    for (const agent of [code, test]) await stopAgent(host(), fileOf('.'), agent, 0);
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
    fs.rmSync(path.join(host().stateDirectory, 'sessions'), { recursive: true, force: true });
    await setting().update('quiet', undefined, vscode.ConfigurationTarget.Global);
    await run('sortByRegistry');
  });
  after(async () => {
    await claude.dispose();
    await restore(api);
  });

  /** Starts an agent and puts it at its prompt. */
  async function started(agent: string): Promise<void> {
    await claude.use('terminal');
    await run('startAgent', of(agent));
    await claude.started(agent);
    await soon('its record', () => readRecords(host()).records[0]?.phase === 'running');
    // The stand-in makes its spool anew.
    await soon('its spool', () => fs.existsSync(spoolOf(agent)));
    tells(agent, { event: 'SessionStart', source: 'startup' });
    await soon(`${agent} idle`, () => words(agent).startsWith('idle'));
  }

  function recordOf(agent: string): SessionRecord {
    const record = readRecords(host()).records.find((each) => each.agent === agent);
    assert.ok(record);
    return record;
  }
  const spoolOf = (agent: string): string =>
    path.join(host().stateDirectory, 'spool', `${recordOf(agent).launch}.jsonl`);

  /** Of what a person looks at nobody is told. */
  async function looksElsewhere(): Promise<void> {
    vscode.window.createTerminal('elsewhere').show();
    await until(api, 'another terminal', () => vscode.window.activeTerminal?.name === 'elsewhere');
  }

  /** What a hook of the agent's session tells now. */
  function tells(agent: string, told: Readonly<Record<string, unknown>>): void {
    const record = recordOf(agent);
    const line = {
      ...{ v: 1, t: new Date().toISOString(), id: randomUUID(), n: 1, src: 'report' },
      ...{ launch: record.launch, agent, session: record.sessionId },
      ...told,
    };
    fs.appendFileSync(spoolOf(agent), `${JSON.stringify(line)}\n`);
  }
  const asks = (agent: string) => tells(agent, { event: 'PermissionRequest', tool: 'Bash' });
  const ends = (agent: string) => tells(agent, { event: 'Stop' });

  it('a question is on the row, on the badge, in the status bar, and told of once with a way to it', async () => {
    await started(code);
    await started(test);
    asks(code);
    await messages.accept(/^code-agent needs you: permission to use Bash$/, 'Open Terminal');
    await until(api, 'its terminal', () => vscode.window.activeTerminal?.name === code);
    assert.match(words(code), /^needs you: permission to use Bash/);
    assert.equal(row(code)?.icon?.id, 'bell-dot');
    assert.equal(api.statusItem.text, '$(bell-dot) 1 needs you · 2 agents');
    tells(code, { event: 'UserPromptSubmit' });
    await soon('working', () => words(code).startsWith('working'));
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
    assert.deepEqual(
      messages.shown.filter((text) => text.includes('needs you')),
      ['code-agent needs you: permission to use Bash'],
    );
  });

  it('several are told of in one message', async () => {
    await started(code);
    await started(test);
    await looksElsewhere();
    asks(code);
    asks(test);
    // Who began within the same millisecond may be named in any order.
    const said = await messages.accept(
      /^2 agents need you: (code|test)-agent, (code|test)-agent$/,
      'Open Terminal',
    );
    const first = /: ([\w-]+),/.exec(said)?.[1];
    await until(api, 'the terminal of the first', () => vscode.window.activeTerminal?.name === first);
  });

  it('a message that nobody answers keeps the next one back for a while, and not for good', async () => {
    await started(code);
    await started(test);
    await looksElsewhere();
    asks(code);
    await soon('told of', () => messages.shown.some((text) => text.startsWith('code-agent needs you')));
    asks(test);
    await messages.accept(/^test-agent needs you: permission to use Bash$/, 'Open Terminal');
    await until(api, 'its terminal', () => vscode.window.activeTerminal?.name === test);
  });

  it('in quiet mode no message tells of it, and all else does', async () => {
    await started(code);
    await started(test);
    await looksElsewhere();
    await run('toggleQuiet');
    assert.equal(setting().get('quiet'), true);
    asks(code);
    await soon('on its row', () => words(code).startsWith('needs you'));
    assert.equal(api.statusItem.text, '$(bell-dot) 1 needs you · 2 agents');
    // By then it would have been told of: that is waited for half as long.
    await soon('it waits for long', () => / · [3-9] s$/.test(words(code)));
    assert.deepEqual(messages.shown, []);
    await run('toggleQuiet');
    assert.equal(setting().get('quiet'), false);
    // Another one, which begins after the quiet, is told of, and alone.
    asks(test);
    await messages.accept(/needs you/);
    assert.deepEqual(messages.shown, ['test-agent needs you: permission to use Bash']);
  });

  it('the command goes from one to the next, the most urgent first; a turn that is over is settled by a look', async () => {
    await started(code);
    await started(test);
    await setting().update('quiet', true, vscode.ConfigurationTarget.Global);
    ends(code);
    asks(test);
    await soon('both', () => [code, test].every((agent) => /^(needs you|idle)/.test(words(agent))));
    await soon('the question', () => words(test).startsWith('needs you: permission'));
    await run('nextAgent');
    await until(api, 'its terminal', () => vscode.window.activeTerminal?.name === test);
    assert.match(words(test), /^needs you: permission/);
    await run('nextAgent');
    await soon('the one that was done is settled', () => words(code).startsWith('idle'));
    await run('nextAgent');
    await until(api, 'its terminal', () => vscode.window.activeTerminal?.name === test);
  });

  it('one that left the registry and asks is gone to all the same', async () => {
    await started(test);
    asks(test);
    await soon('the question', () => words(test).startsWith('needs you: permission'));
    await looksElsewhere();
    const registry = read('agents/registry.yaml');
    write(
      'agents/registry.yaml',
      registry.slice(0, registry.indexOf('  test-agent:')).replace('[test-agent]', '[]'),
    );
    await until(api, 'it is out', () => storeOf(api).fleet?.agents.length === 1);
    assert.match(words(test), /^needs you: permission/);
    await run('nextAgent');
    await until(api, 'its terminal', () => vscode.window.activeTerminal?.name === test);
  });

  it('quiet mode that the workspace asks for is switched where it is asked for', async () => {
    const { Workspace } = vscode.ConfigurationTarget;
    await setting().update('quiet', true, Workspace);
    try {
      await run('toggleQuiet');
      assert.equal(setting().get('quiet'), false);
    } finally {
      await setting().update('quiet', undefined, Workspace);
    }
  });

  it('a session that was killed is told of, and its row says so until somebody looked', async () => {
    await started(code);
    const { pid } = readRecords(host()).records[0] ?? {};
    assert.ok(pid);
    await looksElsewhere();
    process.kill(pid, 'SIGKILL');
    await messages.accept(/^code-agent crashed/);
    assert.equal(row(code)?.icon?.id, 'error');
    const next = run('nextAgent');
    await messages.accept(/^code-agent crashed: its process is gone/);
    await next;
    await soon('settled', () => row(code)?.icon?.id === 'circle-outline');
    assert.match(session(code)?.description ?? '', /^crashed/);
  });

  it('agents are in one list by urgency when a person asks for that', async () => {
    await started(test);
    asks(test);
    await soon('the question', () => words(test).startsWith('needs you'));
    const order = () =>
      allRows(api.tree.rows())
        .filter(({ kind }) => kind.startsWith('agent'))
        .map(({ label }) => label);
    assert.deepEqual(order(), [code, test]);
    await run('sortByUrgency');
    assert.deepEqual(order(), [test, code]);
    await run('sortByRegistry');
    assert.deepEqual(order(), [code, test]);
  });

  describe('a configuration that is older than the disk', () => {
    const memory = `agents/${code}/.claude/CLAUDE.md`;

    it('is said on the session, and a restart brings it up to date', async () => {
      await started(code);
      const before = claude.told(code)?.pid;
      write(memory, `${read(memory)}\nA line of a person's own.\n`);
      await soon('older', () => session(code)?.kind === 'session-older');
      assert.match(session(code)?.description ?? '', /config older than disk: memory$/);
      await run('restartAtRest', of(code));
      await soon('another session', () => claude.told(code)?.pid !== before);
      await soon('in step', () => session(code)?.kind === 'session');
    });

    it('a restart waits while it works, and can be taken back', async () => {
      await started(code);
      const before = claude.told(code)?.pid;
      tells(code, { event: 'UserPromptSubmit' });
      claude.lists([[code, { status: 'busy' }]]);
      await soon('working', () => words(code).startsWith('working'));
      write(memory, `${read(memory)}\nA line of a person's own.\n`);
      await soon('older', () => session(code)?.kind === 'session-older');
      await run('restartAtRest', of(code));
      await soon('it waits', () => session(code)?.kind === 'session-leaving');
      await run('keepRunning', of(code));
      await soon('it stays', () => session(code)?.kind === 'session-older');
      await run('restartAtRest', of(code));
      await soon('it waits again', () => session(code)?.kind === 'session-leaving');
      assert.equal(claude.told(code)?.pid, before);
      claude.lists([[code, { status: 'idle' }]]);
      ends(code);
      await soon('another session', () => claude.told(code)?.pid !== before);
    });
  });
});
