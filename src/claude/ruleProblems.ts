// Judges permission rules as the CLI does: skipped, never matching, or naming no tool; with the spelling that does match.
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import type { ClaudeCode } from './codes.ts';
import { type PermissionRule, parseRule, renderRule } from './permissionRule.ts';
import type { SettingsSource } from './settingsReport.ts';
import { knownTools, toolInfo } from './tools.ts';

export type RuleList = 'allow' | 'ask' | 'deny';

/** Why a rule does not do what it says, and the spelling that does. */
export interface RuleProblem {
  readonly code: ClaudeCode;
  readonly message: string;
  readonly suggestion?: string;
}

type Judge = (rule: PermissionRule, list: RuleList, source: SettingsSource) => RuleProblem | undefined;

const never = (message: string, suggestion?: string): RuleProblem => ({
  code: 'claude/rule-never-matches',
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

const skipped = (message: string, suggestion?: string): RuleProblem => ({
  ...never(`${message} The CLI skips this rule.`, suggestion),
  code: 'claude/rule-skipped',
});

/** Tools whose path rules are never consulted, and the one that speaks for them. */
const spokenFor: ReadonlyMap<string, 'Edit' | 'Read'> = new Map([
  ['Write', 'Edit'],
  ['MultiEdit', 'Edit'],
  ['NotebookEdit', 'Edit'],
  ['Glob', 'Read'],
  ['LS', 'Read'],
  ['NotebookRead', 'Read'],
]);

/** The tools that have a matcher of their own, and the parameter that is no key for a raw comparison. */
const ownMatcher: ReadonlyMap<string, string> = new Map([
  ['Bash', 'command'],
  ['PowerShell', 'command'],
  ['Edit', 'file_path'],
  ['Read', 'file_path'],
  ['Write', 'file_path'],
]);

/** Folders at the root of a disk: a path that begins with one was meant to be absolute. */
const diskFolders = /^\/(?:home|Users|root|srv|var|tmp|opt|etc|usr|mnt|private|Volumes|workspaces?)\//;

/** Where `/path` begins (CLAUDE-CODE-CONTRACT.md section 1.3). */
const anchors: Readonly<Record<SettingsSource, string>> = {
  project: 'the workspace',
  local: 'the folder that the session starts in',
  user: '~/.claude',
  flag: 'the folder of this file',
  inline: 'no folder at all',
};

/** Sources whose `/path` does not begin where the session works. */
const isElsewhere: ReadonlySet<SettingsSource> = new Set(['flag', 'user', 'inline']);

const isMcp = (tool: string): boolean => tool.startsWith('mcp__');

/** In the order in which the CLI looks; the first that has something to say wins. */
const judges: readonly Judge[] = [
  ({ tool, spec }) =>
    /^[a-z]/.test(tool) && !tool.includes('_') && !tool.includes('*')
      ? skipped(
          'Names of tools begin with a capital letter.',
          renderRule({ tool: capitalised(tool), ...(spec === undefined ? {} : { spec }) }),
        )
      : undefined,
  ({ tool, spec }) => (spec === '' ? skipped('There is nothing in the parentheses.', tool) : undefined),
  ({ tool, spec }) =>
    isMcp(tool) && spec !== undefined ? skipped('Rules for MCP tools take no parentheses.', tool) : undefined,
  ({ tool }, list) =>
    list === 'allow' && tool.includes('*') && !isMcp(tool)
      ? skipped('A pattern for tool names is not taken in allow.')
      : undefined,
  ({ tool, spec }) =>
    tool === 'WebFetch' && spec !== undefined && (spec.includes('://') || !/^(domain:|\*$)/.test(spec))
      ? skipped('WebFetch takes domain: and a host, no URL.', webFetchRule(spec))
      : undefined,
  ({ tool, spec }) =>
    tool === 'Bash' && spec === ':*' ? skipped('There is no command before :*.') : undefined,
  ({ tool, spec }) =>
    (tool === 'Edit' || tool === 'Read') && spec?.endsWith(':*') === true
      ? skipped('Only Bash rules end in :*; for paths it is * or **.')
      : undefined,
  ({ tool, spec }) => {
    const parameter = ownMatcher.get(tool);
    if (parameter === undefined || spec?.startsWith(`${parameter}:`) !== true) return undefined;
    const value = spec.slice(parameter.length + 1).trim();
    const better = renderRule({ tool: spokenFor.get(tool) ?? tool, spec: value });
    return never(
      `${parameter} is no key here: the rule is compared with it as a text and never matches.`,
      better,
    );
  },
  ({ tool, spec }, list) => {
    const speaker = spokenFor.get(tool);
    if (speaker === undefined || spec === undefined || spec === '*') return undefined;
    const better = `${speaker}(${spec})`;
    const effect =
      list === 'allow' ? 'allows nothing' : list === 'deny' ? 'stops nothing' : 'asks for nothing';
    return never(
      `${visibleShort(tool, 40)} rules with a path are never consulted, so this ${effect}; ${speaker} rules are.`,
      better,
    );
  },
  ({ tool, spec }, _list, source) =>
    (tool === 'Edit' || tool === 'Read') && spec !== undefined && diskFolders.test(spec)
      ? never(
          `A single / at the beginning means ${anchors[source]}, not the root of the disk, so this matches nothing there.`,
          renderRule({ tool, spec: `/${spec}` }),
        )
      : undefined,
  ({ tool, spec }, _list, source) =>
    isElsewhere.has(source) &&
    (tool === 'Edit' || tool === 'Read') &&
    spec !== undefined &&
    /^\/[^/]/.test(spec)
      ? {
          ...never(
            `A / at the beginning means ${anchors[source]} here, not the workspace. Without it the rule holds in the workspace; // begins at the root of the disk.`,
            renderRule({ tool, spec: spec.slice(1) }),
          ),
          code: source === 'inline' ? 'claude/rule-never-matches' : 'claude/rule-anchored-elsewhere',
        }
      : undefined,
  ({ tool, spec }) =>
    (tool === 'Edit' || tool === 'Read') && spec?.startsWith('!') === true
      ? never('A rule that begins with ! matches nothing.')
      : undefined,
  ({ tool, spec }, list) =>
    list === 'deny' && tool === 'Edit' && spec === '*'
      ? never('This means the bare Edit tool, and Write still runs.', 'Edit(**)')
      : undefined,
  unknownTool,
];

function unknownTool({ tool, spec }: PermissionRule, list: RuleList): RuleProblem | undefined {
  const known = toolInfo(tool);
  // Names with a * or _ are patterns or come from servers; allow rules for a name that nobody has do no harm.
  if (tool.includes('*') || tool.includes('_') || list === 'allow') return undefined;
  if (known !== undefined && known.denial !== 'unknown') return undefined;
  const better = known?.today ?? nearMiss(tool, knownTools);
  const shown = visibleShort(JSON.stringify(tool), 60);
  if (better === undefined)
    return {
      code: 'claude/unknown-tool',
      message: `The CLI as we know it has no tool ${shown}, so this matches nothing.`,
    };
  const suggestion = renderRule({ tool: better, ...(spec === undefined ? {} : { spec }) });
  return never(`The CLI has no tool ${shown}, so this matches nothing: did you mean ${better}?`, suggestion);
}

const capitalised = (tool: string): string =>
  nearMiss(tool, knownTools) ?? `${tool.charAt(0).toUpperCase()}${tool.slice(1)}`;

function webFetchRule(url: string): string | undefined {
  const host = /^(?:domain:)?(?:https?:\/\/)?([\w-]+(?:\.[\w-]+)+)/.exec(url)?.[1];
  return host === undefined ? undefined : `WebFetch(domain:${host})`;
}

/** Judges one item of a rule list; undefined when nothing is known against it. */
export function ruleProblem(item: unknown, list: RuleList, source: SettingsSource): RuleProblem | undefined {
  if (typeof item !== 'string') return skipped('A rule must be a text.');
  const rule = parseRule(item);
  if (rule === undefined) return skipped('This is no rule: it must be Tool or Tool(…), and end there.');
  for (const judge of judges) {
    const problem = judge(rule, list, source);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
