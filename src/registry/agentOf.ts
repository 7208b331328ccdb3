// From the plain fields of a sound entry, `defaults` merged under them, to the model's agent.
import { type Entry, isPlain, type Plain, writtenIn } from './entry.ts';
import type { Agent, IgnoreEntry, PermissionMode } from './model.ts';

/**
 * The agent that a sound entry and sound defaults describe; undefined when a required field is in neither. The schema
 * has been checked, so the reads below only tell present from absent.
 */
export function agentOf(entry: Entry, defaults: Entry | undefined): Agent | undefined {
  const own = writtenIn(entry);
  const under = writtenIn(defaults);
  const field = (name: string): unknown => own[name] ?? under[name];
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const list = (name: string): readonly string[] => (field(name) as readonly string[] | undefined) ?? [];

  const displayName = text(own.display_name);
  const description = text(own.description);
  const model = text(field('model'));
  const tools = field('tools') as readonly string[] | undefined;
  if (displayName === undefined || description === undefined || model === undefined || tools === undefined)
    return undefined;

  const env: Record<string, string> = Object.create(null);
  for (const source of [under.env, own.env])
    if (isPlain(source)) for (const [name, value] of Object.entries(source)) env[name] = String(value);

  return {
    id: entry.id,
    displayName,
    description,
    model,
    tools,
    delegatesTo: list('delegates_to'),
    cannotAccess: list('cannot_access'),
    exclusiveAccess: list('exclusive_access'),
    cannotRead: list('cannot_read'),
    responsibilities: list('responsibilities'),
    forbidden: list('forbidden'),
    ...present('group', text(field('group'))),
    ...present('owner', text(field('owner'))),
    tags: list('tags'),
    ...present('persona', text(field('persona'))),
    contextFiles: list('context_files'),
    permissionMode: (field('permission_mode') as PermissionMode | undefined) ?? 'default',
    allowBash: list('allow_bash'),
    denyBash: list('deny_bash'),
    sandbox: field('sandbox') === true,
    env,
    ...present('mcpServers', field('mcp_servers') as readonly string[] | undefined),
    worktree: field('worktree') === true,
    ...present('prompt', text(field('prompt'))),
    autostart: field('autostart') === true,
    ignore: ((field('ignore') as readonly Plain[] | undefined) ?? []).map(ignoreOf),
  };
}

function ignoreOf(item: Plain): IgnoreEntry {
  return {
    file: String(item.file),
    key: String(item.key),
    reason: String(item.reason),
    ...present('until', item.until as string | undefined),
  };
}

/** The key with its value, or nothing: an absent field is not a field that is undefined. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
