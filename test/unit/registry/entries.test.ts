import assert from 'node:assert/strict';
import schema from '../../../schemas/registry.schema.json' with { type: 'json' };
import { parseRegistry } from '../../../src/registry/parse.ts';
import { agentFields, commonFields } from '../../../src/registry/rules/shape.ts';
import { checkAgent, checkFindings, sound } from './checkFindings.ts';

function codesOfId(id: string): readonly string[] {
  const { findings } = parseRegistry(sound('a-agent').replaceAll('a-agent', id));
  return findings.map((finding) => finding.code);
}

describe('registry: ids and names', () => {
  for (const id of ['a', 'a1', 'qa-agent', 'a-1-b', 'x'.repeat(64), 'constructor', 'defaults'])
    it(`takes ${id.slice(0, 20)}`, () => assert.deepEqual(codesOfId(id), []));
  for (const id of [
    'A',
    '-a',
    'a-',
    'a--b',
    'a b',
    '../../evil',
    '$(x)',
    '__proto__',
    'é',
    '"a\\nb"',
    'x'.repeat(65),
  ])
    it(`refuses ${id.slice(0, 20)}`, () => assert.deepEqual(codesOfId(id), ['registry/bad-id']));
  for (const id of [
    'archive',
    'con',
    'nul',
    'com1',
    'lpt9',
    'claude',
    'Explore',
    'PLAN',
    'fork',
    'general-purpose',
    'statusline-setup',
  ])
    it(`keeps ${id} reserved`, () => assert.deepEqual(codesOfId(id), ['registry/reserved-id']));
  it('places a bad id on its key, and a differing name on its value', () => {
    checkFindings(sound('A_b').replace('  A_b:\n', '  A_b:\n  ^^^ registry/bad-id\n'));
    checkFindings(sound('a').replace('name: a\n', 'name: b\n          ^ registry/name-differs\n'));
  });
  it('reads numbers as ids that are none', () => {
    checkFindings(
      sound('12')
        .replace('  12:\n', '  12:\n  ^^ registry/bad-id\n')
        .replace('name: 12\n', 'name: 12\n          ^^ registry/wrong-type\n'),
    );
  });
});

describe('registry: the shape of an agent', () => {
  it('needs the required fields', () => {
    checkFindings(`
      agents:
        a-agent:
        ^^^^^^^ registry/missing-field
        ^^^^^^^ registry/missing-field
        ^^^^^^^ registry/missing-field
          name: a-agent
          display_name: A
    `);
    checkFindings(
      sound('a').replace(
        'display_name: A\n',
        'display_name: ""\n                  ^^ registry/missing-field\n',
      ),
    );
  });
  it('takes model and tools from the defaults, and nothing else required', () => {
    const entry = '  a: {name: a, display_name: A, description: d}\n';
    const { registry } = checkFindings(
      `defaults: {model: opus, tools: [Read], env: {A: x}}\nagents:\n${entry}`,
    );
    assert.deepEqual(registry?.agents.get('a')?.tools, ['Read']);
    checkFindings(`defaults: {name: a}\n           ^^^^ registry/unknown-field\n${sound('a')}`);
    checkFindings(`defaults:\n  modle: opus\n  ^^^^^ registry/misspelt-field\n${sound('a')}`);
    checkFindings(`defaults: []\n          ^^ registry/wrong-type\n${sound('a')}`);
  });
  it('is a map', () => {
    checkFindings('agents:\n  a:\n  ^ registry/wrong-type\n');
    checkFindings('agents:\n  a: text\n     ^^^^ registry/wrong-type\n');
  });
  it('places wrong types on the value, or on the key of a block', () => {
    checkAgent('group: 5\n       ^ registry/wrong-type');
    checkAgent('sandbox: "yes"\n         ^^^^^ registry/wrong-type');
    checkAgent('delegates_to:\n^^^^^^^^^^^^ registry/wrong-type');
    checkAgent('tags:\n  - a\n  - 5\n    ^ registry/wrong-type');
    checkAgent('prompt:\n^^^^^^ registry/wrong-type\n  a: b');
    checkAgent('env: {A: 1}\n         ^ registry/wrong-type');
    checkAgent('ignore:\n  - file: a\n    ^^^^ registry/missing-field\n    key: ""');
  });
  it('refuses values that could not be used safely', () => {
    checkAgent('permission_mode: dontask\n                 ^^^^^^^ registry/unknown-permission-mode');
    checkAgent('allow_bash: ["a\\nb", npm test]\n             ^^^^^^ registry/bad-value');
    checkAgent('mcp_servers: [--x]\n              ^^^ registry/bad-value');
    checkAgent(
      'ignore: [{file: a, key: "", reason: r, until: someday}]\n                                              ^^^^^^^ registry/bad-value',
    );
    checkFindings(
      sound('a').replace('model: opus\n', 'model: --resume\n           ^^^^^^^^ registry/bad-value\n'),
    );
  });
  it('knows its fields, and those that were meant', () => {
    checkAgent('colour: red\n^^^^^^ registry/unknown-field');
    checkAgent('canot_access: []\n^^^^^^^^^^^^ registry/misspelt-field');
    checkAgent('__proto__: {model: x}\n^^^^^^^^^ registry/unknown-field');
    checkAgent('constructor: 1\n^^^^^^^^^^^ registry/unknown-field');
  });
  it('has the fields of the schema', () => {
    const { agent, defaults } = schema.definitions;
    assert.deepEqual([...commonFields].sort(), Object.keys(defaults.properties).sort());
    const all = [...Object.keys(agent.properties), ...Object.keys(defaults.properties)];
    assert.deepEqual([...agentFields].sort(), all.sort());
  });
});

