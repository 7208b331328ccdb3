// The history of settings on a real disk: bounded, private, and safe from what somebody else put in its place.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type AppendedFiles, nodeAppendedFiles } from '../../src/files/appendedFiles.ts';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import {
  keptText,
  longestText,
  mostBytes,
  mostTexts,
  type Noted,
  readHistory,
  recordChanges,
} from '../../src/outputs/historyFolder.ts';
import { sha256 } from '../../src/outputs/lock.ts';
import { recentLaunches } from '../../src/sessions/recentLaunches.ts';

const noted = (before: string | undefined, after: string | undefined, more: Partial<Noted> = {}): Noted => ({
  at: new Date().toISOString(),
  file: 'agents/a/.claude/settings.json',
  agent: 'a',
  kind: 'edited',
  before,
  after,
  keys: [],
  lost: [],
  running: [],
  by: '1',
  keepsText: true,
  ...more,
});

describe('history on disk', () => {
  let state: string;
  let place: { readonly state: string; readonly stateDirectory: string };
  let folder: string;
  let lines: string;
  beforeEach(() => {
    state = fs.mkdtempSync(path.join(os.tmpdir(), 'history-'));
    place = { state, stateDirectory: path.join(state, 'w') };
    folder = path.join(state, 'w/history');
    lines = path.join(folder, 'changes.jsonl');
  });
  afterEach(() => fs.rmSync(state, { recursive: true, force: true }));

  const record = (...changes: readonly Noted[]) =>
    recordChanges(nodeFiles, nodeAppendedFiles, place, changes);
  const history = () => readHistory(nodeAppendedFiles, place.stateDirectory);
  const textOf = (text: string) => keptText(nodeFiles, place.stateDirectory, sha256(text));
  const modeOf = (file: string) => fs.statSync(file).mode & 0o777;

  it('keeps changes and their texts for this user alone', async () => {
    await record(noted('{}', '{"a":1}'), noted('{"a":1}', undefined));
    assert.deepEqual(
      history().map(({ before, after }) => [before, after]),
      [
        [sha256('{}'), sha256('{"a":1}')],
        [sha256('{"a":1}'), null],
      ],
    );
    assert.equal(textOf('{"a":1}'), '{"a":1}');
    if (process.platform !== 'win32') {
      assert.equal(modeOf(lines), 0o600);
      assert.equal(modeOf(folder), 0o700);
      assert.equal(modeOf(path.join(folder, 'texts', sha256('{}'))), 0o600);
    }
  });

  it('keeps no text that may hold a secret, nor one that is very long', async () => {
    const long = 'x'.repeat(longestText + 1);
    await record(noted('{}', 'secret', { keepsText: false }), noted('{}', long));
    assert.equal(textOf('secret'), undefined);
    assert.equal(textOf(long), undefined);
    assert.equal(history().length, 2);
  });

  it('drops the oldest texts and lines', async () => {
    for (let turn = 0; turn < 5; turn++)
      await record(
        ...Array.from({ length: 60 }, (_, index) => noted(`${turn} ${index}`, `${turn} ${index + 1}`)),
      );
    assert.ok(fs.readdirSync(path.join(folder, 'texts')).length <= mostTexts);
    assert.equal(textOf('4 60'), '4 60');
    assert.equal(textOf('0 0'), undefined);
    const keys = Array.from({ length: 20 }, () => 'k'.repeat(250));
    for (let turn = 0; turn < 3; turn++)
      await record(...Array.from({ length: 40 }, () => noted('a', 'b', { keys })));
    await record(...Array.from({ length: 60 }, (_, index) => noted('a', `last ${index}`, { keys })));
    assert.ok(fs.statSync(lines).size <= mostBytes);
    assert.equal(history().at(-1)?.after, sha256('last 59'));
  });

  it('reads what it can of a damaged file, and a cut line swallows none', async () => {
    await record(noted('{}', '1'));
    fs.appendFileSync(lines, '\0\0\0\nnonsense\n{"format":1,"at":"2026');
    await record(noted('1', '2'));
    assert.deepEqual(
      history().map(({ after }) => after),
      [sha256('1'), sha256('2')],
    );
  });

  it('reads the end of a huge file only, and makes it small again', async () => {
    await record(noted('{}', '1'));
    fs.truncateSync(lines, 3 * 1024 ** 3);
    let taken = 0;
    const counting: AppendedFiles = {
      ...nodeAppendedFiles,
      read: (...where) => {
        const bytes = nodeAppendedFiles.read(...where);
        taken += bytes.length;
        return bytes;
      },
    };
    await recordChanges(nodeFiles, counting, place, [noted('1', '2')]);
    assert.ok(taken > 0 && taken <= mostBytes, `${taken} bytes were read`);
    assert.ok(fs.statSync(lines).size <= mostBytes);
    assert.deepEqual(
      history().map(({ after }) => after),
      [sha256('2')],
    );
  });

  it('shows no text that is not what its name says', async () => {
    await record(noted('{}', '1'));
    fs.writeFileSync(path.join(folder, 'texts', sha256('1')), 'other');
    assert.equal(textOf('1'), undefined);
    assert.equal(keptText(nodeFiles, place.stateDirectory, '../changes.jsonl'), undefined);
  });

  if (process.platform !== 'win32') {
    const places: readonly (readonly [string, () => string])[] = [
      ['its lines', () => lines],
      ['its folder', () => folder],
      ['its texts', () => path.join(folder, 'texts')],
    ];
    for (const [name, at] of places)
      it(`writes nothing through a link in place of ${name}`, async () => {
        await record(noted('{}', '1'));
        const target = path.join(state, 'target');
        fs.renameSync(at(), target);
        fs.symlinkSync(target, at());
        const before = fs.statSync(target).size;
        await assert.rejects(record(noted('1', '2')));
        assert.equal(fs.statSync(target).size, before);
        if (name === 'its lines') assert.deepEqual(history(), []);
      });

    it('does not hang on a pipe, nor write to a file with another name', async () => {
      await record(noted('{}', '1'));
      fs.linkSync(lines, path.join(state, 'twin'));
      await assert.rejects(record(noted('1', '2')), { code: 'ENOTOWN' });
    });
  }
});

