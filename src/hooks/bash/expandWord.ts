// From a word of the shell's grammar to the words that a program gets.
import {
  type CommandExpansionPart,
  type DoubleQuotedChild,
  type HereDoc,
  type ParameterExpansionPart,
  type ParsedScript,
  parse,
  type Word,
  type WordPart,
} from 'unbash';
import {
  type Arg,
  concatArgs,
  type Input,
  isKnown,
  known,
  listedLines,
  originOf,
  originsOf,
  pathIn,
  textIn,
  unknown,
  unknownFrom,
} from './arg.ts';
import { expandBraces } from './braces.ts';
import { type Collector, escapeGlob } from './collector.ts';
import { operate } from './parameters.ts';
import { foundLines } from './programs/find.ts';
import { Run } from './run.ts';
import { type State, setText, textOf } from './state.ts';
import { TooMuch } from './tooMuch.ts';

/** What an expansion needs of the shell around it. */
export interface Substitutes {
  /** Runs what stands in `$(…)` and tells what it prints. */
  outputOf(script: ParsedScript, text: string, state: State): Input;
  /** Runs what is at the other end of `<(…)` or `>(…)`. */
  pipeOf(script: ParsedScript, text: string, state: State, isInput: boolean): Input;
  /** Runs the substitutions inside arithmetic. */
  arithmetic(part: WordPart, state: State): void;
}

interface Piece {
  readonly arg: Arg;
  /** True for text whose `*`, `?` and `[` are a glob's. */
  readonly isLive: boolean;
  /** Set for what is a glob in another notation. */
  readonly pattern?: string;
}

interface Field {
  readonly pieces: Piece[];
  isQuoted: boolean;
}

