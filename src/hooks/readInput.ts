// The event that the CLI writes to a hook's standard input.
import { isUtf8 } from 'node:buffer';
import { read } from 'node:fs';

/** Far above any event: a Write carries its whole file. */
export const mostInputBytes = 16 * 1024 * 1024;

/** Bytes asked for at once; most events fit. */
const pieceBytes = 64 * 1024;

export interface Input {
  /** All of standard input as text; undefined when it is over the limit or not UTF-8. Rejects when reading fails. */
  readonly text: Promise<string | undefined>;
  /** A read is under way: `process.exit` would wait for it, however long it takes. */
  readonly isPending: () => boolean;
}

/**
 * Reads standard input to its end in any case, so that the CLI never writes into a closed pipe. By `fs.read`, since
 * `process.stdin` costs four milliseconds of every tool call; where the system asks to come again later (a
 * non-blocking descriptor), by `process.stdin` after all.
 */
export function readInput(): Input {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isPending = false;
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= mostInputBytes) chunks.push(chunk);
  };
  const whole = (): string | undefined => {
    const all = Buffer.concat(chunks);
    return bytes <= mostInputBytes && isUtf8(all) ? all.toString('utf8') : undefined;
  };
  const text = new Promise<string | undefined>((resolve, reject) => {
    const next = (): void => {
      const piece = Buffer.allocUnsafe(pieceBytes);
      isPending = true;
      read(0, piece, 0, pieceBytes, null, (error, count) => {
        isPending = false;
        if (error?.code === 'EAGAIN')
          process.stdin
            .on('data', take)
            .on('error', reject)
            .on('end', () => resolve(whole()));
        else if (error !== null && error.code !== 'EOF') reject(error);
        else if (error !== null || count === 0) resolve(whole());
        else {
          take(piece.subarray(0, count));
          next();
        }
      });
    };
    next();
  });
  return { text, isPending: () => isPending };
}
