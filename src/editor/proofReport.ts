// The report on proofs as Markdown: what was tried, what was expected, what happened, and what stopped it. Pure.
import type { Attempt, Carrier, ProofRecord, SettingsForm } from '../proof/proofRecord.ts';
import { verdictOf } from '../proof/proofStatus.ts';
import { code, plain } from './markdown.ts';
import { matrixTable } from './proofMatrix.ts';
import { type ProofState, proofAge, recordOf, type ToldProof } from './proofWords.ts';
import { count } from './words.ts';

export interface ReportOptions {
  /** In the order they are told. */
  readonly proofs: readonly ToldProof[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What no proof looks at, since it is the user's and not the workspace's (DESIGN.md section 7). */
const outside = [
  'Your own settings (`~/.claude/settings.json`) and managed settings: the proof runs with a home of its own.',
  'Hooks, plugins and MCP servers that are not ours: nothing of them is run.',
];

const groups: readonly (readonly [string, readonly Attempt['kind'][]])[] = [
  ['Files', ['edit', 'write', 'delete', 'read', 'notebook']],
  ['Tools', ['tool', 'mcp']],
  ['Shell', ['shell', 'interpreter', 'nested']],
  ['Delegation', ['delegation']],
  ['Its own settings, and attacks on them', ['protected', 'attack']],
];

/** What was in force when an attempt was made, in the order of the columns. */
const inForce: readonly {
  readonly form: SettingsForm;
  readonly carrier: Carrier;
  readonly title: string;
  readonly words: string;
}[] = [
  { form: 'launch', carrier: 'all', title: 'As started', words: 'as it is started' },
  { form: 'launch', carrier: 'rules', title: 'Rules alone', words: 'with the rules alone' },
  { form: 'launch', carrier: 'guard', title: 'Guard alone', words: 'with the guard alone' },
  { form: 'committed', carrier: 'all', title: 'Committed settings', words: 'with the committed settings' },
  {
    form: 'committed',
    carrier: 'rules',
    title: 'Committed rules alone',
    words: 'with the committed rules alone',
  },
  {
    form: 'committed',
    carrier: 'guard',
    title: 'Committed guard alone',
    words: 'with the committed guard alone',
  },
];

const isIn =
  ({ form, carrier }: { readonly form: SettingsForm; readonly carrier: Carrier }) =>
  (attempt: Attempt): boolean =>
    attempt.form === form && attempt.carrier === carrier;

/** Text of a cell: a `|` would end it, also in a code span. */
const cell = (markdown: string): string => markdown.replaceAll(/(?<!\\)\|/g, '\\|');

/** What an attempt was, in words. */
export function triedWords({ kind, tool, target, subagent }: Attempt): string {
  const what = kind === 'tool' || target === tool ? code(tool, 60) : `${code(tool, 60)} on ${code(target)}`;
  return subagent === undefined ? what : `${what}, as the sub-agent ${code(subagent, 64)}`;
}

const stoppers: Readonly<Record<NonNullable<Attempt['by']>, string>> = {
  rule: 'rule',
  guard: 'guard',
  sandbox: 'sandbox',
  'tool-list': 'not among its tools',
};

/** What came of an attempt, for a cell. */
function outcome(attempt: Attempt): string {
  const by = attempt.by === undefined ? '' : ` ${stoppers[attempt.by]}`;
  switch (verdictOf(attempt)) {
    case 'blocked':
      return `✓${by || ' blocked'}`;
    case 'allowed':
      return '○ went through';
    case 'through':
      return '**✗ got through**';
    case 'wronglyBlocked':
      return `**✗ refused**${by && `:${by}`}`;
    case 'notEnforceable':
      return '– not enforceable here';
    case 'notRun':
      return '**? not tried**';
  }
}

/** Attempts that differ only in what was in force, in one line. */
interface Line {
  readonly first: Attempt;
  readonly all: readonly Attempt[];
}

function linesOf(attempts: readonly Attempt[]): readonly Line[] {
  const lines = new Map<string, { first: Attempt; all: Attempt[] }>();
  for (const attempt of attempts) {
    const { kind, tool, target, expected, subagent } = attempt;
    const key = JSON.stringify([kind, tool, target, expected, subagent]);
    const line = lines.get(key);
    if (line) line.all.push(attempt);
    else lines.set(key, { first: attempt, all: [attempt] });
  }
  return [...lines.values()];
}

function tableOf(attempts: readonly Attempt[], why: string | undefined): string {
  const columns = inForce.filter((column) => attempts.some(isIn(column)));
  const titles = ['Tried', ...(why === undefined ? [] : [why]), ...columns.map(({ title }) => title)];
  const rows = linesOf(attempts).map(({ first, all }) => {
    const outcomes = columns.map((column) => [...new Set(all.filter(isIn(column)).map(outcome))].join(', '));
    const rule = first.rule === undefined ? '' : code(first.rule);
    return [triedWords(first), ...(why === undefined ? [] : [rule]), ...outcomes];
  });
  return [titles, titles.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');
}

/** The attempts of one verdict as a list, each with where it was tried and its note. */
function listOf(attempts: readonly Attempt[]): string {
  const items = attempts.map((attempt) => {
    const place = inForce.find((each) => isIn(each)(attempt))?.words ?? '';
    const rule = attempt.rule === undefined ? '' : `, which ${code(attempt.rule)} forbids`;
    const note = attempt.note === undefined ? '' : `: ${plain(attempt.note, 400)}`;
    return `- ${triedWords(attempt)}${attempt.expected === 'blocked' ? rule : ''}, ${place}${note}`;
  });
  return [...new Set(items)].join('\n');
}

function section(title: string, ...parts: readonly string[]): readonly string[] {
  return parts.every((part) => part === '') ? [] : [title, ...parts];
}

/** What a record holds, below the title of its agent. `level`: the hashes of its headings. */
function recordParts(record: ProofRecord, level: string): readonly string[] {
  const having = (verdict: ReturnType<typeof verdictOf>): readonly Attempt[] =>
    record.attempts.filter((attempt) => verdictOf(attempt) === verdict);
  const forbidden = record.attempts.filter(({ expected }) => expected === 'blocked');
  const allowed = record.attempts.filter(({ expected }) => expected === 'allowed');
  return [
    ...section(`${level} ✗ Forbidden, and got through`, listOf(having('through'))),
    ...section(`${level} ✗ Allowed, and was refused`, listOf(having('wronglyBlocked'))),
    ...section(`${level} ? Not tried`, listOf(having('notRun'))),
    ...section(
      `${level} – Not enforceable here`,
      having('notEnforceable').length === 0
        ? ''
        : 'Forbidden by the registry, and nothing on this machine can refuse it. It is not counted as proven.',
      listOf(having('notEnforceable')),
    ),
    ...section(
      `${level} Forbidden by the registry`,
      ...groups.flatMap(([title, kinds]) => {
        const attempts = forbidden.filter(({ kind }) => kinds.includes(kind));
        return attempts.length === 0 ? [] : [`**${title}**`, tableOf(attempts, 'Forbidden by')];
      }),
    ),
    ...section(
      `${level} Allowed by the registry`,
      allowed.length === 0 ? '' : 'What an agent may do must work, or a refusal would show nothing.',
      allowed.length === 0 ? '' : tableOf(allowed, undefined),
    ),
    ...section(
      `${level} Not covered`,
      [...record.notCovered.map((each) => plain(each, 400)), ...outside]
        .map((each) => `- ${each}`)
        .join('\n'),
    ),
    ...section(
      `${level} What it stands on`,
      [
        `- claude ${code(record.cli, 40)} on ${code(record.platform, 40)}, ${record.sandbox ? 'with' : 'without'} the sandbox of the system`,
        `- ${plain(new Date(record.at).toISOString().replace(/\.\d+Z$/, 'Z'))}`,
        ...Object.entries(record.outputs).map(
          ([file, hash]) =>
            `- ${code(file.replace(/^\/\/launch\//, 'launch copy: '))} ${code(hash.slice(0, 12))}`,
        ),
      ].join('\n'),
    ),
  ];
}

function sumOf(proof: ProofState): string {
  if (proof.state === 'never' || proof.state === 'unknown') return '';
  const { blocked, allowed, through, wronglyBlocked, notEnforceable, notRun } = proof.counts;
  const parts = [
    `${blocked} blocked`,
    `${allowed} allowed and done`,
    ...(through > 0 ? [`**${through} got through**`] : []),
    ...(wronglyBlocked > 0 ? [`**${wronglyBlocked} wrongly refused**`] : []),
    ...(notEnforceable > 0 ? [`${notEnforceable} not enforceable here`] : []),
    ...(notRun > 0 ? [`**${notRun} not tried**`] : []),
  ];
  return `${count(proof.record.attempts.length, 'attempt')}: ${parts.join(', ')}.`;
}

const verdicts: Readonly<Record<ProofState['state'], string>> = {
  proven: '✓ Proven',
  notEnforceable: '– Proven, but for what is not enforceable here',
  failed: '✗ Failed',
  unproven: '? Unproven',
  unknown: '? Unknown',
  never: 'Never proven',
};

function standing(proof: ProofState, now: number): string {
  switch (proof.state) {
    case 'never':
      return 'There is no proof of this agent on this machine.';
    case 'unknown':
      return `What its proof says is unknown: ${plain(proof.why)}. Prove it again.`;
    case 'unproven':
      return `**${verdicts.unproven}**: ${proof.reasons.map((reason) => plain(reason)).join('; ')}. Below is what was seen ${proofAge(proof.record.at, now)} on ${code(proof.record.cli, 40)}.`;
    default:
      return `**${verdicts[proof.state]}** on ${code(proof.record.cli, 40)}, ${proofAge(proof.record.at, now)}.`;
  }
}

function agentParts({ proof }: ToldProof, now: number, level: string): readonly string[] {
  const record = recordOf(proof);
  return [
    [standing(proof, now), sumOf(proof)].filter(Boolean).join(' '),
    ...(record ? recordParts(record, `${level}#`) : []),
  ];
}

const intro =
  'The real `claude` was started in a scratch copy with what each agent runs with, and a scripted model tried what the registry forbids, and some of what it allows. What counts is what was on the disk afterwards. No token was spent, and nothing of yours was touched.';

/** The report of one agent, or of several with a matrix on top. Everything from data in it is escaped. */
export function proofReport({ proofs, now }: ReportOptions): string {
  const [only] = proofs;
  if (only && proofs.length === 1)
    return `${[`# Proof of ${plain(only.agent)}`, ...agentParts(only, now, '#'), intro].join('\n\n')}\n`;
  const told = proofs.filter(({ proof }) => proof.state !== 'never');
  const never = proofs.filter(({ proof }) => proof.state === 'never');
  return `${[
    '# Proofs',
    intro,
    ...(told.length === 0 ? ['No agent was proven yet.'] : [matrixTable(told, now)]),
    ...(never.length === 0 ? [] : [`Never proven: ${never.map(({ agent }) => code(agent, 64)).join(', ')}.`]),
    ...told.flatMap((each) => [`## ${plain(each.agent)}`, ...agentParts(each, now, '##')]),
  ].join('\n\n')}\n`;
}
