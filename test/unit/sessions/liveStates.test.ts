// Records, spools, processes and the CLI's answer put together: whose line counts, which launch is the agent's, what is
// kept from one look to the next.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AppendedFiles } from '../../../src/files/appendedFiles.ts';
import type { WritableFiles } from '../../../src/files/files.ts';
import { type SpoolFields, spoolLine } from '../../../src/protocol/spoolLine.ts';
import type { AgentsPoll, ListedSession } from '../../../src/sessions/agentsList.ts';
import { type LiveSession, LiveStates } from '../../../src/sessions/liveStates.ts';
import { olderThanDisk } from '../../../src/sessions/olderThanDisk.ts';
import { renderRecord, type SessionRecord } from '../../../src/sessions/sessionRecord.ts';
import { recordWith } from './records.ts';

const start = Date.UTC(2026, 0, 2, 3);
const at = (second: number): string => new Date(start + second * 1000).toISOString();
const uuid = (digit: string): string => `${digit.repeat(8)}-1111-4111-8111-111111111111`;
const hash = (digit: string): string => digit.repeat(64);

const record = recordWith({
  launch: uuid('a'),
  agent: 'one-agent',
  sessionId: uuid('1'),
  sessionIds: [uuid('1')],
  pid: 4242,
  pidStarted: 'boot:77',
  settingsSha: hash('1'),
  memorySha: hash('2'),
  contextSha: hash('3'),
  startedAt: at(0),
});

/** A machine with records, spools and processes in memory. */
class Workspace {
  readonly records = new Map<string, SessionRecord>();
  readonly spools = new Map<string, Buffer>();
  /** Pids that run, with the start time of each in ticks. */
  readonly pids = new Map([[4242, '77']]);
  /** What the scripts of launches in tmux wrote down. */
  readonly exits = new Map<string, string>();
  #lines = 0;
  readonly #states: LiveStates;

  constructor(...records: readonly SessionRecord[]) {
    for (const each of records) this.records.set(each.launch, each);
    const files = {
      list: () => [...this.records.keys()].map((launch) => `${launch}.json`),
      kind: () => 'file',
      isOwn: () => true,
      read: (file: string) => this.#read(file),
    } as unknown as WritableFiles;
    const disk: AppendedFiles = {
      names: () => [...this.spools.keys()],
      look: (_folder, name) => {
        const text = this.spools.get(name);
        return text && { name, size: text.length, changedAt: 0, identity: 1 };
      },
      read: (_folder, name, from, most) =>
        (this.spools.get(name) ?? Buffer.alloc(0)).subarray(from, from + most),
    };
    const machine = { files, platform: 'linux', run: async () => undefined } as const;
    this.#states = new LiveStates({ store: { files, stateDirectory: '/state' }, disk, machine });
  }

  #read(file: string): { readonly text: string } | undefined {
    if (file.endsWith('boot_id')) return { text: 'boot\n' };
    if (file === '/proc/self/stat') return { text: '1 (x) S' };
    const exit = [...this.exits].find(([launch]) => file.endsWith(`${launch}.exit`));
    if (exit !== undefined) return { text: `${exit[1]}\n` };
    const pid = Number(/^\/proc\/(\d+)\/stat$/.exec(file)?.[1]);
    const ticks = this.pids.get(pid);
    if (ticks !== undefined) return { text: `${pid} (claude) S${' 0'.repeat(18)} ${ticks} 0` };
    const found = [...this.records.values()].find(({ launch }) => file.endsWith(`${launch}.json`));
    return found && { text: renderRecord(found) };
  }

  line(second: number, fields: Partial<SpoolFields>, launch = record.launch): void {
    const line = { t: at(second), id: `i${++this.#lines}`, n: 1, launch, agent: 'one-agent' };
    const text = spoolLine({ ...line, session: uuid('1'), src: 'report', event: 'Stop', ...fields });
    const name = `${launch}.jsonl`;
    this.spools.set(name, Buffer.concat([this.spools.get(name) ?? Buffer.alloc(0), Buffer.from(text)]));
  }

  async look(second: number, poll?: AgentsPoll): Promise<ReadonlyMap<string, LiveSession>> {
    return (await this.#states.update(start + second * 1000, poll)).sessions;
  }

  async state(second: number, poll?: AgentsPoll): Promise<string> {
    const session = (await this.look(second, poll)).get('one-agent');
    return session === undefined ? 'none' : `${session.state.state} ${session.state.since.slice(17, 19)}`;
  }
}

const poll = (second: number, ...sessions: readonly ListedSession[]): AgentsPoll => ({
  at: start + second * 1000,
  sessions,
});
const prompt = { event: 'UserPromptSubmit' } as const;

