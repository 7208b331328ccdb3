// Which changes of an agent's deny rules disarm it: one that is gone or useless does, another spelling of it does not.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { editJson, fileOf, generatedFleet, look, statusOf } from './fleetOn.ts';

const text = `agents:
  one:
    name: one
    display_name: One
    description: First.
    model: opus
    tools: [Read, Edit, Bash]
    cannot_access: [tests/**, src/gen/*.py]
    deny_bash: [git push]
`;

/** Puts rules in the place of one; what the agent is then said to have lost. */
async function lost(rule: string, ...others: readonly unknown[]): Promise<readonly string[]> {
  const files = await generatedFleet(text);
  editJson(files, fileOf('one', 'settings.json'), (value: Record<string, unknown>) => {
    const permissions = value.permissions as { deny: unknown[] };
    assert.ok(permissions.deny.includes(rule), rule);
    permissions.deny = [...permissions.deny.filter((each) => each !== rule), ...others];
  });
  const { disarmed, health, sync } = statusOf(look(files), 'one');
  assert.equal(sync, 'outOfSync', 'it is a difference in any case');
  assert.equal(health === 'disarmed', disarmed.length > 0);
  return disarmed;
}

describe('deny rules of the plan', () => {
  const holds: readonly (readonly [rule: string, instead: string])[] = [
    ['Edit(tests/**)', 'Edit(tests)'],
    ['Edit(tests/**)', 'Edit(**/tests/**)'],
    ['Edit(tests/**)', 'Edit(./Tests/**)'],
    ['Edit(**/src/gen/*.py)', 'Edit(**/src/GEN/*.py)'],
    ['Bash(git push:*)', 'Bash(git push *)'],
  ];
  for (const [rule, instead] of holds)
    it(`${rule} holds as ${instead}`, async () => assert.deepEqual(await lost(rule, instead), []));

  const fails: readonly (readonly [rule: string, instead: readonly unknown[]])[] = [
    ['Edit(tests/**)', []],
    ['Edit(tests/**)', ['Write(tests/**)']],
    ['Edit(tests/**)', ['Edit(/tests/**)', 'Edit(tests/*)', 'edit(tests/**)', 'Edit(tests/**']],
    ['Edit(tests/**)', ['Read(tests/**)', 3, null]],
    ['Edit(**/src/gen/*.py)', ['Edit(src/gen/*.py)']],
    ['Bash(git push:*)', ['Bash(git push)']],
  ];
  for (const [rule, instead] of fails)
    it(`${rule} does not hold as ${instead.join(', ') || 'nothing'}`, async () =>
      assert.deepEqual(await lost(rule, ...instead), [`deny rule ${rule} gone`]));
});
