// Runs a parsed command as a shell would, over what is known, and gathers what it touches on every way through it.
import {
  type AndOr,
  type Command,
  type CompoundCommand,
  type CompoundList,
  type Coproc,
  type For,
  type Function as FunctionNode,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  parse,
  type Redirected,
  type Select,
  type Statement,
  type SyntaxNode,
  type While,
} from 'unbash';
import { type Arg, type Input, isKnown, known, listedIn, originsOf, unknown, unknownFrom } from './arg.ts';
import { assignedValue, assignments, mayRun } from './assignments.ts';
import type { Frame } from './builtin.ts';
import { builtins } from './builtins.ts';
import type { Collector } from './collector.ts';
import { Expander, type Substitutes } from './expandWord.ts';
import { listedBy } from './listedBy.ts';
import { NotShell } from './notShell.ts';
import { outputText } from './output.ts';
import { assigned } from './programs/wrappers.ts';
import { runProgram } from './programs.ts';
import { redirect } from './redirect.ts';
import { Run } from './run.ts';
import {
  exportedVars,
  type Flow,
  isSameStates,
  join,
  nowhere,
  type State,
  setText,
  setVar,
  type Value,
  widen,
} from './state.ts';

type Node = Statement['command'];

interface Body {
  readonly node: FunctionNode['body'];
  readonly text: string;
}

/** More words than this, and what a loop runs over is one unknown word. */
const mostRounds = 64;

export class Shell implements Substitutes {
  readonly collector: Collector;
  private readonly functions = new Map<string, Body[]>();
  private readonly aliases = new Map<string, string>();
  private readonly traps: string[] = [];
  /** States that a trap may run in. */
  private seen: readonly State[] = [];
  private frame: Frame = { returns: [], breaks: [], locals: new Set() };
  /** The text that positions in the nodes count in. */
  private text: string;

  constructor(collector: Collector) {
    this.collector = collector;
    this.text = collector.source;
  }

  /** The whole command, traps included. */
  runAll(): void {
    const { cwd, env } = this.collector.context;
    const state: State = {
      cwd: known(cwd),
      previous: env?.OLDPWD === undefined ? unknown('$OLDPWD') : known(env.OLDPWD),
      stack: [],
      vars: new Map(),
      positional: [],
    };
    const last = this.runText(this.text, [state], undefined);
    this.seen = join(this.seen, last.ok, last.fail);
    for (const trap of this.traps) this.runText(trap, this.seen, undefined);
  }

  /** Shell text in the shell itself, as `eval` runs it. */
  runText(text: string, states: readonly State[], input: Input | undefined): Flow {
    return this.collector.nested(() => {
      const outer = this.text;
      this.text = text;
      try {
        return this.script(parse(text), states, input);
      } finally {
        this.text = outer;
      }
    });
  }

  /** Shell text in a process of its own. */
  private runChild(text: string, state: State, positional: readonly Arg[], cwd: Arg): void {
    const env = this.collector.context.env ?? {};
    // The first word after `-c text` is `$0`; as any of them may be meant, both countings are looked at.
    const [zero] = positional;
    const exported = exportedVars(state, env);
    const vars = zero === undefined ? exported : new Map(exported).set('0', { items: [zero] });
    const child: State = { ...state, cwd, vars, positional: positional.slice(1) };
    this.runText(text, positional.length > 0 ? [child, { ...child, positional }] : [child], undefined);
  }

  private script(script: ParsedScript, states: readonly State[], input: Input | undefined): Flow {
    const [error] = script.errors ?? [];
    if (error !== undefined) throw new NotShell(error.message);
    const outer = this.text;
    if (script.source !== undefined) this.text = script.source;
    try {
      return this.list(script.commands, states, input);
    } finally {
      this.text = outer;
    }
  }

