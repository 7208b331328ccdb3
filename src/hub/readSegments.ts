// Events of the journal again, for a subscriber that was away: from some number up to another, in pieces.
import fs from 'node:fs/promises';
import path from 'node:path';
import type { HubEvent } from './hubEvent.ts';
import type { Segment } from './journalFolder.ts';
import { beginsEvent, parseLine } from './journalLine.ts';

/** Bytes that are read at a time; one line may be longer. */
const pieceBytes = 64 * 1024;

/**
 * The events after `after` up to `last`. `segments`: those that have them, oldest first.
 * @throws Error of the system when a segment went away meanwhile, as retention may do
 */
export async function* readSegments(
  folder: string,
  segments: readonly Segment[],
  after: number,
  last: number,
): AsyncGenerator<readonly HubEvent[]> {
  // As they are now: the last one goes on growing.
  const wanted = segments.map(({ name, bytes, marks }) => ({
    name,
    bytes,
    from: marks.findLast(({ seq }) => seq <= after + 1)?.offset ?? 0,
  }));
  for (const { name, bytes, from } of wanted) {
    const file = await fs.open(path.join(folder, name));
    try {
      yield* readOne(file, from, bytes, after, last);
    } finally {
      await file.close();
    }
  }
}

async function* readOne(
  file: fs.FileHandle,
  from: number,
  to: number,
  after: number,
  last: number,
): AsyncGenerator<readonly HubEvent[]> {
  let size = pieceBytes;
  for (let at = from; at < to; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, to - at)), 0, undefined, at);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    if (end === 0) {
      if (at + bytesRead >= to || bytesRead === 0) return;
      size *= 2; // a line longer than a piece
      continue;
    }
    size = pieceBytes;
    const events: HubEvent[] = [];
    for (const text of buffer.toString('utf8', 0, end - 1).split('\n')) {
      if (!beginsEvent(text)) continue;
      const line = parseLine(text);
      if (line?.kind === 'event' && line.event.seq > after && line.event.seq <= last) events.push(line.event);
    }
    if (events.length > 0) yield events;
    at += end;
  }
}
