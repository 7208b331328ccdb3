// What spools add up to: firings by agent and hook, silences, and that nothing is read twice.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AgentFirings } from '../../../src/claude/hookEvidence.ts';
import type { AppendedFiles } from '../../../src/files/appendedFiles.ts';
import { type SpoolFields, spoolLine } from '../../../src/protocol/spoolLine.ts';
import { SpoolReader } from '../../../src/sessions/spoolReader.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 2, 3, 0, second)).toISOString();
const now = Date.UTC(2026, 0, 2, 4);

/** A folder of spools in memory. */
class Spools implements AppendedFiles {
  readonly texts = new Map<string, Buffer>();
  /** When each was changed last. */
  readonly changed = new Map<string, number>();
  readonly identities = new Map<string, number>();
  bytesRead = 0;
  looks = 0;
  #ids = 0;

  write(name: string, text: string, changedAt = now): void {
    this.texts.set(name, Buffer.concat([this.texts.get(name) ?? Buffer.alloc(0), Buffer.from(text)]));
    this.changed.set(name, changedAt);
  }

  /** Appends a line with what a test says of it. */
  line(name: string, fields: Partial<SpoolFields>, changedAt?: number): void {
    const line = { t: at(1), id: `i${++this.#ids}`, n: 1, launch: 'l', agent: 'a', session: 's' };
    this.write(name, spoolLine({ ...line, src: 'report', event: 'SessionStart', ...fields }), changedAt);
  }

  names(): readonly string[] {
    return [...this.texts.keys()];
  }

  look(_folder: string, name: string) {
    this.looks++;
    const text = this.texts.get(name);
    return (
      text && {
        name,
        size: text.length,
        changedAt: this.changed.get(name) ?? 0,
        identity: this.identities.get(name) ?? 1,
      }
    );
  }

  read(_folder: string, name: string, from: number, most: number): Uint8Array {
    const bytes = (this.texts.get(name) ?? Buffer.alloc(0)).subarray(from, from + most);
    this.bytesRead += bytes.length;
    return bytes;
  }
}

const start: Partial<SpoolFields> = { event: 'SessionStart' };
const asked = (toolUseId: string, more: Partial<SpoolFields> = {}): Partial<SpoolFields> => ({
  src: 'guard',
  event: 'PreToolUse',
  tool: 'Edit',
  toolUseId,
  verdict: 'allow',
  ...more,
});
const used = (toolUseId: string, tool = 'Edit'): Partial<SpoolFields> => ({
  event: 'PostToolUse',
  tool,
  toolUseId,
  ms: 9999,
});

function firingsAfter(lines: readonly Partial<SpoolFields>[], file = 'l.jsonl'): AgentFirings | undefined {
  const spools = new Spools();
  for (const line of lines) spools.line(file, line);
  const reader = new SpoolReader('/s', spools);
  reader.update();
  return reader.firings(now).get('a');
}

describe('firings', () => {
  it('count, refusals, failures, times of the guard, and the last time', () => {
    const found = firingsAfter([
      start,
      asked('1', { ms: 10, t: at(2) }),
      asked('2', { ms: 30, t: at(9), verdict: 'deny', code: 'guard/write-denied' }),
      asked('3', { ms: 20, t: at(3), verdict: 'deny', code: 'guard/cannot-decide' }),
      used('1'),
    ]);
    assert.deepEqual(found?.fired.get('guard PreToolUse'), {
      count: 3,
      refused: 1,
      failures: 1,
      last: at(9),
      times: [10, 30, 20],
      isPartial: false,
    });
    assert.deepEqual(
      found?.fired.get('report PostToolUse')?.times,
      [],
      "a tool's own time is not the hook's",
    );
    assert.equal(found?.silent.size, 0);
  });
  it('a line counts once, however often it stands there', () => {
    assert.equal(
      firingsAfter([
        { ...start, id: 'x' },
        { ...start, id: 'x' },
      ])?.fired.get('report SessionStart')?.count,
      1,
    );
  });
  it('add up over launches', () => {
    const spools = new Spools();
    spools.line('1.jsonl', asked('1', { t: at(5), ms: 1 }));
    spools.line('2.jsonl', asked('1', { t: at(7), ms: 2 }));
    spools.line('2.jsonl', { ...start, agent: 'b' });
    const reader = new SpoolReader('/s', spools);
    reader.update();
    const guard = reader.firings(now).get('a')?.fired.get('guard PreToolUse');
    assert.deepEqual([guard?.count, guard?.last, guard?.times], [2, at(7), [2, 1]]);
    assert.deepEqual([...reader.firings(now).keys()].sort(), ['a', 'b']);
  });
  it('an agent that is no id is nobody', () => {
    const spools = new Spools();
    for (const agent of ['__proto__', '../x', 'A', '', 'x'.repeat(65)]) spools.line('1.jsonl', { agent });
    const reader = new SpoolReader('/s', spools);
    reader.update();
    assert.equal(reader.firings(now).size, 0);
  });
});

