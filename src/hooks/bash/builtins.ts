import {
  concatArgs,
  isKnown,
  known,
  listedLines,
  originOf,
  originsOf,
  sliceArg,
  textIn,
  unknown,
  unknownFrom,
} from './arg.ts';
import { type Builtin, either } from './builtin.ts';
import { cd, popd, pushd } from './directories.ts';
import { runScript } from './programs/interpreters.ts';
import { assigned } from './programs/wrappers.ts';
import { type Flow, nowhere, type State, setText, setVar, type Value } from './state.ts';

const assignment = /^([A-Za-z_]\w*)(\[.*\])?(\+?)=/s;

/** `export`, `declare` and their like. */
const declare: Builtin = ({ run, state, args, frame, mayRun, lookup }) => {
  const flags = args.filter((arg) => /^[-+][a-zA-Z]+$/.test(arg.text)).map(({ text }) => text);
  const isLocal =
    run.name === 'local' ||
    (['declare', 'typeset'].includes(run.name) && !flags.some((flag) => /^-.*g/.test(flag)));
  const isExport =
    (run.name === 'export' && !flags.some((flag) => /^-.*n/.test(flag))) ||
    flags.some((flag) => /^-.*x/.test(flag));
  const isReference = flags.some((flag) => /^-.*[nluiA]/.test(flag));
  // A name for another variable: what is set by one is read by the other.
  if (flags.some((flag) => /^-.*n/.test(flag)) && run.name !== 'export')
    run.opaque('a reference to a variable', run.collector.source);
  let next = state;
  for (const arg of args) {
    if (/^[-+]/.test(arg.text)) continue;
    const match = assignment.exec(arg.text);
    const name = match?.[1] ?? arg.text;
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      if (!isKnown(arg)) run.opaque('a declaration');
      continue;
    }
    if (isLocal) frame.locals.add(name);
    const exported = isExport ? { isExported: true } : {};
    if (match === null) {
      const value = next.vars.get(name);
      if (value !== undefined) next = setVar(next, name, { ...value, ...exported });
      else if (isExport) next = setVar(next, name, { items: lookup(name), ...exported });
      if (isExport) for (const item of value?.items ?? []) assigned(run, name, item);
      continue;
    }
    let value = sliceArg(arg, match[0].length);
    if (match[3] === '+') value = concatArgs(lookup(name)[0] ?? known(''), value);
    if (match[2] !== undefined || isReference)
      value = unknown(`${originOf(value)}\n${originsOf(next.vars.get(name)?.items ?? [])}`);
    const held = next.vars.get(name);
    const whole: Value =
      !isKnown(value) && held?.isArray === true && match[2] === undefined
        ? { items: [value], isArray: true }
        : { items: [value] };
    next = setVar(next, name, { ...whole, ...exported });
    mayRun([value]);
    if (isExport || /^(PATH|BASH_ENV|ENV|CDPATH)$/.test(name)) assigned(run, name, value);
  }
  return either(next);
};

const set: Builtin = ({ state, args }) => {
  const at = args.findIndex((arg) => arg.text === '--' || arg.text === '-' || !/^[-+]/.test(arg.text));
  if (at < 0) return either(state);
  // `set -o name` is no list of words.
  if (/^[-+].*o$/.test(args[at - 1]?.text ?? '') && args.length === at + 1) return either(state);
  const isMarked = args[at]?.text === '--' || args[at]?.text === '-';
  return either({ ...state, positional: args.slice(isMarked ? at + 1 : at) });
};

const shift: Builtin = ({ state, args }) => {
  const [count] = args;
  if (count !== undefined && !isKnown(count))
    return either({ ...state, positional: [unknown(originsOf(state.positional))] });
  return { ok: [{ ...state, positional: state.positional.slice(Number(count?.text ?? 1)) }], fail: [state] };
};

