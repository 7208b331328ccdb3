// What the lines of one launch's spool add up to: reduce(what was heard, line). Pure. What the CLI's own list and the
// process table say is laid beside it in crossCheck.ts, since a prompt answered "No", Esc and SIGKILL send no event.
import type { SpoolLine } from '../protocol/spoolLine.ts';

/** What a session waits for a person for. `done`: its turn is over. `failed`: its turn ended with an error. */
export type Need = 'permission' | 'question' | 'plan' | 'done' | 'failed';

/** A question of the CLI that is open on a session's screen. */
export interface Dialog {
  readonly need: 'permission' | 'question' | 'plan';
  /** As the event names it: text of somebody else's, empty when no event said it. */
  readonly tool: string;
  readonly call?: string;
  readonly subagent?: string;
  /** ISO 8601. */
  readonly since: string;
}

interface Call {
  readonly id: string;
  readonly tool: string;
  readonly subagent?: string;
}

/** `fresh`: at its prompt, and nothing to tell a person of: it has not worked yet, or somebody began anew. */
export type Activity = 'fresh' | 'working' | 'done' | 'failed' | 'limit' | 'ended';

/** All that the hooks of one launch have told so far. */
export interface Heard {
  readonly activity: Activity;
  /** When that began, ISO 8601. */
  readonly since: string;
  /** The last line, ISO 8601. */
  readonly at: string;
  /** The event behind the activity, in a few words; names in it are somebody else's text. */
  readonly evidence: string;
  /** Open questions, the oldest first. */
  readonly dialogs: readonly Dialog[];
  /** Tool calls that the guard let through and that have not ended. */
  readonly calls: readonly Call[];
  /** Background tasks that still ran when the last turn ended. */
  readonly background: number;
  /** The CLI's ids of this launch's sessions, the present one last; `/clear` and resume change it. */
  readonly sessions: readonly string[];
  /** The session that said last that it started. */
  readonly started?: string;
}

/** Bounds on what a spool can make us keep. */
const mostCalls = 64;
const mostSessions = 100;

/** Tools that ask a person something themselves (seen with 2.1.329: both come with a PermissionRequest as well). */
const asking: ReadonlyMap<string, Dialog['need']> = new Map([
  ['AskUserQuestion', 'question'],
  ['ExitPlanMode', 'plan'],
]);

const nothing: Omit<Heard, 'since' | 'at' | 'sessions'> = {
  activity: 'fresh',
  evidence: 'heard of',
  dialogs: [],
  calls: [],
  background: 0,
};

/** Optional fields of a line, as those of a call or dialog. */
const bySubagent = ({ subagent }: SpoolLine) => (subagent === undefined ? {} : { subagent });

function become(heard: Heard, activity: Activity, line: SpoolLine, evidence: string): Heard {
  return { ...heard, activity, evidence, since: heard.activity === activity ? heard.since : line.t };
}

/** A turn is over or begins: nothing of the last one is open, but for what sub-agents in the background still ask. */
function withoutTurn(heard: Heard, isAll: boolean): Heard {
  const isLeft = ({ subagent }: { readonly subagent?: string }): boolean => !isAll && subagent !== undefined;
  return { ...heard, dialogs: heard.dialogs.filter(isLeft), calls: heard.calls.filter(isLeft) };
}

function started(heard: Heard, line: SpoolLine, isKnown: boolean): Heard {
  const begun: Heard = { ...heard, started: line.session };
  // A compacted conversation goes on. Hooks run beside each other, so the line of a start may come after that of the
  // prompt that followed it: what is known of the same session then stands.
  const isLate = isKnown && heard.started !== line.session;
  if (heard.activity !== 'ended' && (line.source === 'compact' || isLate)) return begun;
  const how = line.source === undefined || line.source === 'startup' ? '' : ` (${line.source})`;
  const anew = { ...withoutTurn(begun, true), background: 0, activity: 'fresh', since: line.t } as const;
  return { ...anew, evidence: `its session started${how}` };
}

function ended(heard: Heard, line: SpoolLine): Heard {
  const over = { ...withoutTurn(heard, true), background: 0 };
  // `/clear` and `/resume` end one session and start another in the same process (CLAUDE-CODE-CONTRACT.md section 8).
  if (line.reason === 'clear' || line.reason === 'resume')
    return { ...over, activity: 'fresh', since: line.t, evidence: `its conversation ended (${line.reason})` };
  return become(
    over,
    'ended',
    line,
    `its session ended${line.reason === undefined ? '' : ` (${line.reason})`}`,
  );
}

function ask(heard: Heard, line: SpoolLine, need: Dialog['need']): Heard {
  const tool = line.tool ?? '';
  const isAsked = (call: Call): boolean => heard.dialogs.some((dialog) => dialog.call === call.id);
  // The event has no id of the call that it is about (seen with 2.1.329).
  const id =
    line.toolUseId ??
    heard.calls.find((call) => call.tool === tool && call.subagent === line.subagent && !isAsked(call))?.id;
  const isOpen = heard.dialogs.some(
    (dialog) => dialog.need !== 'permission' && dialog.tool === tool && dialog.subagent === line.subagent,
  );
  if (isOpen || heard.dialogs.length >= mostCalls) return heard;
  const dialog: Dialog = {
    need,
    tool,
    ...(id === undefined ? {} : { call: id }),
    ...bySubagent(line),
    since: line.t,
  };
  return { ...heard, dialogs: [...heard.dialogs, dialog] };
}

