// What is left of a settings file's deny rules once the CLI has read it, put together from what the product says of the
// file (its findings) and of its rules (their patterns), and matched with the library that the CLI itself uses.
import ignore from 'ignore';
import type { CheckOptions } from '../../src/claude/checkSettings.ts';
import { checkSettings } from '../../src/claude/checkSettings.ts';
import { atLeast, newestKnown } from '../../src/claude/cliVersion.ts';
import { isObject, pointerSegments } from '../../src/claude/jsonText.ts';
import { type RuleFolders, rootedPattern } from '../../src/claude/pathRules.ts';
import { parseRule } from '../../src/claude/permissionRule.ts';

/** A settings file as the CLI takes it. */
export interface SettingsVerdict {
  /** The CLI ignores the whole file. */
  readonly dropped: boolean;
  /** Deny rules that are in force. */
  readonly deny: readonly string[];
  /** Ask rules that are in force; without a person to ask they refuse. */
  readonly ask: readonly string[];
  /** Rules, of any list, that the CLI skips or that match nothing as they are written. */
  readonly useless: readonly string[];
  /** Whether a deny rule in force keeps the Write tool from an absolute path. */
  holds(rule: string, path: string): boolean;
  /** The deny rule that keeps the Write tool from an absolute path; undefined when none does. */
  deniedBy(path: string): string | undefined;
}

const uselessCodes: ReadonlySet<string> = new Set([
  'claude/rule-skipped',
  'claude/rule-never-matches',
  'claude/unknown-tool',
]);

/** Since then a `Read(path)` deny keeps the file tools from writing there, too (CLAUDE-CODE-CONTRACT.md section 1.3). */
const readStopsWritesSince = '2.1.228';

/** Whether a path rule's text in the parentheses covers an absolute path; what the library can't read matches nothing. */
export function coversPath(spec: string, path: string, folders: RuleFolders): boolean {
  const at = rootedPattern(spec, folders);
  if (at === undefined || !path.startsWith(`${at.root}/`)) return false;
  const relative = path.slice(at.root.length + 1);
  try {
    return relative !== '' && ignore({ allowRelativePaths: true }).add([at.glob]).ignores(relative);
  } catch {
    return false;
  }
}

/** Whether a name in a rule is that of a tool; a `*` stands for any characters. */
function namesTool(pattern: string, tool: string): boolean {
  const literal = (part: string): string => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's').test(tool);
}

/** Whether a `deny` rule that the CLI took keeps the Write tool from an absolute path. */
export function deniesWrite(
  rule: string,
  path: string,
  folders: RuleFolders,
  version: string = newestKnown,
): boolean {
  const parsed = parseRule(rule);
  if (parsed === undefined) return false;
  const { tool, spec } = parsed;
  // In the parentheses `*` says no more than the bare tool.
  if (spec === undefined || spec === '*') return namesTool(tool, 'Write');
  if (tool !== 'Edit' && !(tool === 'Read' && atLeast(version, readStopsWritesSince))) return false;
  return coversPath(spec, path, folders);
}

/** The verdict on the text of a settings file. */
export function settingsVerdict(
  text: string,
  folders: RuleFolders,
  options: CheckOptions = {},
): SettingsVerdict {
  const { value, dropped, findings } = checkSettings(text, { file: '', source: folders.source }, options);
  const skipped = new Set<string>();
  const useless: string[] = [];
  const permissions = isObject(value) && isObject(value.permissions) ? value.permissions : {};
  for (const { code, key } of findings) {
    if (key === undefined || !uselessCodes.has(code)) continue;
    const [, list = '', index] = pointerSegments(key);
    const items = permissions[list];
    const rule = Array.isArray(items) ? items[Number(index)] : undefined;
    if (code === 'claude/rule-skipped') skipped.add(key);
    useless.push(String(rule));
  }
  const inForce = (list: 'deny' | 'ask'): readonly string[] => {
    const items = dropped ? undefined : permissions[list];
    return (Array.isArray(items) ? items : []).filter(
      (rule, index): rule is string =>
        typeof rule === 'string' && !skipped.has(`/permissions/${list}/${index}`),
    );
  };
  const deny = inForce('deny');
  const holds = (rule: string, path: string): boolean => deniesWrite(rule, path, folders, options.version);
  return {
    dropped,
    deny,
    ask: inForce('ask'),
    useless,
    holds,
    deniedBy: (path) => deny.find((rule) => holds(rule, path)),
  };
}
