// The CLI's hook events and handler types (CLAUDE-CODE-CONTRACT.md section 2; the list that 2.1.329 prints itself).

export interface HookEventInfo {
  readonly name: string;
  /** What a hook of it can stop by exit code 2; absent when nothing. */
  readonly blocks?:
    | 'call'
    | 'prompt'
    | 'stop'
    | 'compaction'
    | 'switch'
    | 'change'
    | 'loop'
    | 'expansion'
    | 'task';
  /** Malformed entries drop the whole file; elsewhere only the entry is skipped (section 1.4). */
  readonly isGuard?: true;
  /** A hook that does nothing breaks what the event is for, so it must never be registered as a mere listener. */
  readonly neverIdle?: true;
  /** First CLI version that may have it: 2.1.198 where all that is known is that 2.1.197 has not. Absent: all that we know. */
  readonly since?: string;
}

/**
 * In the order of section 2.2. `PermissionRequest` decides by its output only: exit code 2 is ignored there. With exit
 * code 2 a task is not created, or stays open, and a teammate goes on (seen with 2.1.329 and 2.1.197).
 */
export const hookEventTable = [
  { name: 'PreToolUse', blocks: 'call', isGuard: true },
  { name: 'PostToolUse' },
  { name: 'PostToolUseFailure' },
  { name: 'PostToolBatch', blocks: 'loop' },
  { name: 'Notification' },
  { name: 'UserPromptSubmit', blocks: 'prompt' },
  { name: 'UserPromptExpansion', blocks: 'expansion' },
  { name: 'SessionStart' },
  { name: 'SessionEnd' },
  { name: 'Stop', blocks: 'stop' },
  { name: 'StopFailure' },
  { name: 'SubagentStart' },
  { name: 'SubagentStop', blocks: 'stop' },
  { name: 'PreCompact', blocks: 'compaction' },
  { name: 'PostCompact' },
  { name: 'PreModelSwitch', blocks: 'switch', since: '2.1.251' },
  { name: 'PostModelSwitch', since: '2.1.251' },
  { name: 'PermissionRequest', isGuard: true },
  { name: 'PermissionDenied' },
  { name: 'Setup' },
  { name: 'TeammateIdle', blocks: 'stop' },
  { name: 'TaskCreated', blocks: 'task' },
  { name: 'TaskCompleted', blocks: 'task' },
  { name: 'Elicitation' },
  { name: 'ElicitationResult' },
  { name: 'ConfigChange', blocks: 'change' },
  { name: 'WorktreeCreate', neverIdle: true },
  { name: 'WorktreeRemove' },
  { name: 'InstructionsLoaded' },
  { name: 'CwdChanged' },
  { name: 'FileChanged' },
  { name: 'DirectoryAdded', since: '2.1.198' },
  { name: 'MessageDisplay' },
] as const satisfies readonly HookEventInfo[];

export type HookEvent = (typeof hookEventTable)[number]['name'];

const byName: ReadonlyMap<string, HookEventInfo> = new Map(
  hookEventTable.map((event) => [event.name, event]),
);

/** What is known of an event; undefined for a name that this version does not know. */
export function hookEventInfo(name: string): HookEventInfo | undefined {
  return byName.get(name);
}

/** The names of all events. */
export const hookEvents: readonly HookEvent[] = hookEventTable.map(({ name }) => name);

/** Events whose malformed entries make the CLI drop the whole file. */
export const guardEvents: ReadonlySet<string> = new Set(['PreToolUse', 'PermissionRequest']);

/** Types of a hook's handler (section 2.1). */
export const handlerTypes: ReadonlySet<string> = new Set(['command', 'http', 'mcp_tool', 'prompt', 'agent']);

/** Handler types that an event does not run, as its debug log says (seen with 2.1.329 and 2.1.197). */
export const refusedTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ['SessionStart', ['http', 'prompt', 'agent', 'mcp_tool']],
  ['SessionEnd', ['prompt', 'agent']],
  ['MessageDisplay', ['prompt', 'agent']],
]);
