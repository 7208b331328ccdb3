// The variables that a template may use, with the value that each has for an agent.
import { isObject, type Json } from '../../claude/jsonText.ts';
import type { Agent } from '../../registry/model.ts';
import { flat } from '../memory.ts';
import { stampPlace } from './timestamp.ts';

/** What stands for an agent where the registry gives it nothing. */
const none = '(none)';

/** What the values of an agent are made from. */
export interface VariableSource {
  readonly agent: Agent;
  /** sha256 of the agent's policy, by which the guard knows it. */
  readonly policySha: string;
  /** The settings that are generated without a template. */
  readonly builtIn: Json;
  readonly projectRoot: () => string;
}

interface Variable {
  readonly value: (source: VariableSource) => string | readonly string[];
  /** The value is JSON as it stands: it is not escaped in a settings template. */
  readonly isJson?: true;
}

const variables = {
  AGENT_NAME: { value: ({ agent }) => agent.id },
  AGENT_DISPLAY_NAME: { value: ({ agent }) => agent.displayName },
  AGENT_DESCRIPTION: { value: ({ agent }) => agent.description },
  AGENT_MODEL: { value: ({ agent }) => agent.model },
  PERSONA_PATH: { value: ({ agent }) => agent.persona ?? none },
  PROJECT_ROOT: { value: ({ projectRoot }) => projectRoot() },
  BUILD_TIMESTAMP: { value: () => stampPlace },
  AGENT_TOOLS_LIST: { value: ({ agent }) => agent.tools },
  AGENT_CANNOT_ACCESS_LIST: { value: ({ agent }) => agent.cannotAccess },
  AGENT_EXCLUSIVE_ACCESS_LIST: { value: ({ agent }) => agent.exclusiveAccess },
  AGENT_DELEGATION_RULES: { value: ({ agent }) => agent.delegatesTo },
  AGENT_RESPONSIBILITIES_LIST: { value: ({ agent }) => agent.responsibilities },
  AGENT_FORBIDDEN_LIST: { value: ({ agent }) => agent.forbidden },
  // Ours, so that a template can keep what guards the agent: `"deny": [${AGENT_DENY_RULES}]`.
  AGENT_POLICY_SHA256: { value: ({ policySha }) => policySha },
  AGENT_DENY_RULES: { value: ({ builtIn }) => denyRulesOf(builtIn), isJson: true },
} as const satisfies Record<string, Variable>;

export const variableNames: readonly string[] = Object.keys(variables);

function denyRulesOf(builtIn: Json): string {
  const permissions = isObject(builtIn) ? builtIn.permissions : undefined;
  const deny = isObject(permissions) ? permissions.deny : undefined;
  return (Array.isArray(deny) ? deny : []).map((rule: Json) => JSON.stringify(rule)).join(', ');
}

const bulleted = (items: readonly string[], spell: (text: string) => string): string =>
  items.length === 0 ? none : items.map((item) => `- ${spell(item)}`).join('\n');

const escapeOf = (hidden: string): string =>
  [...new Array(hidden.length).keys()]
    .map((at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** The inside of a JSON string; what a reviewer would not see is escaped. */
const inString = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, escapeOf);

/**
 * The text that a variable stands for in a template of a kind; undefined when there is no such variable. In JSON it is
 * escaped as the inside of a string; in Markdown a value is one line, and lists are bullets.
 */
export function variableText(
  name: string,
  kind: 'settings' | 'memory',
  source: VariableSource,
): string | undefined {
  if (!Object.hasOwn(variables, name)) return undefined;
  const variable: Variable = variables[name as keyof typeof variables];
  const value = variable.value(source);
  if (kind === 'memory') return typeof value === 'string' ? flat(value) : bulleted(value, flat);
  const text =
    typeof value === 'string' ? value : bulleted(value, (item) => item.replace(/\s+/g, ' ').trim());
  return variable.isJson === true ? text : inString(text.trim());
}
