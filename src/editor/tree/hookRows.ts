// Hooks as rows, each with the rung of the ladder that it reached, what stops it there, and when it last fired.
import { effectOfFailure } from '../../claude/hookEffect.ts';
import type { HookEvidence } from '../../claude/hookEvidence.ts';
import type { HookStatus } from '../../claude/hookStatus.ts';
import { type Ladder, ladderOf } from '../../claude/ladderOf.ts';
import { hookName, isBroken, ladderSummary } from '../../claude/ladderWords.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { AgentStatus, Fleet, LiveHooks } from '../../outputs/fleet.ts';
import type { AgentArgument, LiveFileArgument, OutputArgument } from '../ids.ts';
import { commandIds, rowKinds } from '../ids.ts';
import { ladderMarkdown } from '../ladderMarkdown.ts';
import { code, plain } from '../markdown.ts';
import { count } from '../words.ts';
import type { Row, RowIcon } from './row.ts';

/** What an ordinary failure of a hook does. */
const failureWords: Readonly<Record<ReturnType<typeof effectOfFailure>, string>> = {
  open: 'When it fails, what it should stop goes through.',
  closed: 'When it fails, the call is blocked.',
  'closed-by-choice': 'When it fails, the call is blocked.',
  depends: 'What happens when it fails depends on the machine.',
  nothing: 'It stops nothing, so a failure of it changes nothing.',
};

const broken: RowIcon = { id: 'warning', color: 'list.warningForeground' };

/** A hook with its ladder, as rows show it. */
interface Shown {
  readonly status: HookStatus;
  readonly ladder: Ladder;
  readonly isBroken: boolean;
}

const shownOf = (status: HookStatus, evidence: HookEvidence | undefined): Shown => {
  const ladder = ladderOf(status, evidence);
  return { status, ladder, isBroken: isBroken(status, ladder) };
};

/** One row with a row per hook below it; none when the settings declare no hook. `now`: milliseconds since 1970. */
export function hookRows(
  parent: string,
  agent: AgentArgument,
  status: AgentStatus,
  evidence: HookEvidence | undefined,
  now: number,
): readonly Row[] {
  if (status.hooks.length === 0) return [];
  const shown = status.hooks.map((each) => shownOf(each, evidence));
  // The one that guards comes first; of the others each stands where the file has it.
  const sorted = [...shown].sort((a, b) => Number(isGuard(b)) - Number(isGuard(a)));
  const words = sumOf(shown);
  const id = `${parent}#hooks`;
  return [
    {
      id,
      label: 'Hooks',
      description: words,
      icon: shown.some((each) => each.isBroken) ? broken : { id: 'plug' },
      tooltip: 'What the settings of this agent run on events, and how far each gets.',
      spoken: `Hooks of ${agent.agent}, ${words}`,
      kind: rowKinds.other,
      isOpen: false,
      children: sorted.map((each) => hookRow(id, { ...agent, path: each.status.file }, each, now)),
    },
  ];
}

/** A row for the hooks that run beside every agent's, and one for those of other folders, with a row per hook below. */
export function liveHookRows(folder: string, { liveHooks, otherHooks }: Fleet, now: number): readonly Row[] {
  const group = (id: string, label: string, files: readonly LiveHooks[], words: string): readonly Row[] => {
    const shown = files.flatMap(({ hooks }) => hooks.map((each) => shownOf(each, undefined)));
    if (shown.length === 0) return [];
    const sum = sumOf(shown);
    const names = files.slice(0, 10).map(({ file }) => code(file));
    return [
      {
        id,
        label,
        description: sum,
        icon: shown.some((each) => each.isBroken) ? broken : { id: 'plug' },
        tooltip: `Hooks of ${names.join(', ')}${files.length > names.length ? ' and others' : ''}: ${words}`,
        spoken: `${label}, ${sum}`,
        kind: rowKinds.other,
        isOpen: false,
        children: shown.map((each) =>
          hookRow(`${id}:${each.status.file}`, { folder, path: each.status.file }, each, now),
        ),
      },
    ];
  };
  const beside = 'they run in every session of this workspace, beside those of the agent.';
  const elsewhere =
    'each file is read only by sessions that start in its folder, not by those of the agents.';
  return [
    ...group(`${folder}#live-hooks`, 'Hooks for everyone', liveHooks, beside),
    ...group(`${folder}#other-hooks`, 'Hooks of other folders', otherHooks, elsewhere),
  ];
}

const isGuard = ({ status }: Shown): boolean => status.ours?.kind === 'guard';

function sumOf(shown: readonly Shown[]): string {
  const bad = shown.filter((each) => each.isBroken).length;
  const all = count(shown.length, 'hook');
  return bad === 0 ? all : `${bad} of ${all} broken`;
}

function hookRow(
  parent: string,
  settings: OutputArgument | LiveFileArgument,
  shown: Shown,
  now: number,
): Row {
  const { status, ladder } = shown;
  const { hook } = status;
  const name = hookName(status);
  const words = visibleShort(ladderSummary(status, ladder, now), 100);
  const reached = ladder.rungs.filter(({ state }) => state === 'reached').length;
  const possible = ladder.rungs.filter(({ state }) => state !== 'none').length;
  return {
    id: `${parent}${hook.pointer}`,
    label: name,
    description: words,
    icon: shown.isBroken ? broken : { id: 'circle-outline' },
    get tooltip() {
      const line = [hook.command ?? hook.url ?? '', ...(hook.args ?? [])].join(' ').trim();
      return [
        code(line === '' ? hook.pointer : line, 200),
        ladderMarkdown(ladder, Date.now()),
        failureWords[effectOfFailure(hook, 1)],
        status.findings.map((finding) => `- ${plain(finding.message, 500)}`).join('\n'),
      ]
        .filter(Boolean)
        .join('\n\n');
    },
    spoken: `Hook ${name}, ${words}, ${reached} of ${possible} rungs reached`,
    kind: rowKinds.hook,
    click: {
      command: commandIds.openOutput,
      title: 'Open Settings at Hook',
      arguments: [{ ...settings, line: hook.range.line }],
    },
  };
}
