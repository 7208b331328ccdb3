// What of a hook event may be told: event JSON of the CLI → the fields of a spool line.
import type { SpoolFields } from './spoolLine.ts';

/**
 * Event fields are those of CLAUDE-CODE-CONTRACT.md section 2.2; those of tasks and teammates were seen with 2.1.329 and
 * 2.1.197, of which the older names a teammate in `teammate_name` alone.
 */
type Event = Readonly<Record<string, unknown>>;

type EventFields = Pick<
  SpoolFields,
  | 'session'
  | 'event'
  | 'tool'
  | 'toolUseId'
  | 'subagent'
  | 'file'
  | 'ms'
  | 'source'
  | 'reason'
  | 'notification'
  | 'task'
  | 'subject'
  | 'background'
  | 'error'
>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A value of the CLI's own vocabulary: one word, so that free text never gets into a field meant for a kind. */
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;

function fileOf(event: Event): string | undefined {
  const input = event.tool_input;
  if (typeof input !== 'object' || input === null) return undefined;
  const { file_path, notebook_path, path } = input as Event;
  return text(file_path) ?? text(notebook_path) ?? text(path);
}

function errorOf(event: Event): string | undefined {
  // What a failed tool printed is a tool response, which a spool never holds.
  if (event.hook_event_name === 'PostToolUseFailure')
    return event.is_interrupt === true ? 'interrupted' : 'failed';
  return event.hook_event_name === 'StopFailure' ? (word(event.error) ?? 'unknown') : undefined;
}

/**
 * The part of a spool line that an event determines. Prompts, messages, file contents, commands, tool responses, what
 * a task's description says and transcript paths are never among it; fields of the wrong type are left out.
 */
export function eventFields(event: Event): EventFields {
  const name = event.hook_event_name;
  const optional = {
    tool: text(event.tool_name),
    toolUseId: text(event.tool_use_id),
    subagent: text(event.teammate_name) ?? text(event.agent_type),
    file: fileOf(event),
    ms: typeof event.duration_ms === 'number' ? event.duration_ms : undefined,
    source: name === 'SessionStart' ? word(event.source) : undefined,
    reason: name === 'SessionEnd' ? word(event.reason) : undefined,
    notification: name === 'Notification' ? word(event.notification_type) : undefined,
    task: text(event.task_id),
    subject: text(event.task_subject),
    background: Array.isArray(event.background_tasks) ? event.background_tasks.length : undefined,
    error: errorOf(event),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { session: text(event.session_id) ?? '', event: text(name) ?? '', ...Object.fromEntries(present) };
}
