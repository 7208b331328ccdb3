// The part of the guard that judges shell commands: a bundle beside it, loaded only as it was built.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JudgeCommand } from './judgeEvent.ts';
import { Refusal } from './refusal.ts';

/** The bundle as the build made it. */
export interface CommandBundle {
  /** Its name, beside the guard. */
  readonly file: string;
  /** Of its text with LF, hex. */
  readonly sha256: string;
}

const mostBytes = 4 * 1024 * 1024;

/** Rejects with a Refusal when the bundle is missing, is another one, or does not load. */
export async function loadJudgeCommand(
  guardFile: string,
  { file, sha256 }: CommandBundle,
): Promise<JudgeCommand> {
  const refusal = (what: string): Refusal =>
    new Refusal(
      'guard/cannot-decide',
      `The part of the guard that reads shell commands ${what}, so the command was refused. Generate the outputs again and restart the agent.`,
    );
  const path = join(dirname(realpathSync(guardFile)), file);
  let text: string;
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > mostBytes) throw new Error('not a file of a fitting size');
    text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    throw refusal('is missing');
  }
  const { createHash } = await import('node:crypto');
  if (createHash('sha256').update(text).digest('hex') !== sha256)
    throw refusal('is not the one that belongs to it');
  try {
    const loaded = file.endsWith('.cjs') ? createRequire(path)(path) : await import(pathToFileURL(path).href);
    if (typeof loaded.judgeCommand !== 'function') throw new Error('no such function');
    return loaded.judgeCommand;
  } catch {
    throw refusal('does not load');
  }
}
