// Stopping: who gets which signal, with a process table that a test writes.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../src/findings/userError.ts';
import { liveRecords } from '../../../src/sessions/liveRecords.ts';
import type { SessionHost } from '../../../src/sessions/sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from '../../../src/sessions/sessionRecord.ts';
import { requireNotable, stopSession } from '../../../src/sessions/stopSession.ts';
import { memoryFiles, systemError } from '../outputs/memoryFiles.ts';
import { recordId, recordWith } from './records.ts';

const id = recordId;
const record = recordWith();
const stat = (ticks: number): string => `42 (claude) S${' 0'.repeat(18)} ${ticks} 0`;

/** A machine on which pid 42 started at tick 7; `on` says what a signal does to it. */
function host(on: (signal: string, put: (ticks: number | undefined) => void) => void) {
  const files = memoryFiles({
    '/proc/sys/kernel/random/boot_id': 'boot',
    '/proc/self/stat': 'x',
    '/proc/42/stat': stat(7),
  });
  const put = (ticks: number | undefined): void => {
    if (ticks === undefined) files.texts.delete('/proc/42/stat');
    else files.texts.set('/proc/42/stat', stat(ticks));
  };
  const signals: string[] = [];
  const made: SessionHost = {
    files,
    stateRoot: '/state',
    stateDirectory: '/state/w',
    machine: { files, platform: 'linux', env: {}, home: '/home/me', run: async () => undefined },
    now: () => '2026-01-02T03:05:00.000Z',
    kill: (pid, signal) => {
      assert.equal(pid, 42);
      signals.push(signal);
      on(signal, put);
    },
    wait: async () => {},
  };
  return { made, files, signals, put };
}

describe('stopSession', () => {
  type On = Parameters<typeof host>[0];
  const noSuch: On = () => {
    throw Object.assign(new Error('x'), { code: 'ESRCH' });
  };
  const notAllowed: On = () => {
    throw Object.assign(new Error('x'), { code: 'EPERM' });
  };
  const cases: readonly (readonly [
    string,
    On,
    number | undefined,
    string,
    readonly string[],
    string | undefined,
  ])[] = [
    ['ends by itself', (_, put) => put(undefined), 7, 'stopped', ['SIGTERM'], 'stopped'],
    [
      'heeds nothing gentle',
      (signal, put) => signal === 'SIGKILL' && put(undefined),
      7,
      'killed',
      ['SIGTERM', 'SIGKILL'],
      'stopped',
    ],
    ['heeds nothing', () => {}, 7, 'survived', ['SIGTERM', 'SIGKILL'], undefined],
    ['had ended', () => {}, undefined, 'gone', [], 'gone'],
    ['had ended, and its pid came again', () => {}, 8, 'gone', [], 'gone'],
    ['ends, and its pid comes again at once', (_, put) => put(9), 7, 'stopped', ['SIGTERM'], 'stopped'],
    ['ends between the look and the signal', noSuch, 7, 'gone', ['SIGTERM'], 'stopped'],
    ['is another user’s now', notAllowed, 7, 'unknown', ['SIGTERM'], undefined],
  ];
  for (const [name, on, ticks, expected, sent, reason] of cases)
    it(`one that ${name}: ${expected}`, async () => {
      const { made, signals, put } = host(on);
      put(ticks);
      await writeRecord(made, record);
      assert.equal(await stopSession(made, record, { graceMs: 100 }), expected);
      assert.deepEqual(signals, sent);
      const [after] = readRecords(made).records;
      assert.deepEqual(
        [after?.phase, after?.phase === 'ended' ? after.endReason : undefined],
        [reason === undefined ? 'running' : 'ended', reason],
      );
    });
  it('a full disk keeps nobody from ending it, and it says what could not be noted', async () => {
    const { made, files, signals } = host((_, put) => put(undefined));
    await writeRecord(made, record);
    files.onWrite = () => {
      throw systemError('ENOSPC');
    };
    await assert.rejects(
      stopSession(made, record, { graceMs: 0 }),
      /^UserError: code-agent does not run any more \(pid 42\), but that cannot be noted, since \/state\/w cannot be written/,
    );
    assert.deepEqual(signals, ['SIGTERM']);
    files.onWrite = () => {};
    assert.deepEqual(await liveRecords(made), []);
  });
  it('what is to be started anew is not ended on a full disk', async () => {
    const { made, files } = host(() => {});
    await writeRecord(made, record);
    await requireNotable(made, record);
    files.onWrite = () => {
      throw systemError('ENOSPC');
    };
    await assert.rejects(requireNotable(made, record), UserError);
  });
  it('what the watcher wrote meanwhile stays', async () => {
    const { made } = host((_, put) => put(undefined));
    const done: SessionRecord = {
      ...record,
      phase: 'ended',
      endedAt: '2026-01-02T03:04:59.000Z',
      endReason: 'exit 3',
    };
    await writeRecord(made, done);
    await stopSession(made, record, { graceMs: 0 });
    assert.equal(readRecords(made).records[0]?.endedAt, done.endedAt);
  });
});

