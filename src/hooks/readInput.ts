// The event that the CLI writes to a hook's standard input.

/** Far above any event: a Write carries its whole file. */
export const mostInputBytes = 16 * 1024 * 1024;

/**
 * All of standard input as text; undefined when it is over the limit or not UTF-8. Reads to the end in any case, so
 * that the CLI never writes into a closed pipe. Through `process.stdin`, since a pending `fs.read` would hold up the
 * exit when a deadline passes.
 */
export async function readInput(): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostInputBytes) chunks.push(chunk);
  }
  if (bytes > mostInputBytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
