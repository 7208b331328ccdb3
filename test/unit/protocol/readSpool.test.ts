// Spool lines back from text, which anybody may have written.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseSpoolLine, wholeLines } from '../../../src/protocol/readSpool.ts';
import { spoolLine } from '../../../src/protocol/spoolLine.ts';

const fields = {
  t: '2026-01-02T03:04:05.678Z',
  id: 'a3f1',
  n: 1,
  launch: 'l1',
  agent: 'qa-agent',
  session: 's1',
  src: 'guard',
  event: 'PreToolUse',
  tool: 'Edit',
  ms: 12.5,
  verdict: 'deny',
  code: 'guard/write-denied',
} as const;
const written = { v: 1, ...fields };

describe('parseSpoolLine', () => {
  it('gives back what was written', () => {
    assert.deepEqual(parseSpoolLine(spoolLine(fields).trimEnd()), written);
  });
  it('leaves out what the format does not name, and what is of another type', () => {
    const line = { ...written, ms: 'long', verdict: 'maybe', prompt: 'secret', __proto__: { x: 1 } };
    const { ms: _ms, verdict: _verdict, ...rest } = written;
    assert.deepEqual(parseSpoolLine(JSON.stringify(line)), rest);
  });
  const refused: readonly (readonly [string, unknown])[] = [
    ['another version', { ...written, v: 2 }],
    ['no time', { ...written, t: 'now' }],
    ['a time that is none', { ...written, t: '2026-99-99T00:00:00.000Z' }],
    ['no id', { ...written, id: '' }],
    ['another source', { ...written, src: 'me' }],
    ['an agent that is no text', { ...written, agent: 1 }],
    ['a list', [written]],
    ['null', null],
  ];
  for (const [name, value] of refused)
    it(`refuses ${name}`, () => assert.equal(parseSpoolLine(JSON.stringify(value)), undefined));
  it('refuses what is cut off, and what is longer than a line may be', () => {
    assert.equal(parseSpoolLine(JSON.stringify(written).slice(0, -2)), undefined);
    assert.equal(parseSpoolLine(JSON.stringify({ ...written, file: 'x'.repeat(17_000) })), undefined);
  });
  it('cuts texts to what a writer makes of them, and leaves no half of a secret', () => {
    const secret = `ghp_${'a'.repeat(36)}`;
    const given = {
      ...written,
      id: 'i'.repeat(300),
      agent: 'x'.repeat(300),
      subagent: `${'y'.repeat(120)} ${secret}`,
      file: 'z'.repeat(2000),
    };
    const line = parseSpoolLine(JSON.stringify(given));
    assert.deepEqual(
      [line?.id.length, line?.agent.length, line?.subagent, line?.file?.length],
      [128, 128, `${'y'.repeat(120)} [redact`, 1024],
    );
  });
  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseSpoolLine(text)));
  });
});

describe('wholeLines', () => {
  it('leaves a line without its end for later', () => {
    assert.deepEqual(wholeLines('a\nb\nc'), { lines: ['a', 'b'], length: 4 });
    assert.deepEqual(wholeLines('a'), { lines: [], length: 0 });
    assert.deepEqual(wholeLines(''), { lines: [], length: 0 });
  });
});
