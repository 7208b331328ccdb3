// The same words for the same records and spools, whether a hub tells of a session or the window looks at it itself.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { toldOrFound } from '../../../src/editor/toldOrFound.ts';
import type { AppendedFiles } from '../../../src/files/appendedFiles.ts';
import type { WritableFiles } from '../../../src/files/files.ts';
import { type SpoolFields, spoolLine } from '../../../src/protocol/spoolLine.ts';
import type { AgentsPoll, ListedSession } from '../../../src/sessions/agentsList.ts';
import { type LiveSession, LiveStates } from '../../../src/sessions/liveStates.ts';
import { sessionJson } from '../../../src/sessions/sessionJson.ts';
import { renderRecord, type SessionRecord } from '../../../src/sessions/sessionRecord.ts';
import { type ToldSession, toldSession } from '../../../src/sessions/toldSession.ts';
import { recordWith } from '../sessions/records.ts';

const start = Date.UTC(2026, 0, 2, 3);
const at = (second: number): string => new Date(start + second * 1000).toISOString();
const uuid = (digit: string): string => `${digit.repeat(8)}-1111-4111-8111-111111111111`;

const record = recordWith({
  launch: uuid('a'),
  agent: 'one-agent',
  sessionId: uuid('1'),
  sessionIds: [uuid('1')],
  pid: 4242,
  pidStarted: 'boot:77',
  startedAt: at(0),
});

type Line = readonly [second: number, fields: Partial<SpoolFields>];

interface Case {
  readonly title: string;
  readonly lines?: readonly Line[];
  readonly records?: readonly SessionRecord[];
  readonly isGone?: boolean;
  /** What the CLI listed, at second 20. */
  readonly listed?: Partial<ListedSession>;
  /** What a person looked at, at second 21. */
  readonly seen?: string;
  /** `state` or `state/need`. */
  readonly state: string;
}

const prompt = { event: 'UserPromptSubmit' } as const;
const asks = { event: 'PermissionRequest', tool: 'Bash', toolUseId: 't1' } as const;
const now = start + 30_000;

/** One workspace on a disk in memory, with those who look at it: each has read nothing yet. */
function workspace({ lines = [], records = [record], isGone = false, listed, seen }: Case) {
  const process = { isGone };
  const spool = Buffer.from(
    lines
      .map(([second, fields], index) => {
        const line = { t: at(second), id: `i${index}`, n: 1, launch: record.launch, agent: 'one-agent' };
        return spoolLine({ ...line, session: uuid('1'), src: 'report', event: 'Stop', ...fields });
      })
      .join(''),
  );
  const files = {
    list: () => records.map(({ launch }) => `${launch}.json`),
    kind: () => 'file',
    isOwn: () => true,
    read: (file: string) => {
      if (file.endsWith('boot_id')) return { text: 'boot\n' };
      if (file === '/proc/self/stat') return { text: '1 (x) S' };
      if (file === '/proc/4242/stat')
        return process.isGone ? undefined : { text: `4242 (c) S${' 0'.repeat(18)} 77 0` };
      if (file.endsWith('/seen/one-agent.json'))
        return seen && { text: JSON.stringify({ at: at(21), format: 1, launch: record.launch, what: seen }) };
      const found = records.find(({ launch }) => file.endsWith(`${launch}.json`));
      return found && { text: renderRecord(found) };
    },
  } as unknown as WritableFiles;
  const disk: AppendedFiles = {
    names: () => [`${record.launch}.jsonl`],
    look: (_folder, name) =>
      spool.length > 0 && name === `${record.launch}.jsonl`
        ? { name, size: spool.length, changedAt: 0, identity: 1 }
        : undefined,
    read: (_folder, _name, from, most) => spool.subarray(from, from + most),
  };
  const nobody: AppendedFiles = {
    names: () => assert.fail('spools are listed'),
    look: () => assert.fail('a spool is looked at'),
    read: () => assert.fail('a spool is read'),
  };
  const store = { files, stateDirectory: '/state' };
  const machine = { files, platform: 'linux', run: async () => undefined } as const;
  const poll: AgentsPoll | undefined = listed && {
    at: start + 20_000,
    sessions: [{ pid: 4242, sessionId: uuid('1'), ...listed }],
  };
  const look = (isBlind: boolean, told?: ReadonlyMap<string, ToldSession>, states?: LiveStates) =>
    toldOrFound({
      store,
      states: states ?? new LiveStates({ store, disk: isBlind ? nobody : disk, machine }),
      told,
      now,
      poll: isBlind ? undefined : poll,
    });
  return { look, process, statesOf: () => new LiveStates({ store, disk, machine }) };
}

/** What a hub tells: as it is after it was sent. */
function toldOf(sessions: ReadonlyMap<string, LiveSession>): ReadonlyMap<string, ToldSession> {
  const told = new Map<string, ToldSession>();
  for (const [agent, session] of sessions) {
    const data = toldSession(JSON.parse(JSON.stringify({ agent, ...sessionJson(session) })));
    if (data !== undefined) told.set(agent, data);
  }
  return told;
}

const ended = { ...record, phase: 'ended', endedAt: at(9) } as const;
const next = { ...record, launch: uuid('b'), startedAt: at(25) } as const;

