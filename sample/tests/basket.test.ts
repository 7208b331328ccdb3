import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalOf } from '../src/api/basket.ts';

test('a basket costs the sum of its lines', () => {
  assert.equal(totalOf([{ name: 'Tea', price: 450, count: 2 }]), 900);
});
