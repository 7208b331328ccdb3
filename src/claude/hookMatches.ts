// Whether a hook's matcher covers a tool (CLAUDE-CODE-CONTRACT.md section 2.1).

/**
 * True or false where it is certain; undefined for a regular expression, which is not run: a hostile one takes forever.
 */
export function hookMatches(matcher: string, tool: string): boolean | undefined {
  if (matcher === '' || matcher === '*' || matcher === '.*') return true;
  if (!/^[A-Za-z0-9_\- ,|]+$/.test(matcher)) return undefined;
  return matcher.split(/[|,]/).some((name) => name.trim() === tool);
}
