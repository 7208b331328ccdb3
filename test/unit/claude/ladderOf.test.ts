// The whole ladder of a hook, with evidence: each rung's state, the one line for a row, and what evidence says against a hook.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { silenceFindings } from '../../../src/claude/evidenceFindings.ts';
import { type Firing, type HookEvidence, hookKey, timesOf } from '../../../src/claude/hookEvidence.ts';
import type { HookRung, HookStatus, OurContent } from '../../../src/claude/hookStatus.ts';
import { ladderOf, ladderRungs } from '../../../src/claude/ladderOf.ts';
import { firingWords, hookName, isBroken, ladderSummary, rungLine } from '../../../src/claude/ladderWords.ts';
import { matcherPicks } from '../../../src/claude/matchers.ts';
import { nearestRank } from '../../../src/claude/percentiles.ts';

const now = Date.UTC(2026, 0, 2);
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const inOrder = (kind: OurContent['kind']): OurContent => ({ kind, isInOrder: true, words: '' });

function hookAt(rung: HookRung, more: Partial<HookStatus> & { readonly event?: string } = {}): HookStatus {
  const { event = 'PreToolUse', ...rest } = more;
  return {
    hook: {
      event,
      matcher: '*',
      pointer: `/hooks/${event}/0/hooks/0`,
      type: 'command',
      command: 'node',
      args: [],
      isAsync: false,
      form: 'exec',
      range: { line: 7, column: 1, endLine: 7, endColumn: 2 },
    },
    file: 'agents/a/.claude/settings.json',
    rung,
    script: '/w/agents/.orchestrator/guard.mjs',
    relative: 'agents/.orchestrator/guard.mjs',
    findings: [],
    ...rest,
  };
}
const guard = (rung: HookRung = 'ours', more: Partial<HookStatus> = {}): HookStatus =>
  hookAt(rung, { ours: inOrder('guard'), ...more });
const report = hookAt('ours', { ours: inOrder('report'), event: 'Stop' });

const firing = (more: Partial<Firing> = {}): Firing => ({
  last: ago(120),
  count: 3,
  refused: 1,
  failures: 0,
  times: [10, 20, 90],
  isPartial: false,
  ...more,
});
const key = hookKey('guard', 'PreToolUse');
const fired = (more: Partial<Firing> = {}): HookEvidence => ({
  firings: { fired: new Map([[key, firing(more)]]), silent: new Map() },
});
const silent: HookEvidence = {
  firings: { fired: new Map([[key, firing()]]), silent: new Map([[key, { since: ago(5), tool: 'Write' }]]) },
};
const nothingSeen: HookEvidence = { firings: { fired: new Map(), silent: new Map() } };
const proof = (state: 'proven' | 'failed'): HookEvidence => ({
  ...fired(),
  proof: { state, at: ago(7200), cli: '2.1.329' },
});

const marks = { reached: '✓', failed: '✗', unknown: '?', none: '–' } as const;

interface Case {
  readonly name: string;
  readonly status: HookStatus;
  readonly evidence?: HookEvidence;
  /** A mark for each rung, from "declared" to "fired". */
  readonly ticks: string;
  readonly summary: string;
  readonly isBroken?: true;
}

describe('ladderOf', () => {
  const cases: readonly Case[] = [
    {
      name: 'the guard, proven and fired',
      status: guard(),
      evidence: proof('proven'),
      ticks: '✓✓✓✓✓✓✓✓',
      summary: 'proven · fired 2 m ago',
    },
    {
      name: 'the guard, fired',
      status: guard(),
      evidence: fired(),
      ticks: '✓✓✓✓✓✓?✓',
      summary: 'as generated · fired 2 m ago',
    },
    {
      name: 'the guard, of which nothing is known',
      status: guard(),
      ticks: '✓✓✓✓✓✓??',
      summary: 'as generated · not seen to fire',
    },
    {
      name: 'the guard, not seen yet',
      status: guard(),
      evidence: nothingSeen,
      ticks: '✓✓✓✓✓✓??',
      summary: 'as generated · not seen to fire',
    },
    {
      name: 'the guard, silent',
      status: guard(),
      evidence: silent,
      ticks: '✓✓✓✓✓✓?✗',
      summary: 'silent 5 s ago',
      isBroken: true,
    },
    {
      name: 'the guard, proof failed',
      status: guard(),
      evidence: proof('failed'),
      ticks: '✓✓✓✓✓✓✗✓',
      summary: 'proof failed · fired 2 m ago',
      isBroken: true,
    },
    {
      name: 'the guard, changed',
      status: guard('runs', {
        ours: { kind: 'guard', isInOrder: false, words: 'was changed: it is not what was generated' },
      }),
      evidence: fired(),
      ticks: '✓✓✓✓✓✗?✓',
      summary: 'its script was changed: it is not what was generated · fired 2 m ago',
      isBroken: true,
    },
    {
      name: 'a reporter',
      status: report,
      evidence: nothingSeen,
      ticks: '✓✓✓✓✓✓–?',
      summary: 'as generated · not seen to fire',
    },
    {
      name: 'a foreign hook',
      status: hookAt('runs'),
      evidence: proof('proven'),
      ticks: '✓✓✓✓✓––?',
      summary: 'can run · not ours',
    },
    {
      name: 'a foreign hook without a script',
      status: hookAt('rendered'),
      ticks: '✓✓✗??––?',
      summary: 'its script does not exist',
      isBroken: true,
    },
    {
      name: 'a hook of which more cannot be said',
      status: hookAt('inside', { unknown: 'whether node is on PATH depends on the machine' }),
      ticks: '✓✓✓✓?––?',
      summary: 'its script is in the workspace, then unknown: whether node is on PATH depends on the machine',
    },
    {
      name: 'malformed',
      status: hookAt('declared'),
      ticks: '✓✗???––?',
      summary: 'malformed: the CLI does not take it',
      isBroken: true,
    },
  ];
  for (const { name, status, evidence, ticks, summary, isBroken: broken = false } of cases)
    it(name, () => {
      const ladder = ladderOf(status, evidence);
      assert.deepEqual(
        ladder.rungs.map((rung) => rung.name),
        ladderRungs,
      );
      assert.equal(
        ladder.rungs.map(({ state }) => marks[state]).join(''),
        ticks.length === 8 ? ticks : `${ticks}`,
      );
      assert.equal(ladderSummary(status, ladder, now), summary);
      assert.equal(isBroken(status, ladder), broken);
    });

  it('is never "proven" by a proof of the agent alone', () => {
    assert.equal(ladderOf(hookAt('runs'), proof('proven')).reached, 'runs');
    assert.equal(ladderOf(guard('inside'), proof('proven')).reached, 'inside');
    assert.equal(ladderOf(report, proof('proven')).reached, 'ours');
  });
});

