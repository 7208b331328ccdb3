// What the hub promises its clients by name: versions, groups, routes, codes. GET …/contract tells it.
import type {
  ClientMessage,
  ControlResult,
  DataType,
  ErrorCode,
  ServerMessage,
} from '../protocol/wsMessages.generated.ts';
import { type Group, groups } from './hubEvent.ts';

/** The version that is spoken; the schema is its text. */
export const contractVersion = '1.0';
/** All that a `hello` may ask for. */
export const supportedVersions: readonly string[] = [contractVersion];

export const dataTypes = [
  'agent_status',
  'coordination_metrics',
  'system_health',
] as const satisfies readonly DataType[];

export const clientTypes = [
  'hello',
  'ping',
  'subscribe',
  'unsubscribe',
  'request_data',
  'control',
] as const satisfies readonly ClientMessage['type'][];

export const controlActions = [
  'start',
  'stop',
  'restart',
  'stop_all',
  'send_prompt',
] as const satisfies readonly ControlResult['action'][];

const serverTypes = [
  'connection_established',
  'subscription_updated',
  'agent_update',
  'agent_event',
  'coordination_update',
  'coordination_event',
  'task_update',
  'task_event',
  'system_update',
  'system_event',
  'critical_alert',
  'data_response',
  'data_error',
  'control_result',
  'pong',
  'disconnect_notice',
  'error',
] as const satisfies readonly ServerMessage['type'][];

/** Why something was refused, and what that means. */
export const errorHelp = {
  invalid_json: 'The frame is no text, no JSON object, or has a field that its type does not admit.',
  too_large: 'The frame or the body is longer than `frameBytes`. The connection is closed with 1009.',
  rate_limited: 'More messages than `messagesPerSecond` and `messageBurst` allow; this one was not read.',
  unknown_type: 'There is no message of this type.',
  invalid_subscription: 'There is no such group, or not at this route. Nothing was changed.',
  too_many_subscriptions: 'More than `subscriptions`. Nothing was changed.',
  unauthorized: 'No token, a wrong one or an old one. HTTP status 401.',
  forbidden_origin: 'The Host or the Origin is not this hub. HTTP status 403.',
  unsupported_version: 'The hub does not speak this version; `supported_versions` has those it does.',
  unknown_data_type: 'There is no data of this type.',
  forbidden: 'This needs the token of an operator.',
  unavailable: 'There is no source for it now, or the hub has no room for another connection.',
} as const satisfies Readonly<Record<ErrorCode, string>>;

/** Under this path are all routes of the dashboard. */
export const apiPath = '/api/dashboard';

/** What each WebSocket route may subscribe to. What it gets without a query is `first`. */
export const socketRoutes: Readonly<
  Record<string, { readonly may: readonly Group[]; readonly first: readonly Group[] }>
> = {
  [`${apiPath}/ws/dashboard`]: { may: groups, first: groups },
  [`${apiPath}/ws/agents`]: { may: ['agents', 'alerts'], first: ['agents'] },
  [`${apiPath}/ws/coordination`]: { may: ['coordination', 'alerts'], first: ['coordination'] },
  [`${apiPath}/ws/tasks`]: { may: ['tasks', 'alerts'], first: ['tasks'] },
  [`${apiPath}/ws/system`]: { may: ['system', 'alerts'], first: ['system'] },
};

/** What GET …/contract answers. */
export const contract = {
  contract_version: contractVersion,
  supported_versions: supportedVersions,
  policy:
    'No breaking change without a new major version. A later 1.x may add types, fields, groups and codes: ignore what you do not know. The schema is schemas/ws-messages.schema.json.',
  groups,
  data_types: dataTypes,
  client_messages: clientTypes,
  server_messages: serverTypes,
  error_codes: errorHelp,
  sockets: socketRoutes,
} as const;
