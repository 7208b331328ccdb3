// A settings file as the CLI takes it: dropped whole or not, what of it is in force, what only looks so.
import { type Finding, type Range, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { atLeast, newestKnown } from './cliVersion.ts';
import { claudeCodes } from './codes.ts';
import { declaredHooks, guardsCountSince } from './declaredHooks.ts';
import { hookProblems } from './hookProblems.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  type JsonText,
  pointer,
  pointerSegments,
  readJson,
} from './jsonText.ts';
import { ruleProblem } from './ruleProblems.ts';
import { foreignKeys, knownKeys, legacyKeys } from './settingsKeys.ts';
import type { Mistake, SettingsPlace, SettingsReport } from './settingsReport.ts';
import { type SchemaError, validate } from './settingsSchema.generated.ts';
import { guardsOutsideHooks, strayGuards } from './strayGuards.ts';
import { nestedKeys, unknownKey } from './unknownKeys.ts';
import { weakeners } from './weakeners.ts';

export type { DeclaredHook, SettingsReport } from './settingsReport.ts';

/** What the schema's keywords mean to a person who wrote something else. */
function must(error: SchemaError): string {
  const { keyword, params } = error;
  if (keyword === 'type') return `must be ${typeWords[String(params.type)] ?? String(params.type)}`;
  if (keyword === 'enum' && Array.isArray(params.allowedValues))
    return `must be ${params.allowedValues.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (keyword === 'required') return `needs ${JSON.stringify(params.missingProperty)}`;
  if (keyword === 'minimum') return `must be ${params.limit} or more`;
  return 'is not of the right form';
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  object: 'an object',
  array: 'a list',
  'string,array': 'a text or a list of texts',
};

/**
 * Values of a type that the CLI does not take: each drops the whole file (CLAUDE-CODE-CONTRACT.md section 1.4; every
 * constraint of the schema was tried against `claude doctor` of 2.1.329). Hooks have rules of their own.
 */
function wrongTypes(root: JsonObject): readonly Mistake[] {
  const errors = validate(root).filter(({ instancePath }) => !/^\/hooks(\/|$)/.test(instancePath));
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const key = error.instancePath;
    // Of the alternatives of a value, the one whose inside was wrong is the one that was meant.
    if (seen.has(key) || errors.some((other) => other.instancePath.startsWith(`${key}/`))) return [];
    seen.add(key);
    const name = pointerSegments(key).join('.');
    const message = `The CLI drops this whole file, its deny rules and guards included: ${visibleShort(name, 80)} ${must(error)}.`;
    return [{ code: 'claude/dropped' as const, key, message }];
  });
}

export interface CheckOptions {
  /** The version of the CLI that will read the file; absent: the newest that we know. */
  readonly version?: string;
}

/** What 2.1.197 insisted on and 2.1.329 does not; where it changed is not known. */
const olderDemands: readonly {
  readonly key: string;
  readonly holds: (value: Json) => boolean;
  readonly must: string;
}[] = [
  { key: 'enabledMcpjsonServers', holds: Array.isArray, must: 'must be a list' },
  { key: 'disabledMcpjsonServers', holds: Array.isArray, must: 'must be a list' },
  {
    key: 'extraKnownMarketplaces',
    holds: (value) =>
      isObject(value) && Object.values(value).every((each) => isObject(each) && isObject(each.source)),
    must: 'must be an object of marketplaces with a source',
  },
];

function* olderMistakes(root: JsonObject, version: string): Generator<Mistake> {
  if (atLeast(version, '2.1.198')) return;
  for (const { key, holds, must } of olderDemands) {
    const value = root[key];
    if (value !== undefined && !holds(value))
      yield {
        code: 'claude/dropped',
        key: pointer(key),
        message: `The CLI drops this whole file, its deny rules and guards included: ${key} ${must}.`,
      };
  }
}

/** Judges the text of a settings file. Never throws. */
export function checkSettings(
  text: string,
  place: SettingsPlace,
  { version = newestKnown }: CheckOptions = {},
): SettingsReport {
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
      range: duplicate.range,
    });
  const wrong = [...wrongTypes(root), ...olderMistakes(root, version)];
  mistakes.push(...wrong);
  const stray = atLeast(version, guardsCountSince) ? guardsOutsideHooks(root) : [];
  mistakes.push(...stray.map((key) => strayGuards(pointer(key))));
  mistakes.push(...keyMistakes(root, new Set(stray)), ...ruleMistakes(root, place));
  const hooks = declaredHooks(json, root.hooks, version);
  mistakes.push(...hooks.mistakes, ...hookProblems(root.hooks, version));
  mistakes.push(...nestedKeys(root), ...weakeners(root, place.source, version));
  const disablesHooks = root.disableAllHooks === true;
  if (disablesHooks)
    mistakes.push({
      code: 'claude/hooks-disabled',
      key: '/disableAllHooks',
      message: 'disableAllHooks switches every hook off, guards included.',
    });
  return {
    value: root,
    dropped: wrong.length > 0 || hooks.droppedBy !== undefined || stray.length > 0,
    disablesHooks,
    findings: mistakes.map(finding),
    hooks: hooks.hooks,
  };
}

function* keyMistakes(root: JsonObject, judged: ReadonlySet<string>): Generator<Mistake> {
  for (const key of Object.keys(root)) {
    if (knownKeys.has(key) || judged.has(key)) continue;
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
    const instead = foreignKeys.get(key);
    if (instead !== undefined) {
      yield {
        code: 'claude/foreign-key',
        key: at,
        on: 'key',
        message: `The CLI ignores ${key} here: ${instead}.`,
      };
      continue;
    }
    yield unknownKey(key, at, knownKeys, 'setting');
  }
}

function* ruleMistakes(root: JsonObject, place: SettingsPlace): Generator<Mistake> {
  const { permissions } = root;
  if (!isObject(permissions)) return;
  for (const list of ['deny', 'ask', 'allow'] as const) {
    const rules = permissions[list];
    if (!Array.isArray(rules)) continue;
    for (const [index, rule] of rules.entries()) {
      const problem = ruleProblem(rule, list, place.source);
      if (problem === undefined) continue;
      yield {
        code: problem.code,
        key: pointer('permissions', list, index),
        message: problem.message,
        ...(problem.suggestion === undefined ? {} : { args: { suggestion: problem.suggestion } }),
      };
    }
  }
}

function toFinding(mistake: Mistake, json: JsonText, place: SettingsPlace): Finding {
  const range: Range =
    mistake.range ??
    (mistake.on === 'key' ? json.rangeOfKey(mistake.key) : json.rangeOfValue(mistake.key)) ??
    startOfFile;
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
