// Runs a parsed command as a shell would, over what is known, and gathers what it touches on every way through it.
import {
  type AndOr,
  type Command,
  type Coproc,
  type Function as FunctionNode,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  parse,
  type Redirected,
  type Statement,
  type SyntaxNode,
} from 'unbash';
import { type Arg, type Input, isKnown, known, unknown } from './arg.ts';
import { assignments, mayRun } from './assignments.ts';
import type { Frame } from './builtin.ts';
import { builtins } from './builtins.ts';
import type { Collector } from './collector.ts';
import { runCompound } from './compound.ts';
import { Expander } from './expandWord.ts';
import type { CompoundShell } from './loops.ts';
import { NotShell } from './notShell.ts';
import { printedBy } from './printedBy.ts';
import { assigned } from './programs/wrappers.ts';
import { runProgram } from './programs.ts';
import { redirect } from './redirect.ts';
import { Run } from './run.ts';
import { argsOf, assignedInShell } from './simpleWords.ts';
import { exportedVars, type Flow, join, nowhere, type State, setVar } from './state.ts';

type Node = Statement['command'];

interface Body {
  readonly node: FunctionNode['body'];
  readonly text: string;
}

export class Shell implements CompoundShell {
  readonly collector: Collector;
  private readonly functions = new Map<string, Body[]>();
  private readonly aliases = new Map<string, string>();
  private readonly traps: string[] = [];
  /** States that a trap may run in. */
  private seen: readonly State[] = [];
  frame: Frame = { returns: [], breaks: [], locals: new Set() };
  /** The text that positions in the nodes count in. */
  text: string;

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

  list(statements: readonly Statement[], states: readonly State[], input: Input | undefined): Flow {
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
        return runCompound(this, node, states, input);
    }
  }

  each(states: readonly State[], run: (state: State) => Flow): Flow {
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
      from = printedBy(this, [command], states, from, count);
    }
    // The last one may run in the shell itself.
    const after = /lastpipe/.test(this.collector.source) ? join(states, last.ok, last.fail) : states;
    return { ok: after, fail: after };
  }

  inSubshell(run: () => void): void {
    const { frame } = this;
    this.frame = { returns: [], breaks: [], locals: new Set() };
    try {
      run();
    } finally {
      this.frame = frame;
    }
  }

  outputOf(script: ParsedScript, text: string, state: State): Input {
    const count = this.collector.commandCount;
    this.inSubshell(() => this.script(script, [state], undefined));
    const nodes = script.commands.map(({ command }) => command);
    const outer = this.text;
    if (script.source !== undefined) this.text = script.source;
    const output = printedBy(this, nodes, [state], undefined, count);
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

  private redirected(node: Redirected, states: readonly State[], input: Input | undefined): Flow {
    return this.each(states, (state) => {
      const expander = new Expander(state, this.collector, this);
      const from = redirect(node.redirects, expander, this.collector) ?? input;
      return runCompound(this, node.command, [expander.state], from);
    });
  }

  private simple(node: Command, state: State, input: Input | undefined): Flow {
    if (/\btrap\b/.test(this.collector.source)) this.seen = join(this.seen, [state]);
    const expander = new Expander(state, this.collector, this);
    const prefix = node.prefix.filter((each) => each.type === 'Assignment');
    const aliased = this.aliased(node, state, input);
    const words =
      node.name === undefined
        ? []
        : [...expander.words(node.name), ...argsOf(node, expander, this.collector)];
    const values = assignments(prefix, expander, this.collector);
    const from = redirect(node.redirects, expander, this.collector) ?? input;
    const here = expander.state;
    if (words.length === 0) {
      for (const [name, value] of values) assignedInShell(name, value, here, this.collector);
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
