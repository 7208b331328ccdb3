// Folders of .vscode-test/ that are filled once and then only read.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const cacheRoot = path.join(
  path.dirname(path.dirname(fileURLToPath(import.meta.url))),
  '.vscode-test',
);

/**
 * The folder of that name, filled by `fill(folder)` if it does not stand yet. It is filled beside its place and moved
 * there when complete, so an interrupted run leaves nothing that looks finished, and two runs do not meet.
 */
export async function cached(name, fill) {
  const folder = path.join(cacheRoot, name);
  if (existsSync(path.join(folder, 'complete.json'))) return folder;
  mkdirSync(cacheRoot, { recursive: true });
  removeAbandoned(name);
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(path.join(partial, 'package.json'), '{ "private": true }\n');
  try {
    await fill(partial);
    writeFileSync(path.join(partial, 'complete.json'), `${JSON.stringify({ name })}\n`);
    if (!existsSync(path.join(folder, 'complete.json'))) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

function removeAbandoned(name) {
  for (const entry of readdirSync(cacheRoot)) {
    const owner = entry.startsWith(`${name}.partial-`) ? Number(entry.split('.partial-')[1]) : undefined;
    if (owner && !isAlive(owner)) rmSync(path.join(cacheRoot, entry), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
