// What an agent may do, as a value: the contents of policy.json, and how it follows from the registry.

export interface PathRule {
  /**
   * gitignore syntax. Any depth below the workspace, unless it starts with `/` (anchored at the workspace root)
   * or with `//` (an absolute path; in launch copies only).
   */
  readonly glob: string;
  readonly from: 'cannot_access' | 'exclusive_access' | 'protected' | 'cannot_read';
  /** The agent that alone may change it, for `exclusive_access`. */
  readonly owner?: string;
}

/** `policy.json` (FORMATS.md). Deny wins. */
export interface Policy {
  readonly format: 1;
  readonly agent: string;
  /** Today's names, sorted, always-on and implied ones included; no `mcp__` names. */
  readonly tools: readonly string[];
  /** Prefixes `mcp__server` or whole tool names `mcp__server__tool`, sorted. */
  readonly mcp: readonly string[];
  readonly write: { readonly deny: readonly PathRule[] };
  readonly read: { readonly deny: readonly PathRule[] };
  readonly bash: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** The agents it may start as sub-agents, each with its own policy (whose own `delegates` is empty). */
  readonly delegates: Readonly<Record<string, Policy>>;
}

/** What `policyOf` must know of the CLI's tools; `claude/tools` has it. */
export interface ToolFacts {
  /** Today's name of a tool (`Task` → `Agent`); the name itself when it has no newer one. */
  readonly today: (name: string) => string;
  /** Tools that change nothing by themselves and are always admitted. */
  readonly alwaysOn: readonly string[];
  /** Tools that come with another, by its name. */
  readonly impliedBy: Readonly<Record<string, readonly string[]>>;
}
