// The event that the CLI writes to a hook's standard input.
import { isUtf8 } from 'node:buffer';

/** Far above any event: a Write carries its whole file. */
export const mostInputBytes = 16 * 1024 * 1024;

/**
 * All of standard input as text; undefined when it is over the limit or not UTF-8. Reads to the end in any case, so
 * that the CLI never writes into a closed pipe. Through `process.stdin`, since a pending `fs.read` would hold up the
 * exit when a deadline passes. Rejects when reading fails.
 */
export function readInput(): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    process.stdin
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= mostInputBytes) chunks.push(chunk);
      })
      .on('error', reject)
      .on('end', () => {
        const whole = Buffer.concat(chunks);
        resolve(bytes <= mostInputBytes && isUtf8(whole) ? whole.toString('utf8') : undefined);
      });
  });
}
