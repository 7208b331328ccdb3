// Adds lines to a file of this user's own that only grows. A link, a pipe or another's file in its place is refused.
import fs from 'node:fs';

/**
 * Appends in one write, creating the file (0600) where there is none. The folder must exist.
 * @throws Error of the system, or with code `ENOTOWN` when what is there is no regular file of this user with one name.
 */
export function appendLines(file: string, text: string): void {
  // Windows lacks these two flags, and has no pipe to hang on.
  const careful = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
  const flags = fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT | careful;
  const descriptor = fs.openSync(file, flags, 0o600);
  try {
    const found = fs.fstatSync(descriptor);
    const isMine = process.getuid === undefined || found.uid === process.getuid();
    if (!found.isFile() || found.nlink !== 1 || !isMine)
      throw Object.assign(new Error(`${file} is not a file of your own`), { code: 'ENOTOWN' });
    // A line that a crash cut off must not swallow the next one.
    const last = Buffer.alloc(1, 0x0a);
    if (found.size > 0) fs.readSync(descriptor, last, 0, 1, found.size - 1);
    fs.writeSync(descriptor, last[0] === 0x0a ? text : `\n${text}`);
  } finally {
    fs.closeSync(descriptor);
  }
}