describe('liveRecords', () => {
  const cases: readonly (readonly [
    string,
    Partial<SessionRecord>,
    number | undefined,
    string | undefined,
    string | undefined,
  ])[] = [
    ['runs', {}, 7, 'running', undefined],
    ['is gone', {}, undefined, undefined, 'gone'],
    ['has a pid that came again', {}, 8, undefined, 'gone'],
    ['was stopped, as its record has it', { endReason: 'stopped' }, undefined, undefined, 'stopped'],
    ['ended', { phase: 'ended', endReason: 'exit 0' }, 7, undefined, 'exit 0'],
    ['was broken off at its start', { phase: 'starting', pid: undefined }, 7, undefined, 'not started'],
    [
      'starts at this moment',
      { phase: 'starting', pid: undefined, startedAt: '2026-01-02T03:04:58.000Z' },
      7,
      'starting',
      undefined,
    ],
    ['has no start time', { pidStarted: undefined }, 7, 'unknown', undefined],
  ] as never;
  for (const [name, change, ticks, state, reason] of cases)
    it(`one that ${name}: ${state ?? reason}`, async () => {
      const { made, put } = host(() => {});
      put(ticks);
      await writeRecord(made, { ...record, ...change });
      const [live] = await liveRecords(made);
      assert.equal(live?.state, state);
      assert.equal(readRecords(made).records[0]?.endReason, reason);
    });
  for (const runner of ['tmux', 'terminal'] as const)
    it(`one in ${runner} whose starter was killed is found by the pid that it wrote`, async () => {
      const { made, files } = host(() => {});
      const { pid: _, pidStarted: __, ...begun } = { ...record, runner, phase: 'starting' } as const;
      await writeRecord(made, begun);
      files.texts.set(`/state/w/starts/${id}.pid`, '42\n');
      files.texts.set('/proc/42/cmdline', `/claude\0--session-id\0${id}`);
      const [live] = await liveRecords(made);
      assert.deepEqual([live?.state, live?.record.pid, live?.record.pidStarted], ['running', 42, 'boot:7']);
      assert.equal(readRecords(made).records[0]?.phase, 'running');
      files.texts.set('/proc/42/cmdline', '/bin/sh');
      await writeRecord(made, begun);
      assert.deepEqual(await liveRecords(made), [], 'another process of that pid');
    });
  it('how one in tmux ended is read from what its script wrote', async () => {
    const { made, put } = host(() => {});
    put(undefined);
    await writeRecord(made, { ...record, runner: 'tmux' });
    await made.files.createFile(`/state/w/starts/${id}.exit`, '137\n');
    assert.deepEqual(await liveRecords(made), []);
    assert.equal(readRecords(made).records[0]?.endReason, 'exit 137');
  });
});
