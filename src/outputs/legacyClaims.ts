// What a settings file of the legacy form says of its agent, held against the registry and the disk.
import path from 'node:path';
import { isObject, type Json, pointer, readJson } from '../claude/jsonText.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visibleShort } from '../findings/visible.ts';
import { type Agent, registryPath } from '../registry/model.ts';
import { outputCodes } from './codes.ts';
import type { LegacyForm } from './legacyForm.ts';

/** A file that a legacy form wants in the agent's context. */
export interface ContextClaim {
  /** RFC 6901, of the item. */
  readonly pointer: string;
  readonly said: string;
  /** Relative to the workspace, of a file that is there; undefined when there is none. */
  readonly file: string | undefined;
  /** The agent's own memory, which is always in its context. */
  readonly isMemory: boolean;
}

/** The context files that a legacy form names, each as it is found in the workspace. */
export function contextClaims(
  form: LegacyForm,
  agent: Agent,
  files: Files,
  root: string,
): readonly ContextClaim[] {
  const { value } = form;
  const listed = Array.isArray(value.contextFiles) ? (value.contextFiles as readonly Json[]) : [];
  const roots = rootsOf(form, agent, files, root);
  return listed.flatMap((item, index): ContextClaim[] => {
    if (typeof item !== 'string' || item.trim() === '') return [];
    const file = fileIn(item.trim(), roots, files, root);
    const own = `agents/${agent.id}/.claude/CLAUDE.md`;
    const isMemory = /^(\.\/)?(\.claude\/)?CLAUDE\.md$/.test(item.trim()) || file === own;
    return [{ pointer: pointer('contextFiles', index), said: item, file, isMemory }];
  });
}

const slashed = (file: string): string => file.replaceAll('\\', '/');

/**
 * What an absolute path of the form may begin with, with a `/` at the end: where the workspace lies, and where it lay when
 * the form was written, which the paths of the agent's own folder in its hooks tell.
 */
function rootsOf({ hooks }: LegacyForm, agent: Agent, files: Files, root: string): readonly string[] {
  const own = `/agents/${agent.id}/`;
  const before = hooks.flatMap(({ command }) => {
    const at = slashed(command).indexOf(own);
    const start = slashed(command).slice(0, Math.max(0, at)).trim().split(/["' ]/).at(-1) ?? '';
    return at > 0 && start !== '' ? [start] : [];
  });
  return [root, files.realPath(root) ?? root, ...before].map((each) => `${slashed(each)}/`);
}

/** A file of the workspace that a form names, relative to it; undefined when it is not there, or lies outside. */
function fileIn(said: string, roots: readonly string[], files: Files, root: string): string | undefined {
  const posix = slashed(said).replace(/^\$\{?(CLAUDE_PROJECT_DIR|PROJECT_ROOT)\}?\//, '');
  const from = roots.find((each) => posix.startsWith(each));
  const relative = path.posix.normalize(from === undefined ? posix : posix.slice(from.length));
  if (/^(\.\.?(\/|$)|\/)|\0|^[A-Za-z]:/.test(relative)) return undefined;
  const real = files.realPath(inWorkspace(root, relative));
  const inside = real && path.relative(files.realPath(root) ?? root, real);
  if (!inside || inside.startsWith('..') || path.isAbsolute(inside)) return undefined;
  return files.read(inWorkspace(root, relative))?.text === undefined ? undefined : relative;
}

/** Where a legacy form disagrees with the registry, or names files that are not there. It is in force nowhere. */
export function* legacyClaims(
  form: LegacyForm,
  text: string,
  file: string,
  agent: Agent,
  files: Files,
  root: string,
): Generator<Finding> {
  const json = readJson(text);
  const say = (
    code: 'outputs/legacy-disagrees' | 'outputs/legacy-missing-file',
    key: string,
    message: string,
  ): Finding => ({
    code,
    severity: outputCodes[code].severity,
    file,
    ...(json.rangeOfValue(key) ?? startOfFile),
    agent: agent.id,
    key,
    args: {},
    message,
  });
  const { value } = form;
  const info = isObject(value.projectInfo) ? value.projectInfo : {};
  const claims: readonly (readonly [key: string, said: Json | undefined, registry: readonly string[]])[] = [
    ['/description', value.description, [agent.description]],
    ['/projectInfo/name', info.name, [agent.displayName, agent.id]],
    ['/projectInfo/description', info.description, [agent.description]],
  ];
  for (const [key, said, registry] of claims)
    if (typeof said === 'string' && !registry.some((one) => sameWords(one, said)))
      yield say(
        'outputs/legacy-disagrees',
        key,
        `This says ${shown(said)}, and ${registryPath} says ${shown(registry[0] ?? '')}. The CLI reads neither here; migrate goes by the registry.`,
      );
  for (const claim of contextClaims(form, agent, files, root)) {
    if (claim.isMemory) continue;
    if (claim.file === undefined)
      yield say(
        'outputs/legacy-missing-file',
        claim.pointer,
        `The workspace has no file ${shown(claim.said)}. The CLI does not read contextFiles; migrate leaves it out.`,
      );
    else if (agent.contextFiles.length > 0 && !agent.contextFiles.includes(claim.file))
      yield say(
        'outputs/legacy-disagrees',
        claim.pointer,
        `${shown(claim.file)} is not among the context_files of ${agent.id} in ${registryPath}. The CLI does not read contextFiles; migrate goes by the registry.`,
      );
  }
}

const shown = (text: string): string => visibleShort(JSON.stringify(text), 100);

function sameWords(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return plain(a) === plain(b);
}