function called(heard: Heard, line: SpoolLine): Heard {
  const tool = line.tool ?? '';
  const working = become(heard, 'working', line, `uses ${tool === '' ? 'a tool' : tool}`);
  if (line.verdict === 'deny' || line.toolUseId === undefined) return working;
  const call: Call = { id: line.toolUseId, tool, ...bySubagent(line) };
  const open = { ...working, calls: [...working.calls, call].slice(-mostCalls) };
  const need = asking.get(tool);
  return need === undefined ? open : ask(open, line, need);
}

/** A tool call is over, whoever answered what. */
function returned(heard: Heard, line: SpoolLine): Heard {
  const { toolUseId: id } = line;
  const isOver = (dialog: Dialog): boolean =>
    dialog.call === undefined || id === undefined
      ? dialog.tool === line.tool && dialog.subagent === line.subagent
      : dialog.call === id;
  const over = heard.dialogs.findIndex(isOver);
  const left: Heard = {
    ...heard,
    dialogs: heard.dialogs.filter((_, index) => index !== over),
    calls: heard.calls.filter((call) => call.id !== id),
  };
  // A line that comes late says nothing of a turn that is over since; one of a turn that nobody saw begin does.
  if (left.activity !== 'working') return left;
  const words = over < 0 ? left.evidence : `was answered, and used ${line.tool ?? 'a tool'}`;
  return { ...left, evidence: words };
}

function stopped(heard: Heard, line: SpoolLine): Heard {
  const background = Math.max(0, line.background ?? 0);
  const over = { ...withoutTurn(heard, background === 0), background };
  if (background === 0) return become(over, 'done', line, 'its turn is over');
  // The CLI goes on by itself when they end (CLAUDE-CODE-CONTRACT.md section 2.2).
  const tasks = background === 1 ? 'a background task' : `${background} background tasks`;
  return become(over, 'working', line, `waits for ${tasks}`);
}

function notified(heard: Heard, line: SpoolLine): Heard {
  switch (line.notification) {
    case 'permission_prompt':
      // Some six seconds after the request, which says more. Both the question of a tool and a plan send it too.
      return heard.dialogs.length > 0 ? heard : ask(heard, line, 'permission');
    // A choice of the CLI's own, seen with 2.1.329 where auto mode could not decide.
    case 'agent_needs_input':
    case 'elicitation_dialog':
      return heard.dialogs.length > 0 ? heard : ask(heard, line, 'question');
    case 'idle_prompt': {
      // A minute at its prompt: whatever was open was answered "No", or its turn was interrupted.
      const idle = withoutTurn(heard, true);
      return idle.activity === 'working' && idle.background === 0
        ? become(idle, 'fresh', line, 'it waits at its prompt')
        : idle;
    }
    default:
      return heard;
  }
}

function failed(heard: Heard, line: SpoolLine): Heard {
  const kind = line.error ?? 'unknown';
  const over = { ...withoutTurn(heard, true), background: 0 };
  return become(over, kind === 'rate_limit' ? 'limit' : 'failed', line, `its turn failed (${kind})`);
}

function heardOf(heard: Heard, line: SpoolLine, isKnown: boolean): Heard {
  switch (line.event) {
    case 'SessionStart':
      return started(heard, line, isKnown);
    case 'SessionEnd':
      return ended(heard, line);
    case 'UserPromptSubmit':
      return become(
        withoutTurn({ ...heard, background: 0 }, false),
        'working',
        line,
        'a prompt was submitted',
      );
    case 'PreToolUse':
      return called(heard, line);
    case 'PermissionRequest':
      return ask(heard, line, asking.get(line.tool ?? '') ?? 'permission');
    case 'PostToolUse':
    case 'PostToolUseFailure':
      return returned(heard, line);
    case 'Stop':
      return stopped(heard, line);
    case 'StopFailure':
      return failed(heard, line);
    case 'Notification':
      return notified(heard, line);
    case 'SubagentStop':
      // What it asked is not on the screen any more.
      return line.subagent === undefined
        ? heard
        : {
            ...heard,
            dialogs: heard.dialogs.filter(({ subagent }) => subagent !== line.subagent),
            calls: heard.calls.filter(({ subagent }) => subagent !== line.subagent),
          };
    default:
      return heard;
  }
}

/**
 * Takes one line in. Lines are in the order of their file; those of events that came at almost the same time may be
 * swapped, since the CLI does not wait for a report. `heard`: undefined before the first line.
 */
export function reduce(heard: Heard | undefined, line: SpoolLine): Heard {
  const before: Heard = heard ?? { ...nothing, since: line.t, at: line.t, sessions: [] };
  // After the end only a start counts: what else comes is late.
  if (before.activity === 'ended' && line.event !== 'SessionStart') return before;
  const { session } = line;
  const present = before.sessions.at(-1);
  const isKnown = session !== '' && session === present;
  const at = line.t > before.at ? line.t : before.at;
  // What comes of a session that is gone is late, but for its start: it was resumed.
  if (!isKnown && line.event !== 'SessionStart' && before.sessions.includes(session))
    return { ...before, at };
  const sessions =
    session === '' || isKnown
      ? before.sessions
      : [...before.sessions.filter((id) => id !== session), session].slice(-mostSessions);
  return heardOf({ ...before, sessions, at }, line, isKnown);
}
