// Changes one agent in the text of a registry: comments, order, quotes and indentation stay, only what changes is touched.
import { isAlias, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { type Plain, plainOf, writtenIn } from '../entry.ts';
import { type Outline, readOutline } from '../outline.ts';
import { keyText } from '../yamlText.ts';
import { changedPlain, type FieldChange, fieldOf, plainIgnore, saysTheSame } from './fieldChange.ts';
import { eolOf, type TextEdit, withEdits } from './lines.ts';
import {
  addToList,
  addToMap,
  CannotEdit,
  fieldLines,
  prefersFlow,
  removeFromList,
  removeFromMap,
  replaceScalar,
} from './nodes.ts';

export type RegistryEdit =
  | { readonly kind: 'edited'; readonly text: string }
  /**
   * The value is written elsewhere: in `defaults`, behind an alias or in a merged map. With `writeOnAgent` the agent gets
   * a field of its own.
   */
  | { readonly kind: 'elsewhere'; readonly reason: string; readonly field: string }
  /** It can't be done in the text as it is. `reason` ends a sentence that begins with "since". */
  | { readonly kind: 'refused'; readonly reason: string };

export interface EditOptions {
  /** Write a value that comes from elsewhere as a field of the agent's own. */
  readonly writeOnAgent?: boolean;
}

class Elsewhere extends Error {
  readonly field: string;

  constructor(reason: string, field: string) {
    super(reason);
    this.field = field;
  }
}

/** Where an agent's fields are written, and what they say. */
interface Site {
  readonly text: string;
  readonly map: YAMLMap;
  /** What the entry says, merged maps included. */
  readonly own: Plain;
  readonly defaults: Plain;
  /** By how much a level is indented. */
  readonly step: string;
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => keyText(key) === name) as Pair | undefined;
}

function siteOf(text: string, outline: Outline, id: string): Site {
  const document = parseDocument(text, { keepSourceTokens: true, uniqueKeys: false });
  const top = document.contents;
  const agents = isMap(top) ? pairOf(top, 'agents')?.value : undefined;
  if (isAlias(agents)) throw new CannotEdit('all agents stand behind an alias');
  const pair = isMap(agents) ? pairOf(agents, id) : undefined;
  if (pair === undefined) throw new CannotEdit(`${id} is not written below agents`);
  if (isAlias(pair.value)) throw new CannotEdit(`the whole entry of ${id} stands behind an alias`);
  if (!isMap(pair.value)) throw new CannotEdit(`the entry of ${id} is not a map`);
  const entry = outline.agents.find((placed) => placed.entry.id === id)?.entry;
  const column = (node: unknown): number => {
    const at = isScalar(node) && node.range ? node.range[0] : 0;
    return at - (text.lastIndexOf('\n', at - 1) + 1);
  };
  const depth = pair.value.flow === true ? 2 : column(pair.value.items[0]?.key) - column(pair.key);
  return {
    text,
    map: pair.value,
    own: writtenIn(entry),
    defaults: writtenIn(outline.defaults?.entry),
    step: ' '.repeat(Math.min(Math.max(depth, 1), 8)),
  };
}

