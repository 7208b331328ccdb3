// The part of the guard that judges shell commands: a bundle of its own, which the guard loads for calls that have one.
import type { Verdict } from '../policy/call.ts';
import { decide } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { shellVerdict } from '../policy/shellVerdict.ts';
import { plainWords } from './bash/plainWords.ts';
import { shellEffects } from './bash/shellEffects.ts';
import { wordEffects } from './bash/wordEffects.ts';
import { type CallEvent, callOf } from './callOf.ts';
import { refusalFor } from './refusal.ts';
import type { Root } from './resolvePath.ts';
import { type ShellAnalysis, shellCall } from './shellCall.ts';

/** The parser is not touched for a command that is one program and plain words. */
const analysis: ShellAnalysis = (command, context) => {
  const words = plainWords(command);
  return words === undefined ? shellEffects(command, context) : wordEffects(words, context);
};

/** Judges an event that has commands, for a session of the policy's agent. Never throws: what it cannot decide, it refuses. */
export function judgeCommand(event: CallEvent, policy: Policy, root: Root): Verdict {
  try {
    const { tool, cwd, commands } = event;
    const call = callOf(event, policy.agent, root);
    const each = commands.map((command) => shellCall(tool, command, cwd, root, analysis));
    const touched = {
      writes: [...call.writes, ...each.flatMap(({ writes }) => writes)],
      reads: [...call.reads, ...each.flatMap(({ reads }) => reads)],
    };
    const beside = (own: Policy): Verdict => {
      const verdicts = each.map(({ shell }) => shellVerdict(own, shell));
      return verdicts.find(({ allow }) => !allow) ?? verdicts.find(({ code }) => code) ?? { allow: true };
    };
    return decide(policy, { ...call, ...touched, beside });
  } catch (problem) {
    return refusalFor(problem);
  }
}
