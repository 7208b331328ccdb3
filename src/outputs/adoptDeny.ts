// What it means for the registry that deny rules were added to a settings file, or taken out.
import type { Json } from '../claude/jsonText.ts';
import { bashRule, parseRule, readRule, writeRule } from '../claude/permissionRule.ts';
import { toolFacts, toolInfo } from '../claude/tools.ts';
import type { FieldChange } from '../registry/edit/fieldChange.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { type Adoption, listed, no, prefixOf, shown, textsOf, type Unadoptable } from './adoption.ts';
import { plannerOf } from './plan.ts';
import { denyRules } from './settings.ts';

/** Collects what happens to the lists of an agent. */
class Lists {
  readonly #add = new Map<string, string[]>();
  readonly #remove = new Map<string, string[]>();

  add(field: string, item: string): void {
    this.#add.set(field, [...(this.#add.get(field) ?? []), item]);
  }

  remove(field: string, gone: readonly string[]): void {
    this.#remove.set(field, [...(this.#remove.get(field) ?? []), ...gone]);
  }

  get changes(): readonly FieldChange[] {
    const fields = new Set([...this.#add.keys(), ...this.#remove.keys()]);
    return [...fields].map((field) => ({
      kind: 'items',
      field,
      add: this.#add.get(field) ?? [],
      remove: this.#remove.get(field) ?? [],
    }));
  }
}

/** The glob that the registry would write as a path rule; undefined when it would write none like it. */
function globOf(rule: string, spec: string, write: (glob: string) => string): string | undefined {
  const candidates = spec.startsWith('**/') ? [spec.slice(3), spec] : [spec];
  return candidates.find((glob) => glob !== '' && write(glob) === rule);
}

/** The changes that make the registry ask for just the deny rules that a file has. */
export function adoptDeny(found: Json | undefined, agent: Agent, registry: Registry): Adoption | Unadoptable {
  const rules = textsOf(found);
  if (rules === undefined) return no('the rules are a list of texts');
  const planned = denyRules(agent, plannerOf(registry).policyOf(agent.id), registry);
  const lists = new Lists();
  const givesUp: string[] = [];
  const delegatesGone: string[] = [];
  for (const rule of rules.filter((each) => !planned.has(each))) {
    const problem = addedDeny(rule, agent, lists, delegatesGone);
    if (problem !== undefined) return no(problem);
  }
  for (const rule of planned.keys()) {
    if (rules.includes(rule)) continue;
    const problem = removedDeny(rule, planned.get(rule), agent, registry, lists, givesUp);
    if (problem !== undefined) return no(problem);
  }
  if (delegatesGone.length > 0) lists.remove('delegates_to', delegatesGone);
  return { changes: lists.changes, givesUp };
}

/** Notes what a deny rule that somebody added means; gives the reason when it means nothing that the registry can say. */
function addedDeny(rule: string, agent: Agent, lists: Lists, delegatesGone: string[]): string | undefined {
  const { tool, spec } = parseRule(rule) ?? {};
  if (tool === undefined) return `${shown(rule)} is no rule`;
  if (spec === undefined) {
    const listedAs = agent.tools.filter((each) => toolFacts.today(each) === tool);
    if (listedAs.length === 0)
      return `${shown(rule)} takes away a tool that the registry does not give by that name`;
    lists.remove('tools', listedAs);
    return undefined;
  }
  if (tool === 'Edit' || tool === 'Read') {
    const glob = globOf(rule, spec, tool === 'Edit' ? writeRule : readRule);
    if (glob === undefined)
      return `the registry's globs hold at any depth, so that it would write ${shown(rule)} as ${shown((tool === 'Edit' ? writeRule : readRule)(spec))}`;
    lists.add(tool === 'Edit' ? 'cannot_access' : 'cannot_read', glob);
    return undefined;
  }
  if (tool === 'Bash') {
    const prefix = prefixOf(rule);
    if (prefix === undefined)
      return `the registry denies commands by how they begin, as Bash(git push:*), and ${shown(rule)} is something else`;
    lists.add('deny_bash', prefix);
    return undefined;
  }
  if (tool === 'Agent' && agent.delegatesTo.includes(spec)) {
    delegatesGone.push(spec);
    return undefined;
  }
  if (tool === 'Write' || tool === 'MultiEdit' || tool === 'NotebookEdit')
    return `the CLI never consults ${tool} rules; write Edit(${shown(spec)})`;
  return `no field of the registry says ${shown(rule)}`;
}

/** Notes what it means that a deny rule is gone; gives the reason when the registry can't say that. */
function removedDeny(
  rule: string,
  origin: readonly (string | number)[] | undefined,
  agent: Agent,
  registry: Registry,
  lists: Lists,
  givesUp: string[],
): string | undefined {
  const { tool, spec } = parseRule(rule) ?? {};
  const [, owner, field] = origin ?? [];
  if (field === 'cannot_access' || field === 'cannot_read') {
    const write = field === 'cannot_access' ? writeRule : readRule;
    const list = field === 'cannot_access' ? agent.cannotAccess : agent.cannotRead;
    const globs = list.filter((glob) => write(glob) === rule);
    lists.remove(field, globs);
    givesUp.push(`${agent.id} may ${field === 'cannot_access' ? 'change' : 'read'} ${listed(globs)}`);
    return undefined;
  }
  if (field === 'exclusive_access')
    return `${owner} owns ${shown(spec ?? rule)}: its exclusive_access says so`;
  if (field === 'deny_bash') {
    const prefixes = agent.denyBash.filter((prefix) => bashRule(prefix) === rule);
    lists.remove('deny_bash', prefixes);
    givesUp.push(`${agent.id} may run ${listed(prefixes)}`);
    return undefined;
  }
  if (tool === 'Agent' && spec !== undefined) {
    if (!registry.agents.has(spec))
      return `${shown(spec)} is no agent of the registry, so that nobody can delegate to it`;
    lists.add('delegates_to', spec);
    givesUp.push(`${agent.id} may delegate to ${spec}`);
    return undefined;
  }
  if (tool !== undefined && spec === undefined && tool !== 'Agent') {
    if (toolInfo(tool) === undefined) return `${shown(rule)} is no tool that we know of`;
    lists.add('tools', tool);
    givesUp.push(`${agent.id} may use ${tool}`);
    return undefined;
  }
  return field === undefined
    ? `${shown(rule)} protects what agents run with, whatever the registry says`
    : `no field of the registry alone takes ${shown(rule)} out`;
}
