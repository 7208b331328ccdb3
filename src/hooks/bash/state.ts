// What a shell remembers from one command to the next, as far as it is known.
import { type Arg, known, listedIn, originOf, originsOf, unknown, unknownFrom } from './arg.ts';

export interface Value {
  /** One for a plain variable, any number for an array. */
  readonly items: readonly Arg[];
  readonly isArray?: boolean;
  readonly isExported?: boolean;
}

export interface State {
  readonly cwd: Arg;
  /** Where `cd -` goes. */
  readonly previous: Arg;
  /** What `popd` goes back to, the next one last. */
  readonly stack: readonly Arg[];
  /** Variables that the command itself has set; an unset one has no items. */
  readonly vars: ReadonlyMap<string, Value>;
  readonly positional: readonly Arg[];
}

/** The states after a command that succeeded, and after one that failed. Both empty: what follows is never reached. */
export interface Flow {
  readonly ok: readonly State[];
  readonly fail: readonly State[];
}

export const nowhere: Flow = { ok: [], fail: [] };

/** More ways of getting somewhere are made one, in which what differs is unknown. */
const mostStates = 12;

const keys = new WeakMap<State, string>();

function keyOf(state: State): string {
  let key = keys.get(state);
  if (key === undefined) {
    key = JSON.stringify([state.cwd, state.previous, state.stack, [...state.vars], state.positional]);
    keys.set(state, key);
  }
  return key;
}

function differing(args: readonly Arg[]): Arg {
  const texts = [...new Set(args.map(originOf))];
  const [first] = args;
  if (texts.length <= 1 && first !== undefined) return first;
  return args.every((arg) => arg.isNumber === true || /^\d+$/.test(arg.text))
    ? { ...unknown('0'), isNumber: true }
    : unknownFrom(texts.join('\n').slice(0, 20_000), ...args);
}

/** One state for several: what they do not agree on is unknown, its text all that it was. */
export function widen(states: readonly State[]): State | undefined {
  const [first] = states;
  if (first === undefined || states.length === 1) return first;
  const vars = new Map<string, Value>();
  for (const name of new Set(states.flatMap((state) => [...state.vars.keys()]))) {
    const values = states.map((state) => state.vars.get(name));
    const lists = new Set(values.map((value) => JSON.stringify(value?.items)));
    const isExported = values.some((value) => value?.isExported === true) ? { isExported: true } : {};
    const [value] = values;
    if (lists.size === 1 && value !== undefined) vars.set(name, { ...value, ...isExported });
    else
      vars.set(name, {
        items: [
          differing(
            values.map((each) =>
              each === undefined
                ? unknown(`$${name}`)
                : { ...known(originsOf(each.items)), ...listedIn(...each.items) },
            ),
          ),
        ],
        ...isExported,
      });
  }
  const isSame = (list: (state: State) => unknown): boolean =>
    new Set(states.map((state) => JSON.stringify(list(state)))).size === 1;
  return {
    cwd: differing(states.map(({ cwd }) => cwd)),
    previous: differing(states.map(({ previous }) => previous)),
    stack: isSame(({ stack }) => stack)
      ? first.stack
      : [unknown(states.map(({ stack }) => originsOf(stack)).join('\n'))],
    vars,
    positional: isSame(({ positional }) => positional)
      ? first.positional
      : [unknown(states.map(({ positional }) => originsOf(positional)).join('\n'))],
  };
}

/** States without repetition, and not too many. */
export function join(...lists: readonly (readonly State[])[]): readonly State[] {
  const all = lists.flat();
  if (all.length <= 1) return all;
  if (all.every((state) => state === all[0])) return all.slice(0, 1);
  const different = new Map(all.map((state) => [keyOf(state), state]));
  const states = [...different.values()];
  if (states.length <= mostStates) return states;
  const one = widen(states);
  return one === undefined ? [] : [one];
}

export const isSameStates = (left: readonly State[], right: readonly State[]): boolean =>
  new Set([...left, ...right].map(keyOf)).size === new Set(left.map(keyOf)).size;

export function setVar(state: State, name: string, value: Value): State {
  const old = state.vars.get(name);
  const exported = old?.isExported === true && value.isExported === undefined ? { isExported: true } : {};
  return { ...state, vars: new Map(state.vars).set(name, { ...value, ...exported }) };
}

export const setText = (state: State, name: string, text: Arg): State =>
  setVar(state, name, { items: [text] });

export const textOf = (value: Value): Arg => value.items[0] ?? known('');

/** The variables that another process gets: exported ones, and those that came from its own environment. */
export function exportedVars(
  state: State,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, Value> {
  return new Map(
    [...state.vars].filter(([name, value]) => value.isExported === true || env[name] !== undefined),
  );
}
