// What is left of a settings file's deny rules once the CLI has read it: which hold for a path, and which are useless.
import type { CheckOptions } from './checkSettings.ts';
import { checkSettings } from './checkSettings.ts';
import { isObject, pointerSegments } from './jsonText.ts';
import { deniesWrite, type RuleFolders } from './pathRules.ts';

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

/** Judges the text of a settings file. Never throws. */
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
