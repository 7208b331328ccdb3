import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildHook, runHook } from './hookProcess.ts';

let script: string;
let base: string;

const stop = JSON.stringify({
  session_id: 's1',
  transcript_path: '/SECRET',
  cwd: '/ws',
  hook_event_name: 'Stop',
  last_assistant_message: 'SECRET',
  background_tasks: [],
});

/** Runs the reporter with a spool; it must end well and say nothing, whatever happens. */
async function report(spool: string, input: string | Buffer = stop): Promise<void> {
  const env = { NATIVE_ORCHESTRATOR_SPOOL: spool };
  assert.deepEqual(await runHook({ script, args: ['qa-agent'], input, env }), {
    code: 0,
    stdout: '',
    stderr: '',
  });
}

describe('the reporter as a process', function () {
  this.timeout(30_000);
  before(async () => {
    script = await buildHook('report');
  });
  beforeEach(() => {
    base = mkdtempSync(path.join(tmpdir(), 'report-test-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('appends one line to a file that only the user may read', async () => {
    const spool = path.join(base, 'l.jsonl');
    await report(spool);
    await report(spool);
    assert.equal(statSync(spool).mode & 0o777, 0o600);
    const text = readFileSync(spool, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(lines.length, 2);
    assert.notEqual(lines[0].id, lines[1].id);
    const { t, id, ...rest } = lines[0];
    assert.match(t, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const expected = { v: 1, n: 1, launch: 'hand-s1', agent: 'qa-agent', session: 's1', src: 'report' };
    assert.deepEqual(rest, { ...expected, event: 'Stop', background: 0 });
    assert.ok(!text.includes('SECRET'));
  });

  it('loses and mixes no line when many write at once', async () => {
    const spool = path.join(base, 'l.jsonl');
    await Promise.all(Array.from({ length: 12 }, () => report(spool)));
    const ids = readFileSync(spool, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    assert.equal(new Set(ids).size, 12);
  });

  for (const [name, input] of Object.entries({
    'empty input': '',
    garbage: '{]',
    'an array': '[]',
    null: 'null',
    'bytes that are not UTF-8': Buffer.from([0xff]),
    '17 MiB': JSON.stringify({ hook_event_name: 'x'.repeat(17 * 2 ** 20) }),
  }))
    it(`is silent about ${name}`, async () => {
      const spool = path.join(base, 'l.jsonl');
      await report(spool, input);
      assert.equal(existsSync(spool), false);
    });

  it('never writes through a symlink, nor to a file with a second name', async () => {
    const precious = path.join(base, 'precious');
    writeFileSync(precious, 'mine');
    symlinkSync(precious, path.join(base, 'soft.jsonl'));
    linkSync(precious, path.join(base, 'hard.jsonl'));
    symlinkSync(path.join(base, 'made'), path.join(base, 'dangling.jsonl'));
    for (const name of ['soft', 'hard', 'dangling']) await report(path.join(base, `${name}.jsonl`));
    assert.equal(readFileSync(precious, 'utf8'), 'mine');
    assert.equal(existsSync(path.join(base, 'made')), false);
  });

  it('does not hang on a pipe, and does without a directory or a spool', async () => {
    execFileSync('mkfifo', [path.join(base, 'pipe.jsonl')]);
    await report(path.join(base, 'pipe.jsonl'));
    await report(path.join(base, 'no/such.jsonl'));
    await report(base);
    const result = await runHook({ script, args: [], input: stop });
    assert.deepEqual(result, { code: 0, stdout: '', stderr: '' });
  });
});
