// What this machine knows of the hooks of each agent: its spools, and what else a caller has found out.
import type { AgentFirings, HookEvidence, ProofMark } from '../claude/hookEvidence.ts';

/** The evidence of an agent of which the spools hold nothing. */
const nothing: AgentFirings = { fired: new Map(), silent: new Map() };

export interface EvidenceSources {
  /** By agent; absent where there is no state directory to read. */
  readonly firings?: ReadonlyMap<string, AgentFirings>;
  readonly proofOf?: (id: string) => ProofMark | undefined;
}

/** The evidence of one agent from what was gathered for all. */
export function evidenceOf({ firings, proofOf }: EvidenceSources, id: string): HookEvidence {
  const proof = proofOf?.(id);
  return {
    ...(firings === undefined ? {} : { firings: firings.get(id) ?? nothing }),
    ...(proof === undefined ? {} : { proof }),
  };
}
