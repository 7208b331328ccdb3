import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statusCard } from '../../../src/editor/agentCard.ts';
import { summarize } from '../../../src/editor/fleetSummary.ts';
import { rowKinds } from '../../../src/editor/ids.ts';
import type { ShownSession } from '../../../src/editor/sessions.ts';
import { sessionCard } from '../../../src/editor/sessionWords.ts';
import { markOf } from '../../../src/editor/tree/marks.ts';
import { fleetRows } from '../../../src/editor/tree/rows.ts';
import type { AgentStatus } from '../../../src/outputs/fleet.ts';
import { askAgainMs } from '../../../src/sessions/askAgain.ts';
import { agentNamed } from '../registry/agentNamed.ts';
import { minutesBefore, noon, sessionOf } from './liveOnes.ts';
import { fleetOf, statusOf } from './statuses.ts';

const permission = { state: 'needsYou', need: 'permission', tool: 'Bash', since: minutesBefore(2) } as const;
const done = { state: 'needsYou', need: 'done', since: minutesBefore(5) } as const;

describe('the mark of an agent with a session', () => {
  const drifted = { sync: 'outOfSync', summary: 'settings edited (2 keys)' } as const;
  const cases: readonly (readonly [string, Partial<AgentStatus>, ShownSession, string])[] = [
    ['asks for permission', {}, sessionOf(permission), 'bell-dot | needs you: permission to use Bash · 2 m'],
    [
      'asks, and drifted',
      drifted,
      sessionOf(permission),
      'bell-dot | needs you: permission to use Bash · 2 m',
    ],
    [
      'asks, and disarmed',
      { health: 'disarmed', disarmed: ['guard hook missing'] },
      sessionOf(permission),
      'error | disarmed: guard hook missing',
    ],
    ['done', {}, sessionOf(done), 'bell-dot | needs you: done · 5 m'],
    ['idle, and drifted', drifted, sessionOf({}), 'diff | settings edited (2 keys)'],
    ['working', {}, sessionOf({ state: 'working' }), 'sync~spin | working · 12 m'],
    ['idle', {}, sessionOf({}), 'circle-filled | idle · 12 m'],
    ['starting', {}, sessionOf({ state: 'starting' }), 'circle-outline | starting'],
    ['crashed', {}, sessionOf({ state: 'crashed' }), 'error | crashed 12 m ago'],
    ['crashed, and looked at', {}, sessionOf({ state: 'crashed', isSeen: true }), 'circle-outline | '],
    ['at its limit', {}, sessionOf({ state: 'limit' }), 'watch | limit · 12 m'],
    ['stopped', {}, sessionOf({ state: 'stopped' }), 'circle-outline | '],
    [
      'unknown',
      {},
      sessionOf({ state: 'unknown', evidence: 'it runs,\nbut tells nothing' }),
      'question | unknown: it runs,\\nbut tells nothing',
    ],
  ];
  for (const [name, changed, session, expected] of cases)
    it(name, () => {
      const { icon, words } = markOf(statusOf('a', changed), { session, now: noon });
      assert.equal(`${icon.id} | ${words}`, expected);
    });
});

describe('sessions whose agents left the registry', () => {
  it('have rows of their own while they run', () => {
    const sessions = new Map([
      ['a', sessionOf({})],
      ['gone', sessionOf(permission)],
      ['over', sessionOf({ state: 'stopped' })],
    ]);
    const rows = fleetRows([{ folder: 'f', name: 'w', fleet: fleetOf([statusOf('a')]) }], {
      evidenceOf: () => undefined,
      sessionsIn: () => sessions,
      now: noon,
    });
    assert.deepEqual(
      rows.map(({ label, description, kind, spoken }) => [label, description, kind, spoken]).slice(1),
      [
        [
          'gone',
          'needs you: permission to use Bash · 2 m',
          rowKinds.session,
          'Session of gone, needs you: permission to use Bash · 2 m',
        ],
      ],
    );
    assert.deepEqual(rows[1]?.argument, { folder: 'f', agent: 'gone' });
  });
});

