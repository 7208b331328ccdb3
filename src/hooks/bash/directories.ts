// Commands of the shell that change where it is.
import { posix } from 'node:path';
import { type Arg, isKnown, originOf, originsOf, pathIn, unknown, unknownFrom } from './arg.ts';
import { type Builtin, type BuiltinCall, either } from './builtin.ts';
import type { State } from './state.ts';

/** `cd` by name: `..` takes the last name away, whatever it leads to. */
function directoryFrom(cwd: Arg, to: Arg): Arg {
  const whole = pathIn(cwd, to);
  return isKnown(whole) ? { ...whole, text: posix.normalize(whole.text).replace(/(.)\/$/, '$1') } : whole;
}

function moved(call: BuiltinCall, to: Arg, isPhysical: boolean): State {
  const { state } = call;
  const isSearched = call.state.vars.has('CDPATH') || (call.run.collector.context.env?.CDPATH ?? '') !== '';
  const isRelative = !/^\.{0,2}\//.test(to.text) && !/^\.\.?$/.test(to.text);
  if (isSearched && isRelative)
    return { ...state, previous: state.cwd, cwd: unknown(`${originOf(state.cwd)}/${originOf(to)}`) };
  if (/cdable_vars|cdspell|autocd/.test(call.run.collector.source))
    return { ...state, previous: state.cwd, cwd: unknown(call.run.collector.source) };
  const whole = pathIn(state.cwd, to);
  const cwd = isPhysical ? whole : directoryFrom(state.cwd, to);
  return {
    ...state,
    previous: state.cwd,
    cwd:
      whole.below === true
        ? unknownFrom(`${originOf(whole)}/*`, isKnown(whole) ? { listed: [whole.text] } : whole)
        : cwd,
  };
}

export const cd: Builtin = (call) => {
  const { args, state } = call;
  const operands = args.filter((arg, at) => !/^-[PLe@]+$/.test(arg.text) && !(arg.text === '--' && at < 2));
  const isPhysical =
    args.some((arg) => /^-.*P/.test(arg.text)) || /\bset\s+-\w*P|physical/.test(call.run.collector.source);
  const [to] = operands;
  if (to === undefined)
    return { ok: [moved(call, call.lookup('HOME')[0] ?? unknown('~'), isPhysical)], fail: [state] };
  if (isKnown(to) && to.text === '') return either(state);
  if (isKnown(to) && to.text === '-')
    return {
      ok: [{ ...state, cwd: call.lookup('OLDPWD')[0] ?? state.previous, previous: state.cwd }],
      fail: [state],
    };
  return { ok: [moved(call, to, isPhysical)], fail: [state] };
};

export const pushd: Builtin = (call) => {
  const { state } = call;
  const [to] = call.args.filter((arg) => !/^(-n|--)$/.test(arg.text));
  if (to === undefined) {
    const top = state.stack.at(-1);
    if (top === undefined) return either(state);
    return { ok: [{ ...state, cwd: top, stack: [...state.stack.slice(0, -1), state.cwd] }], fail: [state] };
  }
  if (/^[-+]\d+$/.test(to.text))
    return { ok: [{ ...state, cwd: unknown(originsOf([...state.stack, state.cwd])) }], fail: [state] };
  const next = moved(call, to, false);
  return { ok: [{ ...next, stack: [...state.stack, state.cwd] }], fail: [state] };
};

export const popd: Builtin = ({ state, args }) => {
  const top = state.stack.at(-1);
  if (top === undefined) return either(state);
  const isPlain = args.length === 0;
  return {
    ok: [
      {
        ...state,
        previous: state.cwd,
        cwd: isPlain ? top : unknown(originsOf(state.stack)),
        stack: state.stack.slice(0, -1),
      },
    ],
    fail: [state],
  };
};
