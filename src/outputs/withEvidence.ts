// A verdict on a workspace, with what this machine knows of its hooks laid over it: never part of `check` or `generate`.

import { atLeast } from '../claude/cliVersion.ts';
import { claudeCodes } from '../claude/codes.ts';
import { silenceFindings } from '../claude/evidenceFindings.ts';
import type { HookEvidence } from '../claude/hookEvidence.ts';
import { onFailureSince } from '../claude/hookHandlers.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { registryPath } from '../registry/model.ts';
import { withFindings } from './agentStatus.ts';
import type { AgentStatus, Fleet } from './fleet.ts';
import { byPlace } from './inspector.ts';

/** What an agent's evidence says against it, in a word for its row; empty when nothing. */
function troubleOf(findings: readonly Finding[], evidence: HookEvidence): string {
  if (findings.length > 0) return 'a hook is silent';
  return evidence.proof?.state === 'failed' ? 'proof failed' : '';
}

function judged(
  status: AgentStatus,
  evidence: HookEvidence,
): { status: AgentStatus; findings: readonly Finding[] } {
  const isSilent = (evidence.firings?.silent.size ?? 0) > 0;
  const findings = isSilent ? silenceFindings(status.hooks, evidence, status.agent.id) : [];
  const trouble = troubleOf(findings, evidence);
  if (trouble === '') return { status, findings };
  const isWorse = status.health === 'healthy' || status.health === 'unknown';
  return {
    status: withFindings(status, [...status.findings, ...findings], {
      ...(isWorse ? { health: 'degraded' } : {}),
      ...(status.summary === '' ? { summary: trouble } : {}),
    }),
    findings,
  };
}

/** A CLI that is too old concerns all agents: it is told once. */
function failsOpen(cli: string): readonly Finding[] {
  if (atLeast(cli, onFailureSince)) return [];
  const code = 'claude/fails-open';
  const message = `claude ${visibleShort(cli, 30)} does not heed onFailure, which needs ${onFailureSince}: where a guard fails to run, the call goes through. Update claude.`;
  return [
    { code, severity: claudeCodes[code].severity, file: registryPath, ...startOfFile, args: {}, message },
  ];
}

/**
 * The fleet with the evidence of this machine: an agent with a silent hook or a failed proof is degraded (DESIGN.md
 * section 5). `cli`: the version of the user's claude, where somebody has asked for it.
 */
export function withEvidence(
  fleet: Fleet,
  evidenceOf: (id: string) => HookEvidence | undefined,
  cli: string | undefined,
): Fleet {
  if (fleet.registry === undefined) return fleet;
  const findings: Finding[] = cli === undefined ? [] : [...failsOpen(cli)];
  const agents = fleet.agents.map((status) => {
    const evidence = evidenceOf(status.agent.id);
    if (evidence === undefined) return status;
    const found = judged(status, evidence);
    findings.push(...found.findings);
    return found.status;
  });
  if (findings.length === 0) return { ...fleet, agents };
  return { ...fleet, agents, findings: [...fleet.findings, ...findings].sort(byPlace) };
}
