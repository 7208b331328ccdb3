// The little that the fleet's rules must know of tools by themselves; `claude/` has the whole of it.

/** Old names that stand for today's (DESIGN.md section 3). */
const todaysNames: ReadonlyMap<string, string> = new Map([
  ['Task', 'Agent'],
  ['SlashCommand', 'Skill'],
  ['MultiEdit', 'Edit'],
]);

export function todaysTool(name: string): string {
  return todaysNames.get(name) ?? name;
}

/** Tools that every agent has whether or not it lists them (DESIGN.md section 3). */
export const alwaysOnTools: ReadonlySet<string> = new Set([
  'AskUserQuestion',
  'EnterPlanMode',
  'ExitPlanMode',
  'ToolSearch',
  'TodoWrite',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskUpdate',
]);

const writingTools: ReadonlySet<string> = new Set(['Bash', 'Edit', 'MultiEdit', 'NotebookEdit', 'Write']);

/** Whether any of the tools can change a file. An MCP server's may, for all we know. */
export function canWrite(tools: readonly string[]): boolean {
  return tools.some((tool) => writingTools.has(tool) || tool.startsWith('mcp__'));
}
