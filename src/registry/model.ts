// What a registry says, as values. Absence is resolved here: a list that is not written is empty.

export const permissionModes = [
  'default',
  'acceptEdits',
  'plan',
  'auto',
  'dontAsk',
  'bypassPermissions',
] as const;
export type PermissionMode = (typeof permissionModes)[number];

/** A difference that somebody chose to live with. Times are ISO 8601 dates. */
export interface IgnoreEntry {
  readonly file: string;
  readonly key: string;
  readonly reason: string;
  readonly until?: string;
}

/** One entry of the registry, `defaults` merged under it. */
export interface Agent {
  /** Its key, `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, at most 64 characters. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly model: string;
  /** As written, old names included; `claude/tools` knows today's. */
  readonly tools: readonly string[];
  readonly delegatesTo: readonly string[];
  readonly cannotAccess: readonly string[];
  readonly exclusiveAccess: readonly string[];
  readonly cannotRead: readonly string[];
  readonly responsibilities: readonly string[];
  readonly forbidden: readonly string[];
  readonly group?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  /** Path of a prompt file, relative to the workspace or absolute. */
  readonly persona?: string;
  /** Paths relative to the workspace. */
  readonly contextFiles: readonly string[];
  readonly permissionMode: PermissionMode;
  readonly allowBash: readonly string[];
  readonly denyBash: readonly string[];
  readonly sandbox: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Absent means: every server of `.mcp.json` that the tools admit. */
  readonly mcpServers?: readonly string[];
  readonly worktree: boolean;
  readonly prompt?: string;
  readonly autostart: boolean;
  readonly ignore: readonly IgnoreEntry[];
}

export interface Registry {
  readonly version?: string;
  /** Ids of the agents that `--pilot` means. */
  readonly pilot: readonly string[];
  /** In the registry's order. */
  readonly agents: ReadonlyMap<string, Agent>;
}

/** Where a registry lies in its workspace. */
export const registryPath = 'agents/registry.yaml';

const idForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Whether a text has the form of an agent id. Checked again wherever an id becomes a path or an argument. */
export function isAgentId(text: string): boolean {
  return text.length <= 64 && idForm.test(text);
}
