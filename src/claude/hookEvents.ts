// The CLI's hook events (CLAUDE-CODE-CONTRACT.md section 2.2; the list that 2.1.329 prints itself).

export const hookEvents = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'Notification',
  'UserPromptSubmit',
  'UserPromptExpansion',
  'SessionStart',
  'SessionEnd',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'PreModelSwitch',
  'PostModelSwitch',
  'PermissionRequest',
  'PermissionDenied',
  'Setup',
  'TeammateIdle',
  'TaskCreated',
  'TaskCompleted',
  'Elicitation',
  'ElicitationResult',
  'ConfigChange',
  'WorktreeCreate',
  'WorktreeRemove',
  'InstructionsLoaded',
  'CwdChanged',
  'FileChanged',
  'DirectoryAdded',
  'MessageDisplay',
] as const;

/** Events whose malformed entries make the CLI drop the whole file; elsewhere only the entry is skipped (section 1.4). */
export const guardEvents: ReadonlySet<string> = new Set(['PreToolUse', 'PermissionRequest']);

/** Types of a hook's handler (section 2.1). */
export const handlerTypes: ReadonlySet<string> = new Set(['command', 'http', 'mcp_tool', 'prompt', 'agent']);
