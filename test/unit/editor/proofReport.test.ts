import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { proofReport } from '../../../src/editor/proofReport.ts';
import { neverProven, type ProofState } from '../../../src/editor/proofWords.ts';
import type { ProofRecord } from '../../../src/proof/proofRecord.ts';
import { attemptOf, changed, control, now, proven, recordOf, unreadable, worth } from './proofs.ts';

const reportOf = (proofs: Readonly<Record<string, ProofState>>): string =>
  proofReport({ proofs: Object.entries(proofs).map(([agent, proof]) => ({ agent, proof })), now });

/** The lines of a report that begin with a text, without it. */
const linesAfter = (report: string, start: string): readonly string[] =>
  report
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));

/** The parts of a report between its headings, by heading. */
function sectionsOf(report: string): ReadonlyMap<string, string> {
  const parts = report.split(/^(#+ .*)$/m).slice(1);
  return new Map(parts.flatMap((part, at) => (at % 2 === 0 ? [[part, (parts[at + 1] ?? '').trim()]] : [])));
}

describe('proofReport: one agent', () => {
  const attempts = [
    attemptOf(),
    attemptOf({ carrier: 'rules' }),
    attemptOf({ carrier: 'guard', by: 'guard' }),
    attemptOf({ form: 'committed', got: 'not-run', note: 'The session ended early.' }),
    attemptOf({ kind: 'write', tool: 'Write', target: 'tests/a|b.js', got: 'allowed' }),
    attemptOf({ kind: 'tool', tool: 'WebFetch', target: 'WebFetch', by: 'tool-list' }),
    attemptOf({
      kind: 'interpreter',
      tool: 'Bash',
      target: "python3 -c 'x'",
      got: 'allowed',
      enforceable: false,
      note: 'With `sandbox: true` the system refuses it.',
    }),
    attemptOf({ kind: 'delegation', tool: 'Edit', target: 'src/x.js', subagent: 'helper-agent' }),
    control,
    { ...control, kind: 'shell', tool: 'Bash', target: 'ls', got: 'blocked', by: 'guard' } as const,
  ];
  const record = recordOf(attempts, {
    notCovered: ['.claude/settings.json: PreToolUse lint.sh'],
    outputs: { 'agents/a/.claude/settings.json': 'aaaabbbbccccdddd', '//launch/guard.cjs': 'eeee' },
  });
  const report = reportOf({ a: worth(record) });
  const sections = sectionsOf(report);

  it('begins with what it comes to', () =>
    assert.deepEqual(report.split('\n\n').slice(0, 2), [
      '# Proof of a',
      '**✗ Failed** on `2.1.329`, 3 h ago. 10 attempts: 5 blocked, 1 allowed and done, **1 got through**, **1 wrongly refused**, 1 not enforceable here, **1 not tried**.',
    ]));

  it('has its sections in the order of their urgency', () =>
    assert.deepEqual(
      [...sections.keys()],
      [
        '# Proof of a',
        '## ✗ Forbidden, and got through',
        '## ✗ Allowed, and was refused',
        '## ? Not tried',
        '## – Not enforceable here',
        '## Forbidden by the registry',
        '## Allowed by the registry',
        '## Not covered',
        '## What it stands on',
      ],
    ));

  const lists: readonly (readonly [string, string])[] = [
    [
      '## ✗ Forbidden, and got through',
      '- `Write` on `tests/a|b.js`, which `tests/**` forbids, as it is started',
    ],
    ['## ✗ Allowed, and was refused', '- `Bash` on `ls`, as it is started'],
    [
      '## ? Not tried',
      '- `Edit` on `tests/a.js`, which `tests/**` forbids, with the committed settings: The session ended early\\.',
    ],
  ];
  for (const [title, expected] of lists) it(title, () => assert.equal(sections.get(title), expected));

  it('says what would make something enforceable', () =>
    assert.match(
      sections.get('## – Not enforceable here') ?? '',
      /- `Bash` on `python3 -c 'x'`.*With \\`sandbox\\: true\\` the system refuses it\\\./,
    ));

  it('has a line for each attempt, with what stopped it, for each carrier alone', () =>
    assert.deepEqual(linesAfter(sections.get('## Forbidden by the registry') ?? '', '| '), [
      'Tried | Forbidden by | As started | Rules alone | Guard alone | Committed settings |',
      '--- | --- | --- | --- | --- | --- |',
      '`Edit` on `tests/a.js` | `tests/**` | ✓ rule | ✓ rule | ✓ guard | **? not tried** |',
      '`Write` on `tests/a\\|b.js` | `tests/**` | **✗ got through** |  |  |  |',
      'Tried | Forbidden by | As started |',
      '--- | --- | --- |',
      '`WebFetch` | `tests/**` | ✓ not among its tools |',
      'Tried | Forbidden by | As started |',
      '--- | --- | --- |',
      "`Bash` on `python3 -c 'x'` | `tests/**` | – not enforceable here |",
      'Tried | Forbidden by | As started |',
      '--- | --- | --- |',
      '`Edit` on `src/x.js`, as the sub-agent `helper-agent` | `tests/**` | ✓ rule |',
    ]));

  it('has the positive controls', () =>
    assert.deepEqual(linesAfter(sections.get('## Allowed by the registry') ?? '', '| `'), [
      'Edit` on `src/a.js` | ○ went through |',
      'Bash` on `ls` | **✗ refused**: guard |',
    ]));

  it('names what is not covered, and what it stands on', () => {
    assert.match(sections.get('## Not covered') ?? '', /PreToolUse lint\\.sh[\s\S]*managed settings/);
    assert.match(
      sections.get('## What it stands on') ?? '',
      /without the sandbox of the system[\s\S]*`agents\/a\/.claude\/settings.json` `aaaabbbbcccc`\n- `launch copy: guard.cjs` `eeee`/,
    );
  });
});

describe('proofReport: what it is worth', () => {
  const cases: readonly (readonly [string, ProofState, RegExp])[] = [
    ['proven', proven, /^\*\*✓ Proven\*\* on `2\.1\.329`, 3 h ago\. 2 attempts: 1 blocked, 1 allowed/],
    ['unproven', changed, /^\*\*\? Unproven\*\*: settings\\\.json is gone\. Below is what was seen 3 h ago/],
    ['unreadable', unreadable, /^What its proof says is unknown/],
    ['never', neverProven, /^There is no proof/],
  ];
  for (const [name, proof, expected] of cases)
    it(name, () => assert.match(reportOf({ a: proof }).split('\n\n')[1] ?? '', expected));
});

describe('proofReport: several agents', () => {
  const through = worth(recordOf([attemptOf({ got: 'allowed' }), attemptOf({ kind: 'read' }), control]));
  const open = worth(
    recordOf([attemptOf(), attemptOf({ kind: 'interpreter', got: 'allowed', enforceable: false }), control]),
  );
  const report = reportOf({ a: proven, b: through, c: open, d: unreadable, e: neverProven });

  it('begins with a matrix', () =>
    assert.deepEqual(linesAfter((report.split('## ')[0] ?? '').replaceAll('\u00a0', ' '), '| '), [
      ' | Agent | Edit | Read | Interpreter | Allowed | On | When |',
      '--- | --- | --- | --- | --- | --- | --- | --- |',
      '✓ | `a` | ✓ 1 |  |  | ○ 1 | `2.1.329` | 3 h ago |',
      '**✗** | `b` | **✗ 1/1** | ✓ 1 |  | ○ 1 | `2.1.329` | 3 h ago |',
      '– | `c` | ✓ 1 |  | – 1/1 | ○ 1 | `2.1.329` | 3 h ago |',
      '? | `d` |  |  |  |  |  |  |',
    ]));

  it('names who was never proven, and tells of the others one by one', () => {
    assert.match(report, /^Never proven: `e`\.$/m);
    assert.deepEqual(linesAfter(report, '## '), ['a', 'b', 'c', 'd']);
  });

  it('of nobody', () => assert.match(reportOf({}), /No agent was proven yet/));
});

describe('proofReport: hostile records', () => {
  const hostile = '[x](command:evil) <img src=y> | **b** `z` \u202e\n# h';
  const changes: Partial<ProofRecord> = {
    cli: hostile,
    platform: hostile,
    notCovered: [hostile],
    outputs: { [hostile]: hostile },
  };
  const attempt = attemptOf({
    target: hostile,
    rule: hostile,
    note: hostile,
    tool: hostile,
    subagent: hostile,
    got: 'allowed',
  });
  for (const agents of [['a'], ['a', 'b']])
    it(`cannot become links, images, HTML, headings or hidden text: ${agents.length} agents`, () => {
      const proof = worth(recordOf([attempt, { ...attempt, got: 'not-run' }, control], changes));
      const report = reportOf(Object.fromEntries(agents.map((agent) => [agent, proof])));
      const outsideCode = report.replace(/(`+)[^`](.*?[^`])?\1(?!`)/g, '');
      assert.doesNotMatch(outsideCode, /(?<!\\)\]\(|(?<!\\)<img|\*\*b\*\*/);
      assert.doesNotMatch(report, /\u202e|^# h/m);
    });
});
