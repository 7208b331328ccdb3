// Who works for whom, as the lines of spools tell it, and that a hub that starts again goes on from there.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Coordination } from '../../../src/hub/coordination.ts';
import type { SpoolLine } from '../../../src/protocol/spoolLine.ts';
import { spoolLineOf } from './lines.ts';

const now = Date.parse('2026-11-21T12:01:00.000Z');
const at = (second: number): string => new Date(now - 60_000 + second * 1000).toISOString();
const start = (to: string, second = 0, more: Partial<SpoolLine> = {}): SpoolLine =>
  spoolLineOf({ event: 'SubagentStart', subagent: to, t: at(second), ...more });
const stop = (to: string): SpoolLine => spoolLineOf({ event: 'SubagentStop', subagent: to });

function check(name: string, lines: readonly SpoolLine[], expected: object): void {
  it(name, () => {
    const whole = new Coordination();
    for (const line of lines) whole.add(line);
    const { delegations, refusals, tasks } = whole.snapshot(now);
    assert.deepEqual(
      { delegations, refusals, tasks },
      { delegations: [], refusals: [], tasks: undefined, ...expected },
    );
    // Wherever the hub was ended and started again: the same.
    for (let cut = 0; cut <= lines.length; cut++) {
      const before = new Coordination();
      for (const line of lines.slice(0, cut)) before.add(line);
      const after = new Coordination();
      after.restore(JSON.parse(JSON.stringify(before.toJson())));
      for (const line of lines.slice(cut)) after.add(line);
      assert.deepEqual(after.snapshot(now), whole.snapshot(now), `cut at ${cut}`);
    }
  });
}

const pair = (more: object): object => ({ from: 'code-agent', to: 'test-agent', waiting: 0, ...more });

describe('coordination', () => {
  check('nothing', [], {});
  check('one at work', [start('test-agent', 20)], {
    delegations: [pair({ running: 1, started: 1, finished: 0, oldestSince: at(20), oldestMs: 40_000 })],
  });
  check(
    'two of one type, one done: the older',
    [start('test-agent', 0), start('test-agent', 30), stop('test-agent')],
    {
      delegations: [pair({ running: 1, started: 2, finished: 1, oldestSince: at(30), oldestMs: 30_000 })],
    },
  );
  check('a stop of one that nobody saw begin', [stop('test-agent')], {});
  check(
    'one that waits for a person',
    [start('test-agent'), spoolLineOf({ event: 'PermissionRequest', subagent: 'test-agent', t: at(50) })],
    {
      delegations: [
        pair({
          running: 1,
          started: 1,
          finished: 0,
          oldestSince: at(0),
          oldestMs: 60_000,
          waiting: 1,
          waitsSince: at(50),
          waitsMs: 10_000,
        }),
      ],
    },
  );
  check(
    'one that was answered',
    [
      start('test-agent'),
      spoolLineOf({ event: 'PermissionRequest', subagent: 'test-agent', t: at(50) }),
      spoolLineOf({ event: 'PostToolUse', subagent: 'test-agent' }),
    ],
    { delegations: [pair({ running: 1, started: 1, finished: 0, oldestSince: at(0), oldestMs: 60_000 })] },
  );
  const over = { delegations: [pair({ running: 0, started: 1, finished: 1 })] };
  check(
    'a turn that ends without background tasks ends all',
    [start('test-agent'), spoolLineOf({ event: 'Stop' })],
    over,
  );
  check('so does a session', [start('test-agent'), spoolLineOf({ event: 'SessionEnd' })], over);
  check(
    'a turn that ends with background tasks ends nothing',
    [start('test-agent'), spoolLineOf({ event: 'Stop', background: 1 })],
    {
      delegations: [pair({ running: 1, started: 1, finished: 0, oldestSince: at(0), oldestMs: 60_000 })],
    },
  );
  check(
    'the end of another launch ends nothing',
    [start('test-agent'), spoolLineOf({ event: 'SessionEnd', launch: 'other' })],
    {
      delegations: [pair({ running: 1, started: 1, finished: 0, oldestSince: at(0), oldestMs: 60_000 })],
    },
  );
  const refused = spoolLineOf({ event: 'PreToolUse', verdict: 'deny', code: 'guard/write-denied', t: at(1) });
  check(
    'refusals, by agent and code',
    [refused, { ...refused, t: at(2) }, { ...refused, code: 'guard/tool-denied' }],
    {
      refusals: [
        { agent: 'code-agent', code: 'guard/write-denied', count: 2, last: at(2) },
        { agent: 'code-agent', code: 'guard/tool-denied', count: 1, last: at(1) },
      ],
    },
  );
  check(
    'tasks',
    [
      spoolLineOf({ event: 'TaskCreated' }),
      spoolLineOf({ event: 'TaskCreated' }),
      spoolLineOf({ event: 'TaskCompleted', t: at(5) }),
      spoolLineOf({ event: 'TaskCreated', agent: 'test-agent' }),
    ],
    {
      tasks: [
        { agent: 'code-agent', created: 2, completed: 1, idle: 0, last: at(5) },
        { agent: 'test-agent', created: 1, completed: 0, idle: 0, last: at(0) },
      ],
    },
  );

  check(
    'teammates that have nothing left to do',
    [
      spoolLineOf({ event: 'TeammateIdle', subagent: 'mate' }),
      spoolLineOf({ event: 'TeammateIdle', subagent: 'mate' }),
    ],
    { tasks: [{ agent: 'code-agent', created: 0, completed: 0, idle: 2, last: at(0) }] },
  );

  it('goes on from sums of a hub that did not count teammates', () => {
    const coordination = new Coordination();
    coordination.restore({ tasks: [{ key: 'code-agent', created: 2, completed: 1, last: at(0) }] });
    assert.deepEqual(coordination.snapshot(now).tasks, [
      { agent: 'code-agent', created: 2, completed: 1, idle: 0, last: at(0) },
    ]);
  });

  it('has a source for tasks as soon as one was told of', () => {
    for (const event of ['TaskCreated', 'TaskCompleted', 'TeammateIdle']) {
      const coordination = new Coordination();
      assert.ok(!coordination.hasTasks);
      coordination.add(spoolLineOf({ event }));
      assert.ok(coordination.hasTasks, event);
    }
  });

  it('of hostile names keeps a bounded number, and takes none for a member of an object', () => {
    const coordination = new Coordination();
    for (let n = 0; n < 10_000; n++) coordination.add(start(`x${n}`, 0, { agent: '__proto__' }));
    coordination.add(start('constructor', 0));
    const { delegations } = coordination.snapshot(now);
    assert.ok(Array.isArray(delegations) && delegations.length <= 2000);
  });

  it('what a journal that an agent wrote says is left out where it makes no sense', () => {
    const coordination = new Coordination();
    const junk = [null, 7, {}, { key: '["a"]', started: 1, finished: 1 }, { key: '{', count: 1, last: 'x' }];
    coordination.restore({ running: junk, pairs: junk, refusals: junk, tasks: [{ key: 1 }] });
    coordination.restore('x');
    assert.deepEqual(coordination.snapshot(now), { delegations: [], refusals: [] });
  });
});
