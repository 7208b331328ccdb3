// Which files the pathspecs of git name.
import { type Arg, isKnown, known, textIn } from '../arg.ts';
import type { Options } from '../options.ts';
import type { Run } from '../run.ts';

/** Pathspecs to words: a directory takes in all below it, a pattern all below its fixed part. */
function pathsOf(run: Run, specs: readonly Arg[]): { there: Arg; path: Arg }[] {
  const paths = namedPaths(run, specs);
  // Nothing but exceptions: everything else.
  return paths.length === 0 && specs.length > 0 ? namedPaths(run, [known(':/')]) : paths;
}

function namedPaths(run: Run, specs: readonly Arg[]): { there: Arg; path: Arg }[] {
  return specs.flatMap((spec) => {
    if (!isKnown(spec)) return [{ there: run.cwd, path: spec }];
    const magic = /^:(\(([^)]*)\)|[/!^]+:?)/.exec(spec.text);
    const words = magic?.[2]?.split(',') ?? [];
    const signs = magic !== null && magic[2] === undefined ? (magic[1] ?? '') : '';
    if (/[!^]/.test(signs) || words.includes('exclude')) return [];
    const text = magic === null ? spec.text : spec.text.slice(magic[0].length);
    const wild = text.search(/[*?[\\]/);
    const fixed =
      wild < 0 || words.includes('literal') ? text : text.slice(0, text.lastIndexOf('/', wild) + 1);
    const path = known(fixed === '' ? '.' : fixed);
    if (!signs.includes('/') && !words.includes('top') && !/^:/.test(spec.text))
      return [{ there: run.cwd, path }];
    // From the top of the repository, which may be any directory above.
    return [run.cwd, ...parentsOf(run.cwd)].map((there) => ({ there, path }));
  });
}

function parentsOf(directory: Arg): Arg[] {
  if (!isKnown(directory)) return [];
  const segments = directory.text.split('/').filter((segment) => segment !== '');
  return segments.map((_, at) => known(`/${segments.slice(0, at).join('/')}`));
}

export function writeSpecs(run: Run, specs: readonly Arg[]): void {
  for (const { there, path } of pathsOf(run, specs)) run.collector.write(there, path, true);
}

/** The pathspecs in the file that an option names, as far as it can be read. */
export function writeListedSpecs(run: Run, taken: Options): void {
  for (const file of taken.valuesOf('--pathspec-from-file')) {
    const text = file.text === '-' ? textIn(run.input) : run.collector.contentOf(run.cwd, file);
    const lines = (text ?? '').split(/[\n\0]/).filter((line) => line !== '');
    writeSpecs(run, lines.slice(0, 500).map(known));
  }
}

/** The words after `--`; undefined without one. */
export function afterDashes(run: Run): readonly Arg[] | undefined {
  const at = run.args.findIndex((arg) => isKnown(arg) && arg.text === '--');
  return at < 0 ? undefined : run.args.slice(at + 1);
}
