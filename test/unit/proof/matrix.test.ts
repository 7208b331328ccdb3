import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { controlCell, detailsOf, forbiddenCell, matrixOf } from '../../../src/proof/matrix.ts';
import { proofFindings } from '../../../src/proof/proofFindings.ts';
import type { Attempt, ProofRecord } from '../../../src/proof/proofRecord.ts';
import { countsOf } from '../../../src/proof/proofStatus.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';

const attempt = (given: Partial<Attempt> = {}): Attempt => ({
  kind: 'write',
  tool: 'Write',
  target: 'tests/a.txt',
  expected: 'blocked',
  got: 'blocked',
  by: 'rule',
  enforceable: true,
  form: 'launch',
  carrier: 'all',
  ...given,
});
const through = attempt({
  got: 'allowed',
  carrier: 'rules',
  form: 'committed',
  rule: 'tests/**',
  origin: ['agents', 'a', 'cannot_access', 0],
});
const control = attempt({ expected: 'allowed', got: 'allowed' });
const recordOf = (agent: string, attempts: readonly Attempt[]): ProofRecord => ({
  format: 1,
  agent,
  at: '2026-11-21T08:00:00.000Z',
  cli: '2.1.329',
  platform: 'linux-x64',
  sandbox: false,
  outputs: {},
  attempts,
  notCovered: [],
});

describe('matrix', () => {
  const cell = (...attempts: Attempt[]) => forbiddenCell(countsOf(attempts)).text;
  it('says the gravest thing of a cell', () => {
    const open = attempt({ got: 'allowed', enforceable: false });
    const unknown = attempt({ got: 'not-run' });
    assert.equal(cell(attempt(), attempt()), '✓ 2');
    assert.equal(cell(attempt(), open), '– 1/2');
    assert.equal(cell(attempt(), open, unknown), '? 1/3');
    assert.equal(cell(attempt(), open, unknown, through), '✗ 1/4');
    assert.equal(forbiddenCell(undefined).text, '·');
  });

  it('has a column for what must go through', () => {
    assert.equal(controlCell(countsOf([control, control])).text, '○ 2');
    assert.equal(controlCell(countsOf([control, attempt({ expected: 'allowed' })])).text, '✗ 1/2');
    assert.equal(controlCell(countsOf([attempt({ expected: 'allowed', got: 'not-run' })])).text, '✗ 1/1');
  });

  it('has the kinds that were tried, in one order', () => {
    const { kinds, rows } = matrixOf([
      recordOf('a', [attempt({ kind: 'attack' }), control]),
      recordOf('b', [attempt({ kind: 'edit' })]),
    ]);
    assert.deepEqual(kinds, ['edit', 'attack']);
    assert.deepEqual(
      rows.map(({ agent, forbidden }) => [agent, [...forbidden.keys()]]),
      [
        ['a', ['attack']],
        ['b', ['edit']],
      ],
    );
  });

  it('lists every attempt by the settings that it was made with', () => {
    const groups = detailsOf(recordOf('a', [attempt(), through, control]));
    assert.deepEqual(
      groups.map(({ title, lines }) => [
        title,
        ...lines.map(({ mark, what, outcome }) => `${mark} ${what}: ${outcome}`),
      ]),
      [
        [
          'with the launch copy',
          '✓ Write tests/a.txt: blocked by a deny rule',
          '○ Write tests/a.txt: went through, as it may',
        ],
        ['with the committed settings, deny rules alone', '✗ Write tests/a.txt: WENT THROUGH'],
      ],
    );
  });
});

describe('findings of a proof', () => {
  const text = `agents:
  a:
    name: a
    display_name: A
    description: Does things.
    model: opus
    tools: [Read]
    cannot_access:
      - tests/**
`;
  const { positions } = parseRegistry(text);
  const found = (...attempts: Attempt[]) => proofFindings(recordOf('a', attempts), positions);

  it('stand at the line that forbids', () => {
    const [finding, ...more] = found(attempt(), through, through, control);
    assert.equal(more.length, 0);
    assert.equal(`${finding?.file}:${finding?.line}:${finding?.column}`, 'agents/registry.yaml:9:9');
    assert.equal(
      finding?.message,
      'The deny rules of a\'s committed settings, without the guard, let through what it must not do: Write tests/a.txt (and 1 more). "tests/**" forbids it.',
    );
  });

  it('say what kind of failure it is', () => {
    const codes = found(
      through,
      attempt({ expected: 'allowed' }),
      attempt({ got: 'not-run', note: 'x' }),
      attempt({ got: 'allowed', enforceable: false, note: 'y' }),
    ).map(({ code, severity }) => `${severity} ${code}`);
    assert.deepEqual(codes, [
      'error proof/went-through',
      'error proof/wrongly-blocked',
      'warning proof/not-run',
      'information proof/not-enforceable',
    ]);
  });

  it('stand at the agent when the registry says nothing nearer', () =>
    assert.equal(found(attempt({ got: 'allowed', origin: ['agents', 'a', 'nowhere', 3] }))[0]?.line, 2));
});
