// One thing that happened, as it is in the journal and as subscribers get it. Types alone.

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

export const groups = ['agents', 'coordination', 'tasks', 'system', 'alerts'] as const;
export type Group = (typeof groups)[number];

/** `…_update` tells how things are, `…_event` that something happened. */
export type EventType =
  | 'agent_update'
  | 'agent_event'
  | 'coordination_update'
  | 'coordination_event'
  | 'task_update'
  | 'task_event'
  | 'system_update'
  | 'system_event'
  | 'critical_alert';

export interface HubEvent {
  /** 1, 2, 3… within an epoch, without a gap. */
  readonly seq: number;
  /** When the hub took it in, ISO 8601 with milliseconds and `Z`. What a hook says of its own time is `data.t`. */
  readonly at: string;
  readonly group: Group;
  readonly type: EventType;
  /** Somebody else's text where it comes from a spool: shown escaped. */
  readonly agent?: string;
  /** A later one of the same group, type and agent makes it superfluous. So it is with every `…_update`. */
  readonly isCoalescible: boolean;
  /** Without secrets. Of a spool's line: that line, which is an allow-list, with its `id` and `n`. */
  readonly data: JsonObject;
}
