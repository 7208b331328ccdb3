// What is known of the CLI's own tools, models and agent types. One table serves policy, launch line, denies and hover.

/** What a tool touches; it decides where in a list or hover the tool stands. */
export type ToolKind =
  | 'read'
  | 'write'
  | 'shell'
  | 'agent'
  | 'web'
  | 'ui'
  | 'plan'
  | 'mcp'
  | 'schedule'
  | 'other';

export interface ToolInfo {
  readonly name: string;
  readonly kind: ToolKind;
  /** One line for a person who meets the name in a list. */
  readonly description: string;
  /**
   * Whether the CLI accepts the bare name in `deny`: `listed` as a tool of today, `removed` as a name it remembers;
   * `claude doctor` says nothing of either. `unknown` is what it calls a typo, and `gated` what it calls one only on
   * some installations (with `CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC`, or where a feature is off). Source: 2.1.329.
   */
  readonly denial: 'listed' | 'removed' | 'unknown' | 'gated';
  /** Today's name, when this one is only an older spelling. */
  readonly today?: string;
  /** First CLI version that is known to have it; absent when not known. */
  readonly since?: string;
}

const row = (
  name: string,
  kind: ToolKind,
  description: string,
  more: Partial<Pick<ToolInfo, 'denial' | 'today' | 'since'>> = {},
): ToolInfo => ({ name, kind, description, denial: 'listed', ...more });

/**
 * Every built-in tool name. Names and aliases are those that 2.1.329 holds in its own list, each one tried as a bare
 * deny with `claude doctor`; CLAUDE-CODE-CONTRACT.md sections 1.3, 3 and 8 say which are offered.
 */
