// The record of one agent's proof: its form (FORMATS.md "proof"), and where it is kept. What is read is judged, not trusted.
import path from 'node:path';
import { isObject, type Json, readJson } from '../claude/jsonText.ts';
import type { Files, WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { prettyJson } from '../outputs/leaves.ts';
import { writeAll } from '../outputs/write.ts';
import { isAgentId } from '../registry/model.ts';

/** What an attempt tries. The columns of the matrix, in their order. */
export const attemptKinds = [
  'edit',
  'write',
  'delete',
  'read',
  'notebook',
  'tool',
  'mcp',
  'shell',
  'interpreter',
  'delegation',
  'protected',
  'attack',
  'nested',
] as const;
export type AttemptKind = (typeof attemptKinds)[number];

/** What refused an attempt, as the tool's result and the guard's spool lines show it. */
export const blockers = ['rule', 'guard', 'sandbox', 'tool-list'] as const;
export type Blocker = (typeof blockers)[number];

/** Which settings the session of an attempt had: the launch copy that `start` runs, or the committed file on the disk. */
export const settingsForms = ['launch', 'committed'] as const;
export type SettingsForm = (typeof settingsForms)[number];

/** Which protections were in force: all, or one alone, so that a failing one is seen behind the others. */
export const carriers = ['all', 'rules', 'guard'] as const;
export type Carrier = (typeof carriers)[number];

/** One thing that the scripted model tried, and what came of it. */
export interface Attempt {
  readonly kind: AttemptKind;
  readonly tool: string;
  /** What it was tried on: a path relative to the workspace, a tool's name, an agent's id, a command. */
  readonly target: string;
  readonly expected: 'blocked' | 'allowed';
  /** As the stand-in's bytes say, not the CLI. */
  readonly got: 'blocked' | 'allowed' | 'not-run';
  readonly by?: Blocker;
  /** False: nothing on this machine can refuse it; `note` says what would. */
  readonly enforceable: boolean;
  readonly note?: string;
  readonly form: SettingsForm;
  readonly carrier: Carrier;
  /** The glob, prefix or list of the registry that forbids it, such as `tests/**`; absent where there is no such text. */
  readonly rule?: string;
  /** The place in the registry that forbids it, as `Positions.at` takes it. */
  readonly origin?: readonly (string | number)[];
  /** The delegate that tried it as a sub-agent; absent when the agent itself did. */
  readonly subagent?: string;
}

export interface ProofRecord {
  readonly format: 1;
  readonly agent: string;
  /** ISO 8601, milliseconds, `Z`. */
  readonly at: string;
  /** The version that `claude --version` says, such as `2.1.329`. */
  readonly cli: string;
  /** Such as `linux-x64`. */
  readonly platform: string;
  /** Whether the OS sandbox was in force in the agent's session. */
  readonly sandbox: boolean;
  /** sha256 by path of all that was proven: the outputs on the disk, and the hooks of the launch copy. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly attempts: readonly Attempt[];
  /** Hooks of the workspace's own settings that did not run in the proof, in words. */
  readonly notCovered: readonly string[];
}

/** No proof comes near it; a larger file is not ours. Bytes of text. */
const largestRecord = 8 * 1024 * 1024;

/** Where the proof of an agent is kept. `stateDirectory` is the workspace's folder in `<state>`. @throws Error for a text that is no agent id. */
export function proofPath(stateDirectory: string, id: string): string {
  if (!isAgentId(id)) throw new Error(`not an agent id: ${JSON.stringify(id)}`);
  return path.join(stateDirectory, 'proofs', `${id}.json`);
}

const isText = (value: Json | undefined): value is string => typeof value === 'string';
const isOneOf = <T extends string>(all: readonly T[], value: Json | undefined): value is T =>
  isText(value) && (all as readonly string[]).includes(value);

function texts(value: Json | undefined): readonly string[] | undefined {
  return Array.isArray(value) && value.every(isText) ? value : undefined;
}

function attemptOf(value: Json): Attempt | undefined {
  if (!isObject(value)) return undefined;
  const { kind, tool, target, expected, got, by, enforceable, note, form, carrier, rule, origin, subagent } =
    value;
  if (!isOneOf(attemptKinds, kind) || !isText(tool) || !isText(target)) return undefined;
  if (!isOneOf(['blocked', 'allowed'], expected) || !isOneOf(['blocked', 'allowed', 'not-run'], got))
    return undefined;
  if (!isOneOf(settingsForms, form) || !isOneOf(carriers, carrier) || typeof enforceable !== 'boolean')
    return undefined;
  const place = Array.isArray(origin)
    ? origin.filter((step) => typeof step === 'string' || typeof step === 'number')
    : undefined;
  return {
    kind,
    tool,
    target,
    expected,
    got,
    enforceable,
    form,
    carrier,
    ...(isOneOf(blockers, by) ? { by } : {}),
    ...(isText(note) ? { note } : {}),
    ...(isText(rule) ? { rule } : {}),
    ...(place === undefined ? {} : { origin: place }),
    ...(isText(subagent) ? { subagent } : {}),
  };
}

/**
 * The record that a text spells; undefined when it is cut off, of another agent, of a higher format or otherwise not a
 * record. One attempt that can't be read makes the whole unreadable: it may be the one that failed.
 */
export function parseProof(text: string, id: string): ProofRecord | undefined {
  if (text.length > largestRecord) return undefined;
  const { value } = readJson(text);
  if (!isObject(value) || value.format !== 1 || value.agent !== id) return undefined;
  const { at, cli, platform, sandbox, outputs, attempts } = value;
  if (!isText(at) || Number.isNaN(Date.parse(at)) || !isText(cli) || !isText(platform)) return undefined;
  if (typeof sandbox !== 'boolean' || !isObject(outputs) || !Array.isArray(attempts)) return undefined;
  const hashes = Object.entries(outputs).filter((entry): entry is [string, string] => isText(entry[1]));
  if (hashes.length !== Object.keys(outputs).length) return undefined;
  const read = attempts.map(attemptOf).filter((attempt) => attempt !== undefined);
  if (read.length !== attempts.length) return undefined;
  return {
    format: 1,
    agent: id,
    at,
    cli,
    platform,
    sandbox,
    outputs: Object.fromEntries(hashes),
    attempts: read,
    notCovered: texts(value.notCovered) ?? [],
  };
}

/** The kept proof of an agent; undefined when there is none, or none that can be read, or it is not this user's own. */
export function readProof(files: Files, stateDirectory: string, id: string): ProofRecord | undefined {
  const file = proofPath(stateDirectory, id);
  if (files.kind(file) !== 'file' || !files.isOwn(file)) return undefined;
  const text = files.read(file)?.text;
  return text === undefined ? undefined : parseProof(text, id);
}

/** Keeps a proof, in place of the last one. @throws UserError when the state directory can't be written. */
export async function writeProof(
  files: WritableFiles,
  state: { readonly root: string; readonly workspace: string },
  record: ProofRecord,
): Promise<void> {
  const file = proofPath(state.workspace, record.agent);
  await makePrivate(files, state.root, path.dirname(file));
  const text = prettyJson(record as unknown as Json);
  await writeAll(files, [{ path: file, text, before: undefined }], {
    root: state.root,
    mode: { file: 0o600, folder: 0o700 },
  });
}