  private list(statements: readonly Statement[], states: readonly State[], input: Input | undefined): Flow {
    let flow: Flow = { ok: states, fail: [] };
    for (const statement of statements) {
      const now = join(flow.ok, flow.fail);
      if (now.length === 0) return nowhere;
      const next = this.node(statement.command, now, input);
      // What runs in the background changes nothing here.
      flow = statement.background === true ? { ok: now, fail: [] } : next;
    }
    return flow;
  }

  private node(node: Node, states: readonly State[], input: Input | undefined): Flow {
    this.collector.step();
    return this.collector.nested(() => this.anyNode(node, states, input));
  }

  private anyNode(node: Node, states: readonly State[], input: Input | undefined): Flow {
    switch (node.type) {
      case 'AndOr':
        return this.andOr(node, states, input);
      case 'Pipeline':
        return this.pipeline(node, states, input);
      case 'Command':
        return this.each(states, (state) => this.simple(node, state, input));
      case 'Redirected':
        return this.redirected(node, states, input);
      case 'Function':
        this.define(node);
        return { ok: states, fail: [] };
      case 'Coproc':
        return this.coproc(node, states);
      default:
        return this.compound(node, states, input);
    }
  }

  private each(states: readonly State[], run: (state: State) => Flow): Flow {
    const flows = states.map(run);
    return { ok: join(...flows.map(({ ok }) => ok)), fail: join(...flows.map(({ fail }) => fail)) };
  }

  private andOr(node: AndOr, states: readonly State[], input: Input | undefined): Flow {
    const [first, ...rest] = node.commands;
    if (first === undefined) return { ok: states, fail: [] };
    let flow = this.node(first, states, input);
    for (const [at, command] of rest.entries()) {
      const isAnd = node.operators[at] === '&&';
      const from = isAnd ? flow.ok : flow.fail;
      const next = from.length === 0 ? nowhere : this.node(command, from, input);
      flow = isAnd
        ? { ok: next.ok, fail: join(flow.fail, next.fail) }
        : { ok: join(flow.ok, next.ok), fail: next.fail };
    }
    return flow;
  }

  private pipeline(node: Pipeline, states: readonly State[], input: Input | undefined): Flow {
    const isTurned = node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
    const [only, ...others] = node.commands;
    if (only !== undefined && others.length === 0) {
      const { ok, fail } = this.node(only, states, input);
      return isTurned ? { ok: fail, fail: ok } : { ok, fail };
    }
    let from = input;
    let last: Flow = nowhere;
    for (const command of node.commands) {
      const count = this.collector.commandCount;
      this.inSubshell(() => {
        last = this.node(command, states, from);
      });
      from = this.outputAfter([command], states, from, count);
    }
    // The last one may run in the shell itself.
    const after = /lastpipe/.test(this.collector.source) ? join(states, last.ok, last.fail) : states;
    return { ok: after, fail: after };
  }

  private inSubshell(run: () => void): void {
    const { frame } = this;
    this.frame = { returns: [], breaks: [], locals: new Set() };
    try {
      run();
    } finally {
      this.frame = frame;
    }
  }

  /** What commands that were run print: all text that went into them, when it is not known. */
  private outputAfter(
    nodes: readonly Node[],
    states: readonly State[],
    input: Input | undefined,
    count: number,
  ): Input {
    const [node] = nodes;
    const [state] = states;
    if (
      node !== undefined &&
      nodes.length === 1 &&
      states.length === 1 &&
      state !== undefined &&
      node.type === 'Command'
    ) {
      const expander = new Expander(state, this.collector, this);
      const output = outputText(node, expander, input);
      if (output !== undefined) return output;
    }
    const source = nodes.map(({ pos, end }) => this.text.slice(pos, end)).join('\n');
    const ran = this.collector.commandsSince(count);
    const words = [...new Set(ran.map((each) => each.join(' ')))].join('\n');
    const contents = states.length === 1 && state !== undefined ? this.filteredContents(ran, state) : [];
    return {
      origin: [source, words, ...contents, input?.known ?? input?.origin ?? ''].join('\n'),
      ...listedIn(input, ...ran.map((each) => ({ listed: listedBy(each) }))),
    };
  }

