// A settings file as the CLI takes it: dropped whole or not, what of it is in force, what only looks so.
import { type Finding, type Range, startOfFile } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import { claudeCodes } from './codes.ts';
import { declaredHooks, type Mistake } from './declaredHooks.ts';
import { isObject, type Json, type JsonObject, type JsonText, pointer, readJson } from './jsonText.ts';
import { ruleProblem } from './permissionRule.ts';
import { knownKeys, legacyKeys } from './settingsKeys.ts';
import type { SettingsPlace, SettingsReport } from './settingsReport.ts';

export type { DeclaredHook, SettingsReport } from './settingsReport.ts';

const modes: ReadonlySet<string> = new Set([
  'default',
  'manual',
  'acceptEdits',
  'plan',
  'auto',
  'dontAsk',
  'bypassPermissions',
]);

const isText = (value: Json): boolean => typeof value === 'string';
const isListOf =
  (test: (value: Json) => boolean) =>
  (value: Json): boolean =>
    Array.isArray(value) && value.every(test);
const isList = (value: Json): boolean => Array.isArray(value);

/** Forms that the CLI insists on: anything else at the key drops the whole file (CLAUDE-CODE-CONTRACT.md section 1.4). */
const insisted: readonly (readonly [string, (value: Json) => boolean, string])[] = [
  ['/model', isText, 'must be a text'],
  ['/permissions', isObject, 'must be an object'],
  ['/permissions/allow', isList, 'must be a list of rules'],
  ['/permissions/deny', isList, 'must be a list of rules'],
  ['/permissions/ask', isList, 'must be a list of rules'],
  [
    '/permissions/defaultMode',
    (value) => typeof value === 'string' && modes.has(value),
    `must be one of ${[...modes].join(', ')}`,
  ],
  ['/statusLine', isObject, 'must be an object'],
  ['/cleanupPeriodDays', (value) => typeof value === 'number' && value > 0, 'must be a number above 0'],
  ['/disableAllHooks', (value) => typeof value === 'boolean', 'must be true or false'],
  ['/env', isObject, 'must be an object of texts'],
  ['/sandbox', isObject, 'must be an object'],
  ['/sandbox/enabled', (value) => typeof value === 'boolean', 'must be true or false'],
  ['/sandbox/filesystem/denyWrite', isListOf(isText), 'must be a list of texts'],
  ['/sandbox/filesystem/denyRead', isListOf(isText), 'must be a list of texts'],
  ['/sandbox/filesystem/allowWrite', isListOf(isText), 'must be a list of texts'],
];

function valueAt(root: Json, at: string): Json | undefined {
  let node: Json | undefined = root;
  for (const segment of at.slice(1).split('/')) {
    if (!isObject(node) || !Object.hasOwn(node, segment)) return undefined;
    node = node[segment];
  }
  return node;
}

/** Judges the text of a settings file. Never throws. */
export function checkSettings(text: string, place: SettingsPlace): SettingsReport {
  const json = readJson(text);
  const finding = (mistake: Mistake): Finding => toFinding(mistake, json, place);
  if (!isObject(json.value)) {
    const range = json.error?.range ?? startOfFile;
    const why = json.error?.message ?? 'it is not an object';
    const message = `The CLI drops this whole file, its deny rules and guards included: ${why}.`;
    const notJson: Finding = {
      ...finding({ code: 'claude/not-json', key: '', message }),
      ...range,
    };
    return { value: json.value, dropped: true, disablesHooks: false, findings: [notJson], hooks: [] };
  }
  const root = json.value;
  const mistakes: Mistake[] = [];
  for (const duplicate of json.duplicateKeys)
    mistakes.push({
      code: 'claude/duplicate-key',
      key: duplicate.pointer,
      on: 'key',
      message: `${visibleShort(duplicate.pointer, 60)} is written twice: the CLI takes the last and forgets the first.`,
    });
  const wrong = insisted.filter(([at, isRight]) => {
    const value = valueAt(root, at);
    return value !== undefined && !isRight(value);
  });
  for (const [at, , must] of wrong)
    mistakes.push({
      code: 'claude/dropped',
      key: at,
      message: `The CLI drops this whole file, its deny rules and guards included: ${at.slice(1).replaceAll('/', '.')} ${must}.`,
    });
  mistakes.push(...keyMistakes(root), ...ruleMistakes(root, place));
  const hooks = declaredHooks(json, root['hooks']);
  mistakes.push(...hooks.mistakes);
  const disablesHooks = root['disableAllHooks'] === true;
  if (disablesHooks)
    mistakes.push({
      code: 'claude/hooks-disabled',
      key: '/disableAllHooks',
      message: 'disableAllHooks switches every hook off, guards included.',
    });
  return {
    value: root,
    dropped: wrong.length > 0 || hooks.droppedBy !== undefined,
    disablesHooks,
    findings: mistakes.map(finding),
    hooks: hooks.hooks,
  };
}

function* keyMistakes(root: JsonObject): Generator<Mistake> {
  for (const key of Object.keys(root)) {
    if (knownKeys.has(key)) continue;
    const at = pointer(key);
    if (legacyKeys.has(key)) {
      yield {
        code: 'claude/legacy-key',
        key: at,
        on: 'key',
        message: `The CLI ignores ${key}. What it was meant to do, the registry's context_files does.`,
      };
      continue;
    }
    const near = nearMiss(key, knownKeys);
    const shown = visibleShort(JSON.stringify(key), 60);
    if (near === undefined)
      yield {
        code: 'claude/unknown-key',
        key: at,
        on: 'key',
        message: `The CLI as we know it has no setting ${shown} and ignores it.`,
      };
    else
      yield {
        code: 'claude/misspelt-key',
        key: at,
        on: 'key',
        args: { suggestion: near },
        message: `The CLI has no setting ${shown} and ignores it: did you mean ${near}?`,
      };
  }
}

function* ruleMistakes(root: JsonObject, place: SettingsPlace): Generator<Mistake> {
  const { permissions } = root;
  if (!isObject(permissions)) return;
  for (const list of ['deny', 'ask', 'allow']) {
    const rules = permissions[list];
    if (!Array.isArray(rules)) continue;
    for (const [index, rule] of rules.entries()) {
      const problem = ruleProblem(rule, place.source);
      if (problem === undefined) continue;
      yield {
        code: 'claude/rule-never-matches',
        key: pointer('permissions', list, index),
        message: problem.message,
        ...(problem.suggestion === undefined ? {} : { args: { suggestion: problem.suggestion } }),
      };
    }
  }
}

function toFinding(mistake: Mistake, json: JsonText, place: SettingsPlace): Finding {
  const range: Range =
    (mistake.on === 'key' ? json.rangeOfKey(mistake.key) : json.rangeOfValue(mistake.key)) ?? startOfFile;
  return {
    code: mistake.code,
    severity: claudeCodes[mistake.code].severity,
    file: place.file,
    ...range,
    ...(place.agent === undefined ? {} : { agent: place.agent }),
    key: mistake.key,
    args: mistake.args ?? {},
    message: mistake.message,
  };
}
