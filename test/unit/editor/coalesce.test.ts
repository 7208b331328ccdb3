import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { coalesce } from '../../../src/editor/coalesce.ts';

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
});
