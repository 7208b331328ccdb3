// The hooks of an agent as rows, each with the rung of the ladder that it reached.
import { effectOfFailure } from '../../claude/hookEffect.ts';
import type { HookStatus } from '../../claude/hookStatus.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { AgentStatus } from '../../outputs/fleet.ts';
import type { AgentArgument, OutputArgument } from '../ids.ts';
import { commandIds, rowKinds } from '../ids.ts';
import { code, plain } from '../markdown.ts';
import { count } from '../words.ts';
import type { Row } from './row.ts';

/** What reaching a rung means, for a person (DESIGN.md section 6). */
const rungWords: Readonly<Record<HookStatus['rung'], string>> = {
  declared: 'declared',
  rendered: 'well-formed',
  exists: 'its script exists',
  inside: 'its script is in the workspace',
  runs: 'can run',
  ours: 'as generated',
};

/** What an ordinary failure of a hook does. */
const failureWords: Readonly<Record<ReturnType<typeof effectOfFailure>, string>> = {
  open: 'When it fails, what it should stop goes through.',
  closed: 'When it fails, the call is blocked.',
  'closed-by-choice': 'When it fails, the call is blocked.',
  depends: 'What happens when it fails depends on the machine.',
  nothing: 'It stops nothing, so a failure of it changes nothing.',
};

/** `claude/not-executable` → `not executable`. */
const shortCode = (found: string): string => found.slice(found.indexOf('/') + 1).replaceAll('-', ' ');

const isBad = (finding: { readonly severity: string }): boolean => finding.severity !== 'information';

/** One row with a row per hook below it; none when the settings declare no hook. */
export function hookRows(parent: string, agent: AgentArgument, status: AgentStatus): readonly Row[] {
  if (status.hooks.length === 0) return [];
  const settings = status.outputs.find((output) => output.kind === 'settings')?.path ?? '';
  const bad = status.hooks.filter((each) => each.findings.some(isBad)).length;
  const words =
    bad === 0 ? count(status.hooks.length, 'hook') : `${bad} of ${count(status.hooks.length, 'hook')} broken`;
  return [
    {
      id: `${parent}#hooks`,
      label: 'Hooks',
      description: words,
      icon: bad === 0 ? { id: 'plug' } : { id: 'warning', color: 'list.warningForeground' },
      tooltip: 'What the settings of this agent run on events, and how far each gets.',
      spoken: `Hooks of ${agent.agent}, ${words}`,
      kind: rowKinds.other,
      isOpen: false,
      children: status.hooks.map((hook) => hookRow(`${parent}#hooks`, { ...agent, path: settings }, hook)),
    },
  ];
}

function hookRow(
  parent: string,
  settings: OutputArgument,
  { hook, rung, unknown, findings }: HookStatus,
): Row {
  const bad = findings.filter(isBad);
  const name = visibleShort(hook.matcher === '' ? hook.event : `${hook.event} ${hook.matcher}`, 60);
  const words = visibleShort(
    bad[0]
      ? shortCode(bad[0].code)
      : unknown
        ? `${rungWords[rung]}, then unknown: ${unknown}`
        : rungWords[rung],
    80,
  );
  const line = [hook.command ?? hook.url ?? '', ...(hook.args ?? [])].join(' ').trim();
  return {
    id: `${parent}${hook.pointer}`,
    label: name,
    description: words,
    icon: bad.length > 0 ? { id: 'warning', color: 'list.warningForeground' } : { id: 'circle-outline' },
    tooltip: [
      code(line === '' ? hook.pointer : line, 200),
      `Reached: ${plain(rungWords[rung])}.`,
      failureWords[effectOfFailure(hook, 1)],
      findings.map((finding) => `- ${plain(finding.message)}`).join('\n'),
    ]
      .filter(Boolean)
      .join('\n\n'),
    spoken: `Hook ${name}, ${words}`,
    kind: rowKinds.hook,
    click: {
      command: commandIds.openOutput,
      title: 'Open Settings at Hook',
      arguments: [{ ...settings, line: hook.range.line }],
    },
  };
}
