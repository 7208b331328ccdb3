// Settings files for the agreement test: every row of CLAUDE-CODE-CONTRACT.md sections 1.3 and 1.4, and seeded mutations.
// Names in capitals between @ stand for names that only one file of a run has, so that three can be fed to one session.

export interface AgreementCase {
  /** The row that it comes from. */
  readonly row: string;
  readonly text: string;
  /** Its only rule of interest is the usual one, so that two attempts tell. */
  readonly isPlain?: true;
}

/** Where a file is put. */
export type Position = 'project' | 'local' | 'flag';
export const positions: readonly Position[] = ['project', 'local', 'flag'];

const env = { '@WITNESS@': '1' };

const settings = (deny: readonly unknown[], more: object = {}, inPermissions: object = {}): string =>
  JSON.stringify({ env, permissions: { deny, ...inPermissions }, ...more });

const rules: readonly string[] = [
  ...['Edit(@DIR@/**)', 'Edit(./@DIR@/**)', 'Edit(/@DIR@/**)', 'Edit(/@ROOT@/@DIR@/**)', 'Edit(**/@DIR@/**)'],
  ...['Edit(@DIR@)', 'Edit(@DIR@/)', 'Edit(@DIR@/*)', 'Edit(@FILE@)', 'Edit(*.@END@)', 'Edit(**)'],
  ...['Read(@DIR@/**)', 'Write', 'Write(@DIR@/**)', 'Write(/@DIR@/**)', 'MultiEdit(@DIR@/**)'],
  ...['Edit(@ROOT@/@DIR@/**)', 'Edit', 'Edit(*)', 'Edit(!@DIR@/**)'],
];

const held = 'Edit(@DIR@/**)';
const handler = { type: 'command', command: 'true' };
const hooks = (event: string, entries: unknown): string => settings([held], { hooks: { [event]: entries } });
const handled = (event: string, value: object): string => hooks(event, [{ hooks: [value] }]);

/** The mistakes of the first two rows, by the event that they are made under. */
const hookMistakes: Readonly<Record<string, (event: string) => string>> = {
  'flat entry': (event) => hooks(event, [{ command: 'true', description: 'x' }]),
  'handler without type': (event) => handled(event, { command: 'true' }),
  'handler without command': (event) => handled(event, { type: 'command' }),
  'unknown type': (event) => handled(event, { type: 'webhook', url: 'http://x/' }),
  'matcher list': (event) => hooks(event, [{ matcher: ['Edit'], hooks: [handler] }]),
  'timeout text': (event) => handled(event, { ...handler, timeout: '5' }),
  'bad onFailure': (event) => handled(event, { ...handler, onFailure: 'explode' }),
};

const good = settings([held]);

const forms: Readonly<Record<string, string>> = {
  'good: one rule': good,
  'good: a guard': hooks('PreToolUse', [{ matcher: 'Edit|Write', hooks: [handler] }]),
  'good: exec form': handled('PreToolUse', { ...handler, args: [], timeout: 5, onFailure: 'continue' }),
  'good: listeners': settings([held], { hooks: { Stop: [{ hooks: [handler] }], PostToolUse: [] } }),
  'good: many keys': settings([held, 'Bash(git push:*)', 'WebFetch(domain:x.org)', 'Agent(qa)'], {
    model: 'opus',
    cleanupPeriodDays: 30,
    includeCoAuthoredBy: false,
    statusLine: { type: 'command', command: 'true' },
  }),
  ...Object.fromEntries(
    ['PreToolUse', 'Stop'].flatMap((event) =>
      Object.entries(hookMistakes).map(([name, make]) => [`${name} under ${event}`, make(event)]),
    ),
  ),
  'flat entry under PermissionRequest': hookMistakes['flat entry']?.('PermissionRequest') ?? '',
  'event in lower case': hooks('preToolUse', [{ hooks: [handler] }]),
  'unknown event': hooks('Nope', [{ hooks: [handler] }]),
  'hooks is an empty list': settings([held], { hooks: [] }),
  'PreToolUse is a text': hooks('PreToolUse', 'nope'),
  'bad defaultMode': settings([held], {}, { defaultMode: 'yolo' }),
  'model is a number': settings([held], { model: 17 }),
  'allow is a text': settings([held], {}, { allow: 'x' }),
  'statusLine is a text': settings([held], { statusLine: 'x' }),
  'cleanupPeriodDays 0': settings([held], { cleanupPeriodDays: 0 }),
  'number in denyWrite': settings([held], { sandbox: { filesystem: { denyWrite: [3] } } }),
  'JSON syntax': good.slice(0, -1),
  'trailing comma': `${good.slice(0, -1)},}`,
  comment: `// mine\n${good}`,
  'list at the top': `[${good}]`,
  'empty file': '',
  'permissions twice': `${good.slice(0, -1)},"permissions":{"deny":[]}}`,
  'unknown key': settings([held], { frobnicate: true, contextFiles: ['a'], mcpServers: {} }),
  'unknown key in permissions': settings([], {}, { denny: [held] }),
  'unknown keys in hooks': hooks('PreToolUse', [
    { description: 'x', hooks: [{ ...handler, description: 'x' }] },
  ]),
  'malformed rule': settings([held, 'Edit(@DIR@/**']),
  'malformed rule alone': settings(['Edit(@DIR@/**']),
  'number in the list': settings([held, 3]),
  'unknown tool': settings(['Frobnicate(@DIR@/**)']),
  'unknown model': settings([held], { model: 'nope' }),
  'unknown agent': settings([held], { agent: 'nope' }),
  'object in env': good.replace('"1"', '"1","N":{"a":1}'),
};

