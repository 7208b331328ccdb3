// Whole folders on a real disk: what is in one as a hash, and moving one so that at every moment a whole copy of it exists.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** One thing in a folder. */
interface Entry {
  /** Relative to the folder, with `/`; empty for the folder itself. */
  readonly relative: string;
  readonly absolute: string;
  readonly stats: fs.Stats;
}

/** Everything in a folder, itself first, sorted by path. Links are not followed. Throws the system's own error. */
async function entriesOf(folder: string, relative = ''): Promise<readonly Entry[]> {
  const absolute = path.join(folder, ...relative.split('/'));
  const stats = await fs.promises.lstat(absolute);
  const found: Entry[] = [{ relative, absolute, stats }];
  if (!stats.isDirectory()) return found;
  for (const name of (await fs.promises.readdir(absolute)).sort())
    found.push(...(await entriesOf(folder, relative === '' ? name : `${relative}/${name}`)));
  return found;
}

async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of fs.createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

/** Permission bits as they are hashed; where the system knows none, always the same. */
const modeOf = ({ mode }: fs.Stats): string =>
  process.platform === 'win32' ? '-' : (mode & 0o7777).toString(8);

/**
 * The sha256 of a folder, hex: of one line per entry, sorted by path, with kind, permission bits, path as JSON, and
 * the hash of a file's bytes or where a link leads. Empty folders count; times and owners do not.
 * Throws the system's own error for what cannot be read.
 */
export async function hashTree(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const { relative, absolute, stats } of await entriesOf(folder)) {
    const name = JSON.stringify(relative);
    if (stats.isSymbolicLink())
      lines.push(`link - ${name} ${JSON.stringify(await fs.promises.readlink(absolute))}`);
    else if (stats.isDirectory()) lines.push(`folder ${modeOf(stats)} ${name}`);
    else if (stats.isFile()) lines.push(`file ${modeOf(stats)} ${name} ${await fileHash(absolute)}`);
    else lines.push(`other ${modeOf(stats)} ${name}`);
  }
  const byPath = lines.sort((a, b) => (pathIn(a) < pathIn(b) ? -1 : 1));
  return createHash('sha256')
    .update(`${byPath.join('\n')}\n`)
    .digest('hex');
}

const pathIn = (line: string): string => line.slice(line.indexOf('"'));

/** Whether anything in a folder has that name, such as `.git`. False for what cannot be read. */
export async function holdsEntry(folder: string, name: string): Promise<boolean> {
  try {
    return (await entriesOf(folder)).some(({ relative }) => path.posix.basename(relative) === name);
  } catch {
    return false;
  }
}

/** A name beside a folder for the copy that is not whole yet, or for what is left once the copy is. `tag`: 12 hex digits. */
export function asideOf(folder: string, tag: string): string {
  return path.join(path.dirname(folder), `.${path.basename(folder)}.${tag}.native-orchestrator-tmp`);
}

/**
 * Moves a folder to a place where nothing is yet; its parent exists. Across disks it is copied, compared and only then
 * removed; what a killed move leaves is at `asideOf` of either place, and the other place is whole then.
 * Throws the system's own error, with nothing changed, and one of code `ECHANGED` when the copy is not the same.
 */
export async function moveTree(from: string, to: string, tag: string): Promise<void> {
  // The system would put a folder in the place of an empty one without a word.
  if (fs.lstatSync(to, { throwIfNoEntry: false }))
    throw Object.assign(new Error('exists'), { code: 'EEXIST' });
  try {
    await fs.promises.rename(from, to);
    return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
  }
  const copy = asideOf(to, tag);
  await removeTree(copy);
  try {
    await copyTree(from, copy);
    if ((await hashTree(from)) !== (await hashTree(copy)))
      throw Object.assign(new Error('changed while it was copied'), { code: 'ECHANGED' });
    await fs.promises.rename(copy, to);
  } catch (error) {
    await removeTree(copy).catch(() => {});
    throw error;
  }
  // Out of the way in one step, so that nothing half-removed ever stands at the old place.
  const rest = asideOf(from, tag);
  try {
    await removeTree(rest);
    await fs.promises.rename(from, rest);
  } catch (error) {
    await removeTree(to);
    throw error;
  }
  await removeTree(rest).catch(() => {}); // swept later: the copy is whole
}

/** Copies bytes, permission bits, links, empty folders and times. */
async function copyTree(from: string, to: string): Promise<void> {
  const stats = await fs.promises.lstat(from);
  if (stats.isSymbolicLink()) {
    await fs.promises.symlink(await fs.promises.readlink(from), to);
    return;
  }
  if (stats.isDirectory()) {
    await fs.promises.mkdir(to, { mode: 0o700 });
    for (const name of await fs.promises.readdir(from))
      await copyTree(path.join(from, name), path.join(to, name));
  } else if (stats.isFile()) await fs.promises.copyFile(from, to, fs.constants.COPYFILE_EXCL);
  else throw Object.assign(new Error('neither file, folder nor link'), { code: 'ENOTSUP' });
  await fs.promises.chmod(to, stats.mode & 0o7777);
  await fs.promises.utimes(to, stats.atime, stats.mtime);
}

/** Removes a folder and all in it, links not followed; no error when it is absent. Throws the system's own error. */
export async function removeTree(folder: string): Promise<void> {
  if (!fs.lstatSync(folder, { throwIfNoEntry: false })) return;
  // What may not be written in may not be emptied either.
  for (const { absolute, stats } of await entriesOf(folder))
    if (stats.isDirectory() && (stats.mode & 0o700) !== 0o700) await fs.promises.chmod(absolute, 0o700);
  await fs.promises.rm(folder, { recursive: true, force: true });
}
