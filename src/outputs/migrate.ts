// From the form of earlier tooling to the real one: settings files and the settings template. All that generate would
// write then is written in the same step, all or nothing.
import path from 'node:path';
import { isObject, type Json, type JsonObject, readJson } from '../claude/jsonText.ts';
import { changedFiles } from '../files/changedFiles.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, hasErrors, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import { editRegistry } from '../registry/edit/editRegistry.ts';
import { type Agent, type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { adoptKey } from './adopt.ts';
import {
  type ApplyOptions,
  type ApplyResult,
  applyDraft,
  type Draft,
  type DraftChange,
  onlySays,
} from './applyDraft.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { answersForPeople, hookEntries } from './foreignHooks.ts';
import { type DraftOptions, generateDraft } from './generateDraft.ts';
import { inTheWay } from './inTheWay.ts';
import { fromLeaves, isTooDeep, leafForm, leavesOf, prettyJson } from './leaves.ts';
import { contextClaims, legacyClaims } from './legacyClaims.ts';
import { type LegacyForm, legacyFormOf, withoutLegacyForm } from './legacyForm.ts';
import { lockPath, parseLock, plainText, renderLock } from './lock.ts';
import { plannerOf, settingsPath } from './plan.ts';
import { readTemplates, type Templates, templatePaths } from './template/template.ts';
import { stampPlace } from './template/timestamp.ts';

export type MigrateOptions = ApplyOptions &
  Pick<DraftOptions, 'root' | 'hooks' | 'version' | 'today'> & {
    /** Only these agents, and no template; absent: all, and the settings template when it does not guard its agents. */
    readonly ids?: readonly string[];
  };

/**
 * Brings what is of the form of earlier tooling into the present one, and generates the agents that it concerns. What
 * is replaced is kept. With nothing to migrate it writes nothing. @throws UserError as generate does.
 */
export function migrate(options: MigrateOptions): Promise<ApplyResult> {
  const of = options.ids === undefined ? '' : ` ${options.ids.join(' ')}`;
  return applyDraft(options, `migrate${of}`, (files) => migrateDraft(options, files));
}

const finding = (code: OutputCode, file: string, message: string, rest: Partial<Finding> = {}): Finding => ({
  code,
  severity: outputCodes[code].severity,
  file,
  ...startOfFile,
  args: {},
  message,
  ...rest,
});

/** What is worked out on the way: texts that files will have, and what there is to say. */
interface Work {
  readonly files: Files;
  readonly root: string;
  /** By absolute path; undefined: removed. */
  readonly texts: Map<string, string | undefined>;
  readonly findings: Finding[];
  registryText: string;
}

/** What migrate would do. Never throws for what a workspace contains. */
export function migrateDraft(options: MigrateOptions, files: Files): Draft {
  const { root, ids } = options;
  const registryText = files.read(inWorkspace(root, registryPath))?.text;
  const { registry, findings: said } =
    registryText === undefined ? { registry: undefined, findings: [] } : parseRegistry(registryText);
  // Generate says what is wrong with a registry or a name, too.
  const isUnknown = (id: string): boolean => registry?.agents.has(id) !== true;
  if (registry === undefined || registryText === undefined || (ids ?? []).some(isUnknown))
    return onlySays(generateDraft({ ...options, ids: ids ?? [] }, files).findings);
  const work: Work = { files, root, texts: new Map(), findings: [], registryText };
  const templates = readTemplates(files, root);
  const leaves = ids === undefined && doesNotGuard(registry, templates);
  const migrated: string[] = [];
  for (const agent of registry.agents.values()) {
    if (ids !== undefined && !ids.includes(agent.id)) continue;
    if (migrateAgent(agent, registry, leaves ? templates : undefined, work)) migrated.push(agent.id);
  }
  if (leaves) {
    work.texts.set(inWorkspace(root, templatePaths.settings), undefined);
    work.findings.push(
      finding(
        'outputs/migrated',
        templatePaths.settings,
        'The template is moved out of the way and kept: settings are the built-in ones from now on.',
      ),
    );
  }
  if (migrated.length === 0 && !leaves) return onlySays(said.filter(({ severity }) => severity === 'error'));
  if (hasErrors(work.findings)) return onlySays(work.findings);
  if (work.registryText !== registryText) work.texts.set(inWorkspace(root, registryPath), work.registryText);
  forgetInLock(migrated, work);
  const first = generateDraft(
    { ...options, ids: migrated, overEdits: true },
    changedFiles(files, work.texts),
  );
  if (hasErrors(first.findings)) return onlySays(first.findings);
  const generated = ids === undefined ? withTheOthers(first, options, work) : first;
  const isOfIds = ({ agent }: Finding): boolean => agent === undefined || migrated.includes(agent);
  return {
    ...generated,
    findings: work.findings,
    notes: [
      ...(generated.notes ?? []),
      ...generated.findings.filter((found) => isOfIds(found) && !said.includes(found)),
    ],
    changes: [...changesOf(generated, work)],
  };
}

/** The draft with what the other agents need; without that, where something of theirs would be lost. */
function withTheOthers(first: Draft, options: MigrateOptions, { files, texts }: Work): Draft {
  const after = new Map(texts);
  for (const { path: at, text } of first.changes) after.set(at, text);
  const whole = generateDraft({ ...options }, changedFiles(files, after));
  if (hasErrors(whole.findings)) return first;
  const changes = new Map(first.changes.map((change) => [change.relative, change]));
  for (const change of whole.changes) {
    const before = changes.get(change.relative);
    changes.set(change.relative, before === undefined ? change : { ...before, text: change.text });
  }
  return { ...whole, changes: [...changes.values()] };
}

/** Whether there is a settings template under which an agent runs unguarded. */
function doesNotGuard(registry: Registry, templates: Templates): boolean {
  if (templates.settings?.text === undefined) return false;
  const planner = plannerOf(registry, templates);
  return [...registry.agents.values()].some((agent) => planner.unguardedBy(agent) !== undefined);
}

/** Works out the settings of an agent without the form of earlier tooling; false when there is nothing of it. */
function migrateAgent(agent: Agent, registry: Registry, left: Templates | undefined, work: Work): boolean {
  const { files, root } = work;
  const file = settingsPath(agent.id);
  const target = inWorkspace(root, file);
  const blocked = inTheWay(file, files, root);
  const disk = blocked === undefined ? files.read(target)?.text : undefined;
  const made =
    left &&
    plannerOf(registry, left)
      .outputsOf(agent)
      .find(({ path: at }) => at === file);
  const text = disk === undefined ? made?.text : plainText(disk);
  if (text === undefined) return left !== undefined;
  const form = legacyFormOf(text);
  if (form === undefined && left === undefined) return false;
  const value = form === undefined ? readJson(text).value : withoutLegacyForm(form);
  if (!isObject(value) || isTooDeep(value)) {
    // What a template made that is no JSON holds nothing to be kept but in the backup.
    if (left !== undefined && form === undefined && text === made?.text) {
      work.texts.set(target, '{}\n');
      return true;
    }
    work.findings.push(
      finding(
        'outputs/cannot-migrate',
        file,
        `${file} cannot be rewritten: it is not a JSON object, or nested too deeply. Mend it or move it away.`,
      ),
    );
    return false;
  }
  if (form !== undefined) {
    work.findings.push(...legacyClaims(form, text, file, agent, files, root));
    work.findings.push(...hookFindings(form, file, agent));
    carryContext(form, file, agent, work);
  }
  work.texts.set(target, prettyJson(withoutStamps(value, made?.value)));
  carryDenies(value, agent, file, work);
  work.findings.push(...replacedValues(value, agent, work, file, made?.value));
  return true;
}

const denyPointer = '/permissions/deny';

/** Writes the deny rules that somebody added into the registry, where a field of it says them. */
function carryDenies(value: JsonObject, agent: Agent, file: string, work: Work): void {
  const rules = leavesOf(value).get(denyPointer);
  const planned = plannedLeaves(agent, work).get(denyPointer);
  if (!Array.isArray(rules) || !Array.isArray(planned)) return;
  for (const rule of rules) {
    if (planned.includes(rule)) continue;
    const now = plannedLeaves(agent, work).get(denyPointer);
    const found = [...(Array.isArray(now) ? now : []), rule];
    const adopted = adoptKey(work.registryText, agent.id, { pointer: denyPointer, found });
    if (adopted.kind !== 'adopted' || adopted.givesUp.length > 0) continue;
    work.registryText = adopted.text;
    work.findings.push(
      finding(
        'outputs/migrated',
        file,
        `The deny rule ${visibleShort(String(rule), 100)} becomes part of ${agent.id} in ${registryPath}.`,
        { agent: agent.id, key: denyPointer },
      ),
    );
  }
}

/** The leaves of the settings that the registry, as it will be, asks for. */
function plannedLeaves({ id }: Agent, { registryText }: Work): ReadonlyMap<string, Json> {
  const { registry } = parseRegistry(registryText);
  const agent = registry?.agents.get(id);
  const output =
    agent &&
    registry &&
    plannerOf(registry)
      .outputsOf(agent)
      .find(({ kind }) => kind === 'settings');
  return leavesOf(output?.value ?? {});
}

/** A value without what a template stamps with the time. */
function withoutStamps(value: JsonObject, made: Json | undefined): Json {
  const planned = leavesOf(made ?? {});
  const leaves = [...leavesOf(value)].filter(([at]) => {
    const leaf = planned.get(at);
    return leaf === undefined || !canonicalJson(leaf).includes(stampPlace);
  });
  return fromLeaves(new Map(leaves));
}

function* hookFindings({ hooks }: LegacyForm, file: string, agent: Agent): Generator<Finding> {
  for (const { pointer, event, command, isEarlierGuard } of hooks)
    if (isEarlierGuard)
      yield finding(
        'outputs/migrated',
        file,
        `The hook ${visibleShort(command, 100)} under ${event} never ran in its old form. The guard takes its place and enforces what the registry says of ${agent.id}.`,
        { agent: agent.id, key: pointer },
      );
    else
      yield finding(
        'outputs/migrated',
        file,
        `The hook ${visibleShort(command, 100)} under ${event} is kept in the present form: ${answersForPeople.test(`/hooks/${event}`) ? 'review sees it there, and sessions that are started from the registry do without it, since it could answer for a person. In .claude/settings.json it would run in all of them' : 'it runs from now on, which it did not before'}.`,
        { agent: agent.id, key: pointer },
      );
}

/** Writes the context files of a form into the registry, where it has none for the agent. */
function carryContext(form: LegacyForm, file: string, agent: Agent, work: Work): void {
  if (agent.contextFiles.length > 0) return;
  const there = contextClaims(form, agent, work.files, work.root).flatMap((claim) =>
    claim.isMemory || claim.file === undefined ? [] : [claim.file],
  );
  const add = [...new Set(there)];
  if (add.length === 0) return;
  const edit = editRegistry(
    work.registryText,
    agent.id,
    [{ kind: 'items', field: 'context_files', add, remove: [] }],
    { writeOnAgent: true },
  );
  const isSound = edit.kind === 'edited' && parseRegistry(edit.text).registry !== undefined;
  const names = visibleShort(add.join(', '), 120);
  const more = { agent: agent.id, key: '/contextFiles' };
  if (edit.kind === 'edited' && isSound) {
    work.registryText = edit.text;
    work.findings.push(
      finding(
        'outputs/migrated',
        file,
        `contextFiles becomes context_files of ${agent.id} in ${registryPath}: ${names}.`,
        more,
      ),
    );
  } else
    work.findings.push(
      finding(
        'outputs/legacy-disagrees',
        file,
        `${names} could not be written into ${registryPath}${edit.kind === 'edited' ? '' : `, since ${edit.reason}`}. Add it to context_files of ${agent.id} there.`,
        more,
      ),
    );
}

/** Values that somebody wrote where the registry says something else. */
function* replacedValues(
  value: JsonObject,
  agent: Agent,
  work: Work,
  file: string,
  made: Json | undefined,
): Generator<Finding> {
  const found = leavesOf(value);
  const template = leavesOf(made ?? {});
  for (const [pointer, expected] of plannedLeaves(agent, work)) {
    const leaf = found.get(pointer);
    const ofTemplate = template.get(pointer);
    if (leaf === undefined || hookEntries(pointer, leaf) !== undefined) continue;
    if (leafForm(pointer, leaf) === leafForm(pointer, expected)) continue;
    if (ofTemplate !== undefined && leafForm(pointer, leaf) === leafForm(pointer, ofTemplate)) continue;
    const isList = Array.isArray(leaf) && Array.isArray(expected);
    const lost = isList ? leaf.filter((item) => !expected.includes(item)) : [leaf];
    if (lost.length === 0) continue;
    const said = visibleShort(lost.map((item) => JSON.stringify(item)).join(', '), 160);
    yield finding(
      'outputs/migrate-replaces',
      file,
      isList
        ? `${said} in ${pointer} is not what the registry says, and is left out. The backup keeps it; put it into ${registryPath} if it is meant.`
        : `${pointer} said ${said}; the registry says ${visibleShort(JSON.stringify(expected), 120)}, and that is written. The backup keeps what was there.`,
      { agent: agent.id, key: pointer },
    );
  }
}

/** Takes the settings of agents out of the lock, so that what is beside ours counts as somebody's and stays. */
function forgetInLock(ids: readonly string[], { files, root, texts }: Work): void {
  const file = inWorkspace(root, lockPath);
  const content = files.read(file);
  const read = content?.text === undefined ? undefined : parseLock(content.text);
  if (read?.kind !== 'good') return;
  const outputs = new Map(read.lock.outputs);
  for (const id of ids) outputs.delete(settingsPath(id));
  texts.set(file, renderLock({ ...read.lock, outputs }));
}

/** The changes against the disk as it is now. */
function* changesOf(generated: Draft, { files, root, texts }: Work): Generator<DraftChange> {
  const written = new Map(generated.changes.map((change) => [change.relative, change]));
  for (const [file, text] of texts) {
    const relative = path.relative(root, file).split(path.sep).join('/');
    const before = files.read(file)?.text;
    const change = written.get(relative);
    const after = change?.text ?? text;
    written.delete(relative);
    if (after === before || (after === undefined && before === undefined)) continue;
    yield {
      path: files.realPath(file) ?? file,
      relative,
      text: after ?? '',
      before,
      needsBackup: before !== undefined,
      ...(after === undefined ? { isRemoval: true as const } : {}),
    };
  }
  yield* written.values();
}
