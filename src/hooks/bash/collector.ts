// Gathers what a command touches: every path made absolute, followed through the links that the command itself makes.
import { posix } from 'node:path';
import { type Arg, isKnown, known, originOf, pathIn } from './arg.ts';
import type { Mention, Opaque, ShellContext, ShellEffects, ShellTarget } from './effects.ts';
import { TooMuch } from './tooMuch.ts';

interface Alias {
  readonly from: string;
  readonly to: string;
}

/** More than any honest command does, and done within a quarter of a second. */
const mostSteps = 20_000;
const mostTargets = 20_000;
const mostOpaqueText = 400_000;

/** What every process may write and read without touching a file. */
const harmless = /^\/dev\/(null|zero|full|random|urandom|tty|stdout|stderr|fd\/[12])$/;

export class Collector {
  readonly context: ShellContext;
  /** All of the text that is judged, for what could come from anywhere in it. */
  readonly source: string;
  /** Analyses more shell text; absent where the parser is not loaded. */
  shell: ((text: string, cwd: Arg, positional: readonly Arg[], asSource: string) => void) | undefined;
  /** How an enclosing function, loop or script is nested; too deep cannot be judged. */
  depth = 0;
  private steps = 0;
  private opaqueLength = 0;
  private readonly writes = new Map<string, ShellTarget>();
  private readonly reads = new Map<string, ShellTarget>();
  private readonly opaques = new Map<string, Opaque>();
  private readonly mentions = new Map<string, Mention>();
  private readonly starting = new Set<string>();
  private readonly commands = new Map<string, readonly string[]>();
  /** Each command in its turn, repeated ones as well. */
  private readonly ran: (readonly string[])[] = [];
  private readonly aliases: Alias[] = [];
  /** What exported variables and assignments before a command hold: an interpreter can read them. */
  private readonly environment = new Set<string>();

  constructor(source: string, context: ShellContext) {
    this.source = source;
    this.context = context;
  }

  step(): void {
    if (++this.steps > mostSteps) throw new TooMuch('The command does too much to be judged.');
  }

  /** Runs what is nested one deeper. */
  nested<T>(what: () => T): T {
    if (++this.depth > 60) throw new TooMuch('The command is nested too deeply to be judged.');
    try {
      return what();
    } finally {
      this.depth--;
    }
  }

  write(cwd: Arg, target: Arg, below = false): void {
    this.touch('write', cwd, target, below);
  }

  read(cwd: Arg, target: Arg, below = false): void {
    this.touch('read', cwd, target, below);
  }

  private touch(does: 'write' | 'read', cwd: Arg, target: Arg, below: boolean): void {
    this.step();
    if (target.pipe !== undefined || (target.text === '' && isKnown(target))) return;
    const path = pathIn(cwd, target);
    if (!isKnown(path)) {
      if (target.isNumber !== true)
        this.opaque({ what: 'an unknown path', text: originOf(path), does }, undefined);
      // What is not known may well be empty.
      const bare = target.bare ?? '';
      if (/[^./]/.test(bare) && !bare.endsWith('/')) this.touch(does, cwd, known(bare), below);
      for (const place of path.listed ?? [])
        if (place.startsWith('/')) this.touch(does, cwd, known(place), true);
      return;
    }
    if (does === 'write' && /^(\/dev\/(stdin|fd\/)|\/proc\/)/.test(path.text))
      this.opaque({ what: 'a file by its descriptor', text: this.source, does }, undefined);
    if (harmless.test(path.text) || (does === 'read' && /^\/dev\/(stdin|fd\/\d+)$/.test(path.text))) return;
    const takesBelow = below || target.below === true;
    for (const each of this.namesOf(path.text, takesBelow || path.isFromGlob === true))
      this.add(does === 'write' ? this.writes : this.reads, {
        path: each.path,
        shown: target.text,
        ...(takesBelow || each.below ? { below: true } : {}),
      });
  }

  private add(list: Map<string, ShellTarget>, target: ShellTarget): void {
    if (list.size >= mostTargets) throw new TooMuch('The command touches too much to be judged.');
    const key = `${target.below === true}${target.path}`;
    if (!list.has(key)) list.set(key, target);
  }

  /** A path and what it is through the links that the command makes before. */
  private namesOf(path: string, isWide: boolean): { path: string; below: boolean }[] {
    const found = new Map([[path, false]]);
    // Links may lead through each other; in a circle they lead nowhere.
    const pending = [path];
    for (let next = pending.pop(); next !== undefined && found.size < 16; next = pending.pop()) {
      const plain = posix.normalize(next).replace(/(.)\/$/, '$1');
      for (const { from, to } of this.aliases) {
        const through =
          this.walked(next, from, to) ??
          (plain === from || plain.startsWith(`${from}/`) ? to + plain.slice(from.length) : undefined);
        if (through !== undefined && !found.has(through)) {
          found.set(through, false);
          pending.push(through);
        }
        if (isWide && through === undefined && !found.has(to)) {
          found.set(to, true);
          pending.push(to);
        }
      }
    }
    return [...found].map(([each, below]) => ({ path: each, below }));
  }

  /** The path with its first segments replaced where they lead to the link, `..` after it left to the system. */
  private walked(path: string, from: string, to: string): string | undefined {
    const segments = path.split('/').filter((segment) => segment !== '');
    for (let at = 1; at <= segments.length; at++)
      if (posix.normalize(`/${segments.slice(0, at).join('/')}`) === from)
        return [to, ...segments.slice(at)].join('/');
    return undefined;
  }

