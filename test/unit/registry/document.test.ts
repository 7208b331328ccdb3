import assert from 'node:assert/strict';
import { parseRegistry } from '../../../src/registry/parse.ts';
import { checkFindings, sound } from './checkFindings.ts';

const good = sound('a-agent');

function checkFirst(text: string, code: string, line: number, column: number, words: RegExp = /./): void {
  const { findings, registry } = parseRegistry(text);
  const [first] = findings;
  assert.equal(registry, undefined);
  assert.deepEqual([first?.code, first?.line, first?.column], [code, line, column], first?.message);
  assert.match(first?.message ?? '', words);
}

describe('registry: the text as YAML', () => {
  it('takes a sound registry', () => {
    checkFindings(good);
    checkFindings(`---\n${good}`);
    checkFindings(`version: 1.2\n# a comment\nx-shared: {any: thing}\n${good}`);
  });
  it('places syntax errors', () => {
    checkFirst('agents:\n\ta: 1\n', 'registry/yaml-syntax', 2, 1, /tab/i);
    checkFirst('agents: "x\n', 'registry/yaml-syntax', 1, 9, /quote/);
    // The library itself lets these pass.
    for (const text of ["'A''", '"A\\"'])
      checkFirst(
        sound('a').replace('display_name: A', `display_name: ${text}`),
        'registry/yaml-syntax',
        4,
        19,
      );
    checkFirst(`x: &x ["A\\", 1]\n${good}`, 'registry/yaml-syntax', 1, 8);
    checkFirst('agents:\n  a: b: c\n', 'registry/yaml-syntax', 2, 6);
    checkFirst('agents:\n  a: @x\n', 'registry/yaml-syntax', 2, 6, /reserved/);
  });
  it('says that globs need quotes', () => {
    checkFirst('agents:\n  a: [*.ts]\n', 'registry/yaml-syntax', 2, 7, /in quotes: '\*\.ts'/);
    checkFirst('agents:\n  a: !src/**\n', 'registry/yaml-syntax', 2, 6, /must be in quotes/);
  });
  it('reports a merge conflict before what YAML makes of it', () => {
    checkFindings(`
      agents:
      <<<<<<< HEAD
      ^^^^^^^^^^^^ registry/merge-conflict
        a: 1
      =======
        b: 1
      >>>>>>> other
    `);
    checkFindings(`${good}    prompt: |\n      <<<<<<< HEAD\n`);
  });
  it('refuses what is nested so deeply that reading it could end the process', () => {
    for (const piece of ['[', '{a: ', '- ', '? ', 'a: '])
      checkFirst(piece.repeat(2_000), 'registry/yaml-syntax', 1, piece.length * 101 + 1, /deep/);
    checkFindings(
      `${good}    x-deep: ${'['.repeat(90)}${']'.repeat(90)}\n    ^^^^^^ registry/unknown-field\n`,
    );
  });
  it('wants one document', () => checkFirst(`${good}---\na: 1\n`, 'registry/several-documents', 8, 1));
  it('reports duplicate keys, wherever they are', () => {
    checkFindings(`
      agents:
        a-agent:
          name: a-agent
          name: b-agent
          ^^^^ registry/duplicate-key
          env: {A: "1", A: "2"}
                        ^ registry/duplicate-key
        a-agent: {}
        ^^^^^^^ registry/duplicate-key
      agents: {}
      ^^^^^^ registry/duplicate-key
    `);
  });
  it('follows aliases and merge keys', () => {
    const { registry } = checkFindings(`
      x-base: &base {model: opus, tools: &tools [Read]}
      agents:
        a-agent: {name: a-agent, display_name: A, description: d, <<: *base}
        b-agent: {name: b-agent, display_name: B, description: d, <<: [{tools: *tools}, *base], model: haiku}
    `);
    assert.deepEqual(registry?.agents.get('a-agent')?.tools, ['Read']);
    assert.equal(registry?.agents.get('b-agent')?.model, 'haiku');
  });
  it('refuses alias bombs, and aliases within what they stand for', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? 'lol' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(9).fill(item).join(', ')}]\n`;
    });
    const { findings } = parseRegistry(levels.join('') + good);
    assert.deepEqual(
      findings.map((finding) => finding.code),
      ['registry/alias-bomb'],
    );
    const chain = Array.from({ length: 3000 }, (_, n) => `c${n + 1}: &c${n + 1} [*c${n}]\n`).join('');
    checkFirst(`c0: &c0 [x]\n${chain}${good}`, 'registry/alias-bomb', 3001, 16);
    checkFirst(`a: &a [*a]\n${good}`, 'registry/alias-bomb', 1, 8);
  });
  it('lets a thousand agents share an anchor', () => {
    const agents = Array.from(
      { length: 100 },
      (_, n) => `  a${n}: {name: a${n}, display_name: A, description: d, <<: *b}\n`,
    );
    checkFindings(
      `x-b: &b {model: opus, tools: [${Array(50)
        .fill(0)
        .map((_, n) => `T${n}`)}]}\nagents:\n${agents.join('')}`,
    );
  });
});

describe('registry: the top level', () => {
  it('is a map with agents', () => {
    checkFirst('', 'registry/empty', 1, 1);
    checkFirst('# only a comment\n', 'registry/empty', 1, 1);
    checkFirst('version: "1"\n', 'registry/no-agents', 1, 1, /missing/);
    checkFirst('version: "1"\nagents:\n', 'registry/no-agents', 2, 1);
    checkFirst('agents: null\n', 'registry/no-agents', 1, 1, /empty/);
    checkFirst('agents: {}\n', 'registry/no-agents', 1, 1);
    checkFirst('agents: [a]\n', 'registry/wrong-type', 1, 1);
    checkFirst('- a\n', 'registry/wrong-type', 1, 1);
    checkFirst('just text\n', 'registry/wrong-type', 1, 1);
  });
  it('has known fields', () => {
    checkFindings(
      `agentz: 1\n^^^^^^ registry/misspelt-field\ncolour: red\n^^^^^^ registry/unknown-field\n${good}`,
    );
  });
  it('checks version and pilot', () => {
    checkFindings(`version: [1]\n         ^^^ registry/wrong-type\n${good}`);
    checkFindings(`pilot: a-agent\n       ^^^^^^^ registry/wrong-type\n${good}`);
    checkFindings(`pilot: [a-agent, b-agent]\n                 ^^^^^^^ registry/unknown-pilot\n${good}`);
    assert.deepEqual(checkFindings(`pilot: [a-agent]\n${good}`).registry?.pilot, ['a-agent']);
  });
});
