// A template with its variables replaced, each once: what a value holds is not looked at again.
import type { TemplateKind } from './template.ts';
import { type VariableSource, variableNames, variableText } from './variables.ts';

/** Left for the CLI, which replaces it in hooks (CLAUDE-CODE-CONTRACT.md section 2.1). */
const ofTheCli: ReadonlySet<string> = new Set(['CLAUDE_PROJECT_DIR']);

/** A `${…}` that no variable stands behind. Offsets into the template. */
export interface Unknown {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The closing brace is missing. */
  readonly isOpen: boolean;
}

const form = /\$\{([A-Za-z_][A-Za-z0-9_]*)(\}?)/g;

/** The text for an agent; what is unknown stays as it is. LF, final newline. */
export function renderTemplate(text: string, kind: TemplateKind, source: VariableSource): string {
  const known = new Map<string, string | undefined>();
  const rendered = text.replace(form, (found, name: string, close: string) => {
    if (close === '') return found;
    if (!known.has(name)) known.set(name, variableText(name, kind, source));
    return known.get(name) ?? found;
  });
  return rendered.endsWith('\n') ? rendered : `${rendered}\n`;
}

/** What of a template looks like a variable and is none. */
export function* unknownVariables(text: string): Generator<Unknown> {
  const names = new Set(variableNames);
  for (const match of text.matchAll(form)) {
    const [found, name = '', close] = match;
    const isOpen = close === '';
    if (ofTheCli.has(name) || (names.has(name) && !isOpen)) continue;
    // Shells have forms such as `${HOME:-x}`, which are none of ours.
    if (isOpen && !names.has(name)) continue;
    yield { name, start: match.index, end: match.index + found.length, isOpen };
  }
}