describe('words', () => {
  it('of a rung, with age and figures', () => {
    const ladder = ladderOf(guard(), proof('proven'));
    const lines = ladder.rungs.map((rung) => rungLine(rung, ladder, now));
    assert.equal(lines[0], '✓ declared in agents/a/.claude/settings.json:7');
    assert.equal(lines[2], '✓ its script exists: agents/.orchestrator/guard.mjs');
    assert.equal(lines[6], '✓ proven on 2.1.329, 2 h ago');
    assert.equal(lines[7], '✓ fired, 2 m ago (3 times, 1 refused, p50 20 ms, p95 90 ms)');
  });
  it('of a firing', () => {
    assert.equal(firingWords(firing({ count: 1, refused: 0, times: [] })), 'once');
    assert.equal(
      firingWords(firing({ failures: 2, isPartial: true, times: [] })),
      'at least 3 times, 1 refused, 2 could not be judged',
    );
  });
  it('of hostile texts are escaped', () => {
    const hostile = 'x\u202e\n$(y)';
    const status = hookAt('inside', { unknown: hostile, event: hostile, file: hostile });
    const evidence: HookEvidence = { ...silent, proof: { state: 'proven', at: hostile, cli: hostile } };
    const ladder = ladderOf({ ...status, ours: inOrder('guard') }, evidence);
    for (const text of [
      hookName(status),
      ladderSummary(status, ladder, now),
      ...ladder.rungs.map((rung) => rungLine(rung, ladder, now)),
    ])
      assert.doesNotMatch(text, /\p{Cc}|\p{Cf}/u);
  });
});

describe('percentiles', () => {
  it('are values that were measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual([nearestRank(values, 50), nearestRank(values, 95), nearestRank([7], 95)], [50, 95, 7]);
    assert.equal(nearestRank([], 50), undefined);
    assert.deepEqual(timesOf(firing()), { p50: 20, p95: 90 });
    assert.equal(timesOf(firing({ times: [] })), undefined);
  });
});

describe('what a matcher picks', () => {
  const cases: readonly (readonly [string, string, boolean | undefined])[] = [
    ['', 'Edit', true],
    ['*', 'Edit', true],
    ['Edit|Write', 'Write', true],
    ['Edit, Write', 'Write', true],
    ['Wri', 'Write', false],
    ['write', 'Write', false],
    ['Write|', 'Write', true],
    ['Wri.*', 'Write', true],
    ['Wri.*', 'Edit', false],
    ['(', 'Write', false],
    ['(a+)+$', 'Write', undefined],
    ['a'.repeat(200), 'Write', false],
    ['.'.repeat(200), 'Write', undefined],
  ];
  for (const [matcher, tool, expected] of cases)
    it(`${matcher} and ${tool}`, () => assert.equal(matcherPicks(matcher, tool), expected));
});

describe('a silent hook', () => {
  it('is a warning at its line', () => {
    const [finding, ...others] = silenceFindings([guard(), report, hookAt('runs')], silent, 'a');
    assert.equal(others.length, 0);
    assert.deepEqual(
      [finding?.code, finding?.severity, finding?.agent, finding?.file, finding?.line],
      ['claude/hook-silent', 'warning', 'a', 'agents/a/.claude/settings.json', 7],
    );
    assert.match(finding?.message ?? '', /used Write/);
  });
  it('is none for a tool that its matcher leaves out', () => {
    const status = guard();
    const other = { ...status, hook: { ...status.hook, matcher: 'Edit' } };
    assert.deepEqual(silenceFindings([other], silent, 'a'), []);
  });
});
