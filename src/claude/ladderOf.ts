// The whole ladder of a hook, rung by rung, with what is known of each: what every surface shows. Decides nothing new.
import { visibleShort } from '../findings/visible.ts';
import { type Firing, type HookEvidence, hookKey, type ProofMark, type Silence } from './hookEvidence.ts';
import { type HookStatus, hookRungs } from './hookStatus.ts';

/** All rungs, lowest first (DESIGN.md section 6). */
export const ladderRungs = [...hookRungs, 'proven', 'fired'] as const;
export type LadderRung = (typeof ladderRungs)[number];

/** `none`: the hook has no such rung by its nature. */
export type RungState = 'reached' | 'failed' | 'unknown' | 'none';

export interface Rung {
  readonly name: LadderRung;
  readonly state: RungState;
  /** What is known, without a full stop. Text from files in it is escaped. */
  readonly words: string;
  /** ISO 8601 of the evidence, where it has an age. */
  readonly at?: string;
}

export interface Ladder {
  readonly rungs: readonly Rung[];
  /** The highest rung that is reached with all below it; "fired" and "proven" stand for themselves. */
  readonly reached: LadderRung;
  readonly firing?: Firing;
  readonly silence?: Silence;
}

/** What reaching a rung means. */
export const rungWords: Readonly<Record<LadderRung, string>> = {
  declared: 'declared',
  rendered: 'well-formed',
  exists: 'its script exists',
  inside: 'its script is in the workspace',
  runs: 'can run',
  ours: 'as generated',
  proven: 'proven',
  fired: 'fired',
};

/** What stands in the way of a rung that was not reached. */
const failedWords: Readonly<Record<LadderRung, string>> = {
  declared: 'not declared',
  rendered: 'malformed: the CLI does not take it',
  exists: 'its script does not exist',
  inside: 'its script is not a regular file in the workspace',
  runs: 'cannot run',
  ours: 'changed',
  proven: 'not proven',
  fired: 'silent',
};

/** The key of a hook of ours in evidence; undefined for anybody else's. */
export function evidenceKeyOf({ ours, hook }: Pick<HookStatus, 'ours' | 'hook'>): string | undefined {
  return ours && hookKey(ours.kind, hook.event);
}

/** The ladder of a hook. `evidence` is that of the agent whose settings declare it; absent for a file of no agent. */
export function ladderOf(status: HookStatus, evidence: HookEvidence | undefined): Ladder {
  const top = hookRungs.indexOf(status.rung);
  const rungs: Rung[] = hookRungs.map((name, index) => fileRung(status, name, index, top));
  const key = evidenceKeyOf(status);
  const firing = key === undefined ? undefined : evidence?.firings?.fired.get(key);
  const silence = key === undefined ? undefined : evidence?.firings?.silent.get(key);
  rungs.push(provenRung(status, evidence?.proof), firedRung(status, evidence, firing, silence));
  const isProven =
    status.rung === 'ours' && evidence?.proof?.state === 'proven' && status.ours?.kind === 'guard';
  return {
    rungs,
    reached: isProven ? 'proven' : status.rung,
    ...(firing === undefined ? {} : { firing }),
    ...(silence === undefined ? {} : { silence }),
  };
}

function fileRung(status: HookStatus, name: (typeof hookRungs)[number], index: number, top: number): Rung {
  if (name === 'ours' && status.ours === undefined)
    return { name, state: 'none', words: 'not ours: for such a hook "can run" is the top of the ladder' };
  if (index <= top) return { name, state: 'reached', words: reachedWords(status, name) };
  if (name === 'ours' && status.ours?.isInOrder === false)
    return { name, state: 'failed', words: `its script ${status.ours.words}` };
  if (index > top + 1)
    return {
      name,
      state: 'unknown',
      words: `${rungWords[name]}: not looked at, since a rung below is not reached`,
    };
  if (status.unknown !== undefined)
    return {
      name,
      state: 'unknown',
      words: `${rungWords[name]}: unknown, ${visibleShort(status.unknown, 200)}`,
    };
  return { name, state: 'failed', words: failedWords[name] };
}

function reachedWords(status: HookStatus, name: LadderRung): string {
  if (name === 'declared') return `declared in ${visibleShort(status.file, 120)}:${status.hook.range.line}`;
  if (name === 'rendered') return 'well-formed: the CLI takes it';
  if (name === 'exists' && status.relative !== undefined)
    return `its script exists: ${visibleShort(status.relative, 120)}`;
  if (name === 'exists') return 'runs a program of the machine';
  if (name === 'inside')
    return status.relative === undefined
      ? 'names no file of the workspace'
      : 'a regular file in the workspace';
  return rungWords[name];
}

function provenRung(status: HookStatus, proof: ProofMark | undefined): Rung {
  const name = 'proven';
  if (status.ours === undefined) return { name, state: 'none', words: 'prove tries our guard only' };
  if (status.ours.kind === 'report')
    return { name, state: 'none', words: 'it refuses nothing, so there is nothing to prove' };
  if (proof === undefined) return { name, state: 'unknown', words: 'proven: unknown' };
  if (proof.state === 'unproven')
    return { name, state: 'unknown', words: 'not proven yet for the outputs as they are' };
  const cli = visibleShort(proof.cli, 30);
  return proof.state === 'proven'
    ? { name, state: 'reached', words: `proven on ${cli}`, at: proof.at }
    : { name, state: 'failed', words: `the proof failed on ${cli}`, at: proof.at };
}

function firedRung(
  status: HookStatus,
  evidence: HookEvidence | undefined,
  firing: Firing | undefined,
  silence: Silence | undefined,
): Rung {
  const name = 'fired';
  if (status.ours === undefined)
    return {
      name,
      state: 'unknown',
      words: 'fired: unknown, since only our own hooks write down that they ran',
    };
  if (silence !== undefined)
    return {
      name,
      state: 'failed',
      words: `silent: ${visibleShort(silence.tool, 40)} was used in a session, and it told nothing`,
      at: silence.since,
    };
  if (firing !== undefined) return { name, state: 'reached', words: 'fired', at: firing.last };
  return evidence?.firings === undefined
    ? {
        name,
        state: 'unknown',
        words: 'fired: unknown, nothing of a session of this agent was found on this machine',
      }
    : { name, state: 'unknown', words: 'not seen to fire yet' };
}
