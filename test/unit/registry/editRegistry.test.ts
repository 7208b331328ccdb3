// Edits of a registry's text, as text before and text after: what isn't meant keeps every byte.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { editRegistry } from '../../../src/registry/edit/editRegistry.ts';
import type { FieldChange } from '../../../src/registry/edit/fieldChange.ts';

const required = `    name: a
    display_name: A
    description: Works.
    model: opus
`;
const registry = (fields: string, rest = ''): string => `# top\nagents:\n  a:\n${required}${fields}${rest}`;

const items = (field: string, add: readonly string[], remove: readonly string[] = []): FieldChange => ({
  kind: 'items',
  field,
  add,
  remove,
});
const set = (field: string, value: string | boolean): FieldChange => ({ kind: 'set', field, value });
const entry = (name: string, value: string): FieldChange => ({ kind: 'setEntry', field: 'env', name, value });
const noEntry = (name: string): FieldChange => ({ kind: 'removeEntry', field: 'env', name });

/** The fields of agent `a` before and after. */
type Case = readonly [string, string, FieldChange, string];

const cases: readonly Case[] = [
  ['flow list', 'tools: [Read, Edit] # both', items('tools', ['Bash']), 'tools: [Read, Edit, Bash] # both'],
  ['flow list, quoted', 'tools: ["Read"]', items('tools', ['Bash']), 'tools: ["Read", "Bash"]'],
  ['flow list, single quotes', "tools: ['it''s']", items('tools', ["x'y"]), "tools: ['it''s', 'x''y']"],
  ['flow list, empty', 'tools: []', items('tools', ['Bash']), 'tools: [Bash]'],
  ['flow list, trailing comma', 'tools: [Read,]', items('tools', ['Bash']), 'tools: [Read, Bash,]'],
  [
    'glob that YAML would misread',
    'tools: []\n    cannot_access: []',
    items('cannot_access', ['*.md', '!x', '&y', 'a: b', 'no', '12', 'tests/**']),
    'tools: []\n    cannot_access: ["*.md", "!x", "&y", "a: b", "no", "12", tests/**]',
  ],
  ['glob with a comma', 'tools: [a]', items('tools', ['{a,b}/**']), 'tools: [a, "{a,b}/**"]'],
  ['out of a flow list, first', 'tools: [a, b, c]', items('tools', [], ['a']), 'tools: [b, c]'],
  ['out of a flow list, middle', 'tools: [a, b, c]', items('tools', [], ['b']), 'tools: [a, c]'],
  ['out of a flow list, last', 'tools: [a, b, c]', items('tools', [], ['c']), 'tools: [a, b]'],
  ['out of a flow list, only', 'tools: [ a ]', items('tools', [], ['a']), 'tools: [  ]'],
  ['out of a flow list, trailing comma', 'tools: [a, b, ]', items('tools', [], ['b']), 'tools: [a, ]'],
  ['out and in', 'tools: [a, b]', items('tools', ['c'], ['a']), 'tools: [b, c]'],
  [
    'flow list on lines',
    'tools: [\n      a, # one\n      b # two\n    ]',
    items('tools', ['c']),
    'tools: [\n      a, # one\n      b, # two\n      c\n    ]',
  ],
  [
    'flow list on lines, trailing comma',
    'tools: [\n      a,\n      b, # two\n    ]',
    items('tools', ['c', 'd']),
    'tools: [\n      a,\n      b, # two\n      c,\n      d,\n    ]',
  ],
  [
    'out of a flow list on lines',
    'tools: [\n      a, # one\n      b # two\n    ]',
    items('tools', [], ['b']),
    'tools: [\n      a # one\n    ]',
  ],
  [
    'block list',
    'tools:\n      - a # one\n\n      # about b\n      - b # two\n    # end',
    items('tools', ['c']),
    'tools:\n      - a # one\n\n      # about b\n      - b # two\n      - c\n    # end',
  ],
  [
    'block list without indent',
    'tools:\n    - a\n    - b',
    items('tools', ['c']),
    'tools:\n    - a\n    - b\n    - c',
  ],
  [
    'out of a block list',
    'tools:\n      - a # one\n      # about b\n      - b\n      - c',
    items('tools', [], ['b']),
    'tools:\n      - a # one\n      # about b\n      - c',
  ],
  [
    'out of a block list, only',
    'tools: # mine\n      - a # one\n      # end\n    sandbox: true',
    items('tools', [], ['a']),
    'tools: [] # mine\n      # end\n    sandbox: true',
  ],
  [
    'a list that is not there',
    'tools: [Read]',
    items('cannot_access', ['x/**']),
    'tools: [Read]\n    cannot_access: [x/**]',
  ],
  [
    'a list that is not there, block style',
    'tools:\n      - Read',
    items('cannot_access', ['x/**']),
    'tools:\n      - Read\n    cannot_access:\n      - x/**',
  ],
  [
    'a scalar that is not there',
    'tools: [Read]',
    set('permission_mode', 'plan'),
    'tools: [Read]\n    permission_mode: plan',
  ],
  [
    'a scalar',
    'tools: []\n    permission_mode: plan # c',
    set('permission_mode', 'auto'),
    'tools: []\n    permission_mode: auto # c',
  ],
  [
    'a quoted scalar',
    "tools: []\n    permission_mode: 'plan'",
    set('permission_mode', 'auto'),
    "tools: []\n    permission_mode: 'auto'",
  ],
  ['a boolean', 'tools: []\n    sandbox: false', set('sandbox', true), 'tools: []\n    sandbox: true'],
  [
    'a new variable',
    'tools: []\n    env:\n      A: b # c',
    entry('C', '3'),
    'tools: []\n    env:\n      A: b # c\n      C: "3"',
  ],
  [
    'a new variable in a flow map',
    'tools: []\n    env: {A: b}',
    entry('C', 'd e'),
    'tools: []\n    env: {A: b, C: d e}',
  ],
  ['a first variable', 'tools: []', entry('C', 'd'), 'tools: []\n    env: {C: d}'],
  [
    'another value',
    'tools: []\n    env: {A: b, C: "d"}',
    entry('C', 'e'),
    'tools: []\n    env: {A: b, C: "e"}',
  ],
  [
    'a variable out',
    'tools: []\n    env:\n      A: b\n      C: d # x',
    noEntry('C'),
    'tools: []\n    env:\n      A: b',
  ],
  [
    'the only variable out',
    'tools: []\n    env:\n      A: b\n    sandbox: true',
    noEntry('A'),
    'tools: []\n    env: {}\n    sandbox: true',
  ],
  [
    'a field out',
    'tools: []\n    mcp_servers: [ref]\n    sandbox: true',
    { kind: 'removeField', field: 'mcp_servers' },
    'tools: []\n    sandbox: true',
  ],
  [
    'behind a block scalar',
    'tools: []\n    prompt: |\n      a\n      b',
    set('sandbox', true),
    'tools: []\n    prompt: |\n      a\n      b\n    sandbox: true',
  ],
  [
    'text in other scripts',
    'tools: [größe]',
    items('tools', ['naïve/**', '日本']),
    'tools: [größe, naïve/**, 日本]',
  ],
];

