// Taking a program's words apart as GNU getopt does, leaning towards finding an option rather than missing it.
import { type Arg, isKnown, isOptionLike, sliceArg } from './arg.ts';

export interface OptionSpec {
  /** Short options that take a value, one letter each. */
  readonly values?: string;
  /** Short options with a value only when it is attached, as `-i.bak`. */
  readonly attached?: string;
  /** Long options that take a value, without dashes. */
  readonly longValues?: readonly string[];
  /** Long options without a value that matter; others need no mention. */
  readonly longFlags?: readonly string[];
  /** True when the first operand ends the options, as for programs that run another. */
  readonly stops?: boolean;
  /** True for long options with one dash, as in `-name`. */
  readonly oneDash?: boolean;
}

export interface Option {
  /** `-x` or `--long`, as the specification spells it. */
  readonly name: string;
  readonly value?: Arg;
}

export interface Options {
  readonly options: readonly Option[];
  readonly operands: readonly Arg[];
  /** True when a word that may be an option is not known, or no option of this name is specified. */
  readonly isUnsure: boolean;
  has(...names: readonly string[]): boolean;
  valuesOf(...names: readonly string[]): readonly Arg[];
}

/** Long options may be shortened: every specified one that the word may stand for. */
function longMatches(given: string, spec: OptionSpec): { name: string; takesValue: boolean }[] {
  const all = [
    ...(spec.longValues ?? []).map((name) => ({ name, takesValue: true })),
    ...(spec.longFlags ?? []).map((name) => ({ name, takesValue: false })),
  ];
  const exact = all.filter(({ name }) => name === given);
  return exact.length > 0 ? exact : all.filter(({ name }) => given.length > 0 && name.startsWith(given));
}

class Taken implements Options {
  readonly options: Option[] = [];
  readonly operands: Arg[] = [];
  isUnsure = false;

  has(...names: readonly string[]): boolean {
    return this.options.some(({ name }) => names.includes(name));
  }

  valuesOf(...names: readonly string[]): readonly Arg[] {
    return this.options.flatMap(({ name, value }) =>
      value !== undefined && names.includes(name) ? [value] : [],
    );
  }

  add(name: string, value?: Arg): void {
    this.options.push(value === undefined ? { name } : { name, value });
  }
}

/** A cluster such as `-abc` or `-ofile`. Gives true when the next word is the value of its last option. */
function takeShort(taken: Taken, arg: Arg, spec: OptionSpec): string | undefined {
  for (let at = 1; at < arg.text.length; at++) {
    const letter = arg.text[at] ?? '';
    const rest = sliceArg(arg, at + 1);
    const hasRest = rest.text !== '' || !isKnown(rest);
    if (spec.values?.includes(letter) === true) {
      if (!hasRest) return `-${letter}`;
      taken.add(`-${letter}`, rest);
      return undefined;
    }
    if (spec.attached?.includes(letter) === true) {
      taken.add(`-${letter}`, hasRest ? rest : undefined);
      return undefined;
    }
    taken.add(`-${letter}`);
  }
  if (!isKnown(arg)) taken.isUnsure = true;
  return undefined;
}

/** A long option. Gives its name when the next word is its value. */
function takeLong(taken: Taken, arg: Arg, dashes: number, spec: OptionSpec): string | undefined {
  const equals = arg.text.indexOf('=');
  const given = arg.text.slice(dashes, equals < 0 ? undefined : equals);
  const matches = longMatches(given, spec);
  if (matches.length === 0) {
    taken.isUnsure ||= !isKnown(arg) && equals < 0;
    taken.add(`--${given}`, equals < 0 ? undefined : sliceArg(arg, equals + 1));
    return undefined;
  }
  let pending: string | undefined;
  for (const { name, takesValue } of matches)
    if (equals >= 0) taken.add(`--${name}`, sliceArg(arg, equals + 1));
    else if (takesValue) pending = `--${name}`;
    else taken.add(`--${name}`);
  return pending;
}

export function takeOptions(args: readonly Arg[], spec: OptionSpec): Options {
  const taken = new Taken();
  let pending: string | undefined;
  for (const [at, arg] of args.entries()) {
    if (pending !== undefined) {
      taken.add(pending, arg);
      pending = undefined;
    } else if (isKnown(arg) && arg.text === '--') {
      taken.operands.push(...args.slice(at + 1));
      break;
    } else if (!isOptionLike(arg)) {
      taken.operands.push(...(spec.stops === true ? args.slice(at) : [arg]));
      if (spec.stops === true) break;
    } else if (arg.text === '') {
      taken.isUnsure = true;
      taken.operands.push(...(spec.stops === true ? args.slice(at) : [arg]));
      if (spec.stops === true) break;
    } else if (arg.text.startsWith('--')) pending = takeLong(taken, arg, 2, spec);
    else if (spec.oneDash === true && arg.text.length > 2) pending = takeLong(taken, arg, 1, spec);
    else pending = takeShort(taken, arg, spec);
  }
  return taken;
}