  /** The text of files that filters print some of, in their own way. */
  private filteredContents(ran: readonly (readonly string[])[], state: State): readonly string[] {
    return ran
      .filter(([name = '']) =>
        /^(sed|[gmn]?awk|cut|tr|nl|tac|rev|fold|fmt|paste|column|dd|gzip|zcat|base64)$/.test(name),
      )
      .flatMap((words) => words.slice(1))
      .flatMap((word) => this.collector.contentOf(state.cwd, known(word.replace(/^if=/, ''))) ?? [])
      .slice(0, 20);
  }

  outputOf(script: ParsedScript, text: string, state: State): Input {
    const count = this.collector.commandCount;
    this.inSubshell(() => this.script(script, [state], undefined));
    const nodes = script.commands.map(({ command }) => command);
    const outer = this.text;
    if (script.source !== undefined) this.text = script.source;
    const output = this.outputAfter(nodes, [state], undefined, count);
    this.text = outer;
    return output.known === undefined ? { ...output, origin: `${text}\n${output.origin}` } : output;
  }

  pipeOf(script: ParsedScript, text: string, state: State, isInput: boolean): Input {
    if (isInput) return this.outputOf(script, text, state);
    this.inSubshell(() => this.script(script, [state], { origin: this.collector.source }));
    return { origin: text };
  }

  arithmetic(part: SyntaxNode, state: State): void {
    forEachChild(part, (child) => {
      if (
        (child.type === 'CommandExpansion' || child.type === 'ArithmeticCommandExpansion') &&
        child.script !== undefined
      )
        this.outputOf(child.script, child.text, state);
      else if (child.type !== 'Script') this.arithmetic(child, state);
    });
  }

  private coproc(node: Coproc, states: readonly State[]): Flow {
    if (node.body.type === 'CompoundList') throw new NotShell('a coprocess without a body');
    const { body } = node;
    this.inSubshell(() => this.node(body, states, { origin: this.collector.source }));
    return { ok: states, fail: [] };
  }

  private define(node: FunctionNode): void {
    const bodies = this.functions.get(node.name.value) ?? [];
    if (!bodies.some((body) => body.node === node.body)) bodies.push({ node: node.body, text: this.text });
    this.functions.set(node.name.value, bodies);
  }

  private call(bodies: readonly Body[], state: State, args: readonly Arg[], input: Input | undefined): Flow {
    const { frame, text } = this;
    const flows = bodies.map((body) => {
      this.frame = { returns: [], breaks: [], locals: new Set() };
      this.text = body.text;
      const start: State = { ...state, positional: args };
      const flow =
        body.node.type === 'CompoundList'
          ? this.list(body.node.commands, [start], input)
          : this.node(body.node, [start], input);
      const { locals, returns } = this.frame;
      const back = (after: State): State => {
        const vars = new Map(after.vars);
        for (const name of locals) {
          const before = state.vars.get(name);
          if (before === undefined) vars.delete(name);
          else vars.set(name, before);
        }
        return { ...after, vars, positional: state.positional };
      };
      return { ok: join(flow.ok, returns).map(back), fail: join(flow.fail, returns).map(back) };
    });
    this.frame = frame;
    this.text = text;
    return { ok: join(...flows.map(({ ok }) => ok)), fail: join(...flows.map(({ fail }) => fail)) };
  }