/** Every row, in the order of the contract. */
export const rows: readonly AgreementCase[] = [
  ...rules.map((rule) => ({ row: `1.3 ${rule}`, text: settings([rule]) })),
  ...Object.entries(forms).map(([name, text]) => ({ row: `1.4 ${name}`, text, isPlain: true as const })),
];

/** Whole numbers below a limit, the same ones for the same seed (mulberry32). */
export type Dice = (below: number) => number;

export function dice(seed: string): Dice {
  let state = 0;
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pick = <T>(dice: Dice, items: readonly T[]): T | undefined => items[dice(items.length)];

const tools =
  'Edit Write MultiEdit NotebookEdit Read Glob Grep Bash Update edit EDIT Task W* * Frobnicate Edit|Write'.split(
    ' ',
  );
const globs = [
  ...['@DIR@/**', './@DIR@/**', '/@DIR@/**', '//@ROOT@/@DIR@/**', '/@ROOT@/@DIR@/**', '~/@DIR@/**', '@DIR@'],
  ...['@DIR@/', '@DIR@/*', '@DIR@/**/*', '**/@DIR@', '**/@DIR@/**', '*/@DIR@/**', 'pkg/@DIR@/**', '@FILE@'],
  ...['@DIR@/@FILE@', '**/@FILE@', '*.@END@', '@DIR@/*.@END@', '**/*.@END@', '!@DIR@/**', '../@DIR@/**'],
  ...['@DIR@//**', './/@DIR@/**', '/./@DIR@/**', '@DIR@/./**', 'x/../@DIR@/**', '@DIR@/**/', '**@DIR@/**'],
  ...['[@DIR@', '{@DIR@,x}/**', '@DIR@:*', 'file_path:@DIR@/**', '@DIR@/[a-z]*', '?@DIR@/**', '\\@DIR@/**'],
  ...[
    '#@DIR@',
    '@DIR@ /**',
    ' @DIR@/**',
    '@DIR@/** ',
    '@DIR@/***',
    '@DIR@/**/**',
    '/**/@DIR@/**',
    '"@DIR@/**"',
  ],
  ...[
    '@DIR@/sub',
    '@DIR@/sub/**',
    '**/sub/**/@FILE@',
    '@DIR@/!(x)',
    './@DIR@',
    '@DIR@*',
    '*@DIR@*',
    '$HOME/@DIR@',
  ],
];
const events = 'PreToolUse PermissionRequest Stop PostToolUse pretooluse PreTool SessionStart Nope'.split(
  ' ',
);
const values = ['null', '0', '-1', 'true', '"x"', '""', '[]', '{}', '["x"]', '{"x":1}', '1.5', '[null]'];

/** A key of the file that neither holds nor is the witness. */
const keyPattern = /"(?!env"|@WITNESS@)([$A-Za-z]+)"(?=\s*:)/g;

/** Puts something else in the place of one match, chosen by the dice. */
function replaceOne(text: string, pattern: RegExp, dice: Dice, by: (found: string) => string): string {
  const found = pick(dice, [...text.matchAll(pattern)]);
  if (found?.index === undefined) return text;
  return text.slice(0, found.index) + by(found[0]) + text.slice(found.index + found[0].length);
}

const parsed = (text: string): Record<string, unknown> | undefined => {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, reversed(inner)])
      .reverse(),
  );
}

const rulePattern = /"[A-Za-z*|]+\((?:[^"\\]|\\.)*"/g;

