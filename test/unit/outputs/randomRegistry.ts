// Registries at random, as data: sound ones with odd texts, ones with a warning, ones with an error.
import fc from 'fast-check';

export type Entry = Readonly<Record<string, unknown>>;
export interface RandomRegistry {
  readonly agents: readonly (readonly [string, Entry])[];
  /** Lines below the agents, as they are. */
  readonly rest: string;
}

const ids = ['alpha', 'beta-agent', 'gamma', 'delta-x-1', 'epsilon'] as const;
const globs = [
  'tests/**',
  '/docs/**',
  '*.test.*',
  'src/web/**',
  'LICENSE',
  'a b/**',
  'ünï/*',
  '**/deep/**',
  'x[0-9].txt',
  'y?.md',
  "q'uote/**",
  'back`tick/**',
  '$(x)/**',
  '.env',
  'lib/',
  '{a,b}/**',
  '(paren)/**',
  'comma,s/**',
  'co:lon/**',
];
const tools = [
  'Read',
  'Edit',
  'Write',
  'Bash',
  'Glob',
  'Task',
  'Agent',
  'MultiEdit',
  'SlashCommand',
  'WebFetch',
  'mcp__ref',
  'mcp__ref__x',
  'NotYetKnown',
];
const commands = ['npm test', 'git push', 'echo `x`', "a 'b' (c)", 'make *', 'x:y', 'printf "%s"', 'ls'];

const words = fc.oneof(
  fc.constantFrom(
    'Works.',
    '"quoted" \\ and\nnew\r\nlines',
    '<!-- native-orchestrator:end -->',
    '<!-- native-orchestrator:begin --> x',
    `\`tick\` \`\`\` \${x} $(y)`,
    '# heading',
    '\u202eright to left\u0000\u001b[31m',
    '- item: {a: b} & *c !d',
    '\ufeffbom',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 24 }).map((text) => `x${text}`),
);
const some = <T>(items: readonly T[], most = 4): fc.Arbitrary<T[]> =>
  fc.subarray([...items], { maxLength: Math.min(most, items.length) });

const entryOf = (id: string): fc.Arbitrary<Entry> =>
  fc
    .record(
      {
        display_name: words,
        description: words,
        model: fc.constantFrom('opus', 'sonnet', 'haiku', 'claude-sonnet-4-5'),
        tools: some(tools, 6),
        delegates_to: some(ids.filter((other) => other > id)),
        cannot_access: some(globs),
        exclusive_access: some(
          globs.map((glob) => (glob.startsWith('/') ? `/of-${id}${glob}` : `of-${id}/${glob}`)),
          2,
        ),
        cannot_read: some(globs),
        responsibilities: fc.array(words, { maxLength: 2 }),
        forbidden: fc.array(words, { maxLength: 2 }),
        group: fc.constantFrom('Build', 'Run'),
        owner: fc.constantFrom('somebody', 'x@example.org'),
        tags: fc.constantFrom([], ['a'], ['a', 'b']),
        permission_mode: fc.constantFrom(
          'default',
          'plan',
          'acceptEdits',
          'dontAsk',
          'auto',
          'bypassPermissions',
        ),
        allow_bash: some(commands),
        deny_bash: some(commands),
        sandbox: fc.boolean(),
        env: fc.constantFrom({}, { A: 'b' }, { LEVEL: '3', WORDS: `a "b" \\ \${c}` }),
        mcp_servers: fc.constantFrom([], ['ref'], ['docs', 'ref']),
        worktree: fc.boolean(),
        autostart: fc.boolean(),
        prompt: words,
      },
      { requiredKeys: ['display_name', 'description', 'model', 'tools'] },
    )
    .map((fields) => ({ name: id, ...fields }));

