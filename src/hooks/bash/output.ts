// What a simple command prints, where its words alone tell it.
import type { Command } from 'unbash';
import {
  type Arg,
  baseNameOf,
  type Input,
  isKnown,
  known,
  listedIn,
  originOf,
  originsOf,
  pathIn,
} from './arg.ts';
import type { Expander } from './expandWord.ts';
import { listingOf, matchingLines } from './listings.ts';

/** Programs that print what they read and nothing of their words. */
const copiers = /^(cat|head|tail|tac|zcat|nl|base64|gunzip|zstdcat|bzcat|xzcat)$/;

/** The output of a command; undefined when its words say nothing about it. */
export function outputText(node: Command, expander: Expander, input: Input | undefined): Input | undefined {
  const { name } = node;
  // `$(<file)` prints the file.
  if (name === undefined)
    return node.prefix.length === 1 && redirected(node, expander).length === 1
      ? contentInput(expander.contentOf(redirected(node, expander)[0] ?? known('')))
      : undefined;
  const doc = node.redirects.find((redirect) => redirect.type !== 'Redirect');
  const hasOthers = node.redirects.some(
    (redirect) => redirect.type === 'Redirect' && redirect.operator === '<',
  );
  if (node.redirects.length > 0 && name.value !== 'cat') return undefined;
  const args = node.args.flatMap((arg) => (arg.type === 'Word' ? expander.words(arg) : [known(arg.text)]));
  switch (name.value) {
    case 'echo':
      return echoed(args);
    case 'printf':
      return printed(args);
    case 'pwd':
      return inputOf(expander.state.cwd);
    case 'basename':
      return args.length === 1 && args[0] !== undefined && !/^-/.test(args[0].text)
        ? inputOf(baseNameOf(args[0]))
        : undefined;
    case 'dirname':
      return args.length === 1 && args[0] !== undefined && isKnown(args[0]) && !/^-/.test(args[0].text)
        ? inputOf(known(directoryOf(args[0].text)))
        : undefined;
    case 'mktemp':
      return temporary(args, expander);
    default:
  }
  if (/^(:|true|false|cd|export|set|unset|shopt|test)$/.test(name.value)) return { known: '', origin: '' };
  const listing = listingOf(name.value, args, expander);
  if (listing !== undefined) return listing;
  if (/^[ef]?grep$/.test(name.value)) {
    const lines = matchingLines(args, input);
    if (lines !== undefined) return lines;
  }
  if (/^(sort|uniq|shuf|[efz]?grep)$/.test(name.value))
    return someLines(
      args.filter((arg) => !/^-./.test(arg.text)),
      expander,
      input,
    );
  if (!copiers.test(name.value) || args.some((arg) => !isKnown(arg))) return undefined;
  // `-n 5` and `-n +2` are no files.
  const files = args.filter(
    (arg, at) =>
      !/^-./.test(arg.text) && !(/^[+-]?\d+$/.test(arg.text) && /^-[nc]$/.test(args[at - 1]?.text ?? '')),
  );
  if (files.length === 0 && doc !== undefined && !hasOthers && name.value === 'cat')
    return documented(doc, expander);
  if (files.length === 0 && node.redirects.length === 0) return name.value === 'cat' ? input : cut(input);
  // Files hold what they hold; their names are not in it.
  const sources = [...files.filter(({ text }) => text !== '-'), ...redirected(node, expander)];
  const contents = sources.map((file) => expander.contentOf(file));
  const isWhole =
    contents.every((content) => content !== undefined) &&
    doc === undefined &&
    !/^(base64|gunzip|.*cat)$/.test(name.value.replace(/^cat$/, ''));
  const pipes = files.flatMap(({ pipe }) => (pipe === undefined ? [] : [pipe]));
  return {
    origin: [input, ...pipes].map((each) => each?.known ?? each?.origin ?? '').join('\n'),
    ...listedIn(input, ...pipes),
    ...(isWhole ? { content: contents.join(''), ...(name.value === 'cat' ? {} : { isSome: true }) } : {}),
  };
}

/** Lines of the files among the words, or of what comes in; the words may be printed as well. */
function someLines(words: readonly Arg[], expander: Expander, input: Input | undefined): Input | undefined {
  const contents = words.flatMap((word) => expander.contentOf(word) ?? []);
  const content = contents.length > 0 ? contents.join('\n') : (input?.content ?? input?.known);
  return content === undefined
    ? undefined
    : {
        origin: `${originsOf(words)}\n${input?.known ?? input?.origin ?? ''}`,
        content,
        isSome: true,
        ...listedIn(input),
      };
}