const unset: Builtin = ({ state, args }) => {
  const vars = new Map(state.vars);
  for (const { text } of args) if (!/^-/.test(text)) vars.set(text.replace(/\[.*/s, ''), { items: [] });
  return either({ ...state, vars });
};

/** Sets variables to what comes from standard input. */
const read: Builtin = ({ run, state, args, input }) => {
  const isArray = run.name !== 'read';
  const values = isArray ? /^-[dnOsuCc]$/ : /^-[adinNptu]$/;
  const names = args.filter(
    (arg, at) =>
      !/^-/.test(arg.text) && (!values.test(args[at - 1]?.text ?? '') || args[at - 1]?.text === '-a'),
  );
  if (isArray && args.some((arg) => /^-C/.test(arg.text))) run.opaque();
  const isElsewhere = args.some((arg) => /^-u/.test(arg.text));
  const whole = textIn(input);
  const origin = isElsewhere || input === undefined ? run.collector.source : (whole ?? input.origin);
  const line = whole?.replace(/\n$/, '');
  const isSimple =
    !isElsewhere &&
    !isArray &&
    names.length === 1 &&
    line !== undefined &&
    !/[\n\\]/.test(line) &&
    !args.some((arg) => /^-[^r]/.test(arg.text)) &&
    !state.vars.has('IFS');
  const value = isSimple
    ? known(line.trim())
    : unknownFrom(origin === '' ? '$(a file)' : origin, isElsewhere ? undefined : listedLines(input));
  if (
    isArray &&
    whole !== undefined &&
    !isElsewhere &&
    args.every((arg) => arg.text === '-t' || !/^-/.test(arg.text))
  ) {
    const lines = whole.replace(/\n$/, '').split('\n').map(known);
    return either(setVar(state, names[0]?.text ?? 'MAPFILE', { items: lines, isArray: true }));
  }
  const listed = names.length > 0 ? names : [known(isArray ? 'MAPFILE' : 'REPLY')];
  const next = listed.reduce(
    (each, name) =>
      setVar(each, name.text, {
        items: [value],
        isArray: isArray || args.some((arg) => /^-r?a/.test(arg.text)),
      }),
    state,
  );
  // At the end of its input it fails, and what it was given stays.
  return { ok: [next], fail: [next] };
};

const printf: Builtin = ({ state, args }) => {
  const at = args.findIndex((arg) => /^-v/.test(arg.text));
  if (at < 0) return undefined;
  const attached = args[at]?.text.slice(2) ?? '';
  const name = attached === '' ? args[at + 1]?.text : attached;
  if (name === undefined) return either(state);
  const [format, ...values] = args.slice(attached === '' ? at + 2 : at + 1);
  const isPlain = format?.text === '%s' && isKnown(format) && values.length === 1;
  return either(
    setText(
      state,
      name.replace(/\[.*/s, ''),
      isPlain
        ? (values[0] ?? known(''))
        : unknown(
            `${originsOf(format === undefined ? values : [format, ...values])}\n${values.map(originOf).join('')}`,
          ),
    ),
  );
};

const evaluate: Builtin = ({ run, state, args, runText }) => {
  const words = args[0]?.text === '--' ? args.slice(1) : args;
  if (words.every(isKnown)) return runText(originsOf(words), state);
  run.opaque();
  return either(state);
};

const source: Builtin = ({ run, state, args, runText }) => {
  const [file, ...rest] = args[0]?.text === '--' ? args.slice(1) : args;
  if (file === undefined) return either(state);
  let flow: Flow | undefined;
  runScript(run, file, rest, (text) => {
    flow = runText(text, rest.length > 0 ? { ...state, positional: rest } : state);
  });
  if (flow === undefined) return either(state);
  const back = (after: State): State => ({ ...after, positional: state.positional });
  // Whether it is found, and how far it gets, is not known.
  return { ok: [...flow.ok.map(back), state], fail: [...flow.fail.map(back), state] };
};

const trap: Builtin = ({ run, state, args, trap: keep }) => {
  const [text, ...signals] = args[0]?.text === '--' ? args.slice(1) : args;
  if (text === undefined || signals.length === 0 || /^-[lp]?$/.test(text.text)) return either(state);
  if (isKnown(text)) keep(text.text);
  else run.opaque();
  return either(state);
};

const alias: Builtin = ({ run, state, args, alias: keep }) => {
  for (const arg of args) {
    const at = arg.text.indexOf('=');
    if (at < 0) continue;
    const value = sliceArg(arg, at + 1);
    if (isKnown(value)) keep(arg.text.slice(0, at), value.text);
    else run.opaque();
  }
  return either(state);
};

/** `command` and `builtin`: the rest, when it is one of these commands. */
const plain: Builtin = ({ state, args, runWords }) => {
  const at = args.findIndex((arg) => !/^-[pvV]+$|^--$/.test(arg.text));
  if (at < 0 || args.slice(0, at).some((arg) => /^-.*[vV]/.test(arg.text))) return either(state);
  return runWords(args.slice(at), state);
};

const exec: Builtin = ({ args, state }) => (args.length === 0 ? either(state) : undefined);

const leave =
  (to: 'returns' | 'breaks'): Builtin =>
  ({ state, frame }) => {
    frame[to].push(state);
    return nowhere;
  };

/** `-C command` and `-x key: command`. */
const completion: Builtin = ({ run, state, args }) => {
  if (args.some((arg) => !isKnown(arg) || /^-[CFx]/.test(arg.text))) run.opaque();
  return either(state);
};

const succeed: Builtin = ({ state }) => ({ ok: [state], fail: [] });
const nothing: Builtin = ({ state }) => either(state);

export const builtins: Readonly<Record<string, Builtin>> = {
  cd,
  pushd,
  popd,
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  set,
  shift,
  unset,
  read,
  mapfile: read,
  readarray: read,
  getopts: ({ state, args }) =>
    either(
      setText(
        setText(state, args[1]?.text ?? 'opt', unknown(originsOf(state.positional))),
        'OPTARG',
        unknown(originsOf(state.positional)),
      ),
    ),
  let: ({ state, args }) =>
    either(
      args.reduce(
        (each, { text }) =>
          /^\w+/.exec(text)?.[0] === undefined
            ? each
            : setText(each, /^\w+/.exec(text)?.[0] ?? '', { ...unknown('0'), isNumber: true }),
        state,
      ),
    ),
  printf,
  eval: evaluate,
  source,
  '.': source,
  trap,
  alias,
  command: plain,
  builtin: plain,
  exec,
  exit: () => nowhere,
  logout: () => nowhere,
  return: leave('returns'),
  break: leave('breaks'),
  continue: leave('breaks'),
  true: succeed,
  ':': succeed,
  echo: nothing,
  test: nothing,
  '[': nothing,
  false: ({ state }) => ({ ok: [], fail: [state] }),
  hash: ({ run, state, args }) => {
    if (args.some((arg) => /^-p/.test(arg.text))) run.opaque();
    return either(state);
  },
  history: ({ run, state, args }) => {
    run.writeAll(args.filter((arg) => !/^-/.test(arg.text) && !/^\d+$/.test(arg.text)));
    return either(state);
  },
  compgen: completion,
  complete: completion,
  bind: completion,
  fc: ({ run, state }) => {
    run.opaque();
    return either(state);
  },
};
