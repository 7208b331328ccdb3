import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ChangeQueue, mostInMinute, type QueuedChange } from '../../../src/editor/changeQueue.ts';

const change = (file: string, step: number): QueuedChange => ({
  file,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'edited',
  before: `${step - 1}`,
  after: `${step}`,
  keys: [],
  lost: [],
  by: '1',
  keepsText: true,
});

describe('changeQueue', () => {
  it('passes few changes on, and each once', () => {
    const queue = new ChangeQueue();
    queue.add(change('a', 1), 0);
    queue.add(change('b', 1), 0);
    assert.deepEqual(
      queue.take(1).map(({ file }) => file),
      ['a', 'b'],
    );
    assert.deepEqual(queue.take(2), []);
    assert.equal(queue.holds, false);
  });

  it('tells a flood in one change, from its first text to its last, when its minute has passed', () => {
    const queue = new ChangeQueue();
    for (let step = 1; step <= 100; step++) queue.add(change('a', step), step);
    queue.add(change('b', 1), 101);
    const passed = queue.take(102);
    assert.equal(passed.filter(({ file }) => file === 'a').length, mostInMinute);
    assert.equal(passed.filter(({ file }) => file === 'b').length, 1);
    assert.ok(queue.holds);
    const [held, ...more] = queue.take(61_000);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [held?.before, held?.after, held?.skipped],
      [`${mostInMinute}`, '100', 100 - mostInMinute - 1],
    );
    assert.equal(queue.holds, false);
  });
});
