// What is tried with tools that an agent has not: every built-in one, an MCP server's, a notebook. Pure.
import { bareDenies, toolInfo, tools } from '../claude/tools.ts';
import { absolute, type Subject, standInAt, wordIn } from './fileTrials.ts';
import { bashCall } from './shellTrials.ts';
import type { Trial, Trials } from './trial.ts';

/** The stand-in server of the throw-away home, and the one tool that it has. */
export const mcpServer = 'proof';
export const mcpTool = `mcp__${mcpServer}__touch`;
export const mcpMark = 'proof-mcp.txt';

/** A file that every agent would be free to touch. */
const mark = (tool: string): string => `proof-tool-${tool}.txt`;

type Call = Pick<Trial, 'input' | 'effect'>;

/** Calls that are right for the tool, so that nothing but a refusal keeps it from its work, and that do no harm. */
function callOf(tool: string, { root }: Subject): Call {
  const file = mark(tool);
  const path = absolute(root, file);
  switch (tool) {
    case 'Bash':
      return { input: bashCall(`echo proof > ${file}`).input, effect: { sign: 'bytes', path: file } };
    case 'Write':
      return { input: { file_path: path, content: 'proof\n' }, effect: { sign: 'bytes', path: file } };
    case 'Edit':
    case 'MultiEdit':
      return {
        input: { file_path: path, old_string: 'e', new_string: 'E', replace_all: true },
        effect: { sign: 'bytes', path: file },
      };
    case 'NotebookEdit':
      return {
        input: {
          notebook_path: absolute(root, 'proof-tool.ipynb'),
          cell_id: 'one',
          new_source: 'proof',
          edit_mode: 'replace',
        },
        effect: { sign: 'bytes', path: 'proof-tool.ipynb' },
      };
    case 'Read':
      return { input: { file_path: path }, effect: { sign: 'word', word: wordIn(file) } };
    case 'Grep':
      return { input: { pattern: 'word-of', path: root }, effect: { sign: 'ran' } };
    case 'Glob':
      return { input: { pattern: '*.txt', path: root }, effect: { sign: 'ran' } };
    case 'WebFetch':
      // Nobody listens on port 9 of this machine; nothing leaves it.
      return { input: { url: 'http://127.0.0.1:9/', prompt: 'proof' }, effect: { sign: 'ran' } };
    case 'Skill':
      return { input: { skill: 'proof' }, effect: { sign: 'ran' } };
    default:
      return { input: {}, effect: { sign: 'ran' } };
  }
}

/** Tools whose refusal is also tried where only the guard is left: the CLI offers them, and the calls above are right for them. */
const triedAlone: ReadonlySet<string> = new Set([
  ...['Bash', 'Edit', 'Glob', 'Grep', 'NotebookEdit', 'Read', 'WebFetch', 'Write'],
]);

/** One attempt for each built-in tool that the policy does not have, and one for an MCP tool that nobody admitted. */
export function toolTrials(subject: Subject): Trials {
  const { policy, agent } = subject;
  const origin = ['agents', agent.id, 'tools'];
  const forbidden = tools.filter(({ name, today }) => !policy.tools.includes(today ?? name));
  // Names that the CLI once had, and an older one still has, are left to the tool list and the guard.
  const denied = new Set(bareDenies(policy.tools));
  // Delegation has attempts of its own, each of which names an agent.
  const trials = forbidden
    .filter(({ name }) => (toolInfo(name)?.today ?? name) !== 'Agent')
    .map(
      ({ name, today }): Trial => ({
        kind: name === 'NotebookEdit' ? 'notebook' : 'tool',
        tool: name,
        target: name,
        expected: 'blocked',
        enforceable: true,
        origin,
        heldBy: [
          ...(denied.has(today ?? name) ? (['rules'] as const) : []),
          ...(triedAlone.has(name) ? (['guard'] as const) : []),
        ],
        ...callOf(name, subject),
      }),
    );
  const mcp: Trial[] = policy.mcp.some((prefix) => mcpTool.startsWith(prefix))
    ? []
    : [
        {
          kind: 'mcp',
          tool: mcpTool,
          target: mcpTool,
          expected: 'blocked',
          enforceable: true,
          origin,
          heldBy: ['guard'],
          input: {},
          effect: { sign: 'bytes', path: mcpMark },
        },
      ];
  return {
    trials: [...trials, ...mcp],
    standIns: [
      standInAt(mark('Edit')),
      standInAt(mark('MultiEdit')),
      standInAt(mark('Read')),
      standInAt('proof-tool.ipynb'),
    ],
  };
}
