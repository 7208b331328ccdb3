// How a text is spelled in YAML: plain where it can't mean anything else, quoted as its neighbours are otherwise.
import { isScalar, isSeq, parseDocument, Scalar } from 'yaml';

export type Quote = '"' | "'";

/** Plain words that other readers of YAML take for something else than text. */
const misread = /^(?:y|n|yes|no|on|off|true|false|null|~|[-+.\d][-+.\d_:exo]*)$/i;
const plainForm = /^[\p{L}\p{N}_./$(](?:[^\p{Cc}\p{Cf}\u2028\u2029]*[^\p{Cc}\p{Cf}\s:])?$/u;

function isPlain(text: string, inFlow: boolean): boolean {
  if (misread.test(text) || !plainForm.test(text) || /: | #/.test(text)) return false;
  if (inFlow && /[[\]{},]/.test(text)) return false;
  const { contents, errors } = parseDocument(inFlow ? `[${text}]` : `- ${text}`);
  const item = isSeq(contents) && contents.items.length === 1 ? contents.items[0] : undefined;
  return errors.length === 0 && isScalar(item) && item.type === Scalar.PLAIN && item.value === text;
}

/** The spelling of a text. `quote`: as its neighbours are quoted; absent: plain where possible. */
export function spelled(text: string, inFlow: boolean, quote: Quote | undefined): string {
  if (quote === undefined && isPlain(text, inFlow)) return text;
  // A single-quoted text has no escapes, so that it cannot hold what must be escaped.
  if (quote === "'" && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]|\p{Cf}/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** How a scalar is quoted; undefined when it is plain, or no quoted scalar at all. */
export function quoteOf(node: unknown): Quote | undefined {
  if (!isScalar(node)) return undefined;
  return node.type === Scalar.QUOTE_DOUBLE ? '"' : node.type === Scalar.QUOTE_SINGLE ? "'" : undefined;
}