  /** Whether the command makes links or moves directories: what the disk holds then says too little. */
  get hasLinks(): boolean {
    return this.aliases.length > 0;
  }

  /** From now on what is below `from` is also below `to`: a link, or a directory that was moved. */
  link(cwd: Arg, from: Arg, to: Arg): void {
    const name = pathIn(cwd, from);
    const target = pathIn(cwd, to);
    if (isKnown(name) && isKnown(target)) {
      if (this.aliases.length >= 100) throw new TooMuch('The command makes too many links to be judged.');
      this.aliases.push({ from: posix.normalize(name.text).replace(/(.)\/$/, '$1'), to: target.text });
    } else
      this.opaque(
        { what: 'an unknown link', text: `${originOf(name)} ${originOf(target)}`, does: 'write' },
        undefined,
      );
  }

  opaque({ what, text, does }: Omit<Opaque, 'cwd'>, cwd: Arg | undefined): void {
    this.step();
    const links = this.aliases.map(({ to }) => to);
    const origin = cwd === undefined || isKnown(cwd) ? [] : [originOf(cwd)];
    const whole = [text, ...origin, ...links, ...(does === 'write' ? this.environment : [])].join('\n');
    const key = `${does} ${what} ${cwd?.text} ${whole}`;
    if (this.opaques.has(key)) return;
    this.opaqueLength += whole.length;
    if (this.opaqueLength > mostOpaqueText)
      throw new TooMuch('The command holds too much that cannot be judged.');
    this.opaques.set(key, {
      what,
      text: whole,
      does,
      ...(cwd !== undefined && isKnown(cwd) ? { cwd: cwd.text } : {}),
    });
  }

  /** A value that programs started later can read. */
  exportValue(text: string): void {
    if (text !== '' && this.environment.size < 500) this.environment.add(text);
  }

  mention(what: string, cwd: Arg, word: Arg): void {
    const path = pathIn(cwd, word);
    if (!isKnown(path) || word.text.startsWith('-') || word.text.length > 400 || this.mentions.size >= 200)
      return;
    this.mentions.set(`${what} ${path.text}`, { what, path: path.text });
  }

  start(program: string): void {
    this.starting.add(program);
  }

  command(words: readonly Arg[]): void {
    this.step();
    const list = words.map((word) => word.origin ?? word.text);
    const key = list.join('\0');
    this.ran.push(list);
    if (!this.commands.has(key)) this.commands.set(key, list);
  }

  /** The commands that ran since there were `from` of them. */
  commandsSince(from: number): readonly (readonly string[])[] {
    return this.ran.slice(from);
  }

  get commandCount(): number {
    return this.ran.length;
  }

  /** Whether the command may have changed anything until now: what the disk holds then says too little. */
  get hasChanges(): boolean {
    return this.writes.size + this.opaques.size + this.aliases.length > 0;
  }

  /** Whether the command itself wrote this path before, so that what the disk holds now says nothing. */
  isWritten(path: Arg): boolean {
    return this.isWrittenTo(path) || this.opaques.size > 0 || this.aliases.length > 0;
  }

  /** Whether the command is seen to write this path. */
  isWrittenTo(path: Arg): boolean {
    if (!isKnown(path)) return true;
    const plain = posix.normalize(path.text);
    for (const target of this.writes.values()) {
      const written = posix.normalize(target.path);
      if (written === plain || (target.below === true && plain.startsWith(`${written.replace(/\/$/, '')}/`)))
        return true;
    }
    return false;
  }

  /** The text of a file that this command leaves alone before it reads it. */
  contentOf(cwd: Arg, file: Arg): string | undefined {
    const path = pathIn(cwd, file);
    return file.pipe === undefined && !this.isWritten(path) ? this.readText(path) : undefined;
  }

  readText(path: Arg): string | undefined {
    return isKnown(path) ? this.context.readText?.(posix.normalize(path.text)) : undefined;
  }

  /** The words that a glob gives, from its text with `\` before plain characters; undefined when nobody can tell. */
  expandGlob(cwd: Arg, pattern: string, isLoose = false): readonly Arg[] | undefined {
    this.step();
    const whole = pattern.startsWith('/')
      ? known(pattern)
      : isKnown(cwd)
        ? known(`${escapeGlob(cwd.text)}/${pattern}`)
        : cwd;
    if (!isKnown(whole) || this.context.expandGlob === undefined) return undefined;
    const loose = isLoose || /\b(shopt|GLOBIGNORE)\b/.test(this.source);
    const found = this.context.expandGlob(whole.text, loose);
    if (found === undefined) {
      const wild = pattern.search(/(?<!\\)[*?[]/);
      const base = pattern.slice(0, pattern.lastIndexOf('/', wild) + 1).replace(/\\(.)/g, '$1');
      return [{ text: base === '' ? '.' : base, below: true, isFromGlob: true }];
    }
    const start = `${cwd.text.replace(/\/$/, '')}/`;
    const isInside = !pattern.startsWith('/') && !pattern.split('/').includes('..');
    return found.map((path) => ({
      text: isInside && path.startsWith(start) ? path.slice(start.length) : path,
      isFromGlob: true,
    }));
  }

  effects(syntaxError?: string): ShellEffects {
    return {
      ...(syntaxError === undefined ? {} : { syntaxError }),
      writes: [...this.writes.values()],
      reads: [...this.reads.values()],
      opaque: [...this.opaques.values()],
      mentions: [...this.mentions.values()],
      starts: [...this.starting],
      commands: [...this.commands.values()],
    };
  }
}

export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&');
