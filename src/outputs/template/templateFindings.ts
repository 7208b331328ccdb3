// The findings on the templates themselves: each at its place in the template, told once however many agents it concerns.
import { readJson } from '../../claude/jsonText.ts';
import { type Finding, type Range, startOfFile } from '../../findings/finding.ts';
import { lineIndex } from '../../findings/lineIndex.ts';
import { nearMiss } from '../../findings/nearMiss.ts';
import { visibleShort } from '../../findings/visible.ts';
import { type OutputCode, outputCodes } from '../codes.ts';
import { unknownVariables } from './render.ts';
import type { Template, Templates } from './template.ts';
import type { Unguarded } from './unguarded.ts';
import { variableNames } from './variables.ts';

/** An agent, and what it does without because of the settings template. */
export interface JudgedAgent {
  readonly id: string;
  readonly unguarded: Unguarded | undefined;
}

const projectRoot = `\${PROJECT_ROOT}`;

/** How many unknown variables of a template are told of. */
const mostUnknown = 20;

const finding = (
  code: OutputCode,
  file: string,
  range: Range,
  message: string,
  rest: Partial<Finding> = {},
): Finding => ({
  code,
  severity: outputCodes[code].severity,
  file,
  ...range,
  args: {},
  message,
  ...rest,
});

const present = ({ settings, memory }: Templates): readonly Template[] =>
  [settings, memory].flatMap((template) => template ?? []);

/** Why templates cannot be used; generate writes nothing then, since what should be written is not known. */
export function templateProblems(templates: Templates): readonly Finding[] {
  return present(templates).flatMap(({ path, problem }) =>
    problem === undefined
      ? []
      : [
          finding(
            'outputs/template-unreadable',
            path,
            startOfFile,
            `${path} ${visibleShort(problem, 160)}, so it is not known what agents should have. Mend it, or move it away to have the built-in form.`,
          ),
        ],
  );
}

/** What is to be said of templates that can be read. */
export function templateFindings(templates: Templates, agents: readonly JudgedAgent[]): readonly Finding[] {
  const { settings } = templates;
  return [
    ...present(templates).flatMap((template) => [...variableFindings(template)]),
    ...(settings?.text === undefined ? [] : guardFindings(settings.path, settings.text, agents)),
  ];
}

function* variableFindings({ path, text }: Template): Generator<Finding> {
  if (text === undefined) return;
  let index: ReturnType<typeof lineIndex> | undefined;
  let told = 0;
  for (const { name, start, end, isOpen } of unknownVariables(text)) {
    if (told++ >= mostUnknown) break;
    index ??= lineIndex(text);
    const near = isOpen ? name : nearMiss(name, variableNames);
    const shown = visibleShort(`\${${name}${isOpen ? '' : '}'}`, 60);
    yield finding(
      near === undefined ? 'outputs/unknown-variable' : 'outputs/misspelt-variable',
      path,
      index.rangeOf(start, end),
      isOpen
        ? `${shown} has no closing brace, so it stays as it is.`
        : near === undefined
          ? `${shown} is no variable of a template, so it stays as it is.`
          : `${shown} is no variable of a template, so it stays as it is: did you mean \${${near}}?`,
      near === undefined ? {} : { args: { suggestion: `\${${near}}` } },
    );
  }
  const at = text.indexOf(projectRoot);
  if (at >= 0)
    yield finding(
      'outputs/template-absolute',
      path,
      lineIndex(text).rangeOf(at, at + projectRoot.length),
      'PROJECT_ROOT is another path on every machine, so files that are generated on one count as stale on the next. In hooks write $CLAUDE_PROJECT_DIR, elsewhere a relative path.',
    );
}

function guardFindings(path: string, text: string, agents: readonly JudgedAgent[]): readonly Finding[] {
  const groups = new Map<string, { readonly unguarded: Unguarded; readonly ids: string[] }>();
  for (const { id, unguarded } of agents) {
    if (unguarded === undefined) continue;
    const what = `${unguarded.words}\n${unguarded.dropped?.code}\n${unguarded.dropped?.key}`;
    const group = groups.get(what) ?? { unguarded, ids: [] };
    group.ids.push(id);
    groups.set(what, group);
  }
  return [...groups.values()].map(({ unguarded, ids }) => {
    const who =
      ids.length === 1 ? ids[0] : ids.length === agents.length ? 'all agents' : `${ids.length} agents`;
    const args = { agents: ids, words: unguarded.words };
    const { dropped } = unguarded;
    if (dropped !== undefined)
      return finding(
        'outputs/template-dropped',
        path,
        rangeIn(text, dropped),
        `The CLI drops the settings that this template makes for ${who}, deny rules and hooks included: ${visibleShort(dropped.message, 240)} To use the built-in settings: native-orchestrator migrate`,
        { args, ...(dropped.key === undefined ? {} : { key: dropped.key }) },
      );
    return finding(
      'outputs/template-unguarded',
      path,
      startOfFile,
      `Nothing keeps ${who} within what the registry allows: ${visibleShort(unguarded.words, 120)}. To use the built-in settings: native-orchestrator migrate`,
      { args },
    );
  });
}

/** The place in the template of something in what it makes. A variable never adds a line to JSON, so the lines agree. */
function rangeIn(template: string, { key, line }: Finding): Range {
  const range = key === undefined || key === '' ? undefined : readJson(template).rangeOfValue(key);
  const width = template.split('\n')[line - 1]?.length ?? 0;
  return range ?? { line, column: 1, endLine: line, endColumn: width + 1 };
}
