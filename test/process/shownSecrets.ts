// Where secrets stand that should stand nowhere: in files, and in what every program of this machine can see of processes.
import fs from 'node:fs';
import path from 'node:path';

/** The text of a file that may go away, or may not be read, at any time. */
function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The regular files below a folder that have one of the secrets in them, relative to it and sorted. */
export function filesWith(secrets: readonly string[], folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => secrets.some((secret) => textOf(file).includes(secret)))
    .map((file) => path.relative(folder, file))
    .sort();
}

/** The pids of processes that have one of the secrets on their command line or in their environment. Linux only; else none. */
export function processesWith(secrets: readonly string[]): readonly number[] {
  if (!fs.existsSync('/proc/self/environ')) return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const shown = textOf(`/proc/${pid}/cmdline`) + textOf(`/proc/${pid}/environ`);
      return secrets.some((secret) => shown.includes(secret));
    })
    .map(Number);
}
