// A registry glob (gitignore syntax) as the globs that VS Code's file search takes.

/**
 * The search globs for a gitignore pattern, relative to the workspace folder. Undefined for what a search can't say:
 * a negation, an absolute path (`//`), an empty one, or one with characters that VS Code reads differently.
 */
export function findGlobs(pattern: string): string | undefined {
  if (pattern === '' || pattern.startsWith('!') || pattern.startsWith('//') || /[\\{}]/.test(pattern))
    return undefined;
  const isAnchored = pattern.startsWith('/');
  const bare = pattern.replace(/^\.?\//, '').replace(/\/+$/, '');
  if (bare === '' || bare.split('/').includes('..')) return undefined;
  // In this registry a glob holds at any depth unless it starts with `/` (DESIGN.md section 3).
  const from = isAnchored || bare.startsWith('**/') ? bare : `**/${bare}`;
  // A pattern that names a folder means everything below it.
  return bare.endsWith('**') ? from : `{${from},${from}/**}`;
}
