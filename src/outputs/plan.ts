// The plan: every output that should exist, with its contents. Same registry, same bytes.
import type { Json } from '../claude/jsonText.ts';
import { toolFacts } from '../claude/tools.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import type { Policy } from '../policy/policy.ts';
import { policiesOf } from '../policy/policyOf.ts';
import { type Agent, isAgentId, type Registry } from '../registry/model.ts';
import { prettyJson } from './leaves.ts';
import { plainText, sha256 } from './lock.ts';
import { memoryOf } from './memory.ts';
import type { HookSources, Output } from './output.ts';
import { committedHooks, settingsOf } from './settings.ts';
import type { Templates } from './template/template.ts';
import { templated } from './template/templated.ts';
import { type Unguarded, unguardedBy } from './template/unguarded.ts';

export const guardPath = 'agents/.orchestrator/guard.mjs';
export const bashPath = 'agents/.orchestrator/bash.mjs';
export const reportPath = 'agents/.orchestrator/report.mjs';

/** The directory of an agent's outputs, relative to the workspace. @throws Error for a text that is no agent id. */
export function agentDirectory(id: string): string {
  if (!isAgentId(id)) throw new Error(`not an agent id: ${JSON.stringify(id)}`);
  return `agents/${id}/.claude`;
}

export const settingsPath = (id: string): string => `${agentDirectory(id)}/settings.json`;
export const memoryPath = (id: string): string => `${agentDirectory(id)}/CLAUDE.md`;
export const policyPath = (id: string): string => `${agentDirectory(id)}/policy.json`;

/** An agent's policy, with the hash by which the guard knows it. */
export interface HashedPolicy {
  readonly policy: Policy;
  /** sha256 of its canonical JSON. */
  readonly sha256: string;
}

export function hashedPolicy(policy: Policy): HashedPolicy {
  return { policy, sha256: sha256(canonicalJson(policy as unknown as Json)) };
}

/** Plans the agents of one registry; what they share is worked out once. */
export interface Planner {
  /** The policy of an agent, with what is known of the CLI's tools. Throws for an id that the registry lacks. */
  policyOf(id: string): Policy;
  /** The outputs of one agent of the registry. */
  outputsOf(agent: Agent): readonly Output[];
  /** What the settings that the template makes of an agent lack; undefined when nothing, or when there is no template. */
  unguardedBy(agent: Agent): Unguarded | undefined;
  /** The templates that are planned with. */
  readonly templates?: Templates;
}

/** Plans with the templates of the workspace; without them what is planned is built in, as launch copies always are. */
export function plannerOf(registry: Registry, templates?: Templates): Planner {
  const policyOf = policiesOf(registry, toolFacts);
  const builtInOf = (agent: Agent, { policy, sha256: hash }: HashedPolicy): Json =>
    settingsOf(agent, policy, registry, committedHooks(agent.id, hash));
  const planner: Planner = {
    policyOf,
    ...(templates === undefined ? {} : { templates }),
    unguardedBy(agent) {
      if (templates?.settings === undefined) return undefined;
      const settings = planner.outputsOf(agent).find(({ kind }) => kind === 'settings');
      return settings && unguardedBy(settings, builtInOf(agent, hashedPolicy(policyOf(agent.id))));
    },
    outputsOf(agent) {
      const hashed = hashedPolicy(policyOf(agent.id));
      const { policy, sha256: hash } = hashed;
      const settings = builtInOf(agent, hashed);
      const policyValue = policy as unknown as Json;
      const own = { agent: agent.id };
      const source = templates && {
        agent,
        policySha: hash,
        builtIn: settings,
        projectRoot: templates.projectRoot,
      };
      const byTemplate = (kind: 'settings' | 'memory') =>
        source && templates[kind] && templated(templates[kind], kind, source);
      return [
        {
          ...own,
          path: memoryPath(agent.id),
          kind: 'memory',
          ...(byTemplate('memory') ?? { text: memoryOf(agent, policy, registry) }),
        },
        {
          ...own,
          path: policyPath(agent.id),
          kind: 'policy',
          text: prettyJson(policyValue),
          value: policyValue,
        },
        {
          ...own,
          path: settingsPath(agent.id),
          kind: 'settings',
          ...(byTemplate('settings') ?? { text: prettyJson(settings), value: settings }),
        },
      ];
    },
  };
  return planner;
}

/** The outputs that all agents share. */
export function planShared(hooks: HookSources): readonly Output[] {
  return [
    { path: guardPath, kind: 'guard', text: plainText(hooks.guard) },
    { path: bashPath, kind: 'bash', text: plainText(hooks.bash) },
    { path: reportPath, kind: 'report', text: plainText(hooks.report) },
  ];
}
