// Formatters and linters that rewrite the files they are given.
import { type Arg, known } from '../arg.ts';
import type { Run } from '../run.ts';

type Program = (run: Run) => void;

interface Formatter {
  /** Options that make it write; absent when it writes unless told otherwise. */
  readonly when?: RegExp;
  readonly unless?: RegExp;
  /** Options that take the next word as their value. */
  readonly values?: RegExp;
  /** Subcommands that write; the word is no operand. */
  readonly verbs?: RegExp;
  /** True when it takes the working directory if it is given nothing. */
  readonly here?: boolean;
}

const checking =
  /^(--check|--check-only|--diff|--dry-run|-n|-c|--list-different|-l|-d|--test|--version|--help|-h)$/;

const formatter =
  ({ when, unless = checking, values, verbs, here }: Formatter): Program =>
  (run) => {
    let words: readonly Arg[] = run.args;
    if (verbs !== undefined) {
      const at = words.findIndex((word) => verbs.test(word.text));
      if (at < 0) return;
      words = words.slice(at + 1);
    }
    const texts = words.map(({ text }) => text);
    if (texts.some((text) => unless.test(text))) return;
    if (when !== undefined && !texts.some((text) => when.test(text))) return;
    const targets = words.filter(
      (word, at) => !/^-/.test(word.text) && values?.test(texts[at - 1] ?? '') !== true,
    );
    if (targets.length > 0) run.writeAll(targets, true);
    else if (here === true) run.write(known('.'), true);
  };

const fix =
  /^--(fix|write|apply|apply-unsafe|fix-only|unsafe-fixes|autocorrect|auto-correct|autocorrect-all|in-place|inplace|aggressive)$/;

export const formatterPrograms: Readonly<Record<string, Program>> = {
  prettier: formatter({
    when: /^(--write|-w)$/,
    unless: /^(--check|-c|--list-different)$/,
    values: /^--(config|ignore-path|plugin|parser|log-level|loglevel|cache-location)$/,
  }),
  eslint: formatter({
    when: /^--fix$/,
    unless: /^--fix-dry-run$/,
    values:
      /^(-c|--config|--ext|--rule|-f|--format|-o|--output-file|--ignore-pattern|--ignore-path|--plugin|--cache-location|--max-warnings)$/,
    here: true,
  }),
  oxlint: formatter({ when: /^--fix/, here: true }),
  stylelint: formatter({ when: /^--fix$/, values: /^--config$/ }),
  standard: formatter({ when: /^--fix$/, here: true }),
  biome: formatter({ when: fix, verbs: /^(check|format|lint|ci)$/, here: true }),
  dprint: formatter({ verbs: /^fmt$/, here: true }),
  black: formatter({
    unless: /^(--check|--diff|-c|--code|--version|-h|--help)$/,
    values: /^(-l|-t|--line-length|--target-version|--include|--exclude|--config|-W)$/,
  }),
  isort: formatter({ unless: /^(--check|--check-only|-c|--diff|--version|-h|--help)$/ }),
  autopep8: formatter({ when: /^(-i|--in-place|-[a-z]*i[a-z]*)$/ }),
  yapf: formatter({ when: /^(-i|--in-place|-[a-z]*i[a-z]*)$/ }),
  autoflake: formatter({ when: /^(-i|--in-place|-[a-z]*i[a-z]*)$/ }),
  pyupgrade: formatter({}),
  ruff: (run) => {
    formatter({
      verbs: /^format$/,
      unless: /^(--check|--diff)$/,
      values: /^(--config|--line-length|--target-version)$/,
      here: true,
    })(run);
    formatter({
      verbs: /^check$/,
      when: /^--fix/,
      values: /^--(config|select|ignore|extend-select|output-format|target-version)$/,
      here: true,
    })(run);
  },
  gofmt: formatter({ when: /^-w$/, unless: /^-h$/ }),
  goimports: formatter({ when: /^-w$/, unless: /^-h$/ }),
  gofumpt: formatter({ when: /^-w$/, unless: /^-h$/ }),
  rustfmt: formatter({ values: /^--(config|edition|config-path)$/ }),
  'clang-format': formatter({ when: /^-i$/, unless: /^(-n|--dry-run)$/ }),
  shfmt: formatter({ when: /^-w$/, unless: /^-d$/ }),
  rubocop: formatter({ when: /^(-a|-A|--auto-?correct(-all)?|-x|--fix-layout)$/, here: true }),
  terraform: formatter({ verbs: /^fmt$/, unless: /^-check$/, here: true }),
  cargo: formatter({ verbs: /^(fmt|fix)$/, unless: /^--check$/, here: true }),
  go: formatter({ verbs: /^fmt$/, here: true }),
  mix: formatter({ verbs: /^format$/, unless: /^--check-formatted$/, here: true }),
  sqlfluff: formatter({ verbs: /^(fix|format)$/, here: true }),
  codespell: formatter({ when: /^(-w|--write-changes)$/, here: true }),
  jscodeshift: formatter({ unless: /^(-d|--dry)$/, values: /^(-t|--transform|--parser|--extensions)$/ }),
  swiftformat: formatter({ unless: /^--lint$/ }),
  ktlint: formatter({ when: /^(-F|--format)$/, here: true }),
};