/** Each changes a file a little; one that does not apply leaves it as it is. */
const mutations: Readonly<Record<string, (text: string, dice: Dice) => string>> = {
  'case of a key': (text, dice) =>
    replaceOne(text, keyPattern, dice, (key) => {
      const first = key.charAt(1);
      return `"${first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()}${key.slice(2)}`;
    }),
  'a typo in a key': (text, dice) =>
    replaceOne(text, keyPattern, dice, (key) => {
      const at = 1 + dice(Math.max(1, key.length - 3));
      return `${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`;
    }),
  whitespace: (text, dice) => {
    const value = parsed(text);
    const forms = [
      (): string => `\ufeff${text}`,
      (): string => `\n\t${text}\r\n`,
      (): string => (value ? JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n') : ` ${text}`),
      (): string => replaceOne(text, /[{}[\],:]/g, dice, (sign) => `${sign}\u00a0`),
    ];
    return forms[dice(forms.length)]?.() ?? text;
  },
  'whitespace in a rule': (text, dice) =>
    replaceOne(text, rulePattern, dice, (rule) => {
      const forms = [
        (): string => rule.replace('(', '( '),
        (): string => rule.replace('(', ' ('),
        (): string => rule.replace(/\)"$/, ' )"'),
        (): string => rule.replace(/"$/, ' "'),
        (): string => rule.replace(/^"/, '" '),
      ];
      return forms[dice(forms.length)]?.() ?? rule;
    }),
  order: (text) => {
    const value = parsed(text);
    return value ? JSON.stringify(reversed(value)) : text;
  },
  'nested elsewhere': (text, dice) => {
    const value = parsed(text);
    if (!value) return text;
    const name =
      pick(
        dice,
        Object.keys(value).filter((key) => key !== 'env'),
      ) ?? '';
    const { [name]: inner, ...rest } = value;
    const below = pick(dice, ['settings', 'hooks', 'permissions', 'a', 'PreToolUse']) ?? 'a';
    return JSON.stringify({ ...rest, [below]: { [name]: inner } });
  },
  'another tool': (text, dice) =>
    replaceOne(text, rulePattern, dice, (rule) => rule.replace(/^"[^(]+/, `"${pick(dice, tools)}`)),
  'another glob': (text, dice) =>
    replaceOne(text, rulePattern, dice, (rule) => {
      const glob = JSON.stringify(pick(dice, globs)).slice(1, -1);
      return rule.replace(/\(.*$/s, () => `(${glob})"`);
    }),
  'another event': (text, dice) =>
    replaceOne(text, /"(PreToolUse|PermissionRequest|Stop|PostToolUse|preToolUse|Nope)"/g, dice, () =>
      JSON.stringify(pick(dice, events)),
    ),
  'another list': (text, dice) =>
    replaceOne(text, /"deny"/g, dice, () => JSON.stringify(pick(dice, ['allow', 'ask', 'Deny', 'denied']))),
  'a value of another kind': (text, dice) => {
    const value = parsed(text);
    if (!value) return text;
    const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
    const visit = (holder: Record<string, unknown>): void => {
      for (const [key, inner] of Object.entries(holder)) {
        if (key === 'env') continue;
        places.push({ holder, key });
        if (typeof inner === 'object' && inner !== null) visit(inner as Record<string, unknown>);
      }
    };
    visit(value);
    const place = pick(dice, places);
    if (place) place.holder[place.key] = JSON.parse(pick(dice, values) ?? 'null');
    return JSON.stringify(value);
  },
  'a key twice': (text, dice) =>
    replaceOne(
      text,
      /\{(?="(?:permissions|deny|hooks|model)")/g,
      dice,
      () => `{"${pick(dice, ['permissions', 'deny', 'hooks', 'model'])}":${pick(dice, values)},`,
    ),
  'a comment or comma': (text, dice) =>
    replaceOne(
      text,
      /[{},]/g,
      dice,
      (sign) => pick(dice, [`${sign},`, `${sign}/* x */`, `,${sign}`, `${sign}\n// x\n`]) ?? sign,
    ),
};

/** The n-th mutation of a row: two changes now and then, never the row itself unless nothing applies. */
export function mutated({ row, text }: AgreementCase, seed: string): AgreementCase {
  const roll = dice(`${row} ${seed}`);
  const names = Object.keys(mutations);
  let changed = text;
  const done: string[] = [];
  for (let tries = 0; tries < 12 && (done.length === 0 || (done.length === 1 && roll(4) === 0)); tries++) {
    const name = pick(roll, names) ?? '';
    const next = mutations[name]?.(changed, roll) ?? changed;
    if (next !== changed) done.push(name);
    changed = next;
  }
  return { row: `${row} + ${done.join(' + ') || 'nothing'} (${seed})`, text: changed };
}
