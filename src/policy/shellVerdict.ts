// The verdict on what a command does beside the paths that it names: what it starts, and what its text does not tell.
import { visibleShort } from '../findings/visible.ts';
import type { Denial, ShellCall, Verdict } from './call.ts';
import { couldName } from './fixedPart.ts';
import { ruleSet } from './globs.ts';
import type { PathRule, Policy } from './policy.ts';

const quoted = (text: string): string => `"${visibleShort(text)}"`;

/** Options of git that stand before its verb and take the next word. */
const gitOptionsWithWord =
  /^(-C|-c|--(git-dir|work-tree|namespace|exec-path|super-prefix|config-env|attr-source))$/;

/** The words of a command as a prefix is held against them: the program by its name, git without its options before the verb. */
function plainCommand(words: readonly string[]): readonly string[] {
  const [program = '', ...rest] = words;
  const name = program.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
  if (name !== 'git') return [name, ...rest];
  let at = 0;
  while (rest[at]?.startsWith('-')) at += gitOptionsWithWord.test(rest[at] ?? '') ? 2 : 1;
  return [name, ...rest.slice(at)];
}

const startsWith = (words: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length <= words.length && prefix.every((word, at) => word === words[at]);

const literally = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a text could hold a command of that prefix, its words parted by quotes, commas and blanks. */
const holds = (text: string, prefix: readonly string[]): boolean =>
  new RegExp(`(?<![\\w-])${prefix.map(literally).join('[\\s\'",()\\[\\]]{1,16}')}(?![\\w-])`).test(text);

/** `deny_bash`: no simple command may begin with one of its prefixes, and no opaque part may hold one. */
function commandDenial(policy: Policy, { commands, opaque }: ShellCall): Denial | undefined {
  const plain =
    policy.bash.deny.length === 0 ? [] : commands.flatMap((words) => [words, plainCommand(words)]);
  for (const denied of policy.bash.deny) {
    // `git push`, `git push *` and `git push:*` say the same; `*` alone is every command.
    const prefix = denied
      .trim()
      .replace(/(^|:|\s+)\*$/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const isDenied =
      prefix.length === 0 ||
      plain.some((words) => startsWith(words, prefix)) ||
      opaque.some(({ text }) => holds(text, prefix));
    if (isDenied)
      return {
        allow: false,
        code: 'guard/command-denied',
        reason: `${policy.agent} may not run ${quoted(denied)}: agents/registry.yaml lists it under deny_bash of ${policy.agent}. Ask the user to run it.`,
        source: `agents.${policy.agent}.deny_bash`,
      };
  }
  return undefined;
}

function opaqueDenial(policy: Policy, what: string, rule: PathRule): Denial {
  const holder = rule.owner ?? policy.agent;
  const rest = `mentions what the glob ${quoted(rule.glob)} covers, and the guard cannot see what it does there.`;
  const isProtected = rule.from === 'protected';
  return {
    allow: false,
    code: 'guard/opaque-denied',
    reason: `${policy.agent} may not run this: ${quoted(what)} ${rest} ${isProtected ? 'It is protected.' : `agents/registry.yaml lists it under ${rule.from} of ${holder}.`} Use a plain command or a file tool, without that path.`,
    source: isProtected ? 'protected' : `agents.${holder}.${rule.from}`,
  };
}

/** The programs that nobody here knows and that are told a path which may not be changed: they may only read it. */
function mentioned(policy: Policy, { mentions }: ShellCall): ShellCall['mentions'] {
  if (mentions.length === 0) return [];
  const set = ruleSet(policy.write.deny);
  return mentions.filter((path) => set.matches(path).length > 0);
}

/**
 * Judges a command beside its paths: one that cannot be taken apart is refused, and so is one that starts what no
 * session may start or that `deny_bash` lists. A part whose effect its text does not tell is refused when it could
 * name a forbidden path, and else marked.
 */
export function shellVerdict(policy: Policy, shell: ShellCall): Verdict {
  if (shell.problem !== undefined)
    return {
      allow: false,
      code: 'guard/unclear-command',
      reason: `The command cannot be taken apart, so it was refused: ${visibleShort(shell.problem.replace(/\.+$/, ''))}. Write it more plainly.`,
      source: 'guard',
    };
  const [started] = shell.starts;
  if (started !== undefined)
    return {
      allow: false,
      code: 'guard/start-denied',
      reason: `No session may start ${quoted(started)}: it would run without the limits of ${policy.agent}. Ask the user to do it.`,
      source: 'protected',
    };
  const denial = commandDenial(policy, shell);
  if (denial !== undefined) return denial;
  for (const { what, text, does } of shell.opaque) {
    const isForbidden = couldName(text);
    const rules = does === 'read' ? policy.read.deny : [...policy.write.deny, ...policy.read.deny];
    const rule = rules.find(({ glob }) => isForbidden(glob));
    if (rule !== undefined) return opaqueDenial(policy, what, rule);
  }
  const [hidden] = [...shell.opaque, ...mentioned(policy, shell)];
  if (hidden === undefined) return { allow: true };
  return {
    allow: true,
    code: 'guard/opaque',
    reason: `What ${quoted(hidden.what)} does cannot be told from the command.`,
  };
}
