import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commandIds } from '../../../src/editor/ids.ts';
import type { ProofState } from '../../../src/editor/proofWords.ts';
import type { Row } from '../../../src/editor/tree/row.ts';
import type { PlacedFleet } from '../../../src/editor/tree/rows.ts';
import { fleetRows } from '../../../src/editor/tree/rows.ts';
import type { AgentStatus, Fleet } from '../../../src/outputs/fleet.ts';
import { agentNamed } from '../registry/agentNamed.ts';
import { changed, failed, notEnforceable, now, proven, unreadable } from './proofs.ts';
import { fleetOf, settingsOf, statusOf } from './statuses.ts';

type Outline = readonly [string, ...Outline[]];

/** A row in one line: icon, name, description. Agents stay closed. */
function outline(row: Row, isClosed: (row: Row) => boolean): Outline {
  const words = `${row.icon?.id ?? ''} ${row.label} | ${row.description}`.trim();
  return [words, ...(isClosed(row) ? [] : (row.children ?? []).map((child) => outline(child, isClosed)))];
}

const placed = (fleet: Fleet, name = 'w'): PlacedFleet => ({ folder: `file:///${name}`, name, fleet });
const options = { evidenceOf: () => undefined, now: 0 };

function checkTree(
  name: string,
  fleets: readonly PlacedFleet[],
  expected: readonly Outline[],
  isClosed = (row: Row) => row.isOpen === false,
): void {
  it(name, () =>
    assert.deepEqual(
      fleetRows(fleets, options).map((row) => outline(row, isClosed)),
      expected,
    ),
  );
}

const inGroup = (id: string, group: string): AgentStatus =>
  statusOf(id, { agent: agentNamed(id, { group }) });

describe('rows: shape', () => {
  checkTree(
    'flat without groups',
    [placed(fleetOf([statusOf('b'), statusOf('a')]))],
    [['circle-outline b |'], ['circle-outline a |']],
  );
  checkTree(
    'groups in the order of the registry, agents without one under "Agents"',
    [placed(fleetOf([inGroup('z', 'Build'), statusOf('m'), inGroup('a', 'Ops'), inGroup('b', 'Build')]))],
    [
      ['Build | 2', ['circle-outline z |'], ['circle-outline b |']],
      ['Agents | 1', ['circle-outline m |']],
      ['Ops | 1', ['circle-outline a |']],
    ],
  );
  checkTree(
    'folders when there are several',
    [placed(fleetOf([statusOf('a')]), 'one'), placed(fleetOf([]), 'two')],
    [['root-folder one | 1 agent', ['circle-outline a |']], ['root-folder two | 0 agents']],
  );
  checkTree(
    'what is not in the registry',
    [
      placed(
        fleetOf([], {
          unregistered: [
            { name: 'backend', looksLike: 'backend-agent', isOrphan: false },
            { name: 'old-agent', isOrphan: true },
          ],
        }),
      ),
    ],
    [
      [
        'Not in the registry | 2',
        ['question backend/ | looks like backend-agent'],
        ['question old-agent/ | once generated, no longer registered'],
      ],
    ],
  );
});

describe('rows: the mark of an agent', () => {
  const cases: readonly (readonly [string, Partial<AgentStatus>, string])[] = [
    [
      'disarmed',
      { health: 'disarmed', disarmed: ['guard hook missing'], sync: 'outOfSync' },
      'error a | disarmed: guard hook missing',
    ],
    ['missing', { health: 'missing', sync: 'outOfSync' }, 'warning a | no settings yet'],
    ['degraded', { health: 'degraded', summary: 'hook not executable' }, 'warning a | hook not executable'],
    [
      'drifted',
      { sync: 'outOfSync', summary: 'settings edited (2 keys)' },
      'diff a | settings edited (2 keys)',
    ],
    [
      'unknown',
      { sync: 'unknown', summary: 'unknown: no permission' },
      'question a | unknown: no permission',
    ],
    ['in order', {}, 'circle-outline a |'],
    ['a summary that hides', { sync: 'outOfSync', summary: 'a\u202eb\n' }, 'diff a | a\\u{202e}b\\n'],
  ];
  for (const [name, changed, expected] of cases)
    checkTree(name, [placed(fleetOf([statusOf('a', changed)]))], [[expected]]);
});

