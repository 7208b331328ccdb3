// Frames of the hub: what becomes of an event, and the ids by which frames are told from each other.
import { randomUUID } from 'node:crypto';
import type {
  AgentMessage,
  CoordinationMessage,
  CriticalAlert,
  ServerMessage,
  SystemMessage,
  TaskMessage,
} from '../protocol/wsMessages.generated.ts';
import type { HubEvent } from './hubEvent.ts';
import type { Queued } from './sendQueue.ts';
import type { Slabs } from './slabs.ts';

/** A message of the hub before it has its id. */
export type Unsent = ServerMessage extends infer Message
  ? Message extends ServerMessage
    ? Omit<Message, 'correlation_id'>
    : never
  : never;

type EventMessage = AgentMessage | CoordinationMessage | TaskMessage | SystemMessage | CriticalAlert;

/** The frame's text. `correlationId`: of the request that it answers; absent: a fresh one. */
export function frameOf(message: Unsent, correlationId: string = randomUUID()): Buffer {
  return Buffer.from(textOf(message, correlationId));
}

const textOf = (message: Unsent, correlationId: string): string =>
  JSON.stringify({ ...message, correlation_id: correlationId });

export interface EventFrame extends Queued {
  /** A fresh one, the same for all who get it. */
  readonly correlationId: string;
}

/** The one frame of an event, the same for all who get it. `slabs`: where it lies. */
export function frameOfEvent(
  { type, group, seq, at, agent, data, isCoalescible }: HubEvent,
  slabs: Slabs,
): EventFrame {
  const correlationId = randomUUID();
  // The journal's types and groups belong together, which the types of the schema say and those of the journal do not.
  const message = {
    type,
    subscription: group,
    seq,
    at,
    ...(agent === undefined ? {} : { agent }),
    data,
  } as Omit<EventMessage, 'correlation_id'> as Unsent;
  return {
    correlationId,
    bytes: slabs.keep(textOf(message, correlationId)),
    ...(isCoalescible ? { key: `${group} ${type} ${agent ?? ''}` } : {}),
  };
}
