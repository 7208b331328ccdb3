import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembled, newMemory } from '../../../src/registry/assemble.ts';
import { createBlockReader } from '../../../src/registry/blocks.ts';
import { registryPath } from '../../../src/registry/model.ts';
import { readOutline } from '../../../src/registry/outline.ts';
import { createRegistryParser, type ParsedRegistry, parseRegistry } from '../../../src/registry/parse.ts';
import { dedent, sound } from './checkFindings.ts';

const base = dedent(`
  # a head
  version: 2
  defaults:
    tags: [x]
  agents: # here they are

    # about a
    a:
      name: a
      display_name: 'A'
      description: >-
        Two lines
        # and no comment
      model: opus
      tools:
        - Read
        - Task
      delegates_to: [b, c]
    b:
      name: b
      display_name: "B
        b"
      description: plain
        text
      model: opus
      tools: [Read,
        Edit]
      env: {A: "1"}

  # between
    c:
      name: c
      display_name: C
      description: |
        text

      model: opus
      tools: []
      cannot_access: ['*.ts', "a\\\\b"]
    'd-d': {name: d-d, display_name: D, description: d, model: m, tools: []}

  # a tail
  pilot: [a, b]
  x-more: {a: 1}
`);

const paths: readonly (readonly (string | number)[])[] = [
  ['version'],
  ['agents'],
  ['agents', 'a'],
  ['agents', 'b', 'tools', 1],
  ['agents', 'c', 'cannot_access', 0],
  ['agents', 'd-d', 'name'],
  ['agents', 'nobody', 'name'],
  ['pilot', 1],
  ['x-more', 'a'],
];

function everything({ registry, findings, positions }: ParsedRegistry, text: string): unknown {
  const lines = text.split('\n');
  return {
    registry,
    findings,
    at: paths.map((path) => positions.at(path)),
    values: paths.map((path) => positions.valueAt(path)),
    agents: lines.map((_, index) => positions.agentAt(index + 1)),
  };
}

/** Checks a parser that remembers against one that does not, and against reading the text as a whole. */
function checkSame(parser: typeof parseRegistry, text: string): void {
  const found = parser(text);
  const shown = JSON.stringify(text);
  assert.deepEqual(everything(found, text), everything(parseRegistry(text), text), shown);
  const whole = assembled(text, registryPath, {}, readOutline(text), newMemory());
  // Where the text is broken the blocks tell better where; both must know that it is.
  if (hasSyntaxError(whole)) assert.ok(hasSyntaxError(found), shown);
  else assert.deepEqual(everything(found, text), everything(whole, text), shown);
}

const hasSyntaxError = ({ findings }: ParsedRegistry): boolean =>
  findings.some((finding) => finding.code === 'registry/yaml-syntax');

function isCut(text: string): boolean {
  return createBlockReader()(text) !== undefined;
}

describe('createRegistryParser', function () {
  // `FUZZ_RUNS=10000` goes deeper than the suite has time for; and the machine may be busy.
  this.timeout(120_000);

  it('reads an ordinary registry in blocks, to the same end', () => {
    assert.ok(isCut(base));
    checkSame(createRegistryParser(), base);
    checkSame(createRegistryParser(), base.replaceAll('\n', '\r\n'));
    checkSame(createRegistryParser(), sound('a') + sound('a').slice(8));
  });
  it('keeps what did not change', () => {
    const parser = createRegistryParser();
    const before = parser(base).registry;
    const after = parser(base.replace('Two lines', 'Three lines')).registry;
    assert.equal(after?.agents.get('b'), before?.agents.get('b'));
    assert.notEqual(after?.agents.get('a'), before?.agents.get('a'));
    const other = parser(base.replace('[x]', '[y]')).registry;
    assert.deepEqual(other?.agents.get('b')?.tags, ['y']);
  });
  it('stays with blocks while one of them is broken', () => {
    for (const broken of ["'A''", '"A\\\\"', "'A", '"A', '[A', '{A', 'a: b: c', '@x']) {
      const text = base.replace("'A'", broken);
      checkSame(createRegistryParser(), text);
      assert.ok(isCut(text), broken);
      assert.equal(parseRegistry(text).findings[0]?.agent, 'a');
    }
  });
  const whole: Readonly<Record<string, string>> = {
    anchor: base.replace("'A'", '&x A'),
    alias: base.replace("'A'", '*x'),
    'tab as indentation': base.replace('    name: b', '\tname: b'),
    'flow style': 'agents: {a: {}}\n',
    directive: `%YAML 1.1\n---\n${base}`,
    'several documents': `${base}---\na: 1\n`,
    'merge conflict': `${base}<<<<<<< x\n`,
    'byte order mark': `\ufeff${base}`,
    'merge key': base.replace("'d-d'", '<<'),
    'second agents': `${base}agents:\n  z: 1\n`,
    'list behind': 'agents:\n  a: 1\n- b\n',
    'crooked indentation': base.replace('  c:\n', ' c:\n'),
  };
  for (const [kind, text] of Object.entries(whole))
    it(`reads the whole for: ${kind}`, () => {
      assert.equal(isCut(text), false);
      checkSame(createRegistryParser(), text);
    });
  it('gives the same as without memory, whatever was changed', () => {
    const parser = createRegistryParser();
    const piece = fc.constantFrom(...pieces);
    fc.assert(
      fc.property(fc.nat(base.length), fc.nat(6), piece, (from, length, inserted) =>
        checkSame(parser, base.slice(0, from) + inserted + base.slice(from + length)),
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
  });
});

const pieces = [
  '',
  '',
  '',
  '\n',
  '\n\n',
  '\n  ',
  '\n    ',
  ' ',
  '  ',
  '\t',
  ':',
  ': ',
  '- ',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ',',
  '*a',
  '&a ',
  '!',
  '!x ',
  '|',
  '|+',
  '>',
  '#',
  ' #',
  '? ',
  '<<: ',
  '---\n',
  '...\n',
  '\n---\n',
  '%',
  '@',
  '`',
  'x',
  'agents:\n',
  '\nagents:\n',
  '  b:\n',
  '\n  e: {}\n',
  '\r',
  '\r\n',
  '\\',
  '\u2028',
  '\0',
];