describe('rows: the proof of an agent', () => {
  const degraded = { health: 'degraded', summary: 'proof failed' } as const;
  const cases: readonly (readonly [string, ProofState, Partial<AgentStatus>, string, string])[] = [
    ['proven', proven, {}, 'circle-outline a | ✓ proven', 'verified Proof | proven on 2.1.329, 3 h ago'],
    [
      'failed',
      failed,
      degraded,
      'warning a | proof failed: 2 got through',
      'warning Proof | proof failed on 2.1.329, 3 h ago: 2 got through',
    ],
    [
      'failed, and disarmed',
      failed,
      { health: 'disarmed', disarmed: ['guard hook missing'] },
      'error a | disarmed: guard hook missing',
      'warning Proof | proof failed on 2.1.329, 3 h ago: 2 got through',
    ],
    [
      'unproven',
      changed,
      {},
      'circle-outline a | unproven: settings.json is gone',
      'history Proof | unproven: settings.json is gone',
    ],
    [
      'proven, and memory edited',
      proven,
      { sync: 'outOfSync', summary: 'memory edited' },
      'diff a | memory edited',
      'verified Proof | proven on 2.1.329, 3 h ago',
    ],
    [
      'not enforceable',
      notEnforceable,
      {},
      'circle-outline a | proven, 1 not enforceable here',
      'info Proof | proven on 2.1.329 but for 1 not enforceable here, 3 h ago',
    ],
    [
      'unreadable',
      unreadable,
      {},
      'circle-outline a | proof unknown',
      'question Proof | unknown: the record of its proof cannot be read',
    ],
  ];
  for (const [name, proof, status, row, child] of cases)
    it(name, () => {
      const fleet = placed(fleetOf([statusOf('a', { ...status, outputs: [] })]));
      const rows = fleetRows([fleet], { ...options, proofOf: () => proof, now });
      assert.deepEqual(
        rows.map((each) => outline(each, () => false)),
        [[row, [child]]],
      );
    });

  const clicks: readonly (readonly [string, ProofState, Partial<AgentStatus>, string])[] = [
    ['a failed proof opens its report', failed, degraded, commandIds.showProof],
    ['a proven agent opens the registry', proven, {}, commandIds.openRegistry],
    ['what is graver opens the registry', failed, { health: 'disarmed' }, commandIds.openRegistry],
  ];
  for (const [name, proof, status, command] of clicks)
    it(name, () => {
      const [row] = fleetRows([placed(fleetOf([statusOf('a', status)]))], {
        ...options,
        proofOf: () => proof,
      });
      assert.equal(row?.click?.command, command);
    });

  it('says all axes in the tooltip, and no tick aloud', () => {
    const [row] = fleetRows([placed(fleetOf([statusOf('a')]))], { ...options, proofOf: () => changed });
    assert.match(row?.tooltip ?? '', /Sync: .* · Health: .* · Proof: unproven\\: settings\\\.json is gone/);
    const [fine] = fleetRows([placed(fleetOf([statusOf('a')]))], { ...options, proofOf: () => proven });
    assert.equal(fine?.spoken, 'a, proven');
  });
});

describe('rows: the files of an agent', () => {
  const keys = [
    { pointer: '/permissions/deny', drift: 'edited' },
    { pointer: '/theme', drift: 'foreign' },
  ] as const;
  const outputs = [
    settingsOf('a', { drift: 'edited', keys }),
    settingsOf('a', { kind: 'memory', path: 'agents/a/.claude/CLAUDE.md', drift: 'missing' }),
    settingsOf('a', { kind: 'policy', path: 'agents/a/.claude/policy.json' }),
  ];
  checkTree(
    'with their own marks',
    [placed(fleetOf([statusOf('a', { outputs })]))],
    [
      [
        'circle-outline a |',
        ['diff Settings | edited (1 key)'],
        ['warning Memory | missing'],
        ['law Policy |'],
        ['circle-outline Proof | never proven'],
      ],
    ],
    () => false,
  );
});

describe('rows: hostile texts', () => {
  const hostile = '[x](command:evil) <img src=y> $(trash) **b**\u202e\n`z`';
  const agent = agentNamed('a', {
    displayName: hostile,
    description: hostile,
    group: hostile,
    model: hostile,
  });
  const status = statusOf('a', {
    agent,
    health: 'disarmed',
    disarmed: [hostile],
    findings: [],
  });
  const all: Row[] = [];
  const gather = (rows: readonly Row[]) => {
    for (const row of rows) {
      all.push(row);
      gather(row.children ?? []);
    }
  };
  gather(
    fleetRows(
      [
        placed(fleetOf([status], { unregistered: [{ name: hostile, isOrphan: false }] }), hostile),
        placed(fleetOf([])),
      ],
      options,
    ),
  );
  it('cannot become links, images, HTML or hidden text', () => {
    assert.ok(all.length >= 6);
    for (const row of all) {
      const outsideCode = row.tooltip.replace(/(`+)[^`](.*?[^`])?\1(?!`)/g, '');
      assert.doesNotMatch(outsideCode, /(?<!\\)\]\(|(?<!\\)<img|(?<!\\)\$\(/, row.tooltip);
      for (const text of [row.tooltip, row.label, row.description, row.spoken])
        assert.doesNotMatch(
          text.replaceAll('\n\n', '').replaceAll('\n- ', ''),
          /[\u202e]|[^\n]\n[^\n-]/,
          text,
        );
    }
  });
  it('have ids that differ', () => assert.equal(new Set(all.map((row) => row.id)).size, all.length));
});
