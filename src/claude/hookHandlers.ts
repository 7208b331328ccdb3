// What the CLI insists on in a hook's handler, as data: a handler that fails it is skipped, or drops the whole file.
import { visibleShort } from '../findings/visible.ts';
import { atLeast, newestKnown } from './cliVersion.ts';
import { handlerTypes } from './hookEvents.ts';
import { isObject, type Json } from './jsonText.ts';

/** Older ones ignore the key, so that their hooks fail open (CLAUDE-CODE-CONTRACT.md section 0.4). */
export const onFailureSince = '2.1.295';

interface Demand {
  /** The handler types that it holds for; absent: all. */
  readonly types?: readonly string[];
  readonly key: string;
  readonly isRequired?: true;
  readonly holds: (value: Json) => boolean;
  readonly must: string;
  /** The first version that looks at the key; absent: all that we know. */
  readonly since?: string;
}

const isText = (value: Json): boolean => typeof value === 'string';
const isBoolean = (value: Json): boolean => typeof value === 'boolean';
const isTextList = (value: Json): boolean => Array.isArray(value) && value.every(isText);
const isTextMap = (value: Json): boolean => isObject(value) && Object.values(value).every(isText);
const isOneOf =
  (...allowed: readonly string[]) =>
  (value: Json): boolean =>
    typeof value === 'string' && allowed.includes(value);
const isUrl = (value: Json): boolean => typeof value === 'string' && URL.canParse(value);

/** CLAUDE-CODE-CONTRACT.md sections 1.4 and 2.1; each row was tried with `claude doctor` of 2.1.329. */
const demands: readonly Demand[] = [
  { types: ['command'], key: 'command', isRequired: true, holds: isText, must: 'be a text' },
  { types: ['http'], key: 'url', isRequired: true, holds: isUrl, must: 'be a whole URL' },
  { types: ['prompt', 'agent'], key: 'prompt', isRequired: true, holds: isText, must: 'be a text' },
  { types: ['mcp_tool'], key: 'server', isRequired: true, holds: isText, must: 'be a text' },
  { types: ['mcp_tool'], key: 'tool', isRequired: true, holds: isText, must: 'be a text' },
  {
    key: 'timeout',
    holds: (value) => typeof value === 'number' && value > 0,
    must: 'be a number of seconds above 0',
  },
  { key: 'if', holds: isText, must: 'be a permission rule' },
  { key: 'statusMessage', holds: isText, must: 'be a text' },
  { types: ['mcp_tool'], key: 'input', holds: isObject, must: 'be an object' },
  { types: ['prompt', 'agent'], key: 'model', holds: isText, must: 'be a text' },
  { key: 'once', holds: isBoolean, must: 'be true or false' },
  {
    types: ['command', 'http'],
    key: 'onFailure',
    holds: isOneOf('continue', 'block'),
    must: 'be "block" or "continue"',
    since: onFailureSince,
  },
  { types: ['command'], key: 'args', holds: isTextList, must: 'be a list of texts' },
  { types: ['command'], key: 'async', holds: isBoolean, must: 'be true or false' },
  { types: ['command'], key: 'asyncRewake', holds: isBoolean, must: 'be true or false' },
  {
    types: ['command'],
    key: 'shell',
    holds: isOneOf('bash', 'powershell'),
    must: 'be "bash" or "powershell"',
  },
  { types: ['http'], key: 'headers', holds: isTextMap, must: 'be an object of texts' },
  { types: ['http'], key: 'allowedEnvVars', holds: isTextList, must: 'be a list of texts' },
];

/** Why the CLI does not take a handler, as a clause; undefined when it does. */
export function handlerMistake(handler: Json, version: string = newestKnown): string | undefined {
  if (!isObject(handler)) return 'a handler must be an object';
  const { type } = handler;
  if (typeof type !== 'string') return 'a handler needs a type, such as "command"';
  if (!handlerTypes.has(type)) return `there is no handler type ${visibleShort(JSON.stringify(type), 40)}`;
  for (const { types, key, isRequired, holds, must, since = '0' } of demands) {
    if (types?.includes(type) === false || !atLeast(version, since)) continue;
    const value = handler[key];
    if (value === undefined) {
      if (isRequired) return `a handler of type "${type}" needs ${key}, which must ${must}`;
    } else if (!holds(value)) return `${key} must ${must}`;
  }
  return undefined;
}
