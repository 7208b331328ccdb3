// Variables that a command sets.
import type { Assignment } from 'unbash';
import { type Arg, isKnown, known, originOf, originsOf, unknown } from './arg.ts';
import type { Collector } from './collector.ts';
import type { Expander } from './expandWord.ts';
import { setVar, type Value } from './state.ts';

export function assignments(
  list: readonly Assignment[],
  expander: Expander,
  collector: Collector,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const assignment of list) {
    const value = assignedValue(assignment, expander, collector);
    values.set(assignment.name, value);
    expander.state = setVar(expander.state, assignment.name, value);
  }
  return values;
}

export function assignedValue(
  { name, value, append, index }: Assignment,
  expander: Expander,
  collector: Collector,
): Value {
  const old = expander.state.vars.get(name) ?? { items: append === true ? [...expander.lookup(name)] : [] };
  let items: readonly Arg[];
  if (value.type === 'ArrayValue') {
    const elements = value.elements.flatMap((element) => expander.words(element));
    // `[3]=x` leaves holes and orders: no element is at a known place then.
    const isPlain = elements.every((element) => !/^\[/.test(element.text));
    const bare = isPlain ? elements : [unknown(originsOf(elements))];
    items = append === true ? [...old.items, ...bare] : bare;
    mayRun(items, collector);
    return { items, isArray: true };
  }
  const text = expander.text(value);
  if (index !== undefined) {
    const at = expander.text(index);
    items =
      isKnown(at) && /^\d+$/.test(at.text) && Number(at.text) === old.items.length
        ? [...old.items, text]
        : [unknown(originsOf([...old.items, text]))];
    mayRun([text], collector);
    return { items, isArray: true };
  }
  if (append !== true) items = [text];
  else {
    const [first = known('')] = old.items;
    items =
      isKnown(first) && isKnown(text)
        ? [known(first.text + text.text), ...old.items.slice(1)]
        : [
            {
              text: '',
              origin: `${originOf(first)}${originOf(text)}`,
              bare: (first.bare ?? first.text) + (text.bare ?? text.text),
            },
          ];
  }
  mayRun(items, collector);
  return { items };
}

/** Text with a substitution in it is run by arithmetic, prompts and indirect expansion. */
export function mayRun(items: readonly Arg[], collector: Collector): void {
  for (const item of items)
    if (isKnown(item) && /\$\(|`/.test(item.text))
      collector.opaque({ what: 'a substitution in a variable', text: item.text, does: 'write' }, undefined);
}
