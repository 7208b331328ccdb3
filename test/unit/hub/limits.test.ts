import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { limitsWith, TokenBucket } from '../../../src/hub/limits.ts';

/** Takes at each of these times, and gives how many were allowed. */
function allowed(bucket: TokenBucket, times: readonly number[]): number {
  return times.filter((time) => bucket.take(time)).length;
}
const often = (count: number, at: number): readonly number[] => Array<number>(count).fill(at);

describe('token bucket', () => {
  it('allows the burst and then no more', () =>
    assert.equal(allowed(new TokenBucket(20, 40, 0), often(100, 0)), 40));
  it('allows so many a second after that', () => {
    const bucket = new TokenBucket(20, 40, 0);
    allowed(bucket, often(100, 0));
    assert.equal(allowed(bucket, often(100, 1000)), 20);
    assert.equal(allowed(bucket, often(100, 1049)), 0);
    assert.equal(allowed(bucket, often(100, 1051)), 1);
  });
  it('never holds more than the burst', () =>
    assert.equal(allowed(new TokenBucket(20, 40, 0), often(100, 3_600_000)), 40));
  it('takes a clock that goes back for one that stands', () => {
    const bucket = new TokenBucket(20, 40, 5000);
    assert.equal(allowed(bucket, often(100, 1000)), 40);
    assert.equal(allowed(bucket, often(10, 5000)), 0);
  });
  it('says how long until the next', () => {
    const bucket = new TokenBucket(20, 1, 0);
    assert.equal(bucket.waitMs(0), 0);
    bucket.take(0);
    assert.equal(bucket.waitMs(0), 50);
    assert.equal(bucket.waitMs(20), 30);
    assert.equal(bucket.waitMs(50), 0);
  });
});

describe('limits', () => {
  it('are those of the contract', () => {
    const limits = limitsWith();
    assert.deepEqual(
      [
        limits.messagesPerSecond,
        limits.messageBurst,
        limits.noticeEveryMs,
        limits.frameBytes,
        limits.subscriptions,
        limits.backpressureAttempts,
        limits.ticketMs,
      ],
      [20, 40, 5_000, 64 * 1024, 10, 5, 30_000],
    );
  });
  it('can be configured, each by its name', () =>
    assert.equal(limitsWith({ connections: 3 }).connections, 3));
  const wrong: readonly Readonly<Record<string, unknown>>[] = [
    { conections: 3 },
    { connections: 0 },
    { connections: -1 },
    { connections: 1.5 },
    { subscriptions: 11 },
    { connections: Number.NaN },
    { connections: '3' },
    { frameBytes: 2 ** 40 },
    { toString: 1 },
    JSON.parse('{"__proto__": 1}'),
  ];
  for (const given of wrong)
    it(`refuse ${JSON.stringify(given)}`, () =>
      assert.throws(() => limitsWith(given), { name: 'UserError' }));
});
