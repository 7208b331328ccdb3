// What a hub knows of its fleet, from what `check` prints in a process of its own.
import assert from 'node:assert/strict';
import { fleetMarks } from '../../../src/cli/fleetMarks.ts';

const never = new AbortController().signal;
const report = (summary: object): string => JSON.stringify({ findings: [], summary });

describe('marks of the fleet', () => {
  const cases: readonly (readonly [string, string | undefined, unknown])[] = [
    [
      'what check says',
      report({ agents: 3, sync: { inSync: 2, outOfSync: 1 }, health: { healthy: 3 }, ok: false }),
      { sync: { inSync: 2, outOfSync: 1 }, health: { healthy: 3 } },
    ],
    ['a registry that cannot be used', report({ agents: 0, ok: false }), undefined],
    ['half of it', report({ agents: 1, sync: { inSync: 1 }, ok: true }), undefined],
    ['no JSON', 'Segmentation fault', undefined],
    ['nothing', undefined, undefined],
  ];
  for (const [name, printed, expected] of cases)
    it(name, async () => {
      assert.deepEqual(await fleetMarks({ apart: async () => printed }, '/w', never)(), expected);
    });

  it('one look answers all who ask meanwhile, and is good for a while', async () => {
    const asked: (readonly string[])[] = [];
    let print: (text: string) => void = () => {};
    const apart = (words: readonly string[]): Promise<string> => {
      asked.push(words);
      return new Promise((resolve) => {
        print = resolve;
      });
    };
    const marks = fleetMarks({ apart }, '/w x', never);
    const both = [marks(), marks()];
    print(report({ sync: { inSync: 1 }, health: { healthy: 1 } }));
    const [first, second] = await Promise.all(both);
    assert.deepEqual(first, { sync: { inSync: 1 }, health: { healthy: 1 } });
    assert.equal(second, first);
    assert.equal(await marks(), first);
    assert.deepEqual(asked, [['check', '--workspace', '/w x', '--format', 'json']]);
  });

  it('nothing is known where no process can be begun', async () => {
    assert.equal(await fleetMarks({}, '/w', never)(), undefined);
  });
});
