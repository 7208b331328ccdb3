// A terminal that was closed: its session has ended as it was meant, unless its process stays.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SessionHost } from '../../../src/sessions/sessionHost.ts';
import { readRecords, writeRecord } from '../../../src/sessions/sessionRecord.ts';
import { recordTerminalEnd } from '../../../src/sessions/terminalEnd.ts';
import { memoryFiles } from '../outputs/memoryFiles.ts';
import { recordWith } from './records.ts';

const record = recordWith();

describe('recordTerminalEnd', () => {
  const cases = [
    ['a person closed it', undefined, true, ['ended', 'stopped']],
    ['a person closed it, and its process stays', undefined, false, ['running', undefined]],
    ['it ended with an error', 3, true, ['ended', 'exit 3']],
    ['it ended well, and nothing was heard of that', 0, true, ['ended', 'gone']],
  ] as const;
  for (const [name, code, ends, expected] of cases)
    it(name, async () => {
      const files = memoryFiles({
        '/proc/sys/kernel/random/boot_id': 'boot',
        '/proc/self/stat': 'x',
        '/proc/42/stat': `42 (claude) S${' 0'.repeat(18)} 7 0`,
      });
      const host: SessionHost = {
        files,
        stateRoot: '/state',
        stateDirectory: '/state/w',
        machine: { files, platform: 'linux', env: {}, home: '/home/me', run: async () => undefined },
        now: () => '2026-01-02T03:05:00.000Z',
        kill: () => assert.fail('nobody is ended'),
        wait: async () => {
          if (ends) files.texts.delete('/proc/42/stat');
        },
      };
      await writeRecord(host, record);
      await recordTerminalEnd(host, record, code);
      const [after] = readRecords(host).records;
      assert.deepEqual([after?.phase, after?.endReason], expected);
    });
});
