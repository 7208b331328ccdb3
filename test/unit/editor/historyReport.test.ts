import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { historyReport } from '../../../src/editor/historyReport.ts';
import type { Change } from '../../../src/outputs/history.ts';

const hash = (digit: string): string => digit.repeat(64);
const change: Change = {
  at: '2026-01-01T14:02:11.000Z',
  file: 'agents/a/.claude/settings.json',
  agent: 'a',
  kind: 'lost',
  before: hash('a'),
  after: hash('b'),
  keys: ['/hooks/PreToolUse'],
  lost: ['guard hook missing'],
  running: [],
  by: '1',
};
const texts = new Map([
  [hash('a'), '{\n  "a": 1\n}\n'],
  [hash('b'), '{\n  "a": "```\\n"\n}\n'],
]);
const report = (changes: readonly Change[], agent?: string): string =>
  historyReport({
    changes,
    textOf: (asked) => texts.get(asked),
    ...(agent === undefined ? {} : { agent }),
  });

describe('historyReport', () => {
  it('says that nothing was seen', () => assert.match(report([]), /No change was seen yet/));

  it('tells the latest first, what was lost, and that it does not know who ran', () => {
    const page = report([
      change,
      { ...change, kind: 'restored', lost: [], before: hash('b'), after: hash('a') },
    ]);
    assert.match(page, /\| restored \|[^\n]*\n\| [^\n]*\*\*lost\*\*<br>guard hook missing/);
    assert.match(page, /\| unknown \|/);
  });

  it('names the sessions that were known', () => {
    const running = [
      { agent: 'a', by: 'terminal' },
      { agent: 'b', by: 'spool', secondsAgo: 40 },
    ] as const;
    assert.match(report([{ ...change, running }]), /`a` \(in a terminal\), `b` \(heard of 40 s before\)/);
  });

  it('is about one agent and what is live for all', () => {
    const live = { ...change, file: '.claude/settings.json', kind: 'edited' } as const;
    const { agent: _, ...rest } = live;
    const page = report(
      [change, rest, { ...change, agent: 'b', file: 'agents/b/.claude/settings.json' }],
      'a',
    );
    assert.doesNotMatch(page, /agents\/b/);
    assert.match(page, /`\.claude\/settings\.json`/);
  });

  it('shows the difference in a fence that its text cannot end', () => {
    const page = report([change]);
    assert.match(page, /````diff\n(@@ [^\n]*\n)? {\n- {2}"a": 1\n\+ {2}"a": "```\\n"\n/);
  });

  it('shows no difference where a text is not kept, since absent is not empty', () =>
    assert.doesNotMatch(report([{ ...change, before: hash('c') }]), /diff\n/));

  it('takes no markup from data', () => {
    const page = report([
      {
        ...change,
        file: '](command:x) | <img src=x>',
        lost: ['[a](http://x) **b** | c', '<script>'],
        keys: ['/a`|`b', '/\u202ex'],
        running: [{ agent: '](x)|', by: 'terminal' }],
      },
    ]);
    const row = page.split('\n').find((line) => line.includes('lost')) ?? '';
    assert.equal(row.replaceAll(/\\\|/g, '').split('|').length, 7, row);
    assert.doesNotMatch(row.replaceAll(/(`+).*?\1/g, ''), /(?<!\\)\]\(|(?<!\\)<(script|img)/);
    assert.doesNotMatch(row, /\u202e/);
  });
});
