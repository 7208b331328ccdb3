// Where the hub of a workspace is, and what opens its door: `hub.json` and two token files, for this user alone.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Files, WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { processState } from '../sessions/processTable.ts';
import type { Machine } from '../sessions/programs.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';

export const discoveryFormat = 1;

/** FORMATS.md "discovery". */
export interface Discovery {
  readonly format: typeof discoveryFormat;
  readonly pid: number;
  /** Tells the process from a later one of that pid; absent where the system doesn't say. */
  readonly pidStarted?: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** ISO 8601, milliseconds, `Z`. */
  readonly startedAt: string;
  /** Absolute. */
  readonly viewerTokenFile: string;
  readonly operatorTokenFile: string;
}

/** What a token lets its bearer do: look, or control as well. */
export const roles = ['viewer', 'operator'] as const;
export type Role = (typeof roles)[number];

/** What a hub tells of itself. Tokens are of one line, without blanks. */
export interface Published extends Pick<Discovery, 'pid' | 'pidStarted' | 'port' | 'startedAt'> {
  readonly tokens: Readonly<Record<Role, string>>;
}

type Place = Pick<RecordStore, 'files' | 'stateDirectory'>;

/** The hub's folder in a workspace's folder of the state directory. */
export const hubFolder = (stateDirectory: string): string => path.join(stateDirectory, 'hub');

const fileOf = (stateDirectory: string): string => path.join(hubFolder(stateDirectory), 'hub.json');
const tokenFileOf = (stateDirectory: string, role: Role): string =>
  path.join(hubFolder(stateDirectory), `${role}.token`);

/** A regular file of this user's own, links not followed. */
function readOwn(files: Files, file: string): string | undefined {
  return files.kind(file) === 'file' && files.isOwn(file) ? files.read(file)?.text : undefined;
}

/** Puts a file in its place in one step, 0600. What stands there goes, a link as well. */
async function put(files: WritableFiles, file: string, text: string): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  try {
    await files.createFile(beside, text, 0o600);
    await files.rename(beside, file);
  } catch (error) {
    await files.remove(beside).catch(() => {});
    throw error;
  }
}

/**
 * Tells everybody of this user where the hub is. Only who was elected may call it, when it listens.
 * @throws UserError when the folder is a link, another's, or can't be made; Error of the system when it can't be written
 */
export async function publishDiscovery(
  { files, stateRoot, stateDirectory }: RecordStore,
  { tokens, ...where }: Published,
): Promise<Discovery> {
  await makePrivate(files, stateRoot, hubFolder(stateDirectory));
  for (const role of roles) await put(files, tokenFileOf(stateDirectory, role), `${tokens[role]}\n`);
  const discovery: Discovery = {
    format: discoveryFormat,
    ...where,
    viewerTokenFile: tokenFileOf(stateDirectory, 'viewer'),
    operatorTokenFile: tokenFileOf(stateDirectory, 'operator'),
  };
  const sorted = Object.entries(discovery).sort(([a], [b]) => (a < b ? -1 : 1));
  // After the tokens, so that whoever finds the address finds them as well.
  const text = `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
  await put(files, fileOf(stateDirectory), text);
  return discovery;
}

const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 1;
const isPort = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 65_536;

/** Where the hub says it is, whether it still runs or not; undefined when it says nothing that could be used. Never throws. */
export function readDiscovery({ files, stateDirectory }: Place): Discovery | undefined {
  // Whoever could put a link in the folder's place could answer as the hub.
  if (files.kind(hubFolder(stateDirectory)) !== 'directory' || !files.isOwn(hubFolder(stateDirectory)))
    return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readOwn(files, fileOf(stateDirectory)) ?? 'null');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, pid, pidStarted, port, startedAt } = value as Readonly<Record<string, unknown>>;
  if (format !== discoveryFormat || !isPid(pid) || !isPort(port) || typeof startedAt !== 'string')
    return undefined;
  return {
    format,
    pid,
    ...(typeof pidStarted === 'string' ? { pidStarted } : {}),
    port,
    startedAt,
    // Not as the file says: a token is read from its own place and from nowhere else.
    viewerTokenFile: tokenFileOf(stateDirectory, 'viewer'),
    operatorTokenFile: tokenFileOf(stateDirectory, 'operator'),
  };
}

/** A token of the hub that is there now; undefined when there is none. Never throws. */
export function readToken({ files, stateDirectory }: Place, role: Role): string | undefined {
  const text = readOwn(files, tokenFileOf(stateDirectory, role))?.trim();
  return text !== undefined && /^[\w.~+/=-]{16,256}$/.test(text) ? text : undefined;
}

/** Removes what a hub told that is gone. Only who was elected may call it. True when there was something. */
export async function sweepDiscovery(
  store: RecordStore,
  machine: Pick<Machine, 'files' | 'platform' | 'run'>,
): Promise<boolean> {
  const found = readDiscovery(store);
  if (found !== undefined && (await processState(machine, found)) !== 'gone') return false;
  return remove(store);
}

/** Removes what this hub told; what another one has told since stays. */
export async function withdrawDiscovery(store: RecordStore, pid: number): Promise<void> {
  if (readDiscovery(store)?.pid === pid) await remove(store);
}

async function remove({ files, stateDirectory }: RecordStore): Promise<boolean> {
  const all = [fileOf(stateDirectory), ...roles.map((role) => tokenFileOf(stateDirectory, role))];
  const there = all.filter((file) => files.kind(file) !== undefined);
  for (const file of there) await files.remove(file);
  return there.length > 0;
}
