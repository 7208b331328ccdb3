import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { SendQueue } from '../../../src/hub/sendQueue.ts';

const mostBytes = 1000;

/** Pushes `a1`, `b2` (updates about a and b) and `!3` (an event), and gives what is left and how many were dropped. */
function check(names: string, expected: string, dropped: number, isOver = false): void {
  const queue = new SendQueue({ messages: 4, bytes: mostBytes });
  let count = 0;
  for (const name of names.split(' ')) {
    const key = name.startsWith('!') ? {} : { key: name[0] ?? '' };
    count += queue.push({ bytes: Buffer.from(name), ...key });
  }
  assert.equal(queue.isOver, isOver);
  const left: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) left.push(next.bytes.toString());
  assert.deepEqual([left.join(' '), count, queue.bytes, queue.length], [expected, dropped, 0, 0]);
}

describe('send queue', () => {
  it('keeps the order', () => check('a1 !2 b3 a4', 'a1 !2 b3 a4', 0));
  it('drops the update that a later one made superfluous', () => check('b1 a2 a3 !4 !5', 'b1 a3 !4 !5', 1));
  it('drops the update that the new one makes superfluous', () => check('b1 a2 !3 !4 a5', 'b1 !3 !4 a5', 1));
  it('drops the oldest update where none is superfluous', () => check('!1 a2 b3 c4 !5', '!1 b3 c4 !5', 1));
  it('drops updates one after the other', () => check('a1 b2 !3 !4 !5 !6', '!3 !4 !5 !6', 2));
  it('drops an update that comes when there are events alone', () =>
    check('!1 !2 !3 !4 a5', '!1 !2 !3 !4', 1));
  it('drops no event, and says that it is over', () => check('!1 !2 !3 !4 !5', '!1 !2 !3 !4 !5', 0, true));
  it('counts bytes as well', () => {
    const queue = new SendQueue({ messages: 100, bytes: mostBytes });
    const push = (bytes: number, key?: string): number =>
      queue.push({ bytes: Buffer.alloc(bytes), ...(key === undefined ? {} : { key }) });
    assert.equal(push(600, 'a'), 0);
    assert.equal(push(300, 'b'), 0);
    assert.equal(push(200), 1);
    assert.deepEqual([queue.bytes, queue.length, queue.isOver], [500, 2, false]);
    push(600);
    push(600);
    assert.equal(queue.isOver, true);
    queue.clear();
    assert.deepEqual([queue.bytes, queue.length, queue.isOver], [0, 0, false]);
  });

  it('is never longer than it may be but by events, and loses no event, whatever comes', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constant('!'), fc.constant('out'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new SendQueue({ messages: 4, bytes: mostBytes });
        const events: string[] = [];
        const got: string[] = [];
        steps.forEach((what, index) => {
          const bytes = Buffer.from(`${what}${index}`);
          if (what === 'out') {
            const next = queue.shift()?.bytes.toString();
            if (next !== undefined) got.push(next);
          } else if (what === '!') {
            events.push(bytes.toString());
            queue.push({ bytes });
          } else queue.push({ bytes, key: what });
        });
        const isBounded = queue.length <= 4 || queue.isOver;
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          got.push(next.bytes.toString());
        const order = got.map((name) => Number(name.slice(1)));
        return (
          isBounded &&
          queue.bytes === 0 &&
          got.filter((name) => name.startsWith('!')).join() === events.join() &&
          order.every((value, index) => index === 0 || value > (order[index - 1] ?? 0))
        );
      }),
      { numRuns: 300 },
    );
  });
});
