// The launch line of DESIGN.md section 8, as an argument array. Pure.
import { launchTools } from '../claude/tools.ts';
import { UserError } from '../findings/userError.ts';
import type { LaunchCopy } from '../outputs/launchCopy.ts';
import { type Planner, plannerOf } from '../outputs/plan.ts';
import type { Agent, Registry } from '../registry/model.ts';

/** `--agents` is kept below this, in UTF-8 bytes: it is one argument, and systems bound those. */
const largestAgentsJson = 12 * 1024;

type Policy = ReturnType<Planner['policyOf']>;

interface SubAgent {
  readonly description: string;
  readonly prompt: string;
  /** Absent: all of its caller's, which is what the CLI then gives it. */
  readonly tools?: readonly string[];
  readonly model: string;
}

const flat = (text: string): string => text.replace(/\s+/gu, ' ').trim();
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

function subAgent(agent: Agent, own: Policy, caller: Policy, most: number): SubAgent {
  const shared = own.tools.filter((tool) => caller.tools.includes(tool));
  const isEqual =
    shared.length === caller.tools.length && caller.mcp.every((server) => own.mcp.includes(server));
  const tasks = agent.responsibilities.map((item) => `- ${flat(item)}`).join('\n');
  const description = cut(flat(agent.description), most);
  const prompt = `You are ${flat(agent.displayName)} (${agent.id}). ${description}\n${tasks}`.trim();
  return {
    description,
    prompt: cut(
      `${cut(prompt, most * 3)}\nThe limits of the agent that started you hold here too.`,
      most * 4,
    ),
    ...(isEqual ? {} : { tools: shared }),
    model: agent.model,
  };
}

/**
 * The JSON for `--agents`: the delegates and nobody else. Texts are cut until it is small enough.
 * @throws UserError when even the shortest is too long.
 */
export function agentsJson(agent: Agent, registry: Registry): string {
  const planner = plannerOf(registry);
  const caller = planner.policyOf(agent.id);
  const delegates = agent.delegatesTo.flatMap((id) => registry.agents.get(id) ?? []);
  let json = '';
  for (const most of [600, 300, 150, 60, 20]) {
    const entries = delegates.map((delegate) => [
      delegate.id,
      subAgent(delegate, planner.policyOf(delegate.id), caller, most),
    ]);
    json = JSON.stringify(Object.fromEntries(entries));
    if (Buffer.byteLength(json) <= largestAgentsJson) return json;
  }
  throw new UserError(
    `${agent.id} may start ${delegates.length} agents, and what the CLI must be told of them is longer than it takes (${Math.ceil(Buffer.byteLength(json) / 1024)} KB, at most ${largestAgentsJson / 1024}). Shorten delegates_to of ${agent.id} in agents/registry.yaml.`,
  );
}

/**
 * The arguments for `claude`, for one agent. Sources of each flag: CLAUDE-CODE-CONTRACT.md sections 4 and 8
 * (`--tools` and `--mcp-config` take any number of words, so they are written with `=`, and the prompt comes after `--`).
 * `isResumed`: the session id is that of a conversation to go on with, so there is no first message.
 */
export function launchLine(
  agent: Agent,
  registry: Registry,
  copy: LaunchCopy,
  sessionId: string,
  isResumed = false,
): readonly string[] {
  const policy = plannerOf(registry).policyOf(agent.id);
  return [
    '--name',
    agent.id,
    // An id that was used is refused as a new one (section 4).
    isResumed ? '--resume' : '--session-id',
    sessionId,
    '--settings',
    copy.settings,
    '--append-system-prompt-file',
    copy.prompt,
    `--tools=${launchTools(policy.tools).join(',')}`,
    ...(agent.delegatesTo.length === 0 ? [] : ['--agents', agentsJson(agent, registry)]),
    ...(copy.mcpConfig === undefined ? [] : ['--strict-mcp-config', `--mcp-config=${copy.mcpConfig}`]),
    '--model',
    agent.model,
    '--permission-mode',
    agent.permissionMode,
    ...(agent.prompt === undefined || isResumed ? [] : ['--', agent.prompt]),
  ];
}
