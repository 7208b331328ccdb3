// The history of settings files on this machine: a file of lines, and the texts before and after by their hash. Bounded.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { appendLines } from '../files/appendLines.ts';
import type { Files, WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { type Change, changeLine, readChanges } from './history.ts';
import { sha256 } from './lock.ts';

/** Bytes of the lines that are kept; when there are more, the later half of it stays. */
export const mostBytes = 512 * 1024;
/** Texts that are kept: those of the latest changes. */
export const mostTexts = 200;
/** A longer text is not kept: no settings file that a person or we wrote comes near it. UTF-16 units. */
export const longestText = 256 * 1024;

const hashForm = /^[0-9a-f]{64}$/;

/** Where the history of a workspace lies in its state directory. */
export function historyFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'history');
}
const linesName = 'changes.jsonl';
const textsFolder = (folder: string): string => path.join(folder, 'texts');

/** A change with the texts that may be kept for a later look at the difference. */
export interface Noted extends Omit<Change, 'before' | 'after'> {
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** False where the text may hold what is nobody's business, such as a token: then only its hash is kept. */
  readonly keepsText: boolean;
}

/** The changes of a workspace as far as they are kept, oldest first. Never throws; nothing where nothing can be read. */
export function readHistory(disk: AppendedFiles, stateDirectory: string): readonly Change[] {
  const folder = historyFolder(stateDirectory);
  return readChanges(linesAtEnd(disk, folder, mostBytes));
}

function linesAtEnd(disk: AppendedFiles, folder: string, most: number): readonly string[] {
  const file = disk.look(folder, linesName);
  if (file === undefined) return [];
  const from = Math.max(0, file.size - most);
  const text = Buffer.from(disk.read(folder, linesName, from, most)).toString('utf8');
  const lines = text.split('\n');
  // What is cut off at the start is no line.
  return from > 0 ? lines.slice(1) : lines;
}

/** The text with that hash; undefined when it is not kept, or is not what it was. */
export function keptText(files: Files, stateDirectory: string, hash: string): string | undefined {
  if (!hashForm.test(hash)) return undefined;
  const file = path.join(textsFolder(historyFolder(stateDirectory)), hash);
  if (files.kind(file) !== 'file' || !files.isOwn(file)) return undefined;
  const text = files.read(file)?.text;
  return text !== undefined && sha256(text) === hash ? text : undefined;
}

/**
 * Adds changes, with their texts. `state` is `<state>`. What is there too much is dropped, oldest first.
 * @throws UserError when the folder is not one of this user's own; Error when the disk refuses.
 */
export async function recordChanges(
  files: WritableFiles,
  disk: AppendedFiles,
  { state, stateDirectory }: { readonly state: string; readonly stateDirectory: string },
  noted: readonly Noted[],
): Promise<void> {
  const folder = historyFolder(stateDirectory);
  const texts = textsFolder(folder);
  await makePrivate(files, state, texts);
  const lines: string[] = [];
  for (const { before, after, keepsText, ...rest } of noted) {
    const hashes = await Promise.all(
      [before, after].map(async (text) => {
        if (text === undefined) return null;
        const hash = sha256(text);
        if (keepsText && text.length <= longestText) await keep(files, path.join(texts, hash), text);
        return hash;
      }),
    );
    lines.push(changeLine({ ...rest, before: hashes[0] ?? null, after: hashes[1] ?? null }));
  }
  appendLines(path.join(folder, linesName), lines.join(''));
  await dropOldLines(files, disk, folder);
  await dropOldTexts(files, disk, folder);
}

/** Writes a text beside its place and moves it there, so that nobody sees half of it. */
async function keep(files: WritableFiles, file: string, text: string): Promise<void> {
  if (files.kind(file) !== undefined) return;
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  await files.createFile(temporary, text, 0o600);
  await files.rename(temporary, file);
}

async function dropOldLines(files: WritableFiles, disk: AppendedFiles, folder: string): Promise<void> {
  const file = disk.look(folder, linesName);
  if (file === undefined || file.size <= mostBytes) return;
  const lines = linesAtEnd(disk, folder, mostBytes / 2).filter((line) => line !== '');
  const temporary = path.join(folder, `${linesName}.${randomBytes(6).toString('hex')}`);
  await files.createFile(temporary, lines.map((line) => `${line}\n`).join(''), 0o600);
  await files.rename(temporary, path.join(folder, linesName));
}

/** Only names that are ours to drop: hashes, and what a killed process had begun to write. */
async function dropOldTexts(files: WritableFiles, disk: AppendedFiles, folder: string): Promise<void> {
  const texts = textsFolder(folder);
  const names = files.list(texts).filter((name) => /^[0-9a-f]{64}(\.[0-9a-f]{12})?$/.test(name));
  if (names.length <= mostTexts) return;
  const wanted = new Set<string>();
  for (const { before, after } of readChanges(linesAtEnd(disk, folder, mostBytes)).toReversed())
    for (const hash of [after, before]) if (hash !== null && wanted.size < mostTexts) wanted.add(hash);
  for (const name of names) if (!wanted.has(name)) await files.remove(path.join(texts, name));
}
