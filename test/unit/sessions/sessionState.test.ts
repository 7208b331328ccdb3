// Every sequence of events of the contract (section 2.4, and as seen with 2.1.329) → state, source, since.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SpoolFields, SpoolLine } from '../../../src/protocol/spoolLine.ts';
import type { ListedSession } from '../../../src/sessions/agentsList.ts';
import { crossCheck, type Evidence, type SessionState } from '../../../src/sessions/crossCheck.ts';
import { type Heard, reduce } from '../../../src/sessions/sessionState.ts';

const start = Date.UTC(2026, 0, 2, 3);
/** So many seconds after the launch. */
const at = (second: number): string => new Date(start + second * 1000).toISOString();

type Told = Partial<SpoolFields>;
/** `[second, what the line says]` */
type Lines = readonly (readonly [number, Told])[];

function heardOf(lines: Lines): Heard | undefined {
  let heard: Heard | undefined;
  lines.forEach(([second, told], index) => {
    const line: SpoolLine = {
      v: 1,
      t: at(second),
      id: `i${index}`,
      n: 1,
      launch: 'l',
      agent: 'a',
      session: 's1',
      src: told.event === 'PreToolUse' ? 'guard' : 'report',
      event: '',
      ...told,
    };
    heard = reduce(heard, line);
  });
  return heard;
}

interface Case {
  readonly title: string;
  readonly lines?: Lines;
  /** What the CLI's list says of it, and the second when it was asked; `null`: it lists no such session. */
  readonly list?: readonly [number, Partial<ListedSession> | null];
  readonly process?: Evidence['process'];
  readonly record?: Partial<Evidence['record']>;
  readonly goneFor?: number;
  /** Default: a second after the last thing. */
  readonly now?: number;
  /** `state`, `needsYou/need` or `needsYou/need/tool`. */
  readonly state: string;
  readonly source: SessionState['source'];
  /** Seconds after the launch. */
  readonly since: number;
}

const words = ({ state, need, tool }: SessionState): string =>
  [state, need, tool].filter((part) => part !== undefined).join('/');

function check(cases: readonly Case[]): void {
  for (const { title, lines = [], list, process = 'running', record, goneFor, now, ...expected } of cases)
    it(title, () => {
      const heard = heardOf(lines);
      const [asked, session] = list ?? [0, undefined];
      const listed: ListedSession | undefined = session ? { pid: 7, sessionId: 's1', ...session } : undefined;
      const state = crossCheck({
        record: { startedAt: at(0), phase: 'running', ...record },
        ...(heard === undefined ? {} : { heard }),
        ...(list === undefined
          ? {}
          : { listing: { at: start + asked * 1000, ...(listed ? { session: listed } : {}) } }),
        process,
        now: start + 1000 * (now ?? 1 + Math.max(asked, ...lines.map(([second]) => second))),
        ...(goneFor === undefined ? {} : { goneFor }),
      });
      assert.deepEqual(
        { state: words(state), source: state.source, since: state.since },
        { state: expected.state, source: expected.source, since: at(expected.since) },
      );
    });
}

const begin: Told = { event: 'SessionStart', source: 'startup' };
const prompt: Told = { event: 'UserPromptSubmit' };
const stop = (background = 0): Told => ({ event: 'Stop', background });
const use = (tool: string, toolUseId: string, more: Told = {}): Told => ({
  event: 'PreToolUse',
  verdict: 'allow',
  tool,
  toolUseId,
  ...more,
});
const asked = (tool: string, more: Told = {}): Told => ({ event: 'PermissionRequest', tool, ...more });
const used = (tool: string, toolUseId: string, more: Told = {}): Told => ({
  event: 'PostToolUse',
  tool,
  toolUseId,
  ...more,
});
const helper: Told = { subagent: 'helper' };
const end = (reason: string): Told => ({ event: 'SessionEnd', reason });
const note = (notification: string): Told => ({ event: 'Notification', notification });

