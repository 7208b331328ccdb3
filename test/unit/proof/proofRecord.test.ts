import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseProof, proofPath } from '../../../src/proof/proofRecord.ts';

const attempt = {
  kind: 'write',
  tool: 'Write',
  target: 'tests/a.txt',
  expected: 'blocked',
  got: 'blocked',
  by: 'rule',
  enforceable: true,
  form: 'launch',
  carrier: 'all',
};
const record = {
  format: 1,
  agent: 'a-b',
  at: '2026-11-21T08:00:00.000Z',
  cli: '2.1.329',
  platform: 'linux-x64',
  sandbox: false,
  outputs: { 'agents/a-b/.claude/settings.json': 'aa' },
  attempts: [attempt],
  notCovered: [],
};
const read = (change: object) => parseProof(JSON.stringify({ ...record, ...change }), 'a-b');
const withAttempt = (change: object) => read({ attempts: [attempt, { ...attempt, ...change }] });

describe('proof record', () => {
  it('is read as it was written, unknown keys aside', () => {
    assert.deepEqual(read({ more: 1 }), record);
  });

  for (const [name, change] of [
    ['another agent', { agent: 'c' }],
    ['a higher format', { format: 2 }],
    ['no time', { at: 'yesterday' }],
    ['a hash that is no text', { outputs: { x: 1 } }],
    ['attempts that are no list', { attempts: {} }],
    ['no outputs', { outputs: null }],
  ] as const)
    it(`is none with ${name}`, () => assert.equal(read(change), undefined));

  for (const [name, change] of [
    ['an unknown kind', { kind: 'prove' }],
    ['an unknown outcome', { got: 'maybe' }],
    ['no word on whether it can be enforced', { enforceable: 'no' }],
    ['an unknown form', { form: '__proto__' }],
  ] as const)
    it(`is none with an attempt of ${name}: it may be the one that failed`, () =>
      assert.equal(withAttempt(change), undefined));

  it('is none when it is cut off, empty, or no JSON', () => {
    for (const text of ['', '{', '[]', 'null', '"x"', JSON.stringify(record).slice(0, -5)])
      assert.equal(parseProof(text, 'a-b'), undefined, text);
  });

  it('keeps hostile names as data', () => {
    const hostile = '{"__proto__": "x", "../../etc/passwd": "y"}';
    const text = JSON.stringify(record).replace(/"outputs":\{[^}]*\}/, `"outputs":${hostile}`);
    const parsed = parseProof(text, 'a-b');
    assert.equal(({} as Record<string, unknown>).x, undefined);
    assert.equal(parsed?.outputs['../../etc/passwd'], 'y');
  });

  it('has a path for agent ids only', () => {
    assert.match(proofPath('/state/w', 'a-b'), /proofs.a-b\.json$/);
    for (const id of ['../x', '', 'A', 'a/b', '__proto__'])
      assert.throws(() => proofPath('/state/w', id), /not an agent id/);
  });
});
