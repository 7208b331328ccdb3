// What a proof saw that should not be, at the line of the registry that forbids or allows it. Pure.
import type { Finding } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { registryPath } from '../registry/model.ts';
import type { Positions } from '../registry/parse.ts';
import { type ProofCode, proofCodes } from './codes.ts';
import type { Attempt, ProofRecord } from './proofRecord.ts';
import { verdictOf } from './proofStatus.ts';

const carrierWords = { all: '', rules: ', deny rules alone', guard: ', guard alone' } as const;

/** Where and how an attempt was made: `with the committed settings, guard alone`. */
export function settingWords({ form, carrier }: Attempt): string {
  return `${form === 'launch' ? 'with the launch copy' : 'with the committed settings'}${carrierWords[carrier]}`;
}

/** What it says of an agent when something forbidden went through: of a carrier that stood alone, no more than that. */
function throughWords(agent: string, { form, carrier }: Attempt): string {
  const whose = form === 'launch' ? 'launch copy' : 'committed settings';
  if (carrier === 'all') return `${agent} was seen to do what it must not, with the ${whose}`;
  const [one, other] = carrier === 'rules' ? ['deny rules', 'guard'] : ['guard', 'deny rules'];
  const verb = carrier === 'rules' ? 'let' : 'lets';
  return `The ${one} of ${agent}'s ${whose}, without the ${other}, ${verb} through what it must not do`;
}

/** A note as sentences, with one full stop at the end. */
function sentence(note: string): string {
  const text = visibleShort(note, 200).replace(/[.\s]+$/, '');
  return ` ${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The attempt in a few words: `Write tests/a.txt`. */
export function attemptWords({ tool, target, subagent }: Attempt): string {
  const what = tool === target ? tool : `${tool} ${target}`;
  return visibleShort(subagent === undefined ? what : `${subagent} as a sub-agent: ${what}`, 160);
}

function codeOf(attempt: Attempt): ProofCode | undefined {
  switch (verdictOf(attempt)) {
    case 'through':
      return 'proof/went-through';
    case 'wronglyBlocked':
      return 'proof/wrongly-blocked';
    case 'notRun':
      return 'proof/not-run';
    case 'notEnforceable':
      return 'proof/not-enforceable';
    default:
      return undefined;
  }
}

function messageOf(agent: string, code: ProofCode, attempt: Attempt, more: number): string {
  const what = `${attemptWords(attempt)}, ${settingWords(attempt)}`;
  const others = more === 0 ? '' : ` (and ${more} more)`;
  const note = attempt.note === undefined ? '' : sentence(attempt.note);
  const rule =
    attempt.rule === undefined || attempt.kind === 'attack'
      ? ''
      : ` ${JSON.stringify(visibleShort(attempt.rule, 60))} forbids it.`;
  switch (code) {
    case 'proof/went-through':
      return `${throughWords(agent, attempt)}: ${attemptWords(attempt)}${others}.${rule}${note}`;
    case 'proof/wrongly-blocked':
      return `${agent} was kept from what it may do: ${what}${others}, refused by the ${attempt.by ?? 'CLI'}.${note}`;
    case 'proof/not-run':
      return `${agent}: it is not known whether this is blocked: ${what}${others}.${note}`;
    default:
      return `${agent} can do this here: ${what}${others}.${note}`;
  }
}

/** One finding for each place of the registry, sort of failure and setting; each names its first attempt. */
export function proofFindings(record: ProofRecord, positions: Positions): readonly Finding[] {
  const groups = new Map<string, { readonly code: ProofCode; readonly attempts: Attempt[] }>();
  for (const attempt of record.attempts) {
    const code = codeOf(attempt);
    if (code === undefined) continue;
    const key = JSON.stringify([code, attempt.origin, attempt.form, attempt.carrier]);
    const group = groups.get(key) ?? { code, attempts: [] };
    group.attempts.push(attempt);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ code, attempts }) => {
    const [attempt] = attempts;
    if (attempt === undefined) return [];
    return [
      {
        code,
        severity: proofCodes[code].severity,
        file: registryPath,
        ...positions.at(attempt.origin ?? ['agents', record.agent]),
        agent: record.agent,
        args: {
          tool: attempt.tool,
          target: attempt.target,
          form: attempt.form,
          carrier: attempt.carrier,
          count: attempts.length,
        },
        message: messageOf(record.agent, code, attempt, attempts.length - 1),
      },
    ];
  });
}

/** The finding for an agent that could not be tried. */
export function noProofFinding(agent: string, message: string, positions: Positions): Finding {
  return {
    code: 'proof/no-proof' satisfies ProofCode,
    severity: proofCodes['proof/no-proof'].severity,
    file: registryPath,
    ...positions.at(['agents', agent]),
    agent,
    args: {},
    message: `${agent} could not be proven. ${message}`,
  };
}