const cases: readonly Case[] = [
  { title: 'one that tells nothing yet', state: 'starting' },
  { title: 'one at its prompt', lines: [[2, { event: 'SessionStart', source: 'startup' }]], state: 'idle' },
  { title: 'one at work', lines: [[2, prompt]], state: 'working' },
  {
    title: 'one that asks for permission',
    lines: [
      [2, prompt],
      [3, asks],
    ],
    state: 'needsYou/permission',
  },
  {
    title: 'one that is done',
    lines: [
      [2, prompt],
      [3, {}],
    ],
    state: 'needsYou/done',
  },
  {
    title: 'one that is done, and was seen',
    lines: [
      [2, prompt],
      [3, {}],
    ],
    seen: 'done',
    state: 'idle',
  },
  {
    title: 'one that went on after it was seen',
    lines: [
      [2, prompt],
      [22, {}],
    ],
    seen: 'done',
    state: 'needsYou/done',
  },
  {
    title: 'a list that knows better',
    lines: [
      [2, prompt],
      [3, asks],
    ],
    listed: { status: 'idle' },
    state: 'idle',
  },
  {
    title: 'a list that knows of a question',
    lines: [[2, prompt]],
    listed: { status: 'waiting', waitingFor: 'x' },
    state: 'needsYou/question',
  },
  {
    title: 'one that went to another session',
    lines: [
      [2, prompt],
      [3, { event: 'SessionStart', source: 'clear', session: uuid('2') }],
    ],
    state: 'idle',
  },
  { title: 'one that is gone', lines: [[2, prompt]], isGone: true, state: 'crashed' },
  {
    title: 'one that is gone, and was seen',
    lines: [[2, prompt]],
    isGone: true,
    seen: 'crashed',
    state: 'crashed',
  },
  {
    title: 'one that was stopped',
    lines: [[2, prompt]],
    records: [{ ...ended, endReason: 'stopped' }],
    state: 'stopped',
  },
  { title: 'one that ended badly', records: [{ ...ended, endReason: 'exit 3' }], state: 'crashed' },
  {
    title: 'one that was started anew',
    records: [{ ...ended, endReason: 'stopped' }, next],
    state: 'starting',
  },
];

describe('what a hub tells of sessions', () => {
  for (const given of cases)
    it(`is what the files tell: ${given.title}`, async () => {
      const { look } = workspace(given);
      const found = await look(false);
      const { state, need } = found.sessions.get('one-agent')?.state ?? assert.fail('it is found');
      assert.equal(need === undefined ? state : `${state}/${need}`, given.state);
      const told = await look(true, toldOf(found.sessions));
      assert.deepEqual(told, { ...found, areAllTold: true });
    });

  const held: Case = {
    title: '',
    lines: [
      [2, prompt],
      [3, {}],
    ],
    state: '',
  };
  const toldBefore = async (given: Case) => toldOf((await workspace(given).look(false)).sessions);

  it('is seen here before it tells so', async () => {
    const told = await toldBefore(held);
    const { sessions } = await workspace({ ...held, seen: 'done' }).look(true, told);
    const { state, isSeen } = sessions.get('one-agent')?.state ?? assert.fail('it is told');
    assert.deepEqual([state, isSeen], ['idle', true]);
  });

  const behind: readonly (readonly [title: string, before: Case, after: Case])[] = [
    ['a stop', held, { ...held, records: [{ ...ended, endReason: 'stopped' }] }],
    ['a start', { ...held, isGone: true }, { ...held, isGone: true, records: [record, next] }],
  ];
  for (const [title, before, after] of behind)
    it(`waits for nobody where the records know of ${title}`, async () => {
      const told = await toldBefore(before);
      const { look } = workspace(after);
      assert.deepEqual(await look(false, told), { ...(await look(false)), areAllTold: false });
    });

  it('is looked at here where it is in words that nobody here knows', async () => {
    const found = (await workspace(held).look(false)).sessions.get('one-agent') ?? assert.fail('it is found');
    const data = { agent: 'one-agent', ...sessionJson(found) };
    assert.ok(toldSession(data));
    const wrong = [
      { ...data, state: 'dreaming' },
      { ...data, need: 'company' },
      { ...data, need: undefined },
      { ...data, state: 'idle' },
      { ...data, source: 'rumour' },
      { ...data, process: 'hidden' },
      { ...data, since: 'now' },
      { ...data, evidence: 7 },
      { ...data, launch: '../../x' },
      { ...data, sessionIds: 'all' },
      { ...data, agent: undefined },
      null,
      [],
      'text',
    ];
    assert.deepEqual(
      wrong.filter((each) => toldSession(each) !== undefined),
      [],
    );
  });

  it('is gone on from when it is gone: nothing looks as if it had changed', async () => {
    const { look, process, statesOf } = workspace({ ...held, lines: [[2, prompt]] });
    const states = statesOf();
    await look(false, undefined, states);
    process.isGone = true;
    const told = toldOf((await look(false)).sessions);
    const { sessions } = await look(false, told, states);
    assert.equal(sessions.get('one-agent')?.state.state, 'crashed');
    for (const session of sessions.values()) states.goOnFrom(session);
    assert.deepEqual((await look(false, undefined, states)).sessions, sessions);
  });
});
