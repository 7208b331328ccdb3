// One line of the journal, to text and back. Pure. The disk may belong to an agent, so what is read is held against the format.
import type { EventType, Group, HubEvent, JsonObject } from './hubEvent.ts';

export const journalFormat = 1;

/** Up to where a spool is in the journal. */
export interface SpoolPosition {
  /** The file's name in the folder of spools. */
  readonly name: string;
  readonly inode: number;
  /** Bytes, up to the end of a line. */
  readonly offset: number;
  /** Of the line that ends there; absent where that one was none, or nothing was read. */
  readonly id?: string;
}

/** The first line of a segment: it can be understood without the segments before it, which retention may have removed. */
export interface SegmentHeader {
  readonly epoch: string;
  /** Of the system's start in which it was written; absent where the system does not say. */
  readonly boot?: string;
  /** The last number before this segment's first. */
  readonly seq: number;
  /** The segment before, and up to where it counts; absent in the first one of an epoch. */
  readonly previous?: { readonly name: string; readonly bytes: number };
  readonly spools: readonly SpoolPosition[];
  /** What the hub remembers of what is no longer in the journal. */
  readonly memory: JsonObject;
}

/** What a line of a segment after its first says. */
export type JournalLine =
  | { readonly kind: 'event'; readonly event: HubEvent; readonly from?: readonly [file: number, end: number] }
  /** Names a spool that later lines mean by its number. */
  | { readonly kind: 'spool'; readonly file: number; readonly position: SpoolPosition }
  /** The hub closed it, and what is before it is on the disk. */
  | { readonly kind: 'closed' };

/** The group that events of each type are in. */
const groupOf: Readonly<Record<EventType, Group>> = {
  agent_update: 'agents',
  agent_event: 'agents',
  coordination_update: 'coordination',
  coordination_event: 'coordination',
  task_update: 'tasks',
  task_event: 'tasks',
  system_update: 'system',
  system_event: 'system',
  critical_alert: 'alerts',
};

/** Whether a later event of the same kind makes one superfluous. */
export const isCoalescible = (type: EventType): boolean => type.endsWith('_update');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isType = (value: unknown): value is EventType =>
  typeof value === 'string' && Object.hasOwn(groupOf, value);
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
/** What fits in a frame of the schema. */
const isAgent = (value: unknown): value is string => typeof value === 'string' && value.length <= 256;
const isEpoch = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,64}$/.test(value);

function read(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function positionOf(value: unknown): SpoolPosition | undefined {
  if (!isObject(value)) return undefined;
  const { name, inode, offset, id } = value;
  // A name is put into a path: it must not lead anywhere.
  if (typeof name !== 'string' || /[\\/\0]/.test(name) || !isCount(inode) || !isCount(offset))
    return undefined;
  return { name, inode, offset, ...(typeof id === 'string' ? { id } : {}) };
}

/** The text of a segment's first line, with its line end. */
export function renderHeader({ epoch, boot, seq, previous, spools, memory }: SegmentHeader): string {
  return `${JSON.stringify({ boot, epoch, format: journalFormat, memory, previous, seq, spools })}\n`;
}

/** What a first line says; undefined when it is none, or of a later format. Never throws. */
export function parseHeader(text: string): SegmentHeader | undefined {
  const value = read(text);
  if (value?.format !== journalFormat) return undefined;
  const { epoch, boot, seq, previous, spools, memory } = value;
  if (!isEpoch(epoch) || !isCount(seq) || !Array.isArray(spools)) return undefined;
  const isPrevious = isObject(previous) && typeof previous.name === 'string' && isCount(previous.bytes);
  return {
    epoch,
    seq,
    spools: spools.flatMap((each) => positionOf(each) ?? []),
    memory: isObject(memory) ? (memory as JsonObject) : {},
    ...(typeof boot === 'string' ? { boot } : {}),
    ...(isPrevious ? { previous: { name: String(previous.name), bytes: Number(previous.bytes) } } : {}),
  };
}

/** The text of an event's line. Keys are in the order of FORMATS.md, sorted, so that the first one tells the kind. */
export function renderEvent(event: HubEvent, from?: readonly [file: number, end: number]): string {
  const agent = event.agent === undefined ? '' : `"agent":${JSON.stringify(event.agent)},`;
  const source = from === undefined ? '' : `"from":[${from[0]},${from[1]}],`;
  return `{${agent}"at":"${event.at}","data":${JSON.stringify(event.data)},${source}"group":"${event.group}","seq":${event.seq},"type":"${event.type}"}\n`;
}

export function renderSpool(file: number, { name, inode, offset, id }: SpoolPosition): string {
  return `${JSON.stringify({ file, id, inode, name, offset })}\n`;
}

export const renderClosed = (): string => '{"closed":true}\n';

/** Whether a line's text begins as an event's does. For passing over lines without reading them. */
export const beginsEvent = (text: string): boolean => text.startsWith('{"a');

/** What a line says that is not the first; undefined when it is none. Never throws. */
export function parseLine(text: string): JournalLine | undefined {
  const value = read(text);
  if (value === undefined) return undefined;
  if (value.closed === true) return { kind: 'closed' };
  if (isCount(value.file)) {
    const position = positionOf(value);
    return position && { kind: 'spool', file: value.file, position };
  }
  const { seq, at, group, type, agent, data, from } = value;
  if (!isCount(seq) || !isTime(at) || !isType(type) || group !== groupOf[type] || !isObject(data))
    return undefined;
  const event: HubEvent = {
    seq,
    at,
    group: groupOf[type],
    type,
    ...(isAgent(agent) ? { agent } : {}),
    isCoalescible: isCoalescible(type),
    data: data as JsonObject,
  };
  if (!Array.isArray(from)) return { kind: 'event', event };
  const [file, end]: unknown[] = from;
  return isCount(file) && isCount(end) ? { kind: 'event', event, from: [file, end] } : undefined;
}
