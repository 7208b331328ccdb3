// What stands behind the name in `${name…}`: defaults, parts cut off, replaced, sliced.
import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import { type Arg, isKnown, known, listedIn, originOf, unknown, unknownFrom } from './arg.ts';
import type { Expander } from './expandWord.ts';
import { setText } from './state.ts';

/** The values after the operation; unknown, with all text that goes in, where it is not one of the simple ones. */
export function operate(
  part: ParameterExpansionPart,
  operation: ParameterOperation,
  values: readonly Arg[],
  expander: Expander,
): readonly Arg[] {
  if (operation.type === 'Default') return [withDefault(part.parameter, operation, values, expander)];
  if (
    operation.type === 'Slice' &&
    (part.parameter === '@' || part.parameter === '*' || part.index !== undefined)
  )
    return values.length === 0 ? [] : [unknown(values.map(originOf).join(' '))];
  return values.map((value) => changed(value, operation, expander));
}

type Default = Extract<ParameterOperation, { type: 'Default' }>;

function withDefault(
  name: string,
  { operator, operand }: Default,
  values: readonly Arg[],
  expander: Expander,
): Arg {
  const [value = known('')] = values;
  const other = expander.text(operand);
  const isSure = isKnown(value) && (value.text !== '' || operator.startsWith(':'));
  const isEmpty = value.text === '';
  let result: Arg;
  if (operator.endsWith('+')) result = isSure ? (isEmpty ? known('') : other) : eitherOf(other, known(''));
  else if (operator.endsWith('?')) return value;
  else result = isSure ? (isEmpty ? other : value) : eitherOf(value, other);
  if (operator.endsWith('=')) expander.state = setText(expander.state, name, result);
  return result;
}

/** One of two words: its text is both. As if empty, it is the second. */
const eitherOf = (first: Arg, second: Arg): Arg => ({
  text: '',
  origin: `${originOf(first)}\n${originOf(second)}`,
  bare: second.text,
  ...listedIn(first, second),
});

function changed(value: Arg, operation: ParameterOperation, expander: Expander): Arg {
  const other = (): Arg =>
    unknownFrom(
      [originOf(value), ...operandsOf(operation).map((word) => originOf(expander.text(word)))].join('\n'),
      value,
    );
  if (!isKnown(value)) return other();
  const { text } = value;
  switch (operation.type) {
    case 'Remove': {
      const pattern = patternOf(operation.operand, expander);
      return pattern === undefined ? other() : known(removed(text, pattern, operation.operator));
    }
    case 'Replace': {
      const pattern = patternOf(operation.pattern, expander);
      const by = expander.text(operation.replacement);
      if (pattern === undefined || pattern === '' || !isKnown(by) || /[&\\]/.test(by.text)) return other();
      return known(replaced(text, pattern, by.text, operation.operator));
    }
    case 'Slice': {
      const from = expander.text(operation.offset);
      const length = operation.length === undefined ? undefined : expander.text(operation.length);
      const isPlain = (arg: Arg | undefined): boolean =>
        arg === undefined || (isKnown(arg) && /^\s*-?\d+\s*$/.test(arg.text));
      if (!isPlain(from) || !isPlain(length) || /[^\x20-\x7e]/.test(text)) return other();
      return sliced(text, Number(from.text), length === undefined ? undefined : Number(length.text));
    }
    case 'CaseModification': {
      if (operation.operand !== undefined || /[^\x20-\x7e]/.test(text)) return other();
      const change = operation.operator.startsWith('^') ? text.toUpperCase() : text.toLowerCase();
      return known(operation.operator.length === 2 ? change : change.slice(0, 1) + text.slice(1));
    }
    default:
      return other();
  }
}

function sliced(text: string, from: number, length: number | undefined): Arg {
  const start = from < 0 ? text.length + from : from;
  if (start < 0 || start > text.length) return known('');
  if (length === undefined) return known(text.slice(start));
  return known(text.slice(start, length < 0 ? text.length + length : start + length));
}

function operandsOf(operation: ParameterOperation): readonly Word[] {
  switch (operation.type) {
    case 'Replace':
      return [operation.pattern, operation.replacement];
    case 'Remove':
      return [operation.operand];
    default:
      return [];
  }
}

/** The source of a regular expression for a pattern of plain text, `*` and `?`; undefined for any other. */
function patternOf(word: Word, expander: Expander): string | undefined {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  let source = '';
  for (const part of word.parts ?? [undefined]) {
    if (part === undefined) {
      if (/^~/.test(word.text)) return undefined;
      source += literal(word.value);
    } else if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted')
      source += literal(part.value);
    else if (part.type === 'Glob' && part.kind === 'star') source += '[^]*';
    else if (part.type === 'Glob' && part.kind === 'question') source += '[^]';
    else if (part.type === 'DoubleQuoted') {
      const value = expander.text({ ...word, text: part.text, parts: [part] });
      if (!isKnown(value)) return undefined;
      source += literal(value.text);
    } else return undefined;
  }
  // Several stars would make the search take too long on a long text.
  return source.split('[^]*').length > 3 ? undefined : source;
}

function removed(text: string, pattern: string, operator: string): string {
  const whole = new RegExp(`^(?:${pattern})$`);
  const lengths = Array.from({ length: Math.min(text.length, 2000) + 1 }, (_, at) => at);
  if (operator.length === 2) lengths.reverse();
  const isFront = operator.startsWith('#');
  const hit = lengths.find((length) =>
    whole.test(isFront ? text.slice(0, length) : text.slice(text.length - length)),
  );
  if (hit === undefined) return text;
  return isFront ? text.slice(hit) : text.slice(0, text.length - hit);
}

function replaced(text: string, pattern: string, by: string, operator: string): string {
  const source = operator === '/#' ? `^(?:${pattern})` : operator === '/%' ? `(?:${pattern})$` : pattern;
  return text.replace(new RegExp(source, operator === '//' ? 'g' : ''), () => by);
}