const ignore: FieldChange = {
  kind: 'ignore',
  entry: {
    file: 'agents/a/.claude/settings.json',
    key: '/model',
    reason: 'it is: fine',
    until: '2026-12-31',
  },
};
const ignored = [
  'file: agents/a/.claude/settings.json',
  'key: /model',
  'reason: "it is: fine"',
  'until: "2026-12-31"',
];

describe('edit the registry', () => {
  for (const [name, before, change, after] of cases)
    for (const [form, shaped] of [
      ['', (text: string) => text],
      [', CRLF and a BOM', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
      [', no line end at the end', (text: string) => text.replace(/\n$/, '')],
      [
        ', an agent behind it',
        (text: string) => `${text}\n  # about b\n  b:\n${required.replace(/: a$/m, ': b')}    tools: [x]\n`,
      ],
    ] as const)
      it(`${name}${form}`, () => {
        const edit = editRegistry(shaped(registry(`    ${before}\n`)), 'a', [change]);
        assert.equal(edit.kind === 'edited' ? edit.text : edit.reason, shaped(registry(`    ${after}\n`)));
      });

  it('an ignore entry, first and second, in block and flow style', () => {
    const text = registry('    tools:\n      - x\n');
    const once = editRegistry(text, 'a', [ignore]);
    assert.ok(once.kind === 'edited');
    const lines = ignored.map((line, at) => `      ${at === 0 ? '- ' : '  '}${line}\n`).join('');
    assert.equal(once.text, `${text}    ignore:\n${lines}`);
    const twice = editRegistry(once.text, 'a', [ignore]);
    assert.equal(twice.kind === 'edited' && twice.text, `${once.text}${lines}`);
    const flow = registry('    tools: []\n    ignore: []\n');
    const inFlow = editRegistry(flow, 'a', [ignore, ignore]);
    const put = `{${ignored.join(', ')}}`;
    assert.equal(
      inFlow.kind === 'edited' && inFlow.text,
      flow.replace('ignore: []', `ignore: [${put}, ${put}]`),
    );
  });

  it('an agent that is a flow map', () => {
    const text = 'agents: {a: {name: a, display_name: A, description: B, model: opus, tools: [x]}}\n';
    const edit = editRegistry(text, 'a', [items('tools', ['z']), set('sandbox', true), entry('A', 'b')]);
    assert.equal(
      edit.kind === 'edited' ? edit.text : edit.reason,
      'agents: {a: {name: a, display_name: A, description: B, model: opus, tools: [x, z], sandbox: true, env: {A: b}}}\n',
    );
  });

  const shared: readonly (readonly [
    string,
    string,
    FieldChange,
    'elsewhere' | 'refused',
    string | undefined,
  ])[] = [
    [
      'defaults',
      `defaults: {tools: [x]}\n${registry('')}`,
      items('tools', ['z']),
      'elsewhere',
      '    tools: [x, z]\n',
    ],
    [
      'defaults, a scalar',
      `defaults: {permission_mode: plan}\n${registry('    tools: []\n')}`,
      set('permission_mode', 'auto'),
      'elsewhere',
      '    permission_mode: auto\n',
    ],
    [
      'an alias',
      `x-t: &t [x]\n${registry('    tools: *t\n')}`,
      items('tools', ['z']),
      'elsewhere',
      '    tools: [x, z]\n',
    ],
    [
      'a merged map',
      `x-t: &t {tools: [x]}\n${registry('    <<: *t\n')}`,
      items('tools', ['z']),
      'elsewhere',
      '    <<: *t\n    tools: [x, z]\n',
    ],
    [
      'an anchor that others use',
      registry('    tools: &t [x]\n', `  b:\n${required.replace(/: a$/m, ': b')}    tools: *t\n`),
      items('tools', ['z']),
      'refused',
      undefined,
    ],
    [
      'an entry behind an alias',
      `x-a: &a\n${registry('    tools: []\n').split('  a:\n')[1]}agents:\n  a: *a\n`,
      items('tools', ['z']),
      'refused',
      undefined,
    ],
    [
      'a variable of the defaults',
      `defaults: {env: {A: b}}\n${registry('    tools: []\n')}`,
      noEntry('A'),
      'refused',
      undefined,
    ],
  ];
  for (const [name, text, change, kind, own] of shared)
    it(`${name}: said, and written on the agent only when that is wanted`, () => {
      const edit = editRegistry(text, 'a', [change]);
      assert.equal(edit.kind, kind);
      const wanted = editRegistry(text, 'a', [change], { writeOnAgent: true });
      assert.equal(wanted.kind, own === undefined ? 'refused' : 'edited');
      if (wanted.kind !== 'edited') return;
      assert.ok(wanted.text.endsWith(own ?? ''), wanted.text);
      const [head = ''] = text.split('    model: opus\n');
      assert.ok(wanted.text.startsWith(head), 'what others read is as it was');
    });

  const odd: Readonly<Record<string, string>> = {
    'a tab behind a colon': registry('    tools:\t[Read]\t# c\n'),
    'quoted keys': registry('    "tools": [Read] # c\n').replace('  a:', '  "a":'),
    'a key with a question mark': registry('    tools: [Read] # c\n').replace(
      '  a:\n    name',
      '  ? a\n  : name',
    ),
    'flow maps over lines': `agents: {\n  a: {\n    name: a,\n    display_name: A,\n    description: W, # c\n    model: opus,\n    tools: [Read,\n      Edit], # d\n  },\n}\n`,
    'a block list of maps': registry(
      '    tools: [Read]\n    ignore: # mine\n    - file: x # c\n      key: ""\n      reason: |\n        long\n        text\n',
    ),
    'an anchored item': registry(
      '    tools: [&r Read] # c\n',
      `  b:\n${required.replace(/: a$/m, ': b')}    tools: [*r]\n`,
    ),
    'a document with an end': `%YAML 1.2\n---\n${registry('    tools:\n    - Read # c\n')}...\n`,
    'empty lines': registry('\n\n    tools:\n\n      - Read # c\n\n\n  # trailing\n'),
    'a text that keeps its line ends': registry('    tools: [Read] # c\n    prompt: |+\n      x\n\n\n'),
    'texts over several lines': registry(
      '    tools:\n      - >-\n        Read\n    prompt: "one\n      two # no\n      three"\n',
    ),
    'keys in other scripts': registry('    tools: [Read] # c\n    "ключ 😀": ["😀"]\n    env: {"X": "😀"}\n'),
    'a list of merged maps': `x-d: &d {tools: [Read]} # c\nx-e: &e {env: {A: b}}\n${registry('    <<: [*d, *e]\n')}`,
  };
  const hostile: readonly FieldChange[] = [
    items('tools', ['Bash', '*x'], ['Read']),
    items('cannot_access', ['a/**', '- x', '# y', ' z', '\u202e', '"', '\n', '']),
    set('permission_mode', 'auto'),
    set('sandbox', true),
    entry('NEW KEY: x', 'v: # "'),
    entry('__proto__', ''),
    {
      ...ignore,
      entry: { file: 'f: {x}', key: '/a, b]', reason: 'several\nlines "q" \u0000' },
    } as FieldChange,
    { kind: 'dropIgnore', index: 7 },
  ];
  for (const [name, text] of Object.entries(odd))
    it(`${name}: done right or refused, never otherwise`, () => {
      for (const shaped of [text, text.replaceAll('\n', '\r\n')])
        for (const change of hostile) {
          const edit = editRegistry(shaped, 'a', [change]);
          if (edit.kind !== 'edited') continue;
          if (shaped !== text) assert.doesNotMatch(edit.text, /[^\r]\n/);
          // What stands behind an item goes with it.
          if (change.kind === 'items' && change.remove.length > 0) continue;
          const comments = shaped.match(/# \w+/g) ?? [];
          for (const comment of comments) assert.ok(edit.text.includes(comment), `${comment}\n${edit.text}`);
        }
    });

  for (const id of ['nobody', '__proto__', ''])
    it(`no agent ${JSON.stringify(id)}`, () => {
      assert.equal(editRegistry(registry('    tools: []\n'), id, [set('sandbox', true)]).kind, 'refused');
    });
});