describe('silence', () => {
  const silent = (lines: readonly Partial<SpoolFields>[]): readonly string[] => [
    ...(firingsAfter(lines)?.silent.keys() ?? []),
  ];
  const cases: readonly (readonly [string, readonly Partial<SpoolFields>[], readonly string[]])[] = [
    ['nothing was used', [start], []],
    ['each use was asked about', [start, asked('1'), used('1'), asked('2'), used('2')], []],
    ['calls in parallel', [start, asked('1'), asked('2'), used('2'), used('1')], []],
    ['a use that nobody asked about', [start, used('1')], ['guard PreToolUse']],
    ['the guard fell silent', [start, asked('1'), used('1'), used('2')], ['guard PreToolUse']],
    ['the guard came back', [start, used('1'), asked('2'), used('2')], []],
    ['a refused call is no use', [start, asked('1', { verdict: 'deny' })], []],
    ['the start was not told', [asked('1'), used('1')], ['report SessionStart']],
  ];
  for (const [name, lines, expected] of cases) it(name, () => assert.deepEqual(silent(lines), expected));
  it('is of the newest launch', () => {
    const spools = new Spools();
    for (const line of [start, { ...used('1'), t: at(2) }]) spools.line('old.jsonl', line);
    for (const line of [start, asked('1'), { ...used('1'), t: at(20) }]) spools.line('new.jsonl', line);
    const reader = new SpoolReader('/s', spools);
    reader.update();
    assert.equal(reader.firings(now).get('a')?.silent.size, 0);
  });
  it('names the tool, and is told for a week', () => {
    const spools = new Spools();
    for (const line of [start, used('1', 'Write')]) spools.line('1.jsonl', line);
    const reader = new SpoolReader('/s', spools);
    reader.update();
    assert.deepEqual(reader.firings(now).get('a')?.silent.get('guard PreToolUse'), {
      since: at(1),
      tool: 'Write',
    });
    assert.equal(reader.firings(now + 8 * 86_400_000).get('a')?.silent.size, 0);
  });
});

describe('reading as files grow', () => {
  it('takes each byte once, and a line when it has its end', () => {
    const spools = new Spools();
    spools.line('1.jsonl', start);
    const reader = new SpoolReader('/s', spools);
    assert.equal(reader.update(), true);
    assert.equal(reader.update(), false);
    const line = spoolLine({
      t: at(2),
      id: 'late',
      n: 1,
      launch: 'l',
      agent: 'a',
      session: 's',
      src: 'report',
      event: 'Stop',
    });
    spools.write('1.jsonl', line.slice(0, 20));
    assert.equal(reader.update(), false);
    spools.write('1.jsonl', line.slice(20));
    assert.equal(reader.update(), true);
    assert.equal(reader.firings(now).get('a')?.fired.get('report Stop')?.count, 1);
    assert.equal(spools.bytesRead, (spools.texts.get('1.jsonl')?.length ?? 0) + 20);
  });
  it('begins anew when a file was cut or is another', () => {
    const spools = new Spools();
    for (let i = 0; i < 3; i++) spools.line('1.jsonl', start);
    const reader = new SpoolReader('/s', spools);
    reader.update();
    spools.texts.delete('1.jsonl');
    spools.line('1.jsonl', start);
    spools.identities.set('1.jsonl', 2);
    reader.update();
    assert.equal(reader.firings(now).get('a')?.fired.get('report SessionStart')?.count, 1);
    spools.texts.delete('1.jsonl');
    reader.update();
    assert.equal(reader.firings(now).size, 0);
  });
  it('reads the end of a large file, says that there is more, and makes nobody silent by it', () => {
    const spools = new Spools();
    for (let i = 0; i < 3000; i++) spools.line('1.jsonl', asked(`${i}`, { reason: 'x'.repeat(100) }));
    spools.line('1.jsonl', used('0'));
    const reader = new SpoolReader('/s', spools);
    reader.update();
    const found = reader.firings(now).get('a');
    assert.equal(found?.fired.get('guard PreToolUse')?.isPartial, true);
    assert.ok((found?.fired.get('guard PreToolUse')?.count ?? 0) < 1500);
    assert.equal(found?.silent.size, 0);
    assert.ok(spools.bytesRead < 3 * 256 * 1024);
  });
  it('passes bytes that are no lines', () => {
    const spools = new Spools();
    spools.write('1.jsonl', 'x'.repeat(300_000));
    const reader = new SpoolReader('/s', spools);
    reader.update();
    spools.write('1.jsonl', `${'y'.repeat(300_000)}\n`);
    reader.update();
    spools.line('1.jsonl', start);
    reader.update();
    assert.equal(reader.firings(now).get('a')?.fired.get('report SessionStart')?.count, 1);
  });
  it('reads the 200 newest of very many files, and looks at old ones now and then', () => {
    const spools = new Spools();
    for (let i = 0; i < 2000; i++) spools.line(`${i}.jsonl`, start, now - i * 60_000);
    const reader = new SpoolReader('/s', spools);
    reader.update();
    const firing = reader.firings(now).get('a')?.fired.get('report SessionStart');
    assert.deepEqual([firing?.count, firing?.isPartial], [200, true]);
    spools.looks = 0;
    for (let i = 0; i < 10; i++) reader.update();
    assert.ok(spools.looks < 10 * 70, `${spools.looks} looks`);
  });
});
