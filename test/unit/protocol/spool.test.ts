import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventFields } from '../../../src/protocol/eventFields.ts';
import { launchByHand, spoolEnvironment } from '../../../src/protocol/spoolEnvironment.ts';
import { type SpoolFields, spoolLine } from '../../../src/protocol/spoolLine.ts';

const fields: SpoolFields = {
  t: '2026-01-02T03:04:05.678Z',
  id: 'a3f1',
  n: 1,
  launch: 'l1',
  agent: 'qa-agent',
  session: 's1',
  src: 'report',
  event: 'Stop',
};

describe('spoolLine', () => {
  it('is one JSON line with the version first', () => {
    assert.equal(
      spoolLine(fields),
      '{"v":1,"t":"2026-01-02T03:04:05.678Z","id":"a3f1","n":1,"launch":"l1","agent":"qa-agent","session":"s1","src":"report","event":"Stop"}\n',
    );
  });

  it('lets nothing through that the format does not name, nor of another type', () => {
    const more = { ...fields, prompt: 'secret', tool: { command: 'secret' }, ms: Number.NaN, file: 'a.ts' };
    assert.deepEqual(JSON.parse(spoolLine(more as unknown as SpoolFields)), {
      v: 1,
      ...fields,
      file: 'a.ts',
    });
  });

  it('cuts long texts and names them', () => {
    const line = JSON.parse(spoolLine({ ...fields, file: 'x'.repeat(5000), event: 'y'.repeat(129) }));
    assert.deepEqual(line.cut, ['event', 'file']);
    assert.equal(line.file.length, 1024);
    assert.equal(line.event.length, 128);
  });

  it('cuts the title of a task, and takes secrets out of it', () => {
    const line = JSON.parse(spoolLine({ ...fields, task: '1', subject: 'x'.repeat(201) }));
    assert.deepEqual([line.task, line.subject.length, line.cut], ['1', 200, ['subject']]);
    const told = spoolLine({ ...fields, subject: `${'x'.repeat(190)} AKIAIOSFODNN7EXAMPLE` });
    assert.ok(!told.includes('AKIA'), told);
  });

  it('never cuts through a surrogate pair', () => {
    const line = JSON.parse(spoolLine({ ...fields, event: `${'y'.repeat(127)}\u{1f600}` }));
    assert.equal(line.event, 'y'.repeat(127));
  });

  it('is one line of at most 16 KiB, whatever the texts', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\n', '\ud800', '\u{10ffff}', 'a'), maxLength: 30 });
    const names = ['launch', 'agent', 'session', 'event', 'tool', 'toolUseId', 'subagent', 'file'] as const;
    const more = ['source', 'reason', 'notification', 'task', 'subject', 'error', 'code', 't', 'id'] as const;
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 400 }), (part, times) => {
        const long = Object.fromEntries([...names, ...more].map((name) => [name, part.repeat(times)]));
        const line = spoolLine({ ...fields, ...long });
        assert.ok(Buffer.byteLength(line) <= 16 * 1024);
        assert.equal(line.indexOf('\n'), line.length - 1);
        JSON.parse(line);
      }),
    );
  });
});

function checkEvent(name: string, event: object, expected: object): void {
  it(name, () => assert.deepEqual(eventFields(event as Readonly<Record<string, unknown>>), expected));
}