export const tools: readonly ToolInfo[] = [
  row('Agent', 'agent', 'Starts a sub-agent.', { since: '2.1.63' }),
  row('Task', 'agent', 'The older name of Agent.', { today: 'Agent' }),
  row('SendMessage', 'agent', 'Sends a message to a running sub-agent or teammate.'),
  row('ListAgents', 'agent', 'Lists the agents that can be reached.'),
  row('ListPeers', 'agent', 'The older name of ListAgents.', { today: 'ListAgents' }),
  row('SubagentHandback', 'agent', 'Hands the work of a sub-agent back to its caller.', { denial: 'gated' }),
  row('TeamCreate', 'agent', 'Created a team of agents; removed.', { denial: 'removed' }),
  row('TeamDelete', 'agent', 'Deleted a team of agents; removed.', { denial: 'removed' }),
  row('Workflow', 'agent', 'Runs a scripted workflow of sub-agents.'),
  row('Skill', 'agent', 'Runs a skill or a slash command.'),
  row('SlashCommand', 'agent', 'The older name of Skill.', { today: 'Skill', denial: 'unknown' }),
  row('propose_skills', 'agent', 'Proposes skills to add.'),

  row('Read', 'read', 'Reads a file.'),
  row('NotebookRead', 'read', 'Read a notebook; Read does it now.', { today: 'Read', denial: 'unknown' }),
  row('Glob', 'read', 'Finds files by name. Offered only where Bash is not.'),
  row('Grep', 'read', 'Searches in files. Offered only where Bash is not.'),
  row('LS', 'read', 'Listed a directory; removed.', { denial: 'unknown' }),
  row('LSP', 'read', 'Asks a language server.'),
  row('ReadNotifications', 'read', 'Reads notifications of the session.'),

  row('Edit', 'write', 'Changes a part of a file.'),
  row('MultiEdit', 'write', 'Changed several parts of a file; Edit does it now.', {
    today: 'Edit',
    denial: 'unknown',
  }),
  row('Write', 'write', 'Creates or replaces a file.'),
  row('NotebookEdit', 'write', 'Changes a cell of a notebook.'),
  row('EnterWorktree', 'write', 'Moves the session into a git worktree of its own.'),
  row('ExitWorktree', 'write', 'Leaves the git worktree of the session.'),

  row('Bash', 'shell', 'Runs a shell command.'),
  row('PowerShell', 'shell', 'Runs a PowerShell command.'),
  row('Monitor', 'shell', 'Watches a command that runs in the background.'),
  row('TaskStop', 'shell', 'Stops a background command or task.'),
  row('KillShell', 'shell', 'The older name of TaskStop.', { today: 'TaskStop' }),
  row('KillBash', 'shell', 'The older name of TaskStop.', { today: 'TaskStop' }),
  row('TaskOutput', 'shell', 'Read the output of a background task; removed.', { denial: 'removed' }),
  row('AgentOutput', 'shell', 'Read the output of a background agent; removed.', { denial: 'removed' }),
  row('AgentOutputTool', 'shell', 'Read the output of a background agent; removed.', { denial: 'removed' }),
  row('BashOutput', 'shell', 'Read the output of a background command; removed.', { denial: 'removed' }),
  row('BashOutputTool', 'shell', 'Read the output of a background command; removed.', { denial: 'removed' }),

  row('WebFetch', 'web', 'Fetches a web page.'),
  row('WebSearch', 'web', 'Searches the web.'),
  row('ClaudeDesign', 'web', 'Works with a design service on the web.', { denial: 'gated' }),
  row('Projects', 'web', 'Works with projects on the web.'),
  row('RemoteTrigger', 'web', 'Starts remote work.'),
  row('OfferChromeSetup', 'web', 'Offers to set a browser up.'),

  row('AskUserQuestion', 'ui', 'Asks the person a question.'),
  row('SendUserMessage', 'ui', 'Sends the person a message.'),
  row('Brief', 'ui', 'The older name of SendUserMessage.', { today: 'SendUserMessage' }),
  row('SendUserFile', 'ui', 'Sends the person a file.'),
  row('PushNotification', 'ui', 'Sends a notification to a device.'),
  row('SendFeedback', 'ui', 'Sends feedback about the CLI.'),
  row('ReportFindings', 'ui', 'Reports findings of a review.'),
  row('Artifact', 'ui', 'Publishes a page for the person.'),
  row('Frame', 'ui', 'Showed a page; removed.', { denial: 'removed' }),
  row('FrameRead', 'ui', 'Read a page; removed.', { denial: 'removed' }),
  row('ShareOnboardingGuide', 'ui', 'Shares an onboarding guide.'),
  row('ShowOnboardingRolePicker', 'ui', 'Shows a choice of roles at the first start.'),
  row('EndConversation', 'ui', 'Ends the conversation.'),

  row('EnterPlanMode', 'plan', 'Begins to plan before anything is changed.'),
  row('ExitPlanMode', 'plan', 'Shows the plan for approval.'),
  row('TodoWrite', 'plan', 'Keeps a list of what is to do.'),
  row('TodoRead', 'plan', 'Read the list of what is to do; removed.', { denial: 'unknown' }),
  row('TaskCreate', 'plan', 'Adds a task to the list.'),
  row('TaskGet', 'plan', 'Reads a task of the list.'),
  row('TaskList', 'plan', 'Lists the tasks.'),
  row('TaskUpdate', 'plan', 'Changes a task of the list.'),
  row('SetGoal', 'plan', 'Sets the goal of the session.'),
  row('ProposeGoal', 'plan', 'The older name of SetGoal.', { today: 'SetGoal' }),
  row('ToolSearch', 'plan', 'Looks up tools that are loaded on demand.'),

  row('ListMcpResourcesTool', 'mcp', 'Lists the resources of MCP servers.'),
  row('ListMcpResources', 'mcp', 'The older name of ListMcpResourcesTool.', {
    today: 'ListMcpResourcesTool',
  }),
  row('ReadMcpResourceTool', 'mcp', 'Reads a resource of an MCP server.'),
  row('ReadMcpResource', 'mcp', 'The older name of ReadMcpResourceTool.', { today: 'ReadMcpResourceTool' }),
  row('ReadMcpResourceDirTool', 'mcp', 'Lists a directory of an MCP server.'),
  row('ReadMcpResourceDir', 'mcp', 'The older name of ReadMcpResourceDirTool.', {
    today: 'ReadMcpResourceDirTool',
  }),
  row('WaitForMcpServers', 'mcp', 'Waits until the MCP servers are up.'),

  row('CronCreate', 'schedule', 'Schedules work.'),
  row('CronDelete', 'schedule', 'Removes scheduled work.'),
  row('CronList', 'schedule', 'Lists scheduled work.'),
  row('ScheduleWakeup', 'schedule', 'Wakes the session later.'),
  row('SuggestBackgroundPR', 'other', 'Suggested a pull request; removed.', { denial: 'removed' }),
  row('AutofixPr', 'other', 'Mended a pull request; removed.', { denial: 'removed' }),
];