/** Asks for Bash at second 4. */
const asking: Lines = [
  [1, begin],
  [2, prompt],
  [3, use('Bash', 't1')],
  [4, asked('Bash')],
];
const turn: Lines = [
  [1, begin],
  [2, prompt],
  [5, stop()],
];

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

const waiting: Partial<ListedSession> = { status: 'waiting', waitingFor: 'permission prompt' };

describe('the state of a session, checked against the list of the CLI', () => {
  check([
    {
      title: 'a permission prompt answered no, or Esc in it',
      lines: asking,
      list: [8, { status: 'idle' }],
      state: 'idle',
      source: 'list',
      since: 8,
    },
    {
      title: 'a permission prompt answered no, and the model goes on',
      lines: asking,
      list: [8, { status: 'busy' }],
      state: 'working',
      source: 'list',
      since: 8,
    },
    {
      title: 'a list from before the prompt says nothing of it',
      lines: asking,
      list: [3, { status: 'busy' }],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'nor does one so short after it that the CLI had not noted it',
      lines: asking,
      list: [4.5, { status: 'busy' }],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'both say that it waits: the hooks know what for',
      lines: asking,
      list: [8, waiting],
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'a plan is a permission prompt in the list',
      lines: [
        [2, prompt],
        [3, use('ExitPlanMode', 't1')],
      ],
      list: [8, waiting],
      state: 'needsYou/plan',
      source: 'hooks',
      since: 3,
    },
    {
      title: 'Esc during a turn',
      lines: [
        [1, begin],
        [2, prompt],
      ],
      list: [8, { status: 'idle' }],
      state: 'idle',
      source: 'list',
      since: 8,
    },
    {
      title: 'a turn that ended with background tasks that were stopped',
      lines: [
        [2, prompt],
        [5, stop(1)],
      ],
      list: [8, { status: 'idle' }],
      state: 'idle',
      source: 'list',
      since: 8,
    },
    {
      title: 'background tasks: the list calls it busy too',
      lines: [
        [2, prompt],
        [5, stop(1)],
      ],
      list: [8, { status: 'busy' }],
      state: 'working',
      source: 'hooks',
      since: 2,
    },
    {
      title: 'a prompt of which no hook told',
      lines: turn,
      list: [8, { status: 'busy' }],
      state: 'working',
      source: 'list',
      since: 8,
    },
    {
      title: 'a permission prompt of which no hook told yet',
      lines: [
        [2, prompt],
        [3, use('Bash', 't1')],
      ],
      list: [3.1, waiting],
      state: 'needsYou/permission/Bash',
      source: 'list',
      since: 3.1,
    },
    {
      title: 'a question of which no hook told',
      lines: [[2, prompt]],
      list: [4, { status: 'waiting', waitingFor: 'input needed' }],
      state: 'needsYou/question',
      source: 'list',
      since: 4,
    },
    {
      title: 'a dialog that the CLI opened in a turn',
      lines: [[2, prompt]],
      list: [4, { status: 'waiting', waitingFor: 'dialog open' }],
      state: 'needsYou/question',
      source: 'list',
      since: 4,
    },
    {
      title: 'a dialog that a person opened',
      lines: [[1, begin]],
      list: [4, { status: 'waiting', waitingFor: 'dialog open' }],
      state: 'idle',
      source: 'hooks',
      since: 1,
    },
    {
      title: 'a time that is still to come hides nothing',
      lines: [...asking, [9000, { event: 'PreCompact' }]],
      list: [8, { status: 'idle' }],
      now: 9,
      state: 'idle',
      source: 'list',
      since: 8,
    },
    {
      title: 'the end of a turn, and the list agrees',
      lines: turn,
      list: [9, { status: 'idle' }],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'the CLI could not be asked',
      lines: asking,
      now: 4000,
      state: 'needsYou/permission/Bash',
      source: 'hooks',
      since: 4,
    },
    {
      title: 'the CLI does not list a process that runs',
      lines: turn,
      list: [9, null],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'the CLI does not list it, and its process is not known',
      lines: turn,
      list: [9, null],
      process: 'unknown',
      state: 'unknown',
      source: 'list',
      since: 5,
    },
    {
      title: 'a status of a later version',
      lines: turn,
      list: [9, {}],
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'no hook tells, the list does',
      list: [9, { status: 'busy' }],
      state: 'working',
      source: 'list',
      since: 9,
    },
    {
      title: 'listed before it stands at its prompt',
      list: [2, {}],
      state: 'starting',
      source: 'list',
      since: 2,
    },
  ]);
});