describe('registry: lists, globs and paths', () => {
  it('reports the second of two equal items', () => {
    checkAgent('tags: [a, b, a]\n             ^ registry/duplicate-item');
    checkAgent('tags: [a, b]\nforbidden: [a]');
  });
  for (const glob of [
    'tests/**',
    '/src',
    '*.test.*',
    './a',
    '\\!keep',
    '\\#a',
    'a..b',
    '~a',
    '[a-z]*',
    'a b',
  ])
    it(`takes the glob ${glob}`, () => checkAgent(`cannot_access: ['${glob}']`));
  const carets = (glob: string): string => '^'.repeat(glob.length + 2);
  for (const glob of ['../x', 'a/../b', 'a\\..\\b', '//abs/x', 'C:\\x', 'c:/x', '\\\\server\\x', '~/x', '~'])
    it(`refuses the glob ${glob}`, () =>
      checkAgent(`cannot_read: ['${glob}']\n              ${carets(glob)} registry/path-outside-workspace`));
  it('refuses globs that protect nothing', () => {
    checkAgent("cannot_access: ['!src/**']\n                ^^^^^^^^^ registry/negated-glob");
    for (const glob of ['', ' ', '#a', 'a\\', 'a\\/b', '.', '/', './.'])
      checkAgent(`exclusive_access: ['${glob}']\n                   ${carets(glob)} registry/bad-glob`);
    checkAgent('cannot_access: ["a\\nb"]\n                ^^^^^^ registry/bad-glob');
  });
  it('refuses globs that the guard and the CLI would not read alike', () => {
    const tooLong = 'a'.repeat(1025);
    for (const glob of ['[a', 'a/[b/c]', '[[:alpha:]]', '[!a]', '[^a]', 'a/**/b/**/c/**/d', tooLong])
      checkAgent(`exclusive_access: ['${glob}']\n                   ${carets(glob)} registry/bad-glob`);
    for (const glob of ['[a]', '[]a]', '\\[a', 'a/**/b/**/c', '**/a/**', 'a/**/**/b'])
      checkAgent(`cannot_access: ['${glob}']`);
  });
  for (const path of ['docs/a.md', './a', 'a/../b', '...'])
    it(`takes the context file ${path}`, () => checkAgent(`context_files: ['${path}']`));
  for (const path of ['/etc/passwd', '../a', 'a/../../b', 'C:\\a', '\\\\s\\a', '~/a', '..'])
    it(`refuses the context file ${path}`, () =>
      checkAgent(
        `context_files: ['${path}']\n                ${carets(path)} registry/path-outside-workspace`,
      ));
  it('lets a persona lie anywhere', () => checkAgent('persona: /home/me/persona.md'));
});

describe('registry: env', () => {
  for (const name of [
    'PATH',
    'Path',
    'HOME',
    'BASH_ENV',
    'https_proxy',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'DYLD_X',
    'ANTHROPIC_API_KEY',
    'CLAUDECODE',
    'NATIVE_ORCHESTRATOR_STATE',
  ])
    it(`forbids ${name}`, () =>
      checkAgent(`env: {${name}: x}\n      ${'^'.repeat(name.length)} registry/forbidden-env`));
  const secrets: Readonly<Record<string, string>> = {
    DEPLOY_TOKEN: 'a1b2c3d4e5',
    DB_PASSWORD: 'correct horse',
    ANY: `ghp_${'a'.repeat(30)}`,
    URL: 'postgres://me:hunter2@db/x',
  };
  for (const [name, value] of Object.entries(secrets))
    it(`sees the secret in ${name}`, () => {
      const head = `env: {${name}: `;
      const { findings } = checkAgent(
        `${head}"${value}"}\n${' '.repeat(head.length)}${'^'.repeat(value.length + 2)} registry/secret-in-env`,
      );
      assert.ok(!JSON.stringify(findings).includes(value));
    });
  it('takes what only sounds like one', () =>
    checkAgent(
      'env: {MAX_TOKENS: "4096", TOKENIZER: fast, A_TOKEN: $OTHER, KEY_TOKEN_FILE: ./secret.txt, __proto__: x}',
    ));
  it('wants names that a shell takes', () => checkAgent('env: {"A=B": x}\n      ^^^^^ registry/bad-value'));
});
