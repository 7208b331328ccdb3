// The one write that a hook makes besides its answer: a line at the end of its launch's spool file.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { launchByHand, spoolEnvironment } from '../protocol/spoolEnvironment.ts';
import { type SpoolFields, spoolLine } from '../protocol/spoolLine.ts';

/** Unique, not secret: `node:crypto` would cost every call of a hook a millisecond for it. */
function lineId(): string {
  const hex = (digits: number): string =>
    Math.floor(Math.random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = '89ab'.charAt(Math.random() * 4);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

/**
 * Appends one line when the environment names a spool, creating the file with mode 0600. Does nothing when the path
 * is a symlink, is not a regular file, has other names (hard links) or belongs to somebody else. `known` is asked only
 * when there is a spool. Never throws: what a hook has to tell is never worth more than what it has to do.
 */
export function appendToSpool(known: () => Omit<SpoolFields, 't' | 'id' | 'n' | 'launch'>): void {
  try {
    const spool = spoolEnvironment(process.env);
    if (spool === undefined) return;
    // Windows lacks these two flags, and has no FIFO to hang on.
    const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | careful;
    const file = openSync(spool.file, flags, 0o600);
    try {
      const found = fstatSync(file);
      const mine = process.getuid === undefined || found.uid === process.getuid();
      if (!found.isFile() || found.nlink !== 1 || !mine) return;
      const fields = known();
      // Since the process began: what a call waits for. A report's `ms` is the tool's own, and nobody waits for it.
      const ms = fields.src === 'guard' ? { ms: Math.round(performance.now() * 10) / 10 } : {};
      const launch = spool.launch ?? launchByHand(fields.session);
      writeSync(
        file,
        spoolLine({ ...ms, ...fields, t: new Date().toISOString(), id: lineId(), n: 1, launch }),
      );
    } finally {
      closeSync(file);
    }
  } catch {
    // The verdict and the session go on without the line.
  }
}
