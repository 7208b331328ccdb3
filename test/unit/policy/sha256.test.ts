import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '../../../src/policy/sha256.ts';

describe('sha256', () => {
  const check = (text: string): void =>
    assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'));

  it('gives the digests of FIPS 180-4', () => {
    assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it('agrees with node:crypto at every length around the block boundaries', () => {
    for (let length = 0; length <= 260; length++) check('x'.repeat(length));
  });
  it('agrees with node:crypto for texts of any kind, lone surrogates included', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), check));
    check('\ud800');
  });
});