describe('the session as a row of its agent', () => {
  const rowOf = (session: ShownSession) =>
    fleetRows([{ folder: 'file:///w', name: 'w', fleet: fleetOf([statusOf('a')]) }], {
      evidenceOf: () => undefined,
      sessionOf: () => session,
      now: noon,
    })[0]?.children?.at(-1);
  const cases: readonly (readonly [string, ShownSession, string, string, boolean])[] = [
    ['live', sessionOf({}), 'circle-filled | idle · 12 m', rowKinds.session, true],
    [
      'with a configuration of yesterday',
      sessionOf({}, { older: ['settings', 'memory'] }),
      'history | idle · 12 m · config older than disk: settings, memory',
      rowKinds.olderSession,
      true,
    ],
    [
      'to be restarted',
      sessionOf({ state: 'working' }, { older: ['settings'], restartsAtRest: true }),
      'history | working · 12 m · config older than disk: settings, restarts when it is at rest',
      rowKinds.leavingSession,
      true,
    ],
    [
      'over',
      sessionOf({ state: 'stopped' }),
      'circle-outline | stopped 12 m ago',
      rowKinds.endedSession,
      false,
    ],
  ];
  for (const [name, session, expected, kind, opens] of cases)
    it(name, () => {
      const row = rowOf(session);
      assert.equal(`${row?.icon?.id} | ${row?.description}`, expected);
      assert.deepEqual([row?.label, row?.kind, row?.click !== undefined], ['Session', kind, opens]);
    });

  it('tells all that is known when it is pointed at, and lets nothing of it be Markdown', () => {
    const card = sessionCard(sessionOf({ evidence: '[x](command:y)' }, { worktree: '/w/`t`' }), noon);
    assert.match(card, /^\*\*idle/);
    assert.match(card, /By its hooks: \\\[x\\\]\\\(command\\:y\\\), heard 2 m ago\./);
    assert.match(card, /Started 1 h ago in tmux, process 4242, model opus\./);
    assert.match(card, /own worktree/);
    assert.doesNotMatch(card, /\]\(/);
  });

  it('is on the card of its agent', () => {
    const card = (session?: ShownSession) => statusCard(statusOf('a'), fleetOf([]), { session, now: noon });
    assert.match(card(), /Session: none was started/);
    assert.match(card(sessionOf({}, { older: ['settings'] })), /Session: idle.*config older than disk/);
  });
});

describe('agents by urgency', () => {
  const sessions = new Map([
    ['asks', sessionOf(permission)],
    ['crashed', sessionOf({ state: 'crashed' })],
    ['works', sessionOf({ state: 'working' })],
  ]);
  const agents = [
    statusOf('fine', { agent: agentNamed('fine', { group: 'Build' }) }),
    statusOf('works'),
    statusOf('drifted', { sync: 'outOfSync' }),
    statusOf('crashed'),
    statusOf('asks'),
  ];
  const placed = agents.map((status) => ({ folder: 'f', status, session: sessions.get(status.agent.id) }));

  it('are one list when a person asks for that', () =>
    assert.deepEqual(
      fleetRows([{ folder: 'f', name: 'w', fleet: fleetOf(agents) }], {
        evidenceOf: () => undefined,
        sessionOf: ({ agent }) => sessions.get(agent),
        now: noon,
        isByUrgency: true,
      }).map(({ label }) => label),
      ['asks', 'crashed', 'drifted', 'fine', 'works'],
    ));

  it('are summed up, those who wait first', () => {
    const summary = summarize(placed, [], noon);
    assert.equal(summary.text, '$(bell-dot) 1 needs you · 5 agents');
    assert.deepEqual(summary.badge, { value: 2, tooltip: '1 needs you, 1 crashed' });
    assert.equal(summary.mostUrgent?.status.agent.id, 'asks');
    assert.match(summary.tooltip, /^- \*\*asks\*\* needs you/);
  });

  it('are disarmed before all, and those who wait are counted beside', () => {
    const disarmed = { folder: 'f', status: statusOf('d', { health: 'disarmed' }) };
    const summary = summarize([...placed, disarmed], [], noon);
    assert.equal(summary.text, '$(error) 1 disarmed · 1 needs you · 6 agents');
    assert.equal(summary.badge?.value, 3);
  });
});

describe('how soon claude is asked again', () => {
  const cases: readonly (readonly [string, readonly ShownSession[], number | undefined])[] = [
    ['nobody', [], undefined],
    ['one that is over', [sessionOf({ state: 'stopped' })], undefined],
    ['one at rest', [sessionOf({})], 30_000],
    ['one that is done', [sessionOf(done)], 30_000],
    ['one that works', [sessionOf({}), sessionOf({ state: 'working' })], 4000],
    ['one that asks', [sessionOf({ state: 'working' }), sessionOf(permission)], 2500],
    ['one of which nothing is known', [sessionOf({ state: 'unknown' })], 2500],
  ];
  for (const [name, sessions, expected] of cases)
    it(name, () => assert.equal(askAgainMs(sessions), expected));
});
