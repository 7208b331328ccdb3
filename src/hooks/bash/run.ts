// One program about to run with its words, as the knowledge about programs sees it.
import {
  type Arg,
  baseNameOf,
  concatArgs,
  type Input,
  isKnown,
  known,
  originOf,
  originsOf,
  pathIn,
} from './arg.ts';
import type { Collector } from './collector.ts';
import { type OptionSpec, type Options, takeOptions } from './options.ts';

export class Run {
  readonly collector: Collector;
  readonly cwd: Arg;
  /** The program's name without directories. */
  readonly name: string;
  /** The program's word and all that follow it. */
  readonly words: readonly Arg[];
  readonly input: Input | undefined;
  private readonly dispatch: (run: Run) => void;

  constructor(
    collector: Collector,
    words: readonly Arg[],
    cwd: Arg,
    input: Input | undefined,
    dispatch: (run: Run) => void,
  ) {
    this.collector = collector;
    this.words = words;
    this.cwd = cwd;
    this.input = input;
    this.dispatch = dispatch;
    this.name = (words[0]?.text ?? '').replace(/^.*\//s, '');
  }

  get args(): readonly Arg[] {
    return this.words.slice(1);
  }

  take(spec: OptionSpec): Options {
    return takeOptions(this.args, spec);
  }

  write(target: Arg, below = false): void {
    this.collector.write(this.cwd, target, below);
  }

  read(target: Arg, below = false): void {
    if (isKnown(target) && target.text === '-') return;
    this.collector.read(this.cwd, target, below);
  }

  writeAll(targets: readonly Arg[], below = false): void {
    for (const target of targets) this.write(target, below);
  }

  readAll(targets: readonly Arg[], below = false): void {
    for (const target of targets) this.read(target, below);
  }

  /** All that this program is told: its words, and what it reads. */
  get told(): string {
    return [originsOf(this.words), this.input?.known ?? this.input?.origin ?? ''].join('\n');
  }

  opaque(what: string = this.name, text: string = this.told, does: 'read' | 'write' = 'write'): void {
    // `'te' + 'sts'` is one text to the code that it stands in.
    const glued = text.replace(/(["'])\s*[+.]?\s*\1/g, '');
    this.collector.opaque({ what, text: glued === text ? text : `${text}\n${glued}`, does }, this.cwd);
  }

  /** The paths that stand as quoted text in code: through a link they may lead where their text does not tell. */
  writeQuoted(): void {
    const quoted = [...this.told.matchAll(/(["'])([\w./+-]{1,200})\1/g)].slice(0, 50);
    this.writeAll(quoted.flatMap(([, , text]) => (text === undefined ? [] : [known(text)])));
  }

  /** Words that are a command of their own, as behind `env` or `xargs`. */
  run(words: readonly Arg[], more: { cwd?: Arg; input?: Input | undefined } = {}): void {
    if (words.length === 0) return;
    const input = 'input' in more ? more.input : this.input;
    this.collector.nested(() =>
      this.dispatch(new Run(this.collector, words, more.cwd ?? this.cwd, input, this.dispatch)),
    );
  }

  /** Shell text, as behind `sh -c`. */
  shell(text: Arg, positional: readonly Arg[] = []): void {
    const { shell } = this.collector;
    // A name from a listing in it is one that the text may change.
    if (
      !isKnown(text) &&
      /[>]|\b(rm|mv|cp|ln|dd|tee|sed|touch|truncate|chmod|unlink|install)\b/.test(originOf(text))
    )
      this.writeAll((text.listed ?? []).map(known), true);
    if (!isKnown(text) || shell === undefined)
      this.opaque(`${this.name} with unknown text`, `${originOf(text)}\n${this.told}`);
    else shell(text.text, this.cwd, positional, text.text);
  }

  withWords(words: readonly Arg[]): Run {
    return new Run(this.collector, words, this.cwd, this.input, this.dispatch);
  }

  at(directory: Arg): Run {
    return new Run(this.collector, this.words, pathIn(this.cwd, directory), this.input, this.dispatch);
  }

  isDirectory(path: Arg): boolean | undefined {
    const whole = pathIn(this.cwd, path);
    if (!isKnown(whole)) return undefined;
    if (/(^|\/)\.{0,2}\/?$/.test(path.text)) return true;
    const { kindOf } = this.collector.context;
    return kindOf === undefined ? undefined : kindOf(whole.text) === 'directory';
  }

  /** Whether the path is a file that is no directory, and that this command leaves alone until now. */
  private isFile(path: Arg): boolean {
    const whole = pathIn(this.cwd, path);
    return (
      isKnown(whole) &&
      this.collector.context.kindOf?.(whole.text) === 'other' &&
      !this.collector.isWritten(whole)
    );
  }

  /** Places `source` may come to lie when it is put at `target`: in its stead and, as a directory, in it. */
  placesOf(source: Arg, target: Arg): Arg[] {
    if (this.isFile(target)) return [target];
    return [target, concatArgs(concatArgs(target, known('/')), baseNameOf(source))];
  }
}
