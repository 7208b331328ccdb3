import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hubLog, type LogRecord, logLevels } from '../../../src/hub/hubLog.ts';

function logged(level: (typeof logLevels)[number]): readonly LogRecord[] {
  const records: LogRecord[] = [];
  const log = hubLog(
    level,
    () => '2026-01-01T00:00:00.000Z',
    (record) => records.push(record),
  );
  for (const each of logLevels) log(each, 'event', { connection: 'a\u202eb\n', count: 1 });
  return records;
}

describe('log of the hub', () => {
  for (const [index, level] of logLevels.entries())
    it(`at ${level} has that and what is worse`, () =>
      assert.deepEqual(
        logged(level).map((record) => record.level),
        logLevels.slice(0, index + 1),
      ));
  it('shows control characters', () =>
    assert.deepEqual(logged('error')[0], {
      t: '2026-01-01T00:00:00.000Z',
      level: 'error',
      event: 'event',
      connection: 'a\\u{202e}b\\n',
      count: 1,
    }));
});
