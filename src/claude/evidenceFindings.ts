// What the spools of this machine say against the hooks of an agent: one that was silent while tools were used.
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { claudeCodes } from './codes.ts';
import type { HookEvidence, Silence } from './hookEvidence.ts';
import type { HookStatus } from './hookStatus.ts';
import { evidenceKeyOf } from './ladderOf.ts';
import { matcherPicks } from './matchers.ts';

const code = 'claude/hook-silent';

/** The silence of a hook of ours, unless its matcher does not cover the tool that was used. */
function silenceOf(status: HookStatus, evidence: HookEvidence): Silence | undefined {
  const silence = evidence.firings?.silent.get(evidenceKeyOf(status) ?? '');
  const isOfTools = status.ours?.kind === 'guard';
  return silence !== undefined && (!isOfTools || matcherPicks(status.hook.matcher, silence.tool) !== false)
    ? silence
    : undefined;
}

/** A warning for each hook of an agent that was silent. */
export function silenceFindings(
  hooks: readonly HookStatus[],
  evidence: HookEvidence,
  agent: string,
): readonly Finding[] {
  return hooks.flatMap((status) => {
    const silence = silenceOf(status, evidence);
    if (silence === undefined) return [];
    const { event } = status.hook;
    const name = status.ours?.kind === 'guard' ? 'guard' : `report hook on ${visibleShort(event, 40)}`;
    const finding: Finding = {
      code,
      severity: claudeCodes[code].severity,
      file: status.file,
      ...status.hook.range,
      agent,
      key: status.hook.pointer,
      args: { event, tool: silence.tool, since: silence.since },
      message: `The ${name} of ${agent} was silent: its newest session used ${visibleShort(silence.tool, 40)} (${visibleShort(silence.since, 30)}), and the hook told nothing of it. End that session, look for what switches hooks off, and prove the agent again.`,
    };
    return [finding];
  });
}
