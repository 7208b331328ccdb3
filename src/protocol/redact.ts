// Takes secrets out of texts before they are stored. It knows the shapes of well-known ones, and what stands behind a name such
// as `password`; a secret that looks like any other word it can't know. Pure.

/** What stands in place of a secret. */
export const redacted = '[redacted]';

/** Cheap: what matches none of these holds nothing that the patterns below would find. */
const maybe =
  /sk-|gh[opusr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|AKIA|ASIA|AIza|ya29\.|eyJ|-----BEGIN|hf_|pypi-|dop_v1|:\/\/[^\s/]*@|[sr]k_(?:live|test)_|secret|token|passw|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|bearer|cookie/i;

/** Whole matches are replaced, but for a first group that stays. */
const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  /\bsk-[\w-]{16,}/g,
  /\b[sr]k_(?:live|test)_\w{10,}/g,
  /\b(?:gh[opusr]_|github_pat_|glpat-|npm_|hf_|pypi-|dop_v1_)[\w-]{16,}/g,
  /\bxox[abeoprs]-[\w-]{8,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bya29\.[\w-]{16,}/g,
  /\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g,
  /(:\/\/)[^\s/@:]*:?[^\s/@]*(?=@)/g,
  /((?:^|[^\w])(?:authorization|proxy-authorization|cookie|set-cookie)\s*[:=]\s*)[^\r\n]+/gi,
  /(\bbearer\s+)[\w.~+/-]{8,}=*/gi,
  // `PASSWORD=x`, `--api-key x`, `"token": "x"`; not `tokens 12` or a path such as `src/token.ts`.
  /((?:^|[^\w/.])[\w-]*(?:secret|token|passwd|password|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)["']?(?:\s*[:=]\s*["']?|\s+(?=["']?[^\s"']{12,}\b))["']?)[^\s"',;&)]{3,}/gi,
];

/** The text without what looks like a secret. What is not replaced stays as it is. */
export function redact(text: string): string {
  if (!maybe.test(text)) return text;
  let left = text;
  for (const pattern of patterns)
    left = left.replace(pattern, (_, kept: unknown) => `${typeof kept === 'string' ? kept : ''}${redacted}`);
  return left;
}