  private compound(node: CompoundCommand, states: readonly State[], input: Input | undefined): Flow {
    const body = (list: CompoundList, from: readonly State[]): Flow => this.list(list.commands, from, input);
    switch (node.type) {
      case 'BraceGroup':
        return body(node.body, states);
      case 'Subshell':
        this.inSubshell(() => body(node.body, states));
        return { ok: states, fail: states };
      case 'If': {
        let test = body(node.clause, states);
        let flow = test.ok.length === 0 ? nowhere : body(node.then, test.ok);
        for (const branch of node.elif) {
          if (test.fail.length === 0) break;
          test = body(branch.clause, test.fail);
          const next = test.ok.length === 0 ? nowhere : body(branch.then, test.ok);
          flow = { ok: join(flow.ok, next.ok), fail: join(flow.fail, next.fail) };
        }
        if (node.else === undefined || test.fail.length === 0)
          return { ok: join(flow.ok, test.fail), fail: flow.fail };
        const last = body(node.else, test.fail);
        return { ok: join(flow.ok, last.ok), fail: join(flow.fail, last.fail) };
      }
      case 'While':
        return this.repeated(node, states, input);
      case 'ArithmeticFor':
        this.each(states, (state) => {
          this.arithmetic(node as SyntaxNode, state);
          return nowhere;
        });
        return this.repeatedBody(
          node.body,
          forgotten(this, states, this.text.slice(node.pos, node.body.pos)),
          input,
        );
      case 'For':
      case 'Select':
        return this.each(states, (state) => this.forEach(node, state, input));
      case 'Case':
        return this.each(states, (state) => {
          const expander = new Expander(state, this.collector, this);
          expander.text(node.word);
          let result: readonly State[] = [expander.state];
          let through: readonly State[] = [];
          for (const item of node.items) {
            for (const pattern of item.pattern) expander.text(pattern);
            const flow = body(item.body, join([expander.state], through));
            through = join(flow.ok, flow.fail);
            result = join(result, through);
          }
          return { ok: result, fail: result };
        });
      case 'TestCommand':
        return this.each(states, (state) => {
          const expander = new Expander(state, this.collector, this);
          this.testWords(node, expander);
          return { ok: [expander.state], fail: [expander.state] };
        });
      case 'ArithmeticCommand':
        return this.each(states, (state) => {
          this.arithmetic(node, state);
          const expander = new Expander(state, this.collector, this);
          expander.forget(node.body);
          return { ok: [expander.state], fail: [expander.state] };
        });
    }
  }

  private testWords(node: SyntaxNode, expander: Expander): void {
    forEachChild(node, (child) => {
      if (child.type === 'Word') expander.text(child);
      else this.testWords(child, expander);
    });
  }

  private repeated(node: While, states: readonly State[], input: Input | undefined): Flow {
    return this.untilSame(states, (from) => {
      const test = this.list(node.clause.commands, from, input);
      const enters = node.kind === 'while' ? test.ok : test.fail;
      const leaves = node.kind === 'while' ? test.fail : test.ok;
      const flow = enters.length === 0 ? nowhere : this.list(node.body.commands, enters, input);
      return { again: join(flow.ok, flow.fail), out: leaves };
    });
  }

  private repeatedBody(body: CompoundList, states: readonly State[], input: Input | undefined): Flow {
    return this.untilSame(states, (from) => {
      const flow = this.list(body.commands, from, input);
      const again = join(flow.ok, flow.fail);
      return { again, out: join(from, again) };
    });
  }

  /** Runs until nothing new comes of it; after some rounds by what they have in common. */
  private untilSame(
    states: readonly State[],
    round: (from: readonly State[]) => { again: readonly State[]; out: readonly State[] },
  ): Flow {
    const { breaks } = this.frame;
    this.frame = { ...this.frame, breaks: [] };
    let from = states;
    let out: readonly State[] = [];
    for (let count = 0; count < 6 && from.length > 0; count++) {
      const result = round(from);
      out = join(out, result.out, this.frame.breaks);
      const next = join(from, result.again, this.frame.breaks);
      if (isSameStates(from, next)) break;
      const wide = count >= 2 ? widen(next) : undefined;
      from = wide === undefined ? next : [wide];
    }
    out = join(out, this.frame.breaks);
    this.frame = { ...this.frame, breaks };
    return { ok: out, fail: out };
  }