/** Adds a field that the agent does not write. */
function addField(site: Site, field: string, value: Parameters<typeof fieldLines>[1]): readonly TextEdit[] {
  const isFlow = prefersFlow(site.map);
  return addToMap(site.text, site.map, fieldLines(field, value, isFlow, site.step));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** The pair of a field where it is the agent's own and in place. Refuses, or clears the way, where it is not. */
function ownPair(site: Site, field: string, writeOnAgent: boolean): Pair | undefined {
  const pair = pairOf(site.map, field);
  const say = (where: string): Elsewhere => new Elsewhere(`\`${field}\` ${where}`, field);
  if (pair !== undefined) {
    if (isAlias(pair.value) && !writeOnAgent) throw say('stands behind an alias');
    return pair;
  }
  if (writeOnAgent) return undefined;
  if (!isEmpty(site.own[field])) throw say('comes from a merged map');
  if (!isEmpty(site.defaults[field])) throw say('comes from `defaults`, which holds for other agents too');
  return undefined;
}

/** Writes a whole list or map of its own in the place of an alias. */
function replaceAlias(site: Site, pair: Pair, value: readonly string[]): readonly TextEdit[] {
  const line = fieldLines('', value, true, site.step)[0] ?? '';
  const { range } = pair.value as { range?: readonly [number, number, number] | null };
  if (!range) throw new CannotEdit('its place in the text is not known');
  return [{ start: range[0], end: range[1], text: line.replace(/^[^[{]*/, '') }];
}

function itemEdits(site: Site, change: FieldChange & { kind: 'items' }, writeOnAgent: boolean): string {
  const { field } = change;
  const whole = changedPlain(site.own, site.defaults, change)[field] as readonly string[];
  const pair = ownPair(site, field, writeOnAgent);
  if (pair === undefined) return withEdits(site.text, addField(site, field, whole));
  if (isAlias(pair.value)) return withEdits(site.text, replaceAlias(site, pair, whole));
  if (!isSeq(pair.value)) throw new CannotEdit(`\`${field}\` is not a list`);
  const list = pair.value;
  const there = Array.isArray(site.own[field]) ? (site.own[field] as readonly unknown[]) : [];
  const missing = change.add.filter((item) => !there.includes(item));
  // Added first: a block list that has become empty would have lost its style.
  if (missing.length > 0) return withEdits(site.text, addToList(site.text, list, missing));
  const index = list.items.findIndex((item) => isScalar(item) && change.remove.includes(String(item.value)));
  if (index >= 0) return withEdits(site.text, removeFromList(site.text, list, index, pair));
  if (change.remove.some((item) => there.includes(item)))
    throw new Elsewhere(`an item of \`${field}\` stands behind an alias`, field);
  return site.text;
}

/** The lines of an ignore entry, or its one line in a flow list. */
function ignoreEdits(site: Site, change: FieldChange & { kind: 'ignore' }, writeOnAgent: boolean): string {
  const values = plainIgnore(change.entry) as Readonly<Record<string, string>>;
  const flow = (): string => fieldLines('', values, true, site.step)[0]?.replace(/^: /, '') ?? '';
  const pair = ownPair(site, 'ignore', writeOnAgent);
  if (pair === undefined && !isEmpty(site.own.ignore ?? site.defaults.ignore))
    throw new CannotEdit('`ignore` comes from elsewhere, and its entries would have to be copied');
  const isFlowMap = site.map.flow === true;
  const block = (indent: string): readonly string[] =>
    fieldLines('x', values, false, '')
      .slice(1)
      .map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}`);
  if (pair === undefined) {
    const lines = isFlowMap ? [`ignore: [${flow()}]`] : ['ignore:', ...block(site.step)];
    return withEdits(site.text, addToMap(site.text, site.map, lines));
  }
  if (!isSeq(pair.value)) throw new CannotEdit('`ignore` is not a list in place');
  if (pair.value.items.length === 0) {
    const [start, end] = pair.value.range ?? [0, 0];
    return withEdits(site.text, [{ start, end, text: `[${flow()}]` }]);
  }
  if (pair.value.flow === true) {
    const at = addToList(site.text, pair.value, ['\u0000']);
    return withEdits(
      site.text,
      at.map((edit) => ({ ...edit, text: edit.text.replace(/"\\u0000"|'\0'|\0/, () => flow()) })),
    );
  }
  const added = addToList(site.text, pair.value, ['x'])[0];
  const indent = /([ ]*)- \S+$/.exec(added?.text ?? '')?.[1] ?? '';
  if (added === undefined) throw new CannotEdit('its list is written in an unusual way');
  const eol = eolOf(site.text);
  return withEdits(site.text, [
    {
      ...added,
      text: block(indent)
        .map((line) => eol + line)
        .join(''),
    },
  ]);
}

function editedOnce(site: Site, change: FieldChange, writeOnAgent: boolean): string {
  const { text, map } = site;
  if (change.kind === 'items') return itemEdits(site, change, writeOnAgent);
  if (change.kind === 'ignore') return ignoreEdits(site, change, writeOnAgent);
  if (change.kind === 'dropIgnore') {
    const pair = pairOf(map, 'ignore');
    if (pair === undefined || !isSeq(pair.value)) throw new CannotEdit('`ignore` is not a list in place');
    return withEdits(text, removeFromList(text, pair.value, change.index, pair));
  }
  const { field } = change;
  if (change.kind === 'removeField') {
    const pair = pairOf(map, field);
    if (pair === undefined) throw new CannotEdit(`\`${field}\` is not the agent's own`);
    return withEdits(text, removeFromMap(text, map, pair, undefined));
  }
  if (change.kind === 'set') {
    const pair = ownPair(site, field, writeOnAgent);
    if (pair === undefined) return withEdits(text, addField(site, field, change.value));
    return withEdits(text, [replaceScalar(text, pair.value, change.value, map.flow === true)]);
  }
  const pair = pairOf(map, field);
  const entries = pair?.value;
  if (isAlias(entries)) throw new CannotEdit(`\`${field}\` stands behind an alias`);
  const entry = isMap(entries) ? pairOf(entries, change.name) : undefined;
  if (change.kind === 'removeEntry') {
    if (!isMap(entries) || entry === undefined || pair === undefined)
      throw new CannotEdit(`${change.name} is not written in the agent's own \`${field}\``);
    return withEdits(text, removeFromMap(text, entries, entry, pair));
  }
  if (pair === undefined) {
    if (!isEmpty(site.own[field])) throw new CannotEdit(`\`${field}\` comes from a merged map`);
    return withEdits(text, addField(site, field, { [change.name]: change.value }));
  }
  if (!isMap(entries)) throw new CannotEdit(`\`${field}\` is not a map in place`);
  if (entry !== undefined && isPair(entry))
    return withEdits(text, [replaceScalar(text, entry.value, change.value, entries.flow === true)]);
  const isFlow = entries.flow === true;
  const line = fieldLines('x', { [change.name]: change.value }, isFlow, '').at(-1) ?? '';
  return withEdits(text, addToMap(text, entries, [isFlow ? line.replace(/^x: \{(.*)\}$/s, '$1') : line]));
}

