import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type CoalesceOptions, coalesce } from '../../../src/editor/coalesce.ts';

describe('coalesce', () => {
  it('makes one run of many requests, and another of later ones', async () => {
    let runs = 0;
    let ran = () => {};
    const gathered = coalesce(
      () => {
        runs++;
        ran();
      },
      { waitMs: 0 },
    );
    const next = () =>
      new Promise<void>((resolve) => {
        ran = resolve;
      });
    for (let i = 0; i < 500; i++) gathered.request();
    assert.equal(runs, 0);
    await next();
    assert.equal(runs, 1);
    gathered.request();
    await next();
    assert.equal(runs, 2);
  });

  it('runs nothing after dispose', async () => {
    let runs = 0;
    const gathered = coalesce(() => runs++, { waitMs: 0 });
    gathered.request();
    gathered.dispose();
    gathered.request();
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(runs, 0);
  });

  /** Requests at given times of a clock that stands still otherwise; gives when runs happened. */
  async function runsOf(
    requests: readonly number[],
    options: CoalesceOptions,
    took = 0,
  ): Promise<readonly number[]> {
    const runs: number[] = [];
    let now = 0;
    const timers: { readonly at: number; readonly call: () => void }[] = [];
    const { setTimeout: real } = globalThis;
    Object.assign(globalThis, {
      setTimeout: (call: () => void, wait = 0) => timers.push({ at: now + wait, call }),
    });
    try {
      const gathered = coalesce(
        () => {
          runs.push(now);
          now += took;
        },
        { ...options, now: () => now },
      );
      for (const at of [...requests, Number.POSITIVE_INFINITY]) {
        for (;;) {
          timers.sort((a, b) => a.at - b.at);
          const [next] = timers;
          if (next === undefined || next.at > at) break;
          timers.shift();
          now = Math.max(now, next.at);
          next.call();
        }
        if (at === Number.POSITIVE_INFINITY) break;
        now = Math.max(now, at);
        gathered.request();
      }
    } finally {
      Object.assign(globalThis, { setTimeout: real });
    }
    return runs;
  }
  const flood = { from: 5, quietMs: 100, longestMs: 400 };
  const every = (step: number, count: number, from = 0): readonly number[] =>
    Array.from({ length: count }, (_, index) => from + index * step);
  const cases: readonly (readonly [string, readonly number[], CoalesceOptions, number, readonly number[]])[] =
    [
      ['one event waits no longer than it must', [0], { flood }, 0, [25]],
      ['a few events are no flood', [0, 1, 2, 30], { flood }, 0, [25, 55]],
      ['a flood is waited out', every(4, 20), { flood }, 0, [176]],
      ['a flood in two parts is one', [...every(1, 10), ...every(1, 10, 90)], { flood }, 0, [199]],
      ['a flood without end is cut', every(10, 60), { flood: { ...flood, from: 2 } }, 0, [400, 690]],
      ['a slow run is followed by a rest', [0, 30, 60], { rest: 1 }, 50, [25, 125]],
    ];
  for (const [name, requests, options, took, expected] of cases)
    it(name, async () => assert.deepEqual(await runsOf(requests, options, took), expected));
});
