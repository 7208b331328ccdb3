// Somebody's settings file as a proof may use it: what it decides stays, what it runs and whom it talks to does not. Pure.
import { isObject, type Json, type JsonObject, readJson } from '../claude/jsonText.ts';
import { visibleShort } from '../findings/visible.ts';

/** Keys whose value the CLI runs or asks. */
const helpers = [
  'apiKeyHelper',
  'awsAuthRefresh',
  'awsCredentialExport',
  'enabledPlugins',
  'extraKnownMarketplaces',
  'fileSuggestion',
  'otelHeadersHelper',
  'proxyAuthHelper',
  'statusLine',
  'subagentStatusLine',
] as const;

/** Environment names through which a guard could be reached; of the others nothing is needed, and some are secrets. */
const kept = /^(NODE_|LD_|DYLD_|OPENSSL_CONF$|PATH$|CLAUDE_PROJECT_DIR$)/;

export interface Harmless {
  /** Unchanged where it is no JSON object: the CLI drops such a file, and so it does in the proof. */
  readonly text: string;
  /** What was taken out, in words, such as `hook PreToolUse: eslint --fix`. */
  readonly notCovered: readonly string[];
}

/** Does nothing and says nothing, in a POSIX shell and in PowerShell. */
const noOp = { type: 'command', command: 'exit 0' } as const;

/** Whether a hook's handler is one of ours: by the file that it runs. */
function isOurs(handler: JsonObject): boolean {
  const words = Array.isArray(handler.args) ? handler.args : [];
  return [handler.command, ...words].some(
    (word) => typeof word === 'string' && /\/agents\/\.orchestrator\/(guard|report)\.mjs$/.test(word),
  );
}

/** The handlers that would run, each replaced; what is malformed stays, since it decides whether the file is dropped. */
function harmlessHooks(hooks: Json, notCovered: string[]): Json {
  if (!isObject(hooks)) return hooks;
  const events = Object.entries(hooks).map(([event, entries]): [string, Json] => {
    if (!Array.isArray(entries)) return [event, entries];
    const list = entries.map((entry: Json): Json => {
      if (!isObject(entry) || !Array.isArray(entry.hooks)) return entry;
      const handlers = entry.hooks.map((handler: Json): Json => {
        if (!isObject(handler) || typeof handler.type !== 'string' || isOurs(handler)) return handler;
        if (handler.type === 'command' && typeof handler.command !== 'string') return handler;
        const what = typeof handler.command === 'string' ? handler.command : handler.type;
        notCovered.push(`hook ${visibleShort(event, 40)}: ${visibleShort(what, 80)}`);
        if (handler.type !== 'command') return noOp;
        const { args: _, ...rest } = handler;
        return { ...rest, command: noOp.command };
      });
      return { ...entry, hooks: handlers };
    });
    return [event, list];
  });
  return Object.fromEntries(events);
}

/** A settings file without helpers, plugins and other people's hooks, and with no environment but what could reach a guard. */
export function harmlessSettings(text: string): Harmless {
  const { value } = readJson(text);
  if (!isObject(value)) return { text, notCovered: [] };
  const notCovered: string[] = [];
  const made: Record<string, Json> = {};
  for (const [key, found] of Object.entries(value)) {
    if ((helpers as readonly string[]).includes(key)) notCovered.push(key);
    else if (key === 'hooks') made[key] = harmlessHooks(found, notCovered);
    else if (key === 'env' && isObject(found))
      made[key] = Object.fromEntries(Object.entries(found).filter(([name]) => kept.test(name)));
    else made[key] = found;
  }
  return { text: `${JSON.stringify(made, null, 2)}\n`, notCovered };
}