describe('live states', () => {
  it('knows nothing of an agent without a record', async () => {
    assert.equal((await new Workspace().look(1)).size, 0);
  });

  it('follows a spool as it grows', async () => {
    const workspace = new Workspace(record);
    assert.equal(await workspace.state(1), 'starting 00');
    workspace.line(2, prompt);
    assert.equal(await workspace.state(3), 'working 02');
    workspace.line(4, {});
    assert.equal(await workspace.state(5), 'needsYou 04');
  });

  it('begins anew when the spool is another file', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, prompt);
    workspace.line(3, {});
    await workspace.look(4);
    workspace.spools.clear();
    workspace.line(5, prompt);
    assert.equal(await workspace.state(6), 'working 05');
  });

  it('follows one that was given up for broken off, and that was completed after all', async () => {
    const late = { ...record, phase: 'ended', endedAt: at(16), endReason: 'not started' } as const;
    const workspace = new Workspace(late);
    assert.equal(await workspace.state(17), 'stopped 16');
    workspace.records.set(record.launch, record);
    workspace.line(18, prompt);
    assert.equal(await workspace.state(19), 'working 18');
  });

  it('says how one in tmux ended that wrote it down', async () => {
    const tmux = { ...record, runner: 'tmux' } as const;
    for (const [code, expected] of [
      ['3', 'crashed: it ended (exit 3)'],
      ['0', 'stopped: it ended (exit 0)'],
      [undefined, 'crashed: its process is gone, and it never said that it ended'],
    ] as const) {
      const workspace = new Workspace(tmux);
      workspace.pids.clear();
      if (code !== undefined) workspace.exits.set(record.launch, code);
      const { state } = (await workspace.look(9)).get('one-agent') as LiveSession;
      assert.equal(`${state.state}: ${state.evidence}`, expected);
    }
  });

  it('takes no line of another launch or agent', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, prompt);
    workspace.line(3, { launch: uuid('f') });
    workspace.line(3, { agent: 'two-agent' });
    workspace.spools.set(
      `${record.launch}.jsonl`,
      Buffer.concat([...workspace.spools.values(), Buffer.from('{\n')]),
    );
    assert.equal(await workspace.state(4), 'working 02');
  });

  it('finds a session in the list by its process or its id, never by its name', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, prompt);
    const idle = { status: 'idle', name: 'one-agent' } as const;
    assert.equal(await workspace.state(9, poll(8, { pid: 1, sessionId: uuid('9'), ...idle })), 'working 02');
    assert.equal(await workspace.state(9, poll(8, { pid: 4242, sessionId: uuid('9'), ...idle })), 'idle 08');
    assert.equal(await workspace.state(9, poll(8, { pid: 1, sessionId: uuid('1'), ...idle })), 'idle 08');
  });

  it('finds it by the id that it has since /clear', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, { event: 'SessionStart', source: 'clear', session: uuid('2') });
    workspace.line(3, { ...prompt, session: uuid('2') });
    const { sessionId, sessionIds, state } = (
      await workspace.look(9, poll(8, { pid: 1, sessionId: uuid('2'), status: 'idle' }))
    ).get('one-agent') as LiveSession;
    assert.deepEqual([sessionId, sessionIds, state.state], [uuid('2'), [uuid('1'), uuid('2')], 'idle']);
  });

  it('keeps since when the list says the same', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, prompt);
    const idle = { pid: 4242, sessionId: uuid('1'), status: 'idle' } as const;
    await workspace.look(9, poll(8, idle));
    assert.equal(await workspace.state(21, poll(20, idle)), 'idle 08');
    assert.equal(await workspace.state(31, poll(30, { ...idle, status: 'busy' })), 'working 02');
  });

  it('waits for the last line of a process that went, and no longer', async () => {
    const killed = new Workspace(record);
    killed.line(2, prompt);
    await killed.look(3);
    killed.pids.clear();
    assert.equal(await killed.state(4), 'working 02');
    assert.equal(await killed.state(5), 'working 02');
    assert.equal(await killed.state(7), 'crashed 02');

    const ended = new Workspace(record);
    ended.line(2, prompt);
    await ended.look(3);
    ended.pids.clear();
    assert.equal(await ended.state(4), 'working 02');
    ended.line(4, { event: 'SessionEnd', reason: 'other' });
    assert.equal(await ended.state(5), 'stopped 04');
  });

  it('does not take another process of that pid for it', async () => {
    const workspace = new Workspace(record);
    workspace.line(2, prompt);
    workspace.pids.set(4242, '99');
    const busy = { pid: 4242, sessionId: uuid('9'), status: 'busy' } as const;
    assert.equal(await workspace.state(9, poll(8, busy)), 'crashed 02');
  });

  it('shows the launch that lives, else the last one', async () => {
    const later: SessionRecord = { ...record, launch: uuid('b'), startedAt: at(30), pid: 4343 };
    const workspace = new Workspace(record, later);
    workspace.line(2, prompt);
    workspace.line(32, prompt, later.launch);
    assert.equal(await workspace.state(40), 'working 02');
    workspace.pids.clear();
    assert.equal(await workspace.state(41), 'working 02');
    assert.equal(await workspace.state(50), 'crashed 32');
  });
});

describe('configuration older than the disk', () => {
  const disk = { settingsSha: hash('1'), memorySha: hash('2'), contextSha: hash('3') };
  for (const [change, expected] of [
    [{}, []],
    [{ settingsSha: hash('9') }, ['settings']],
    [{ memorySha: hash('9'), contextSha: hash('9') }, ['memory', 'context']],
  ] as const)
    it(`says ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(olderThanDisk(record, { ...disk, ...change }), expected));
});