/** What a registry says but for one agent. */
function rest(outline: Outline, id: string): unknown {
  const top = [...(outline.fields ?? [])].filter(([name]) => name !== 'agents' && name !== 'defaults');
  return [
    top.map(([name, field]) => [name, plainOf(field.node, outline.targets)]),
    outline.defaults?.entry.value ?? null,
    outline.agents.map(({ entry }) => [entry.id, entry.id === id ? null : entry.value]),
  ];
}

/**
 * Makes changes to an agent, one after the other. What comes out is read again: it says what was asked for, and of all
 * else what it said before; otherwise the edit is refused. The text must be a registry without errors. Never throws.
 */
export function editRegistry(
  text: string,
  id: string,
  changes: readonly FieldChange[],
  { writeOnAgent = false }: EditOptions = {},
): RegistryEdit {
  let current = text;
  try {
    for (const change of changes) current = changed(current, id, change, writeOnAgent);
  } catch (error) {
    if (error instanceof Elsewhere) return { kind: 'elsewhere', reason: error.message, field: error.field };
    if (error instanceof CannotEdit) return { kind: 'refused', reason: error.message };
    throw error;
  }
  return { kind: 'edited', text: current };
}

function changed(text: string, id: string, change: FieldChange, writeOnAgent: boolean): string {
  const before = readOutline(text);
  const first = siteOf(text, before, id);
  const wanted = changedPlain(first.own, first.defaults, change);
  const others = rest(before, id);
  // A list is changed item by item: after each the places of the others are others.
  const mostSteps = change.kind === 'items' ? change.add.length + change.remove.length + 2 : 1;
  let current = text;
  let after = before;
  const said = (): Plain => writtenIn(after.agents.find((placed) => placed.entry.id === id)?.entry);
  for (let step = 0; step < mostSteps && !saysTheSame(said(), wanted); step++) {
    const next = editedOnce(step === 0 ? first : siteOf(current, after, id), change, writeOnAgent);
    if (next === current) break;
    current = next;
    after = readOutline(current);
  }
  const isMeant = after.drafts.length === 0 && saysTheSame(said(), wanted);
  if (!isMeant)
    throw new CannotEdit(`\`${fieldOf(change)}\` is written in a way that cannot be changed safely`);
  if (!saysTheSame(rest(after, id), others))
    throw new CannotEdit(`\`${fieldOf(change)}\` is shared with others through an anchor`);
  return current;
}