describe('recent launches on disk', () => {
  it('are those that were heard of and did not end', () => {
    const spool = fs.mkdtempSync(path.join(os.tmpdir(), 'spool-'));
    const line = (agent: string, event: string) =>
      `${JSON.stringify({ v: 1, t: '2026-01-01T00:00:00.000Z', id: agent + event, n: 1, launch: 'l', agent, session: 's', src: 'report', event })}\n`;
    const now = Date.now();
    fs.writeFileSync(path.join(spool, 'a.jsonl'), line('a', 'SessionStart') + line('a', 'Stop'));
    fs.writeFileSync(path.join(spool, 'b.jsonl'), line('b', 'SessionStart') + line('b', 'SessionEnd'));
    fs.writeFileSync(path.join(spool, 'c.jsonl'), line('c', 'SessionStart'));
    fs.writeFileSync(path.join(spool, 'd.jsonl'), `${line('../d', 'SessionStart')}`);
    fs.writeFileSync(path.join(spool, 'e.jsonl'), 'nonsense\n');
    fs.utimesSync(path.join(spool, 'a.jsonl'), now / 1000 - 40, now / 1000 - 40);
    fs.utimesSync(path.join(spool, 'c.jsonl'), now / 1000 - 4000, now / 1000 - 4000);
    assert.deepEqual(recentLaunches(nodeAppendedFiles, spool, now, 300_000), [
      { agent: 'a', secondsAgo: 40 },
    ]);
    fs.rmSync(spool, { recursive: true });
  });
});