const wild = /[*?[]/;
const numbers =
  /^([#?$!]|RANDOM|SECONDS|UID|EUID|PPID|BASHPID|LINENO|EPOCHSECONDS|SRANDOM|COLUMNS|LINES|OPTIND|SHLVL|BASH_SUBSHELL)$/;

/** Expands the words of one command, in their order; `state` changes with what they assign. */
export class Expander {
  state: State;
  private readonly collector: Collector;
  private readonly shell: Substitutes;

  constructor(state: State, collector: Collector, shell: Substitutes) {
    this.state = state;
    this.collector = collector;
    this.shell = shell;
  }

  /** The words that a program gets for one word. */
  words(word: Word, hasBraces = true): readonly Arg[] {
    this.collector.step();
    if (hasBraces && word.text.includes('{') && /,|\.\./.test(word.text)) {
      const texts = expandBraces(word.text);
      if (texts === undefined) return [unknown(word.text)];
      if (texts.length !== 1 || texts[0] !== word.text) return texts.flatMap((text) => this.reparsed(text));
    }
    const fields: Field[] = [{ pieces: [], isQuoted: false }];
    this.tilde(word, fields);
    return fields.flatMap((field) => this.finished(field));
  }

  /** The text of a file that a command reads. */
  contentOf(file: Arg): string | undefined {
    return this.collector.contentOf(this.state.cwd, file);
  }

  /** Whether the disk may no longer be as it was when the command began. */
  get hasChanges(): boolean {
    return this.collector.hasChanges;
  }

  expandGlob(pattern: string, isLoose: boolean): readonly Arg[] | undefined {
    return this.collector.expandGlob(this.state.cwd, pattern, isLoose);
  }

  kindOf(file: Arg): 'directory' | 'other' | undefined {
    const path = pathIn(this.state.cwd, file);
    return isKnown(path) ? this.collector.context.kindOf?.(path.text) : undefined;
  }

  /** The paths that `find` prints; undefined when they can't be told. */
  foundLines(args: readonly Arg[]): readonly string[] | undefined {
    return foundLines(new Run(this.collector, [known('find'), ...args], this.state.cwd, undefined, () => {}));
  }

  private reparsed(text: string): readonly Arg[] {
    const script = parse(`: ${text}`);
    const command = script.commands[0]?.command;
    if (script.errors !== undefined || script.commands.length !== 1 || command?.type !== 'Command')
      return [unknown(text)];
    return command.suffix.flatMap((word) =>
      word.type === 'Word' ? this.words(word, false) : [unknown(text)],
    );
  }

  /** A word where nothing is split and no glob is one, as on the right of `=`. */
  text(word: Word): Arg {
    this.collector.step();
    const fields: Field[] = [{ pieces: [], isQuoted: true }];
    this.tilde(word, fields, true);
    return joined(fields.map((field) => field.pieces.map(({ arg }) => arg).reduce(concatOrFirst, known(''))));
  }

  /** The text of a here-document. */
  document(doc: HereDoc): Arg {
    const { body, delimiter } = doc;
    const text = doc.operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
    if (delimiter?.quoted === true) return known(text);
    // `\$` and the like are plain in a document that is expanded.
    if (body.parts === undefined)
      return known(text.replace(/\\([\\$`\n])/g, (_, char: string) => (char === '\n' ? '' : char)));
    const fields: Field[] = [{ pieces: [], isQuoted: true }];
    for (const part of body.parts) this.part(part, fields, true);
    return joined(fields.map((field) => field.pieces.map(({ arg }) => arg).reduce(concatOrFirst, known(''))));
  }

  private tilde(word: Word, fields: Field[], isText = false): void {
    const match = /^~([^/'"\\$`*?[{:]*)(?=\/|:|$)/.exec(word.text);
    let skip = 0;
    if (match !== null) {
      skip = match[0].length;
      fields[0]?.pieces.push({ arg: this.home(match[1] ?? ''), isLive: false });
    }
    if (word.parts === undefined) {
      const text = word.value.slice(skip);
      if (text !== '' || /['"]/.test(word.text)) this.add(fields, known(text), false, true);
      return;
    }
    for (const [at, part] of word.parts.entries())
      if (at === 0 && skip > 0 && part.type === 'Literal')
        this.add(fields, known(part.value.slice(skip)), false, isText);
      else this.part(part, fields, isText);
  }

  private home(user: string): Arg {
    if (user === '') return this.lookup('HOME')[0] ?? unknown('~');
    if (user === '+') return this.state.cwd;
    if (user === '-') return this.lookup('OLDPWD')[0] ?? this.state.previous;
    return unknown(`~${user}`);
  }

  private add(fields: Field[], arg: Arg, isLive: boolean, isQuoted: boolean, pattern?: string): void {
    const last = fields.at(-1);
    if (last === undefined) return;
    last.pieces.push(pattern === undefined ? { arg, isLive } : { arg, isLive, pattern });
    if (isQuoted) last.isQuoted = true;
  }

  private part(part: WordPart, fields: Field[], isQuoted: boolean): void {
    switch (part.type) {
      case 'Literal':
        this.add(fields, known(part.value), false, isQuoted || part.value !== '');
        break;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        this.add(fields, known(part.value), false, true);
        break;
      case 'Glob':
        this.shell.arithmetic(part, this.state);
        this.add(fields, known(part.value), !isQuoted, isQuoted);
        break;
      case 'ExtendedGlob':
        this.shell.arithmetic(part, this.state);
        this.add(fields, known(part.text), !isQuoted, isQuoted, '*');
        break;
      case 'BraceExpansion':
        this.add(fields, known(part.text), false, isQuoted);
        break;
      case 'DoubleQuoted':
      case 'LocaleString':
        if (fields.at(-1) !== undefined && !(part.parts.length === 1 && isList(part.parts[0])))
          this.add(fields, known(''), false, true);
        for (const child of part.parts) this.part(child, fields, true);
        break;
      case 'SimpleExpansion':
        this.values(fields, this.lookup(part.text.slice(1)), isQuoted, part.text === '$@');
        break;
      case 'ParameterExpansion':
        this.values(fields, this.parameter(part), isQuoted, isList(part));
        break;
      case 'CommandExpansion':
        this.values(fields, [this.substitution(part, isQuoted)], isQuoted, false);
        break;
      case 'ArithmeticExpansion':
        this.shell.arithmetic(part, this.state);
        this.forget(part.text);
        this.add(fields, { ...unknown(part.text), isNumber: true }, false, true);
        break;
      case 'ProcessSubstitution': {
        const input =
          part.script === undefined
            ? { origin: part.text }
            : this.shell.pipeOf(part.script, part.text, this.state, part.operator === '<');
        this.add(fields, { text: '/dev/fd/63', pipe: input }, false, true);
        break;
      }
    }
  }

  /** Arithmetic assigns numbers. */
  forget(text: string): void {
    const changes =
      /([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|(?:\+\+|--)\s*([A-Za-z_]\w*)|([A-Za-z_]\w*)\s*(?:\+\+|--)/g;
    for (const match of text.matchAll(changes)) {
      const name = match[1] ?? match[2] ?? match[3];
      if (name !== undefined) this.state = setText(this.state, name, { ...unknown('0'), isNumber: true });
    }
  }

  private substitution(part: CommandExpansionPart, isQuoted: boolean): Arg {
    if (part.script === undefined) return unknown(part.text);
    const output = this.shell.outputOf(part.script, part.text, this.state);
    const text = textIn(output);
    // As one word, one of these lines or any number of them.
    if (output.isSome === true && isQuoted && text !== undefined && /\n./s.test(text))
      return unknownFrom(`${text}\n${output.origin}`, listedLines(output));
    return text === undefined ? unknownFrom(output.origin, output) : known(text.replace(/\n+$/, ''));
  }

  /** What stands between the words of `"$*"`. */
  private separator(): string {
    const ifs = this.state.vars.get('IFS');
    return ifs === undefined ? ' ' : textOf(ifs).text.slice(0, 1);
  }

  /** Adds what an expansion gives: whole when quoted, else split at white space and with live globs. */
  private values(fields: Field[], values: readonly Arg[], isQuoted: boolean, isSeparate: boolean): void {
    if (isQuoted) {
      if (isSeparate) {
        for (const [at, value] of values.entries()) {
          if (at > 0) fields.push({ pieces: [], isQuoted: true });
          this.add(fields, value, false, true);
        }
      } else this.add(fields, joined(values, this.separator()), false, true);
      return;
    }
    const ifs = this.state.vars.get('IFS');
    for (const [at, value] of values.entries()) {
      if (at > 0) fields.push({ pieces: [], isQuoted: false });
      if (!isKnown(value) || value.pipe !== undefined || value.isFromGlob === true)
        this.add(fields, value, false, value.isFromGlob === true);
      else if (ifs !== undefined && !isKnown(textOf(ifs)))
        this.add(fields, unknown(value.text.replace(/[^\w./-]/g, ' ')), false, false);
      else this.split(fields, value.text, ifs === undefined ? ' \t\n' : textOf(ifs).text);
    }
  }

  private split(fields: Field[], text: string, separators: string): void {
    const parts =
      separators === '' ? [text] : text.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, '\\$&')}]+`));
    for (const [at, part] of parts.entries()) {
      if (at > 0) fields.push({ pieces: [], isQuoted: false });
      if (part !== '') this.add(fields, known(part), wild.test(part), false);
      if (fields.length > 5000) throw new TooMuch('The command has too many words to be judged.');
    }
  }

  private finished(field: Field): readonly Arg[] {
    const { pieces } = field;
    if (pieces.length === 0) return [];
    const whole = pieces.map(({ arg }) => arg).reduce(concatOrFirst, known(''));
    if (isKnown(whole) && whole.text === '' && !field.isQuoted) return [];
    const isGlob = pieces.some(
      ({ arg, isLive, pattern }) => isLive && (pattern !== undefined || wild.test(arg.text)),
    );
    if (!isGlob || !isKnown(whole)) return [whole];
    const pattern = pieces
      .map((piece) => piece.pattern ?? (piece.isLive ? piece.arg.text : escapeGlob(piece.arg.text)))
      .join('');
    const found = this.collector.expandGlob(this.state.cwd, pattern);
    if (found === undefined) return [unknown(`${originOf(this.state.cwd)}/${whole.text}`)];
    return found.length === 0 ? [{ ...whole, isFromGlob: true }] : found;
  }

  /** The values of a parameter; several for `@` and `*`. */
  lookup(name: string): readonly Arg[] {
    const { positional, vars, cwd, previous } = this.state;
    if (name === '@' || name === '*') return positional;
    if (numbers.test(name)) return [{ ...unknown('0'), isNumber: true }];
    if (/^[1-9]\d*$/.test(name)) return [positional[Number(name) - 1] ?? known('')];
    const value = vars.get(name);
    if (value !== undefined) return [textOf(value)];
    if (name === 'PWD') return [cwd];
    if (name === 'OLDPWD') return [previous];
    // The last word of the command before.
    if (name === '_') return [unknown(this.collector.source)];
    const given = this.collector.context.env?.[name];
    return [given === undefined ? unknown(`$${name}`) : known(given)];
  }

  private parameter(part: ParameterExpansionPart): readonly Arg[] {
    const { parameter, index, prefix, operation } = part;
    // Whatever comes of it, what stands in it is run.
    this.shell.arithmetic(part, this.state);
    if (prefix === '#') return [{ ...unknown('0'), isNumber: true }];
    let values = index === undefined ? this.lookup(parameter) : this.element(parameter, index);
    if (prefix === '!') {
      if (operation?.type === 'Names' || index !== undefined) return [unknown(this.collector.source)];
      const [name = known('')] = values;
      if (!isKnown(name) || !/^\w+$/.test(name.text)) return [unknown(this.collector.source)];
      values = this.lookup(name.text);
    }
    if (operation === undefined) return values;
    return operate(part, operation, values, this);
  }

  private element(name: string, index: Word): readonly Arg[] {
    const value = this.state.vars.get(name);
    if (value === undefined) return [unknown(`$${name}`)];
    if (index.text === '@' || index.text === '*') return value.items;
    const at = this.text(index);
    const isPlain =
      value.isArray === true &&
      isKnown(at) &&
      /^\d+$/.test(at.text) &&
      value.items.every((item) => isKnown(item) && item.below !== true);
    return [
      isPlain
        ? (value.items[Number(at.text)] ?? known(''))
        : unknownFrom(originsOf(value.items), ...value.items),
    ];
  }
}

const concatOrFirst = (whole: Arg, next: Arg): Arg => {
  if (whole.text === '' && isKnown(whole)) return next;
  return next.pipe === undefined ? concatArgs(whole, next) : next;
};

const joined = (values: readonly Arg[], separator = ' '): Arg =>
  values.length === 0
    ? known('')
    : values
        .slice(1)
        .reduce(
          (whole, next) => concatArgs(concatArgs(whole, known(separator)), next),
          values[0] ?? known(''),
        );

/** `$@` and `${a[@]}` stay apart in quotes. */
function isList(part: DoubleQuotedChild | WordPart | undefined): boolean {
  if (part?.type === 'SimpleExpansion') return part.text === '$@';
  return part?.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.text === '@');
}
