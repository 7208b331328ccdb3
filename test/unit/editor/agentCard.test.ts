import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statusCard } from '../../../src/editor/agentCard.ts';
import type { Disarmed } from '../../../src/editor/alarmLedger.ts';
import { fleetOf, statusOf } from './statuses.ts';

const today = (hours: number, minutes: number, seconds = 0): Date => {
  const time = new Date();
  time.setHours(hours, minutes, seconds, 0);
  return time;
};
const known = (changed: Partial<Disarmed>): Disarmed => ({
  since: today(14, 2, 11),
  foundAt: today(14, 2, 11),
  intactAt: today(14, 1),
  ...changed,
});
const lastYear = new Date(2001, 1, 3, 9, 5, 7);

/** The line on the alarm, without the backslashes that keep its words from being Markdown. */
function lineOf(disarmed: readonly string[], since: Disarmed | undefined): string {
  const status = statusOf('a', { health: 'disarmed', disarmed });
  const card = statusCard(status, fleetOf([status]), { disarmed: since, now: 0 });
  return card.split('\n\n')[1]?.replaceAll('\\', '') ?? '';
}

describe('agentCard: disarmed', () => {
  const guard = ['guard hook missing'];
  const cases: readonly (readonly [string, readonly string[], Disarmed | undefined, string])[] = [
    [
      'since when, and when it was last there',
      guard,
      known({}),
      '**Disarmed** since 14:02:11: guard hook missing in `settings.json` (was there 14:01).',
    ],
    ['not known since when', guard, undefined, '**Disarmed**: guard hook missing in `settings.json`.'],
    [
      'before the window was opened',
      guard,
      known({ since: undefined, foundAt: today(14, 0), intactAt: undefined }),
      '**Disarmed**: guard hook missing in `settings.json` (it was so when this window first looked, 14:00).',
    ],
    [
      'another day',
      guard,
      known({ since: lastYear, intactAt: undefined }),
      '**Disarmed** since 2001-02-03 09:05:07: guard hook missing in `settings.json`.',
    ],
    [
      'a clock that was set back says nothing of before',
      guard,
      known({ intactAt: today(15, 0) }),
      '**Disarmed** since 14:02:11: guard hook missing in `settings.json`.',
    ],
    [
      'in a file that is live for all',
      ['hooks switched off in .claude/settings.local.json'],
      known({}),
      '**Disarmed** since 14:02:11: hooks switched off in .claude/settings.local.json (was there 14:01).',
    ],
  ];
  for (const [name, disarmed, since, line] of cases)
    it(name, () => assert.equal(lineOf(disarmed, since), line));
});
