// What commands print, as far as their words say, for what takes it as words or as its input.
import type { Statement } from 'unbash';
import { type Input, known, listedIn } from './arg.ts';
import type { Collector } from './collector.ts';
import { Expander, type Substitutes } from './expandWord.ts';
import { listedBy } from './listedBy.ts';
import { outputText } from './output.ts';
import type { State } from './state.ts';

type Node = Statement['command'];

/** What is needed of the shell that ran them. */
export interface PrintingShell extends Substitutes {
  readonly collector: Collector;
  /** The text that positions in the nodes count in. */
  readonly text: string;
}

/** What commands that were run print: all text that went into them, when it is not known. `count`: how many had run before. */
export function printedBy(
  shell: PrintingShell,
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
    const expander = new Expander(state, shell.collector, shell);
    const output = outputText(node, expander, input);
    if (output !== undefined) return output;
  }
  const source = nodes.map(({ pos, end }) => shell.text.slice(pos, end)).join('\n');
  const ran = shell.collector.commandsSince(count);
  const words = [...new Set(ran.map((each) => each.join(' ')))].join('\n');
  const contents = states.length === 1 && state !== undefined ? filteredContents(shell, ran, state) : [];
  return {
    origin: [source, words, ...contents, input?.known ?? input?.origin ?? ''].join('\n'),
    ...listedIn(input, ...ran.map((each) => ({ listed: listedBy(each) }))),
  };
}

/** The text of files that filters print some of, in their own way. */
function filteredContents(
  shell: PrintingShell,
  ran: readonly (readonly string[])[],
  state: State,
): readonly string[] {
  return ran
    .filter(([name = '']) =>
      /^(sed|[gmn]?awk|cut|tr|nl|tac|rev|fold|fmt|paste|column|dd|gzip|zcat|base64)$/.test(name),
    )
    .flatMap((words) => words.slice(1))
    .flatMap((word) => shell.collector.contentOf(state.cwd, known(word.replace(/^if=/, ''))) ?? [])
    .slice(0, 20);
}
