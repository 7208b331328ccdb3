// Frames that lie one after another in slabs of their own.
import assert from 'node:assert/strict';
import { Slabs } from '../../../src/hub/slabs.ts';

describe('slabs', () => {
  it('gives each text as it is, whatever is kept after it', () => {
    const slabs = new Slabs();
    const texts = Array.from({ length: 500 }, (_, n) => `${n} ${'ä→😀'.repeat(n % 40)}`);
    const kept = texts.map((text) => slabs.keep(text));
    assert.deepEqual(
      kept.map((bytes) => bytes.toString()),
      texts,
    );
  });

  it('what is kept holds little more than itself in memory, whoever else makes small buffers', () => {
    const slabs = new Slabs();
    const kept = Array.from({ length: 4096 }, () => {
      for (let n = 0; n < 100; n++) Buffer.from('head');
      return slabs.keep('x'.repeat(400));
    });
    const held = new Set(kept.map(({ buffer }) => buffer));
    const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
    assert.ok(bytes < 1.1 * 4096 * 400, `${bytes}`);
  });

  it('a long text has a buffer of its own', () => {
    const slabs = new Slabs();
    const short = slabs.keep('a');
    const long = slabs.keep('y'.repeat(100_000));
    assert.equal(long.length, 100_000);
    assert.notEqual(long.buffer, short.buffer);
    assert.equal(slabs.keep('b').buffer, short.buffer);
  });
});