/** Some of what comes in. */
const cut = (input: Input | undefined): Input => ({
  origin: input?.known ?? input?.origin ?? '',
  ...(input?.content === undefined ? {} : { content: input.content, isSome: true }),
  ...listedIn(input),
});

const redirected = (node: Command, expander: Expander): readonly Arg[] =>
  node.redirects.flatMap((redirect) =>
    redirect.type === 'Redirect' && redirect.operator === '<' && redirect.target !== undefined
      ? expander.words(redirect.target)
      : [],
  );

const contentInput = (content: string | undefined): Input | undefined =>
  content === undefined ? undefined : { origin: '', content };

const inputOf = (arg: Arg): Input =>
  isKnown(arg) ? { known: arg.text, origin: arg.text } : { origin: originOf(arg) };

function documented(doc: Command['redirects'][number], expander: Expander): Input | undefined {
  if (doc.type === 'HereDoc') return inputOf(expander.document(doc));
  if (doc.type === 'HereString' && doc.target !== undefined) return inputOf(expander.text(doc.target));
  return undefined;
}

function echoed(args: readonly Arg[]): Input | undefined {
  let from = 0;
  let hasEscapes = false;
  for (; from < args.length && /^-[neE]+$/.test(args[from]?.text ?? ''); from++)
    hasEscapes ||= /e/.test(args[from]?.text ?? '');
  const words = args.slice(from);
  const text = originsOf(words);
  if (!words.every(isKnown)) return { origin: text };
  if (hasEscapes && text.includes('\\')) return escaped(text);
  return { known: `${text}\n`, origin: text };
}

/** Text with the escapes of `echo -e` or a format; only plain ones are known. */
function escaped(text: string): Input {
  const isPlain = !/\\[^nt\\]/.test(text);
  const signs: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
  const plain = text.replace(/\\(.)/gs, (_, sign: string) => signs[sign] ?? sign);
  const numeric = text.replace(
    /\\(?:0?([0-7]{1,3})|x([0-9a-fA-F]{1,2}))/g,
    (_, octal: string | undefined, hex: string | undefined) =>
      String.fromCharCode(octal === undefined ? Number.parseInt(hex ?? '0', 16) : Number.parseInt(octal, 8)),
  );
  return isPlain ? { known: plain, origin: plain } : { origin: `${text}\n${plain}\n${numeric}` };
}

function printed(args: readonly Arg[]): Input | undefined {
  const [format, ...values] = args[0]?.text === '--' ? args.slice(1) : args;
  if (format === undefined || /^-v/.test(format.text)) return undefined;
  const origin = originsOf([format, ...values]);
  if (!isKnown(format) || !values.every(isKnown)) return { origin };
  if (/%[^s%]|\\[^nt\\]/.test(format.text))
    return {
      origin: `${origin}\n${escaped(format.text).origin}\n${values.map(({ text }) => text).join('')}`,
    };
  const count = format.text.replaceAll('%%', '').split('%s').length - 1;
  const texts = values.map(({ text }) => text);
  let whole = '';
  let at = 0;
  do {
    whole += format.text.replace(/%%|%s|\\(.)/g, (sign, char: string | undefined) => {
      if (sign === '%%') return '%';
      if (sign === '%s') return texts[at++] ?? '';
      return char === 'n' ? '\n' : char === 't' ? '\t' : (char ?? '');
    });
  } while (count > 0 && at < texts.length && whole.length < 100_000);
  return { known: whole, origin: whole };
}

const directoryOf = (path: string): string => {
  const plain = path.replace(/(.)\/+$/, '$1');
  if (!plain.includes('/')) return '.';
  return plain.replace(/\/+[^/]*$/, '') || '/';
};

/** A new file or directory: in the system's directory for such, unless a template says where. */
function temporary(args: readonly Arg[], expander: Expander): Input | undefined {
  if (!args.every((arg) => isKnown(arg) && /^-[dqut]*$/.test(arg.text))) {
    const [template] = args.filter((arg) => !/^-[dqut]*$/.test(arg.text));
    return args.length <= 2 && template !== undefined && isKnown(template) && !/^-/.test(template.text)
      ? inputOf(pathIn(expander.state.cwd, template))
      : undefined;
  }
  const [directory = known('')] = expander.lookup('TMPDIR');
  return inputOf(
    known(`${isKnown(directory) && directory.text !== '' ? directory.text : '/tmp'}/tmp.XXXXXXXXXX`),
  );
}
