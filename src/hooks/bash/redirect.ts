// What the redirections of a command open.
import type { HereDoc, Redirection } from 'unbash';
import { type Input, isKnown, known, listedIn, originOf, unknown } from './arg.ts';
import type { Collector } from './collector.ts';
import type { Expander } from './expandWord.ts';
import { NotShell } from './notShell.ts';

/** Adds what redirections open. Gives what standard input is afterwards, when one of them says so. */
export function redirect(
  redirects: readonly Redirection[],
  expander: Expander,
  collector: Collector,
): Input | undefined {
  let input: Input | undefined;
  for (const redirect of redirects) {
    const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
    if (redirect.type !== 'Redirect') {
      const text =
        redirect.type === 'HereDoc'
          ? expander.document(redirect as HereDoc)
          : redirect.target === undefined
            ? known('')
            : expander.text(redirect.target);
      const end = redirect.type === 'HereString' ? '\n' : '';
      if ((descriptor ?? 0) === 0)
        input = isKnown(text)
          ? { known: text.text + end, origin: text.text }
          : { origin: originOf(text), ...listedIn(text) };
      continue;
    }
    if (redirect.target === undefined) throw new NotShell('a redirection without a target');
    const targets = expander.words(redirect.target);
    const { operator } = redirect;
    const isDuplicate =
      (operator === '>&' || operator === '<&') &&
      targets.every((target) =>
        isKnown(target) ? /^(\d+-?|-)$/.test(target.text) : target.isNumber === true,
      );
    if (isDuplicate) continue;
    for (const target of targets.length === 0 ? [unknown(redirect.target.text)] : targets) {
      const { cwd } = expander.state;
      const isRead = operator === '<' || operator === '<&';
      if (isRead || operator === '<>') collector.read(cwd, target);
      // What is opened as standard output can be written to under that name, even if opened to be read.
      if (!isRead || descriptor === 1 || descriptor === 2) collector.write(cwd, target);
      if (isRead && (descriptor ?? 0) === 0)
        input = target.pipe ?? fileInput(collector.contentOf(cwd, target));
    }
  }
  return input;
}

const fileInput = (content: string | undefined): Input =>
  content === undefined ? { origin: '' } : { origin: '', content };
