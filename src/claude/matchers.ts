// Which tools a hook's matcher picks, and why it can pick none (CLAUDE-CODE-CONTRACT.md section 2.1; each form was tried
// with 2.1.329 and 2.1.197).
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import { knownTools } from './tools.ts';

/** Events whose matcher is compared with the name of a tool. */
const toolEvents: ReadonlySet<string> = new Set([
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionRequest',
  'PermissionDenied',
]);

export interface MatcherProblem {
  /** A clause that follows "this matcher". */
  readonly why: string;
  readonly suggestion?: string;
}

/** Made of these alone it is one name or several; anything else is a regular expression, matched anywhere in the name. */
const onlyNames = /^[A-Za-z0-9_\- ,|]*$/;

/** A repeated group can take a regular expression minutes; such a one is not judged. */
const maySlow = /[)\]][*+{]|.{200}/s;

const problem = (why: string, suggestion?: string): MatcherProblem => ({
  why,
  ...(suggestion === undefined || suggestion === '' ? {} : { suggestion }),
});

const namesIn = (matcher: string): readonly string[] =>
  matcher
    .split(/[|,]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

function expressionOf(matcher: string): RegExp | undefined {
  try {
    return new RegExp(matcher);
  } catch {
    return undefined;
  }
}

/** Whether a matcher picks a tool; undefined for a regular expression that is not run, since a hostile one takes forever. */
export function matcherPicks(matcher: string, tool: string): boolean | undefined {
  if (matcher === '' || matcher === '*') return true;
  if (onlyNames.test(matcher)) return namesIn(matcher).includes(tool);
  return maySlow.test(matcher) ? undefined : (expressionOf(matcher)?.test(tool) ?? false);
}

/** Why a matcher never matches, or one of its names does not; undefined when nothing is known against it. */
export function matcherProblem(matcher: string, event: string): MatcherProblem | undefined {
  if (!toolEvents.has(event) || matcher === '' || matcher === '*') return undefined;
  return onlyNames.test(matcher) ? namesProblem(matcher) : expressionProblem(matcher);
}

function namesProblem(matcher: string): MatcherProblem | undefined {
  const names = namesIn(matcher);
  const server = names.find((name) => /^mcp__[^_]+(_[^_]+)*$/.test(name));
  if (server !== undefined)
    return problem(
      `compares ${visibleShort(server, 40)} as a whole name, and no tool is called that; the tools of a server are ${visibleShort(server, 40)}__.*`,
      names.length === 1 ? `${server}__.*` : undefined,
    );
  const better = names.map((name) => (knownTools.has(name) ? name : nearMiss(name, knownTools)));
  const near = names.find((name, at) => better[at] !== undefined && better[at] !== name);
  if (near !== undefined)
    return problem(
      `is compared exactly, case included, and no tool is called ${visibleShort(near, 40)}`,
      names.map((name, at) => better[at] ?? name).join('|'),
    );
  const isUnknown = names.every((name) => !knownTools.has(name) && !name.startsWith('mcp__'));
  return isUnknown ? problem('names no tool that the CLI as we know it has') : undefined;
}

function expressionProblem(matcher: string): MatcherProblem | undefined {
  const rule = /^(\w+)\(.*\)$/s.exec(matcher)?.[1];
  if (rule !== undefined && knownTools.has(rule))
    return problem(
      'is a permission rule, and a matcher is compared with the name of the tool alone; what is in the parentheses belongs in "if" of the handler',
      rule,
    );
  if (/mcp__/.test(matcher) || maySlow.test(matcher)) return undefined;
  const expression = expressionOf(matcher);
  if (expression === undefined)
    return problem('is no regular expression that can be read, and matches nothing');
  for (const tool of knownTools) if (expression.test(tool)) return undefined;
  return problem('is a regular expression that matches no tool that the CLI as we know it has');
}
