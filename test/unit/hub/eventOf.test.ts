// What a spool's line is to subscribers: one group, and an alarm for a few.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { alertOf } from '../../../src/hub/alerts.ts';
import { eventOf } from '../../../src/hub/eventOf.ts';
import { spoolLineOf } from './lines.ts';

describe('the event of a line', () => {
  const check = (name: string, more: Parameters<typeof spoolLineOf>[0], group: string, type: string) =>
    it(`${name} is of ${group}`, () => {
      const line = spoolLineOf(more);
      const event = eventOf(line);
      assert.deepEqual([event.group, event.type, event.agent], [group, type, 'code-agent']);
      assert.equal(event.data, line);
    });
  check('a tool use', { event: 'PostToolUse' }, 'agents', 'agent_event');
  check('a call that is let through', { event: 'PreToolUse', verdict: 'allow' }, 'agents', 'agent_event');
  check('a refusal', { event: 'PreToolUse', verdict: 'deny' }, 'coordination', 'coordination_event');
  check('a delegation', { event: 'SubagentStart' }, 'coordination', 'coordination_event');
  check('a task that is new', { event: 'TaskCreated', task: '1', subject: 's' }, 'tasks', 'task_event');
  check('a task that is done', { event: 'TaskCompleted' }, 'tasks', 'task_event');
  check('a teammate without work', { event: 'TeammateIdle', subagent: 'mate' }, 'tasks', 'task_event');
  it('has no secret in the title of a task, whoever wrote the line', () => {
    const { data } = eventOf(spoolLineOf({ event: 'TaskCreated', subject: 'use AKIAIOSFODNN7EXAMPLE' }));
    assert.match(String(data.subject), /^use \[/);
  });
  it('without an agent has none', () => {
    assert.ok(!('agent' in eventOf(spoolLineOf({ agent: '' }))));
  });
});

describe('an alarm', () => {
  it('is for a guard that cannot decide, and for settings that changed; it names the line', () => {
    const line = spoolLineOf({ code: 'guard/cannot-decide', verdict: 'deny', reason: 'r' });
    assert.equal(alertOf(line)?.about, line.id);
    assert.ok(alertOf(spoolLineOf({ code: 'guard/settings-frozen' })));
    assert.equal(alertOf(spoolLineOf({ code: 'guard/write-denied', verdict: 'deny' })), undefined);
    assert.equal(alertOf(spoolLineOf({})), undefined);
  });
});
