// Compound commands: groups, conditions, cases and tests, on every way through them.
import { type CompoundCommand, type CompoundList, forEachChild, type SyntaxNode } from 'unbash';
import type { Input } from './arg.ts';
import { Expander } from './expandWord.ts';
import { type CompoundShell, forEach, repeated, repeatedBody } from './loops.ts';
import { type Flow, join, nowhere, type State } from './state.ts';

/** Runs a compound command from each of the states. */
export function runCompound(
  shell: CompoundShell,
  node: CompoundCommand,
  states: readonly State[],
  input: Input | undefined,
): Flow {
  const body = (list: CompoundList, from: readonly State[]): Flow => shell.list(list.commands, from, input);
  switch (node.type) {
    case 'BraceGroup':
      return body(node.body, states);
    case 'Subshell':
      shell.inSubshell(() => body(node.body, states));
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
      return repeated(shell, node, states, input);
    case 'ArithmeticFor':
      shell.each(states, (state) => {
        shell.arithmetic(node as SyntaxNode, state);
        return nowhere;
      });
      return repeatedBody(
        shell,
        node.body,
        forgotten(shell, states, shell.text.slice(node.pos, node.body.pos)),
        input,
      );
    case 'For':
    case 'Select':
      return shell.each(states, (state) => forEach(shell, node, state, input));
    case 'Case':
      return shell.each(states, (state) => {
        const expander = new Expander(state, shell.collector, shell);
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
      return shell.each(states, (state) => {
        const expander = new Expander(state, shell.collector, shell);
        testWords(node, expander);
        return { ok: [expander.state], fail: [expander.state] };
      });
    case 'ArithmeticCommand':
      return shell.each(states, (state) => {
        shell.arithmetic(node, state);
        const expander = new Expander(state, shell.collector, shell);
        expander.forget(node.body);
        return { ok: [expander.state], fail: [expander.state] };
      });
  }
}

function testWords(node: SyntaxNode, expander: Expander): void {
  forEachChild(node, (child) => {
    if (child.type === 'Word') expander.text(child);
    else testWords(child, expander);
  });
}

/** The states without what arithmetic in the text assigns. */
function forgotten(shell: CompoundShell, states: readonly State[], text: string): readonly State[] {
  return states.map((state) => {
    const expander = new Expander(state, shell.collector, shell);
    expander.forget(text);
    return expander.state;
  });
}
