// Somebody's settings file as a proof may use it: what it decides stays, what it runs and whom it talks to does not. Pure.
import { isObject, type Json, type JsonObject, readJson } from '../claude/jsonText.ts';
import { visibleShort } from '../findings/visible.ts';

/** Keys whose value the CLI runs, asks, writes to or talks to. */
const helpers: ReadonlySet<string> = new Set([
  ...['apiKeyHelper', 'appendPlugins', 'autoMemoryDirectory', 'autoUploadSessions', 'awsAuthRefresh'],
  ...['awsCredentialExport', 'enabledPlugins', 'extraKnownMarketplaces', 'fileSuggestion'],
  ...['forceLoginGatewayUrl', 'forceLoginMethod', 'forceLoginOrgUUID', 'forceRemoteSettingsRefresh'],
  ...['gcpAuthRefresh', 'managedMcpServers', 'otelHeadersHelper', 'plansDirectory', 'pluginConfigs'],
  ...['policyHelper', 'policyHelpers', 'prependPlugins', 'processWrapper', 'proxyAuthHelper', 'remote'],
  ...['remoteControl', 'remoteControlAtStartup', 'sshConfigs', 'sshHostCommands', 'statusLine'],
  ...['subagentStatusLine', 'syncClaudeAiPlugins', 'syncClaudeAiSkills'],
]);

/** A number or nothing: it starts nothing, and where it is of the wrong type the CLI drops the file for it. */
const isInert = (value: Json): boolean => typeof value === 'number' || value === null;

/** Names through which a guard could be reached. Those that matter are tried as attacks, with stand-ins. */
const reachesGuard = /^(NODE_|LD_|DYLD_|OPENSSL_CONF$|PATH$|CLAUDE_PROJECT_DIR$)/;

export interface Harmless {
  /** Unchanged where it is no JSON object: the CLI drops such a file, and so it does in the proof. */
  readonly text: string;
  /** What was taken out, in words, such as `hook PreToolUse: eslint --fix`. */
  readonly notCovered: readonly string[];
}

/** Does nothing and says nothing, in a POSIX shell and in PowerShell. */
const noOp = { type: 'command', command: 'exit 0' } as const;

/** A program that a generated hook names, by the only folder of it that a scratch copy has. */
const ourScript = /^\$\{CLAUDE_PROJECT_DIR\}\/agents\/\.orchestrator\/[\w-]+(?:\.[\w-]+)*$/;

/** Whether a hook's handler has the form of ours, which starts nothing but a script of the scratch copy. */
function isOurs({ type, command, args }: JsonObject): boolean {
  if (type !== 'command' || command !== 'node' || !Array.isArray(args)) return false;
  const [script, ...words] = args;
  const isPlain = words.every((word) => typeof word === 'string' && /^\w[\w-]*$/.test(word));
  return typeof script === 'string' && ourScript.test(script) && isPlain;
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

/**
 * A settings file without helpers, plugins and other people's hooks, and with no environment but names that are set to
 * nothing, 0 or 1: any other value is a secret, or could start something of the workspace.
 */
export function harmlessSettings(text: string): Harmless {
  const { value } = readJson(text);
  if (!isObject(value)) return { text, notCovered: [] };
  const notCovered: string[] = [];
  const made: Record<string, Json> = {};
  for (const [key, found] of Object.entries(value)) {
    if (helpers.has(key) && !isInert(found)) notCovered.push(key);
    else if (key === 'hooks') made[key] = harmlessHooks(found, notCovered);
    else if (key === 'env' && isObject(found)) {
      // What is no text stays: it decides whether the file is dropped.
      const isSet = (text: Json | undefined): boolean => typeof text === 'string' && !/^[01]?$/.test(text);
      const entries = Object.entries(found);
      for (const [name, text] of entries)
        if (isSet(text) && reachesGuard.test(name)) notCovered.push(`env ${visibleShort(name, 40)}`);
      made[key] = Object.fromEntries(entries.filter(([, text]) => !isSet(text)));
    } else made[key] = found;
  }
  return { text: `${JSON.stringify(made, null, 2)}\n`, notCovered };
}