  private forEach(node: For | Select, state: State, input: Input | undefined): Flow {
    const expander = new Expander(state, this.collector, this);
    const words =
      node.wordlist === undefined ? state.positional : node.wordlist.flatMap((word) => expander.words(word));
    const name = node.name.value;
    const { breaks } = this.frame;
    this.frame = { ...this.frame, breaks: [] };
    let now: readonly State[] = [expander.state];
    let out: readonly State[] = now;
    const isMany =
      words.length > mostRounds ||
      node.type === 'Select' ||
      words.some((word) => !isKnown(word) && word.isNumber !== true);
    if (isMany) {
      const wide = rangeOf(words);
      const flow = this.repeatedBody(
        node.body,
        now.map((each) => setText(each, name, wide)),
        input,
      );
      out = join(now, flow.ok);
    } else
      for (const word of words) {
        const flow = this.list(
          node.body.commands,
          now.map((each) => setText(each, name, word)),
          input,
        );
        now = join(flow.ok, flow.fail, this.frame.breaks);
        out = join(out, now);
        if (now.length === 0) break;
      }
    out = isMany || words.length === 0 ? join(out, this.frame.breaks) : join(now, this.frame.breaks);
    this.frame = { ...this.frame, breaks };
    return { ok: out, fail: out };
  }

  private redirected(node: Redirected, states: readonly State[], input: Input | undefined): Flow {
    return this.each(states, (state) => {
      const expander = new Expander(state, this.collector, this);
      const from = redirect(node.redirects, expander, this.collector) ?? input;
      return this.compound(node.command, [expander.state], from);
    });
  }

  private simple(node: Command, state: State, input: Input | undefined): Flow {
    if (/\btrap\b/.test(this.collector.source)) this.seen = join(this.seen, [state]);
    const expander = new Expander(state, this.collector, this);
    const prefix = node.prefix.filter((each) => each.type === 'Assignment');
    const aliased = this.aliased(node, state, input);
    const words =
      node.name === undefined ? [] : [...expander.words(node.name), ...this.argsOf(node, expander)];
    const values = assignments(prefix, expander, this.collector);
    const from = redirect(node.redirects, expander, this.collector) ?? input;
    const here = expander.state;
    if (words.length === 0) {
      for (const [name, value] of values) this.assignedInShell(name, value, here);
      return { ok: [here], fail: [here] };
    }
    this.port(here);
    const run = new Run(this.collector, words, here.cwd, from, runProgram);
    for (const [name, value] of values) assigned(run, name, { ...known(''), ...value.items[0] });
    const exported = [...values].reduce(
      (each, [name, value]) => setVar(each, name, { ...value, isExported: true }),
      here,
    );
    const flow = this.dispatch(run, exported, from);
    if (values.size === 0) return both(aliased, flow);
    const back = (after: State): State => {
      const vars = new Map(after.vars);
      for (const name of values.keys()) {
        const before = state.vars.get(name);
        if (before === undefined) vars.delete(name);
        else vars.set(name, before);
      }
      return { ...after, vars };
    };
    return both(aliased, { ok: flow.ok.map(back), fail: flow.fail.map(back) });
  }

  /** A variable that is set for what follows. */
  private assignedInShell(name: string, value: Value, state: State): void {
    const isExported =
      /\bset\s+-\w*a|allexport/.test(this.collector.source) ||
      state.vars.get(name)?.isExported === true ||
      this.collector.context.env?.[name] !== undefined;
    const run = new Run(this.collector, [known(name)], state.cwd, undefined, runProgram);
    if (isExported || /^(PATH|BASH_ENV|ENV|PROMPT_COMMAND|CDPATH|IFS|HISTFILE)$/.test(name))
      for (const item of value.items) assigned(run, name, item);
  }