const byName: ReadonlyMap<string, ToolInfo> = new Map(tools.map((tool) => [tool.name, tool]));

/** What is known of a tool, by any of its names; undefined for one that this version does not know. */
export function toolInfo(name: string): ToolInfo | undefined {
  return byName.get(name);
}

/** Every built-in name, today's and older ones; `mcp__` names are not among them. */
export const knownTools: ReadonlySet<string> = new Set(byName.keys());

/** Facts that a policy is made with (structurally `ToolFacts` of the policy room). */
export const toolFacts = {
  /** Today's name of a tool, itself when it has no newer one or is not known. */
  today: (name: string): string => byName.get(name)?.today ?? name,
  /** They change nothing by themselves; without them plan mode and questions are dead (CLAUDE-CODE-CONTRACT.md section 8). */
  alwaysOn: [
    'AskUserQuestion',
    'EnterPlanMode',
    'ExitPlanMode',
    'TaskCreate',
    'TaskGet',
    'TaskList',
    'TaskUpdate',
    'TodoWrite',
    'ToolSearch',
  ],
  /** The rest of Bash's family works on what Bash started; older CLIs call it by the older names. */
  impliedBy: { Bash: ['BashOutput', 'KillShell', 'Monitor', 'TaskOutput', 'TaskStop'] },
} as const satisfies {
  readonly today: (name: string) => string;
  readonly alwaysOn: readonly string[];
  readonly impliedBy: Readonly<Record<string, readonly string[]>>;
};

/**
 * Model names that the CLI resolves without asking anybody. A name that is not here may still work: the CLI accepts
 * unknown ones (CLAUDE-CODE-CONTRACT.md section 4), so absence is information at most.
 */
export const knownModels: ReadonlySet<string> = new Set([
  ...['default', 'inherit', 'opus', 'sonnet', 'haiku', 'fable', 'opusplan', 'opus[1m]', 'sonnet[1m]'],
  ...['claude-opus-4-1', 'claude-opus-4-5', 'claude-opus-4-6', 'claude-opus-4-7', 'claude-opus-4-8'],
  ...['claude-opus-5', 'claude-opus-5-5', 'claude-sonnet-4-5', 'claude-sonnet-4-6', 'claude-sonnet-5'],
  ...['claude-sonnet-5-5', 'claude-haiku-4-5', 'claude-haiku-5-5', 'claude-fable-5', 'claude-fable-5-1'],
  ...['claude-fable-5-2', 'claude-mythos-5', 'claude-mythos-5-1', 'claude-mythos-5-2'],
]);

/**
 * The agent types that the CLI brings along (CLAUDE-CODE-CONTRACT.md section 8; `fork`, a copy of the session itself, was
 * seen with 2.1.329, and that a deny rule for it holds).
 */
export const builtInAgentTypes = [
  'claude',
  'Explore',
  'fork',
  'general-purpose',
  'Plan',
  'statusline-setup',
] as const;

/**
 * The bare names for `permissions.deny` that take away every built-in tool but the allowed ones, sorted. Older
 * spellings are left out, since the CLI reads them as today's name, and so are gated tools, which `--tools=` and the
 * guard keep away. Always-on tools are never denied.
 * `claude doctor` (2.1.329) accepts each of them.
 */
export function bareDenies(allowed: readonly string[]): readonly string[] {
  const kept = new Set<string>([...allowed.map(toolFacts.today), ...toolFacts.alwaysOn]);
  return tools
    .filter((tool) => tool.denial === 'listed' && tool.today === undefined && !kept.has(tool.name))
    .map((tool) => tool.name)
    .sort();
}

/**
 * The names for `--tools=`, sorted: the allowed built-ins by today's names, without `mcp__` names, which need not be
 * listed (CLAUDE-CODE-CONTRACT.md section 8). A name this version does not know stays, for a newer CLI may; what could
 * not be one word of a list is dropped.
 */
export function launchTools(allowed: readonly string[]): readonly string[] {
  const names = allowed
    .map(toolFacts.today)
    .filter(
      (name) =>
        /^\w+$/.test(name) &&
        !name.startsWith('mcp__') &&
        ['listed', 'gated'].includes(byName.get(name)?.denial ?? 'listed'),
    );
  return [...new Set(names)].sort();
}
