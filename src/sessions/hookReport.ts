// The ladders of all hooks of a fleet, for doctor: on the command line and as a page of the editor.
import type { HookEvidence } from '../claude/hookEvidence.ts';
import type { HookStatus } from '../claude/hookStatus.ts';
import { type Ladder, ladderOf } from '../claude/ladderOf.ts';
import { hookName, isBroken, ladderSummary } from '../claude/ladderWords.ts';
import type { Finding } from '../findings/finding.ts';
import type { Fleet } from '../outputs/fleet.ts';
import type { DoctorLine } from './doctorLine.ts';

export interface ReportedHook {
  /** Absent for a settings file that belongs to no agent. */
  readonly agent?: string;
  readonly status: HookStatus;
  readonly ladder: Ladder;
  /** `Guard · PreToolUse`, or event and matcher. */
  readonly name: string;
  /** How far it gets, or what stops it, and when it last fired. */
  readonly summary: string;
  readonly isBroken: boolean;
  /** What is wrong or worth knowing, silence included. */
  readonly findings: readonly Finding[];
}

/** All hooks: those of the agents in the order of the registry, those of live settings files, those of other folders. */
export function reportedHooks(
  fleet: Fleet,
  evidenceOf: (id: string) => HookEvidence | undefined,
  now: number,
): readonly ReportedHook[] {
  const reported = (
    status: HookStatus,
    evidence: HookEvidence | undefined,
    own: readonly Finding[],
  ): ReportedHook => {
    const ladder = ladderOf(status, evidence);
    const silence = own.filter(
      ({ code, key }) => code === 'claude/hook-silent' && key === status.hook.pointer,
    );
    return {
      status,
      ladder,
      name: hookName(status),
      summary: ladderSummary(status, ladder, now),
      isBroken: isBroken(status, ladder),
      findings: [...status.findings, ...silence],
    };
  };
  const ofAgents = fleet.agents.flatMap(({ agent, hooks, findings }) =>
    hooks.map((status) => ({ ...reported(status, evidenceOf(agent.id), findings), agent: agent.id })),
  );
  const ofFiles = [...fleet.liveHooks, ...fleet.otherHooks].flatMap(({ hooks }) =>
    hooks.map((status) => reported(status, undefined, [])),
  );
  return [...ofAgents, ...ofFiles];
}

/** The line that sums hooks up among the lines of doctor; undefined when no settings file declares any. */
export function hooksLine(hooks: readonly ReportedHook[]): DoctorLine | undefined {
  if (hooks.length === 0) return undefined;
  const name = 'hooks';
  const broken = hooks.filter(({ isBroken: isBad }) => isBad);
  const all = hooks.length === 1 ? '1 hook' : `${hooks.length} hooks`;
  if (broken.length === 0) return { name, state: 'ok', found: `${all} in order` };
  const some = broken
    .slice(0, 3)
    .map((hook) => `${hook.agent ?? hook.status.file}, ${hook.name}: ${hook.summary}`)
    .join('; ');
  return {
    name,
    state: 'warning',
    found: `${broken.length} of ${all} not in order: ${some}${broken.length > 3 ? '; …' : ''}`,
    advice: 'Each with its ladder: native-orchestrator doctor --hooks',
  };
}
