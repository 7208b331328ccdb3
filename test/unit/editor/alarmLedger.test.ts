import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AlarmLedger, type Standing } from '../../../src/editor/alarmLedger.ts';
import type { Cause } from '../../../src/outputs/causes.ts';

const guard: Cause = { kind: 'guard', id: 'guard /hooks/PreToolUse' };
const rule = (name: string): Cause => ({ kind: 'deny', id: `deny ${name}` });
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 14, minute));
const a = (...causes: readonly Cause[]): Standing => ({ agent: 'a', causes, isHeld: false });
const held: Standing = { agent: 'a', causes: [], isHeld: true };

/** What is told at each turn: the causes lost, `mended`, or nothing. */
function turns(...standings: readonly (readonly Standing[])[]): readonly string[] {
  const ledger = new AlarmLedger();
  return standings.map((each, minute) => {
    const { lost, mended } = ledger.update(each, at(minute));
    return [
      ...lost.flatMap(({ agent, causes }) => causes.map(({ id }) => `${agent} lost ${id}`)),
      ...mended.map((agent) => `${agent} mended`),
    ].join(', ');
  });
}

describe('alarmLedger', () => {
  const cases: readonly (readonly [string, readonly (readonly Standing[])[], readonly string[]])[] = [
    ['a loss is told once', [[a()], [a(guard)], [a(guard)]], ['', `a lost ${guard.id}`, '']],
    ['what was so at first is no news', [[a(guard)], [a(guard)]], ['', '']],
    ['what goes beside it is', [[a(guard)], [a(guard, rule('x'))]], ['', 'a lost deny x']],
    [
      'a rule after another',
      [[a()], [a(rule('x'))], [a(rule('x'), rule('y'))]],
      ['', 'a lost deny x', 'a lost deny y'],
    ],
    [
      'less lost is no news',
      [[a()], [a(guard, rule('x'))], [a(rule('x'))]],
      ['', `a lost ${guard.id}, a lost deny x`, ''],
    ],
    [
      'mended, and lost again',
      [[a()], [a(guard)], [a()], [a(guard)]],
      ['', `a lost ${guard.id}`, 'a mended', `a lost ${guard.id}`],
    ],
    ['held changes nothing', [[a()], [a(guard)], [held], [a(guard)]], ['', `a lost ${guard.id}`, '', '']],
    ['gone from the fleet and back', [[a(guard)], [], [a(guard)]], ['', '', '']],
    ['whole, away, and back without', [[a()], [], [a(guard)]], ['', '', `a lost ${guard.id}`]],
    ['first seen while held', [[held], [a(guard)]], ['', '']],
  ];
  for (const [name, standings, told] of cases) it(name, () => assert.deepEqual(turns(...standings), told));

  it('knows since when, and when it was last whole', () => {
    const ledger = new AlarmLedger();
    ledger.update([a()], at(0));
    ledger.update([a()], at(1));
    ledger.update([a(guard)], at(2));
    ledger.update([a(guard, rule('x'))], at(3));
    assert.deepEqual(
      { since: ledger.of('a')?.since, intactAt: ledger.of('a')?.intactAt },
      { since: at(2), intactAt: at(1) },
    );
    ledger.update([a()], at(4));
    assert.equal(ledger.of('a'), undefined);
  });

  it('takes the beginning from a history only where it has not seen it', () => {
    const ledger = new AlarmLedger();
    ledger.update([a(guard), { agent: 'b', causes: [], isHeld: false }], at(5));
    assert.equal(ledger.of('a')?.since, undefined);
    assert.deepEqual(ledger.of('a')?.foundAt, at(5));
    for (const agent of ['a', 'b', 'nobody']) ledger.recall(agent, at(1), at(0));
    assert.deepEqual(ledger.of('a')?.since, at(1));
    assert.equal(ledger.of('b'), undefined);
    ledger.recall('a', at(4), undefined);
    assert.deepEqual(ledger.of('a')?.since, at(1));
  });
});
