// Every sequence of events of the contract (section 2.4, and as seen with 2.1.329) → state, source, since.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  asked,
  asking,
  begin,
  check,
  end,
  heardOf,
  helper,
  note,
  prompt,
  stop,
  turn,
  use,
  used,
} from './stateCases.ts';

describe('the state of a session, from its hooks', () => {
  check([
    { title: 'a start', lines: [[1, begin]], state: 'idle', source: 'hooks', since: 1 },
    {
      title: 'a prompt',
      lines: [
        [1, begin],
        [2, prompt],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'tools that nobody is asked about go on working',
      lines: [
        [1, begin],
        [2, prompt],
        [3, use('Read', 't1')],
        [4, used('Read', 't1')],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    { title: 'the end of a turn', lines: turn, state: 'needsYou/done', source: 'hooks', since: 5 },
    {
      title: 'the next prompt after it',
      lines: [...turn, [9, prompt]],
      state: 'working',
      source: 'hooks',
      since: 9,
    },
    {
      title: 'a minute at its prompt later it still has something to show',
      lines: [...turn, [65, note('idle_prompt')]],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'a permission prompt',
      lines: asking,
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'its notification six seconds later',
      lines: [...asking, [10, note('permission_prompt')]],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'a notification of a permission prompt alone',
      lines: [
        [1, begin],
        [2, prompt],
        [10, note('permission_prompt')],
      ],
      state: 'needsYou/permission',
      source: 'hooks',
      since: 10,
    },
    {
      title: 'a permission prompt answered yes',
      lines: [...asking, [7, used('Bash', 't1')]],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'answered yes, and the tool failed',
      lines: [
        ...asking,
        [7, { event: 'PostToolUseFailure', tool: 'Bash', toolUseId: 't1', error: 'failed' }],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'one of two prompts answered: the other is still open',
      lines: [...asking, [4, use('WebFetch', 't2')], [5, asked('WebFetch')], [7, used('Bash', 't1')]],
      state: 'needsYou/permission/WebFetch',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'two calls of one tool ask, the second is answered first',
      lines: [
        [1, begin],
        [2, use('WebFetch', 't1')],
        [3, asked('WebFetch')],
        [4, use('WebFetch', 't2')],
        [5, asked('WebFetch')],
        [7, used('WebFetch', 't2')],
      ],
      state: 'needsYou/permission/WebFetch',
      source: 'hooks',
      since: 3,
    },
    {
      title: 'answered no: without an event it is at its prompt a minute later',
      lines: [...asking, [64, note('idle_prompt')]],
      state: 'idle',
      source: 'hooks',
      since: 64,
    },
    {
      title: 'answered no, and somebody wrote another prompt',
      lines: [...asking, [9, prompt]],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'Esc during a turn: without an event it is at its prompt a minute later',
      lines: [
        [1, begin],
        [2, prompt],
        [62, note('idle_prompt')],
      ],
      state: 'idle',
      source: 'hooks',
      since: 62,
    },
    {
      title: 'a question: both lines of it are one',
      lines: [
        [1, begin],
        [2, prompt],
        [3, use('AskUserQuestion', 't1')],
        [4, asked('AskUserQuestion')],
      ],
      state: 'needsYou/question',
      source: 'hooks',
      since: 3,
    },
    {
      title: 'a question answered',
      lines: [
        [2, prompt],
        [3, use('AskUserQuestion', 't1')],
        [4, asked('AskUserQuestion')],
        [6, used('AskUserQuestion', 't1')],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'a plan to approve',
      lines: [
        [2, prompt],
        [3, use('ExitPlanMode', 't1')],
        [4, asked('ExitPlanMode')],
        [10, note('permission_prompt')],
      ],
      state: 'needsYou/plan',
      source: 'hooks',
      since: 3,
    },
    {
      title: "a choice of the CLI's own",
      lines: [
        [2, prompt],
        [8, note('agent_needs_input')],
      ],
      state: 'needsYou/question',
      source: 'hooks',
      since: 8,
    },
    {
      title: 'a call that the guard refused asks nobody',
      lines: [
        [2, prompt],
        [3, use('AskUserQuestion', 't1', { verdict: 'deny' })],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'an error of the API',
      lines: [
        [1, begin],
        [2, prompt],
        [3, { event: 'StopFailure', error: 'unknown' }],
      ],
      state: 'needsYou/failed',
      source: 'hooks',
      since: 3,
    },
    {
      title: 'a limit',
      lines: [
        [1, begin],
        [2, prompt],
        [3, { event: 'StopFailure', error: 'rate_limit' }],
      ],
      state: 'limit',
      source: 'hooks',
      since: 3,
    },
    {
      title: 'a prompt after a limit',
      lines: [
        [3, { event: 'StopFailure', error: 'rate_limit' }],
        [9, prompt],
      ],
      state: 'working',
      source: 'hooks',
      since: 9,
    },
    {
      title: 'the end of a turn with background tasks is not the end of the work',
      lines: [
        [2, prompt],
        [5, stop(1)],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'nor when it has waited a minute for them',
      lines: [
        [2, prompt],
        [5, stop(1)],
        [65, note('idle_prompt')],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'a sub-agent ends in the background, and the turn that follows',
      lines: [
        [2, prompt],
        [3, use('Agent', 't1')],
        [4, { event: 'SubagentStart', ...helper }],
        [4, used('Agent', 't1')],
        [5, stop(1)],
        [9, { event: 'SubagentStop', background: 1, ...helper }],
        [9, prompt],
        [10, stop()],
      ],
      state: 'needsYou/done',
      source: 'hooks',
      since: 10,
    },
    {
      title: 'a sub-agent asks after the turn of its caller ended',
      lines: [
        [2, prompt],
        [4, use('Bash', 't2', helper)],
        [5, stop(1)],
        [6, asked('Bash', helper)],
      ],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 6,
    },
    {
      title: 'its request came before the line of that end',
      lines: [
        [2, prompt],
        [4, use('Bash', 't2', helper)],
        [5, asked('Bash', helper)],
        [6, stop(1)],
      ],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'it was answered no, and ended',
      lines: [
        [2, prompt],
        [4, use('Bash', 't2', helper)],
        [5, stop(1)],
        [6, asked('Bash', helper)],
        [8, { event: 'SubagentStop', background: 1, ...helper }],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'a tool of a sub-agent does not answer for its caller',
      lines: [...asking, [5, used('Bash', 't9', helper)]],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: '/clear',
      lines: [...turn, [8, end('clear')], [9, { event: 'SessionStart', source: 'clear', session: 's2' }]],
      state: 'idle',
      source: 'hooks',
      since: 9,
    },
    {
      title: '/clear, its two lines swapped',
      lines: [...turn, [8, { event: 'SessionStart', source: 'clear', session: 's2' }], [9, end('clear')]],
      state: 'idle',
      source: 'hooks',
      since: 8,
    },
    {
      title: '/resume of a session that this launch had before',
      lines: [
        ...turn,
        [8, end('clear')],
        [8, { event: 'SessionStart', source: 'clear', session: 's2' }],
        [9, { ...prompt, session: 's2' }],
        [10, { ...end('resume'), session: 's2' }],
        [11, { event: 'SessionStart', source: 'resume', session: 's1' }],
      ],
      state: 'idle',
      source: 'hooks',
      since: 11,
    },
    {
      title: 'a start that resumes',
      lines: [[1, { event: 'SessionStart', source: 'resume' }]],
      state: 'idle',
      source: 'hooks',
      since: 1,
    },
    {
      title: 'a compacted conversation goes on',
      lines: [
        [1, begin],
        [2, prompt],
        [3, { event: 'SubagentStop', background: 0 }],
        [4, { event: 'SessionStart', source: 'compact' }],
      ],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'the line of a start that comes after that of its prompt',
      lines: [
        [1, prompt],
        [2, begin],
      ],
      state: 'working',
      source: 'hooks',
      since: 1,
    },
    {
      title: 'the same after /clear',
      lines: [
        ...turn,
        [8, end('clear')],
        [9, { ...prompt, session: 's2' }],
        [10, { event: 'SessionStart', source: 'clear', session: 's2' }],
      ],
      state: 'working',
      source: 'hooks',
      since: 9,
    },
    {
      title: 'the line of a tool that comes after the end of its turn',
      lines: [...turn, [6, used('Bash', 't1')]],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'an end',
      lines: [...turn, [8, end('prompt_input_exit')]],
      process: 'gone',
      state: 'stopped',
      source: 'hooks',
      since: 8,
    },
    {
      title: 'what comes after the end is late',
      lines: [...turn, [8, end('other')], [9, stop()], [9, prompt]],
      process: 'gone',
      state: 'stopped',
      source: 'hooks',
      since: 8,
    },
    {
      title: 'an event that this version does not know',
      lines: [...turn, [8, { event: 'Frobnicated' }]],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
  ]);

  it('says what it concludes from', () => {
    assert.equal(heardOf([[1, begin]])?.evidence, 'its session started');
    assert.equal(heardOf([[1, { ...begin, source: 'resume' }]])?.evidence, 'its session started (resume)');
    assert.equal(heardOf([[2, prompt]])?.evidence, 'a prompt was submitted');
    assert.equal(heardOf(turn)?.evidence, 'its turn is over');
    assert.equal(heardOf([[2, stop(2)]])?.evidence, 'waits for 2 background tasks');
    assert.equal(
      heardOf([[2, { event: 'StopFailure', error: 'overloaded' }]])?.evidence,
      'its turn failed (overloaded)',
    );
  });

  it('keeps the ids of the sessions, the present one last', () => {
    const heard = heardOf([
      [1, begin],
      [2, { event: 'SessionStart', source: 'clear', session: 's2' }],
      [3, { event: 'SessionStart', source: 'resume', session: 's1' }],
      [4, { event: 'Notification', session: '' }],
    ]);
    assert.deepEqual(heard?.sessions, ['s2', 's1']);
  });

  it('keeps little of a spool without end', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => [index, use('WebFetch', `t${index}`)] as const);
    const requests = lines.map(([second]) => [second, asked('WebFetch', { session: `s${second}` })] as const);
    const heard = heardOf([...lines, ...requests]);
    assert.ok(
      heard && heard.calls.length <= 64 && heard.dialogs.length <= 64 && heard.sessions.length <= 100,
    );
  });
});
