// Edits of one list or map of a YAML text: only the lines that change are touched. Each gives up where it isn't sure.
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { deleteLines, eolOf, indentBefore, insertLines, lineEnd, lineStart, type TextEdit } from './lines.ts';
import { type Quote, quoteOf, spelled } from './spelling.ts';

/** Why an edit can't be made in place, as the end of a sentence that begins with "since". */
export class CannotEdit extends Error {}

const rangeOf = (node: unknown): readonly [number, number] => {
  const range = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : undefined;
  if (!range) throw new CannotEdit('its place in the text is not known');
  return [range[0], range[1]];
};

/** An offset on the last line that a node takes. */
export function lastOf(text: string, node: unknown): number {
  if (isPair(node)) {
    const hasValue = isScalar(node.value) ? node.value.source !== '' : node.value != null;
    return lastOf(text, hasValue ? node.value : node.key);
  }
  if (isCollection(node) && !node.flow && node.items.length > 0) return lastOf(text, node.items.at(-1));
  let [, end] = rangeOf(node);
  while (end > 0 && /[\r\n]/.test(text[end - 1] ?? '')) end--; // a block scalar ends behind its last line end
  return end;
}

/** Where the dash of each item of a block list stands. */
function dashesOf(list: YAMLSeq): readonly number[] {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') throw new CannotEdit('its list is written in an unusual way');
  return token.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  );
}

/** Where a comma stands behind an item of a flow collection, if there is one before the next item or the end. */
function commaAfter(text: string, offset: number): number | undefined {
  let at = offset;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) at++;
    else if (text[at] === '#') at = lineEnd(text, at);
    else return text[at] === ',' ? at : undefined;
  }
  return undefined;
}

type Flow = YAMLSeq | YAMLMap;
const spanOfItem = (item: unknown): readonly [number, number] => {
  if (!isPair(item)) return rangeOf(item);
  const [start] = rangeOf(item.key);
  return [start, item.value == null ? rangeOf(item.key)[1] : rangeOf(item.value)[1]];
};

/** Puts items behind the last one of a flow list or map, each on a line of its own where the last one has one. */
function addToFlow(text: string, collection: Flow, items: readonly string[]): readonly TextEdit[] {
  const last = collection.items.at(-1);
  const [start, end] = rangeOf(collection);
  if (last === undefined) {
    const inside = text.slice(start + 1, end - 1);
    const put = items.join(', ');
    if (inside.trim() !== '') throw new CannotEdit('there is a comment in its empty list');
    return [{ start: start + 1, end: end - 1, text: put }];
  }
  const [itemStart, itemEnd] = spanOfItem(last);
  const indent = indentBefore(text, itemStart);
  const comma = commaAfter(text, itemEnd);
  const isOwnLine = indent !== undefined && lineStart(text, itemStart) > start;
  if (!isOwnLine) {
    const put = items.map((item) => `, ${item}`).join('');
    if (comma === undefined) return [{ start: itemEnd, end: itemEnd, text: put }];
    return [{ start: comma + 1, end: comma + 1, text: ` ${items.join(', ')},` }];
  }
  const eol = eolOf(text);
  const lines = items.map((item) => `${eol}${indent}${item}`);
  const at = Math.min(lineEnd(text, comma ?? itemEnd), end - 1);
  if (comma !== undefined) return [{ start: at, end: at, text: `${lines.join(',')},` }];
  // The comma goes behind the item, and the new lines behind the comment that may follow it.
  const isClosedThere = !text.slice(itemEnd, at).includes('#');
  const edits: TextEdit[] = [
    { start: itemEnd, end: itemEnd, text: isClosedThere ? `,${lines.join(',')}` : ',' },
  ];
  if (!isClosedThere) edits.push({ start: at, end: at, text: lines.join(',') });
  return edits;
}