describe('eventFields', () => {
  const common = { session_id: 's', transcript_path: '/secret', cwd: '/ws', prompt: 'secret' };
  checkEvent(
    'tells tool, file and duration of a call, and nothing of its contents',
    {
      ...common,
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_input: { file_path: '/ws/a.ts', content: 'secret' },
      tool_response: { content: 'secret' },
      tool_use_id: 't1',
      duration_ms: 12,
      agent_type: 'qa-agent',
    },
    {
      session: 's',
      event: 'PostToolUse',
      tool: 'Write',
      toolUseId: 't1',
      subagent: 'qa-agent',
      file: '/ws/a.ts',
      ms: 12,
    },
  );
  checkEvent(
    'never tells a command',
    { ...common, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'secret' } },
    { session: 's', event: 'PreToolUse', tool: 'Bash' },
  );
  checkEvent(
    'tells that a tool failed, not what it printed',
    { ...common, hook_event_name: 'PostToolUseFailure', error: 'secret', is_interrupt: false },
    { session: 's', event: 'PostToolUseFailure', error: 'failed' },
  );
  checkEvent(
    'tells an interrupt apart',
    { ...common, hook_event_name: 'PostToolUseFailure', error: 'secret', is_interrupt: true },
    { session: 's', event: 'PostToolUseFailure', error: 'interrupted' },
  );
  checkEvent(
    'tells the kind of an API failure',
    { ...common, hook_event_name: 'StopFailure', error: 'rate_limit', last_assistant_message: 'secret' },
    { session: 's', event: 'StopFailure', error: 'rate_limit' },
  );
  checkEvent(
    'takes no free text for a kind',
    { ...common, hook_event_name: 'StopFailure', error: 'my secret is x' },
    { session: 's', event: 'StopFailure', error: 'unknown' },
  );
  checkEvent(
    'tells the type of a notification, not its message',
    { ...common, hook_event_name: 'Notification', notification_type: 'idle_prompt', message: 'secret' },
    { session: 's', event: 'Notification', notification: 'idle_prompt' },
  );
  checkEvent(
    'counts background tasks',
    { ...common, hook_event_name: 'Stop', background_tasks: [{ description: 'secret' }] },
    { session: 's', event: 'Stop', background: 1 },
  );
  checkEvent(
    'tells why a session started',
    { ...common, hook_event_name: 'SessionStart', source: 'clear', reason: 'x' },
    { session: 's', event: 'SessionStart', source: 'clear' },
  );
  checkEvent(
    'tells why a session ended',
    { ...common, hook_event_name: 'SessionEnd', reason: 'logout', source: 'x' },
    { session: 's', event: 'SessionEnd', reason: 'logout' },
  );
  const task = { ...common, task_id: '7', task_subject: 'Write the tests', task_description: 'secret' };
  for (const event of ['TaskCreated', 'TaskCompleted'])
    checkEvent(
      `${event}: tells id and title of the task, not what is to be done`,
      { ...task, hook_event_name: event },
      { session: 's', event, task: '7', subject: 'Write the tests' },
    );
  const mate = { teammate_name: 'mate', team_name: 'session-1' };
  checkEvent(
    'tells whose task it is in a team',
    { ...task, ...mate, hook_event_name: 'TaskCreated', agent_type: 'mate', agent_id: 'amate-1' },
    { session: 's', event: 'TaskCreated', subagent: 'mate', task: '7', subject: 'Write the tests' },
  );
  checkEvent(
    'tells which teammate has nothing left to do, where its type is not said',
    { ...common, ...mate, hook_event_name: 'TeammateIdle', permission_mode: 'acceptEdits' },
    { session: 's', event: 'TeammateIdle', subagent: 'mate' },
  );
  checkEvent(
    'leaves out what has another type',
    {
      ...{ session_id: 1, hook_event_name: [], tool_name: {}, tool_input: null, duration_ms: '1' },
      ...{ task_id: 7, task_subject: ['secret'], teammate_name: {} },
    },
    { session: '', event: '' },
  );
});

describe('spoolEnvironment', () => {
  const cases: readonly [string | undefined, boolean][] = [
    ['/state/x.jsonl', true],
    ['C:\\state\\x.jsonl', true],
    ['\\\\host\\state\\x.jsonl', true],
    [undefined, false],
    ['', false],
    ['x.jsonl', false],
    ['../x.jsonl', false],
    ['/home/x/.bashrc', false],
    ['/state/x\0.jsonl', false],
  ];
  for (const [file, isSpool] of cases)
    it(`${isSpool ? 'takes' : 'refuses'} ${JSON.stringify(file)}`, () => {
      const found = spoolEnvironment({ NATIVE_ORCHESTRATOR_SPOOL: file });
      assert.deepEqual(found, isSpool ? { file } : undefined);
    });
  it('tells the launch when it is known', () => {
    const given = { NATIVE_ORCHESTRATOR_SPOOL: '/a.jsonl', NATIVE_ORCHESTRATOR_LAUNCH: 'l1' };
    assert.deepEqual(spoolEnvironment(given), { file: '/a.jsonl', launch: 'l1' });
    assert.equal(launchByHand('s1'), 'hand-s1');
  });
});