  private argsOf(node: Command, expander: Expander): readonly Arg[] {
    return node.args.flatMap((arg): readonly Arg[] => {
      if (arg.type === 'Word') return expander.words(arg);
      const value = assignedValue(arg, expander, this.collector);
      const [first = known('')] = value.items;
      const text =
        arg.value.type === 'ArrayValue' || arg.index !== undefined ? unknown(originsOf(value.items)) : first;
      return [joinName(arg.name, text)];
    });
  }

  /** What the command is when its first word is an alias that the text defines. */
  private aliased(node: Command, state: State, input: Input | undefined): Flow | undefined {
    const { name } = node;
    const alias = name === undefined || name.text !== name.value ? undefined : this.aliases.get(name.value);
    if (name === undefined || alias === undefined || this.collector.depth > 20) return undefined;
    this.aliases.delete(name.value);
    try {
      // A blank at its end makes the next word an alias too.
      const rest = this.text
        .slice(name.end, node.end)
        .replace(/^(\s*)(\S+)/, (whole, blank: string, word: string) =>
          /\s$/.test(alias) ? `${blank}${this.aliases.get(word) ?? word}` : whole,
        );
      return this.runText(`${alias} ${rest}`, [state], input);
    } finally {
      this.aliases.set(name.value, alias);
    }
  }

  /** How programs have shell text run from here. */
  private port(state: State): void {
    this.collector.shell = (text, cwd, positional) => {
      const { shell } = this.collector;
      this.inSubshell(() => this.runChild(text, state, positional, cwd));
      this.collector.shell = shell;
    };
  }

  private dispatch(run: Run, state: State, input: Input | undefined): Flow {
    const [name = known(''), ...args] = run.words;
    const bodies = isKnown(name) ? this.functions.get(name.text) : undefined;
    if (bodies !== undefined) {
      this.collector.command(run.words);
      const called = this.call(bodies, state, args, input);
      this.port(state);
      runProgram(run);
      return { ok: join(called.ok, [state]), fail: join(called.fail, [state]) };
    }
    const builtin = isKnown(name) && Object.hasOwn(builtins, name.text) ? builtins[name.text] : undefined;
    if (builtin !== undefined) {
      this.collector.command(run.words);
      const flow = builtin({
        run,
        state,
        args,
        input,
        frame: this.frame,
        runText: (text, from) => this.runText(text, [from], input),
        runWords: (words, from) =>
          this.dispatch(new Run(this.collector, words, from.cwd, input, runProgram), from, input),
        alias: (alias, text) => this.aliases.set(alias, text),
        trap: (text) => this.traps.push(text),
        lookup: (variable) => new Expander(state, this.collector, this).lookup(variable),
        mayRun: (items) => mayRun(items, this.collector),
      });
      if (flow !== undefined) return flow;
    }
    runProgram(run);
    return { ok: [state], fail: [state] };
  }
}

const both = (first: Flow | undefined, second: Flow): Flow =>
  first === undefined ? second : { ok: join(first.ok, second.ok), fail: join(first.fail, second.fail) };

const joinName = (name: string, value: Arg): Arg =>
  isKnown(value)
    ? known(`${name}=${value.text}`)
    : { text: `${name}=`, origin: `${name}=${value.origin ?? ''}`, bare: `${name}=${value.bare ?? ''}` };

const rangeOf = (words: readonly Arg[]): Arg =>
  words.every((word) => word.isNumber === true || /^-?\d+$/.test(word.text))
    ? { ...unknown('0'), isNumber: true }
    : unknownFrom(originsOf(words), ...words);

/** The states without what arithmetic in the text assigns. */
function forgotten(shell: Shell, states: readonly State[], text: string): readonly State[] {
  return states.map((state) => {
    const expander = new Expander(state, shell.collector, shell);
    expander.forget(text);
    return expander.state;
  });
}