describe('the state of a session, by its process and record', () => {
  check([
    { title: 'just started', state: 'starting', source: 'record', since: 0 },
    { title: 'started, but silent', now: 61, state: 'unknown', source: 'process', since: 0 },
    {
      title: 'recorded, and nothing else is known',
      process: 'unknown',
      record: { phase: 'starting' },
      now: 61,
      state: 'unknown',
      source: 'record',
      since: 0,
    },
    { title: 'SIGKILL', lines: turn, process: 'gone', state: 'crashed', source: 'process', since: 5 },
    {
      title: 'SIGKILL: an older list of it changes nothing',
      lines: turn,
      list: [9, { status: 'busy' }],
      process: 'gone',
      state: 'crashed',
      source: 'process',
      since: 5,
    },
    {
      title: 'gone a moment ago: its last line may be on its way',
      lines: turn,
      process: 'gone',
      goneFor: 300,
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'and then it never came',
      lines: turn,
      process: 'gone',
      goneFor: 2500,
      state: 'crashed',
      source: 'process',
      since: 5,
    },
    { title: 'gone before any hook', process: 'gone', state: 'crashed', source: 'process', since: 0 },
    {
      title: 'stopped by us',
      lines: turn,
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'stopped' },
      state: 'stopped',
      source: 'record',
      since: 7,
    },
    {
      title: 'being stopped by us, and just gone',
      lines: turn,
      process: 'gone',
      record: { endReason: 'stopped' },
      state: 'stopped',
      source: 'process',
      since: 5,
    },
    {
      title: 'being stopped by us, and not gone yet',
      lines: turn,
      record: { endReason: 'stopped' },
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'found gone a moment ago, by whoever looked',
      lines: turn,
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'gone' },
      goneFor: 100,
      state: 'needsYou/done',
      source: 'hooks',
      since: 5,
    },
    {
      title: 'found gone, and it never said that it ended',
      lines: turn,
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'gone' },
      state: 'crashed',
      source: 'record',
      since: 7,
    },
    {
      title: 'ended well, without a line of it',
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'exit 0' },
      state: 'stopped',
      source: 'record',
      since: 7,
    },
    {
      title: 'ended with an error',
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'exit 1' },
      state: 'crashed',
      source: 'record',
      since: 7,
    },
    {
      title: 'ended by a signal',
      lines: turn,
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'signal SIGKILL' },
      state: 'crashed',
      source: 'record',
      since: 7,
    },
    {
      title: 'ended by a signal, and it said so itself',
      lines: [...turn, [6, end('other')]],
      process: 'gone',
      record: { phase: 'ended', endedAt: at(7), endReason: 'signal SIGHUP' },
      state: 'stopped',
      source: 'hooks',
      since: 6,
    },
    {
      title: 'its process is about to end',
      lines: [...turn, [8, end('other')]],
      state: 'stopped',
      source: 'hooks',
      since: 8,
    },
    {
      title: 'it said that it ended, and its process runs on',
      lines: [...turn, [8, end('other')]],
      now: 20,
      state: 'unknown',
      source: 'process',
      since: 8,
    },
    {
      title: 'it said that it ended, and the CLI lists it',
      lines: [...turn, [8, end('other')]],
      list: [20, { status: 'busy' }],
      state: 'working',
      source: 'list',
      since: 20,
    },
    {
      title: 'it said that it ended, and nobody knows its process',
      lines: [...turn, [8, end('other')]],
      process: 'unknown',
      now: 2000,
      state: 'stopped',
      source: 'hooks',
      since: 8,
    },
  ]);
});