/** Takes an item out of a flow list or map, with its line where it has one of its own. */
function removeFromFlow(text: string, collection: Flow, index: number): readonly TextEdit[] {
  const [start, end] = spanOfItem(collection.items[index]);
  const before = index === 0 ? undefined : spanOfItem(collection.items[index - 1]);
  const next = collection.items[index + 1];
  const comma = commaAfter(text, end);
  const isLast = next === undefined;
  // The comma that is left over: its own, or that before it when it is the last and has none.
  const commaBefore = isLast && comma === undefined && before ? commaAfter(text, before[1]) : undefined;
  const isAlone =
    indentBefore(text, start) !== undefined &&
    /^\s*,?\s*(?:#.*)?$/.test(text.slice(end, lineEnd(text, end))) &&
    (comma === undefined || comma < lineEnd(text, end));
  if (isAlone) {
    const edits: TextEdit[] = [deleteLines(text, start, end)];
    if (commaBefore !== undefined) edits.push({ start: commaBefore, end: commaBefore + 1, text: '' });
    return edits;
  }
  if (!isLast) return [{ start, end: spanOfItem(next)[0], text: '' }];
  if (before === undefined) return [{ start, end: comma === undefined ? end : comma + 1, text: '' }];
  if (comma !== undefined) return [{ start: commaAfter(text, before[1]) ?? start, end: comma, text: '' }];
  return [{ start: commaBefore ?? start, end, text: '' }];
}

const quoteIn = (items: readonly unknown[]): Quote | undefined => quoteOf(items.at(-1));

/** Adds texts at the end of a list, spelled as its last item is. */
export function addToList(text: string, list: YAMLSeq, items: readonly string[]): readonly TextEdit[] {
  const put = items.map((item) => spelled(item, list.flow === true, quoteIn(list.items)));
  if (list.flow === true) return addToFlow(text, list, put);
  const dash = dashesOf(list).at(-1);
  const indent = dash === undefined ? undefined : indentBefore(text, dash);
  if (indent === undefined) throw new CannotEdit('its list is written in an unusual way');
  return [
    insertLines(
      text,
      lastOf(text, list.items.at(-1)),
      put.map((item) => `${indent}- ${item}`),
    ),
  ];
}

/** Takes the item at an index out of a list. The last one of a block list leaves `[]` behind the field's name. */
export function removeFromList(text: string, list: YAMLSeq, index: number, field: Pair): readonly TextEdit[] {
  if (list.flow === true) return removeFromFlow(text, list, index);
  const dash = dashesOf(list)[index];
  if (dash === undefined || indentBefore(text, dash) === undefined)
    throw new CannotEdit('its list is written in an unusual way');
  const line = deleteLines(text, dash, lastOf(text, list.items[index]));
  return list.items.length > 1 ? [line] : [line, emptied(text, field, '[]')];
}

/** Writes an empty value behind the colon of a field whose block is about to go. */
function emptied(text: string, field: Pair, value: '[]' | '{}'): TextEdit {
  const [, keyEnd] = rangeOf(field.key);
  const colon = text.indexOf(':', keyEnd);
  if (colon < 0 || text.slice(keyEnd, colon).trim() !== '')
    throw new CannotEdit('its name is written in an unusual way');
  return { start: colon + 1, end: colon + 1, text: ` ${value}` };
}

/** A field as it would be written: its lines without indentation. */
export function fieldLines(
  name: string,
  value: string | boolean | readonly string[] | Readonly<Record<string, string>>,
  isFlowStyle: boolean,
  step: string,
): readonly string[] {
  if (typeof value === 'boolean') return [`${name}: ${value}`];
  if (typeof value === 'string') return [`${name}: ${spelled(value, isFlowStyle, undefined)}`];
  const items = Array.isArray(value)
    ? (value as readonly string[]).map((item) => spelled(item, isFlowStyle, undefined))
    : Object.entries(value).map(
        ([key, text]) => `${spelled(key, isFlowStyle, undefined)}: ${spelled(text, isFlowStyle, undefined)}`,
      );
  const [open, close, mark] = Array.isArray(value) ? ['[', ']', '- '] : ['{', '}', ''];
  if (isFlowStyle || items.length === 0) return [`${name}: ${open}${items.join(', ')}${close}`];
  return [`${name}:`, ...items.map((item) => `${step}${mark}${item}`)];
}

/** Adds a pair at the end of a map: `lines` for a block map, their one line for a flow map. */
export function addToMap(text: string, map: YAMLMap, lines: readonly string[]): readonly TextEdit[] {
  if (map.flow === true) return addToFlow(text, map, [lines.join(' ')]);
  const first = map.items[0];
  const indent = first === undefined ? undefined : indentBefore(text, rangeOf(first.key)[0]);
  const last = map.items.at(-1);
  if (indent === undefined || last === undefined)
    throw new CannotEdit('its map is written in an unusual way');
  return [
    insertLines(
      text,
      lastOf(text, last),
      lines.map((line) => indent + line),
    ),
  ];
}

/** Takes a pair out of a map. The last one of a block map leaves `{}` behind the name of the field that the map is. */
export function removeFromMap(
  text: string,
  map: YAMLMap,
  pair: Pair,
  field: Pair | undefined,
): readonly TextEdit[] {
  const index = map.items.indexOf(pair as YAMLMap['items'][number]);
  if (map.flow === true) return removeFromFlow(text, map, index);
  const [start] = rangeOf(pair.key);
  if (indentBefore(text, start) === undefined) throw new CannotEdit('its map is written in an unusual way');
  const lines = deleteLines(text, start, lastOf(text, pair));
  if (map.items.length > 1) return [lines];
  if (field === undefined) throw new CannotEdit('nothing would be left');
  return [lines, emptied(text, field, '{}')];
}

/** Writes another value in the place of a scalar or alias, quoted as it was. */
export function replaceScalar(
  text: string,
  node: unknown,
  value: string | boolean,
  inFlow: boolean,
): TextEdit {
  if (!isScalar(node) && !isAlias(node)) throw new CannotEdit('another kind of value stands there');
  const [start] = rangeOf(node);
  const put = typeof value === 'boolean' ? String(value) : spelled(value, inFlow, quoteOf(node));
  return { start, end: lastOf(text, node), text: put };
}

/** Whether the lists of a map, and else the map itself, are mostly written in flow style. */
export function prefersFlow(map: YAMLMap): boolean {
  if (map.flow === true) return true;
  const lists = map.items.map(({ value }) => value).filter((value) => isSeq(value) || isMap(value));
  const flow = lists.filter((list) => (list as Flow).flow === true).length;
  return lists.length === 0 || flow * 2 >= lists.length;
}
