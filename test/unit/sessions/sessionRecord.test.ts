// Records of launches: what is written is read again, and what is not ours or not whole is skipped and told of.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  parseRecord,
  readRecords,
  recordFolder,
  renderRecord,
  type SessionRecord,
  writeRecord,
} from '../../../src/sessions/sessionRecord.ts';
import { type MemoryFiles, memoryFiles } from '../outputs/memoryFiles.ts';

const launch = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const hash = 'ab'.repeat(32);
const record: SessionRecord = {
  format: 1,
  launch,
  agent: 'code-agent',
  sessionId: other,
  sessionIds: [other],
  runner: 'tmux',
  pid: 42,
  pidStarted: 'boot:7',
  pane: '%3',
  socket: '/tmp/tmux-0/no-12345678',
  cwd: '/w',
  argv: ['/bin/claude', '--name', 'code-agent'],
  settingsSha: hash,
  memorySha: hash,
  contextSha: hash,
  startedAt: '2026-01-02T03:04:05.678Z',
  phase: 'running',
};

describe('session record: text', () => {
  it('is read as it was written, keys sorted, unknown ones kept', () => {
    const more = { ...record, later: { of: 'another version' } };
    const text = renderRecord(more);
    assert.deepEqual(parseRecord(text), { kind: 'good', record: more });
    const keys = Object.keys(JSON.parse(text));
    assert.deepEqual(keys, [...keys].sort());
    assert.equal(
      renderRecord({ ...record, pid: undefined } as unknown as SessionRecord).includes('"pid"'),
      false,
    );
  });
  const damaged: readonly (readonly [string, unknown])[] = [
    ['a path as its launch', { launch: '../../x' }],
    ['another form of agent', { agent: '../../x' }],
    ['an agent that is an option', { agent: '-x' }],
    ['a name that objects have', { agent: '__proto__' }],
    ['a line end in the agent', { agent: 'a\nb' }],
    ['a command as session id', { sessionId: '$(x)' }],
    ['a session id that is none', { sessionIds: [other, 'x'] }],
    ['a runner nobody knows', { runner: 'screen' }],
    ['the first process', { pid: 1 }],
    ['a group of processes', { pid: -42 }],
    ['a pid as text', { pid: '42' }],
    ['a target as pane', { pane: '=other:' }],
    ['a relative socket', { socket: 'x' }],
    ['a relative folder', { cwd: 'x' }],
    ['numbers as arguments', { argv: [1] }],
    ['a hash that is none', { settingsSha: 'x' }],
    ['a time that is none', { startedAt: '2026-99-02T03:04:05.678Z' }],
    ['a phase nobody knows', { phase: 'asleep' }],
    ['format 0', { format: 0 }],
    ['no agent', { agent: undefined }],
    ['no format', { format: undefined }],
  ];
  for (const [name, change] of damaged)
    it(`with ${name} is damaged`, () => {
      const text = JSON.stringify({ ...record, ...(change as object) });
      assert.equal(parseRecord(text).kind, 'damaged');
    });
  for (const text of ['', '{', 'null', '[]', '7', '"x"', '{"__proto__":{"format":1}}'])
    it(`${JSON.stringify(text)} is damaged`, () => assert.equal(parseRecord(text).kind, 'damaged'));
  it('of a higher format is a newer version’s', () =>
    assert.deepEqual(parseRecord('{"format":2}'), { kind: 'newer', format: 2 }));
});

describe('session record: folder', () => {
  const store = (files: MemoryFiles) => ({ files, stateRoot: '/state', stateDirectory: '/state/w' });
  it('gives the good ones, those that did not end before newer ones that did, and tells of the others', async () => {
    const files = memoryFiles();
    const at = store(files);
    const later = { ...record, launch: other, startedAt: '2026-01-02T03:04:06.000Z' };
    await writeRecord(at, record);
    await writeRecord(at, later);
    await writeRecord(at, { ...later, phase: 'ended' });
    const put = (name: string, text: string) => files.createFile(`${recordFolder('/state/w')}/${name}`, text);
    await put('damaged.json', '{');
    await put('newer.json', '{"format":9}');
    await put('copy.json', renderRecord(record));
    await put('note.txt', 'x');
    const { records, skipped } = readRecords(at);
    assert.deepEqual(
      records.map((each) => [each.launch, each.phase]),
      [
        [launch, 'running'],
        [other, 'ended'],
      ],
    );
    assert.deepEqual(
      skipped.map(({ file }) => file),
      ['copy.json', 'damaged.json', 'newer.json'],
    );
    assert.match(skipped[2]?.reason ?? '', /format 9.*update/);
  });
  it('that is absent has none', () =>
    assert.deepEqual(readRecords(store(memoryFiles())), { records: [], skipped: [] }));
});