/** One to four agents with any of the fields; nothing in it is an error by itself. */
export const anyRegistry: fc.Arbitrary<RandomRegistry> = fc
  .shuffledSubarray([...ids], { minLength: 1, maxLength: 4 })
  .chain((chosen) =>
    fc
      .tuple(...chosen.map((id) => entryOf(id).map((entry): [string, Entry] => [id, entry])))
      .map((agents) => {
        const there = new Set(chosen);
        const known = (entry: Entry): Entry =>
          Array.isArray(entry.delegates_to)
            ? { ...entry, delegates_to: entry.delegates_to.filter((other) => there.has(other)) }
            : entry;
        return { agents: agents.map(([id, entry]): [string, Entry] => [id, known(entry)]), rest: '' };
      }),
  );

type Change = (registry: RandomRegistry) => RandomRegistry;
const onFirst =
  (change: (entry: Entry) => Entry): Change =>
  ({ agents: [first, ...others], rest }) => ({
    agents: first === undefined ? [] : [[first[0], change(first[1])], ...others],
    rest,
  });
const withField = (field: string, value: unknown): Change =>
  onFirst((entry) => ({ ...entry, [field]: value }));
const without = (field: string): Change =>
  onFirst((entry) => Object.fromEntries(Object.entries(entry).filter(([key]) => key !== field)));
const renamed =
  (id: string): Change =>
  ({ agents: [first, ...others], rest }) => ({
    agents: first === undefined ? [] : [[id, { ...first[1], name: id }], ...others],
    rest,
  });

/** Changes that each earn a warning and no error. */
export const warnings: readonly Change[] = [
  withField('responsibilites', ['misspelt']),
  withField('cannot_acces', ['misspelt/**']),
  withField('cannot_access', ['twice/**', 'twice/**']),
  withField('tools', ['Read', 'Read']),
  withField('ignore', [
    { file: 'agents/x/.claude/settings.json', key: '/model', reason: 'r', until: '2020-01-01' },
  ]),
];

/** Changes that each earn an error. */
export const errors: readonly Change[] = [
  renamed('../../evil'),
  renamed('a b'),
  renamed('$(x)'),
  renamed('__proto__'),
  renamed('Upper'),
  renamed('nul'),
  renamed('b\u0430ckend'),
  renamed('x'.repeat(300)),
  withField('name', 'somebody-else'),
  withField('tools', 'Read'),
  withField('tools', [1]),
  withField('model', '--evil'),
  withField('model', 17),
  withField('description', null),
  withField('sandbox', 'yes please'),
  withField('permission_mode', 'everything'),
  withField('delegates_to', ['nobody-agent']),
  onFirst((entry) => ({ ...entry, delegates_to: [entry.name] })),
  withField('persona', '../\u0000x'),
  withField('context_files', ['../../etc/passwd']),
  withField('cannot_access', ['../outside/**']),
  withField('cannot_access', ['!not']),
  withField('env', { PATH: '/evil' }),
  withField('env', { NODE_OPTIONS: '--require x' }),
  withField('env', { CLAUDE_X: '1' }),
  without('description'),
  without('tools'),
  ({ agents, rest }) => ({ agents: [...agents, ...agents.slice(0, 1)], rest }),
  ({ agents }) => ({ agents, rest: 'pilot: [nobody-agent]\n' }),
  ({ agents }) => ({ agents, rest: '---\nagents: {}\n' }),
  ({ agents }) => ({ agents, rest: '<<<<<<< ours\n' }),
  ({ agents }) => ({ agents, rest: 'x: [\n' }),
  () => ({ agents: [], rest: '' }),
];

/** Another order of the agents and of the keys of each. */
export function turnedRound({ agents, rest }: RandomRegistry): RandomRegistry {
  return {
    agents: [...agents]
      .reverse()
      .map(([id, entry]) => [id, Object.fromEntries(Object.entries(entry).reverse())]),
    rest,
  };
}

/** The text: values as JSON, which YAML reads. */
export function textOf({ agents, rest }: RandomRegistry): string {
  const entries = agents.map(
    ([id, entry]) =>
      `  ${JSON.stringify(id)}:\n${Object.entries(entry)
        .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`)
        .join('')}`,
  );
  return `agents:\n${entries.join('')}${rest}`;
}
