// The text of a client's frame → the message that it is, or the code of what is wrong with it. Pure.
import type { ClientMessage, ErrorCode } from '../protocol/wsMessages.generated.ts';
import { type SchemaError, validateClient } from '../protocol/wsSchema.generated.ts';
import { clientTypes, controlActions, dataTypes } from './contract.ts';
import { groups } from './hubEvent.ts';

export interface BadMessage {
  readonly code: ErrorCode;
  readonly message: string;
}

export type ReadMessage = (
  | { readonly message: ClientMessage; readonly bad?: never }
  | { readonly bad: BadMessage; readonly message?: never }
) & {
  /** The client's own id, wherever it could be made out. */
  readonly correlationId?: string;
};

const bad = (code: ErrorCode, message: string): { readonly bad: BadMessage } => ({ bad: { code, message } });

/**
 * The place in a frame that the schema does not admit, as a pointer. It is made of names of the schema alone. The errors
 * are of all types and actions together, so those that only say that it is another one are left out.
 */
function placeOf(errors: readonly SchemaError[], type: string, action: unknown): string {
  const isAction = controlActions.some((known) => known === action);
  const place = errors
    .map(({ instancePath }) => instancePath)
    .find((path) => /^\/[a-z_]+$/.test(path) && path !== '/type' && !(isAction && path === '/action'));
  return place === undefined ? `A field that ${type} needs is missing` : `${place} is not what ${type} takes`;
}

/** `mostSubscriptions`: groups in one list. Never throws. */
export function readClientMessage(text: string, mostSubscriptions: number): ReadMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('invalid_json', 'The frame is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return bad('invalid_json', 'The frame is JSON, but no object.');
  const {
    type,
    correlation_id: own,
    subscriptions,
    data_type,
    action,
  } = value as Readonly<Record<string, unknown>>;
  const correlation =
    typeof own === 'string' && own.length > 0 && own.length <= 128 ? { correlationId: own } : {};
  if (!clientTypes.some((known) => known === type))
    return {
      ...bad('unknown_type', `There is no message of this type; there are ${clientTypes.join(', ')}.`),
      ...correlation,
    };
  const isList = (type === 'subscribe' || type === 'unsubscribe') && Array.isArray(subscriptions);
  if (isList && subscriptions.length > mostSubscriptions)
    return {
      ...bad('too_many_subscriptions', `At most ${mostSubscriptions} groups in one list.`),
      ...correlation,
    };
  if (isList && subscriptions.some((each) => !groups.some((group) => group === each)))
    return {
      ...bad('invalid_subscription', `There is no such group; there are ${groups.join(', ')}.`),
      ...correlation,
    };
  if (
    type === 'request_data' &&
    typeof data_type === 'string' &&
    !dataTypes.some((known) => known === data_type)
  )
    return {
      ...bad('unknown_data_type', `There is no data of this type; there are ${dataTypes.join(', ')}.`),
      ...correlation,
    };
  const errors = validateClient(value);
  if (errors.length > 0)
    return { ...bad('invalid_json', `${placeOf(errors, String(type), action)}.`), ...correlation };
  return { message: value as ClientMessage, ...correlation };
}
