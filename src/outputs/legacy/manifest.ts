// agents/archive/<date>/manifest.json: what was archived, from where, why, and how to know that it came back whole. Pure.
import type { Commit, DirectoryKind, Rule } from './classify.ts';

export const archiveFolder = 'agents/archive';
export const manifestFormat = 1;
export const manifestName = 'manifest.json';

/** One directory of an archive. Paths relative to the workspace. */
export interface ArchivedDirectory {
  readonly from: string;
  readonly to: string;
  /** `hashTree` of the directory when it was archived. */
  readonly tree: string;
  readonly evidence: {
    readonly kind: DirectoryKind;
    readonly rule: Rule;
    readonly why: string;
    readonly successor?: string;
    readonly lastCommit?: Commit;
    /** `file:line` of every mention elsewhere in the workspace. */
    readonly references: readonly string[];
  };
}

export interface Manifest {
  /** 12 hex digits: names what is left beside directories should a move across disks be killed. */
  readonly tag: string;
  /** ISO 8601. */
  readonly at: string;
  /** The version that wrote it. */
  readonly generator: string;
  /** Folders that were made for this archive, outermost first; an undo removes them again. */
  readonly made: readonly string[];
  readonly directories: readonly ArchivedDirectory[];
}

export type ManifestFile =
  | { readonly kind: 'good'; readonly manifest: Manifest }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'newer'; readonly format: number };

/** The same value with the keys of every object sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** The text of a manifest (FORMATS.md: keys sorted, two spaces). */
export function renderManifest(manifest: Manifest): string {
  const whole = { ...manifest, format: manifestFormat, what: 'archive' };
  return `${JSON.stringify(sorted(whole), null, 2)}\n`;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a text can be the name of one directory below `agents/`, and of none that is ours. */
export function isDirectoryName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[\\/\0]/.test(name) && name.toLowerCase() !== 'archive';
}

/**
 * Reads a manifest that lies in `folder` (relative to the workspace). Every path in it is checked: a directory goes from
 * `agents/<name>` to `<folder>/<name>` and nowhere else. Never throws.
 */
export function parseManifest(text: string, folder: string): ManifestFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
  if (!isFields(value) || value.what !== 'archive' || typeof value.format !== 'number')
    return { kind: 'damaged', reason: 'it is not the manifest of an archive' };
  if (value.format > manifestFormat) return { kind: 'newer', format: value.format };
  const { tag, at, generator, made, directories } = value;
  if (typeof tag !== 'string' || !/^[0-9a-f]{12}$/.test(tag) || !Array.isArray(directories))
    return { kind: 'damaged', reason: 'it has no tag, or no list of directories' };
  const read: ArchivedDirectory[] = [];
  for (const each of directories) {
    const entry = directoryOf(each, folder);
    if (entry === undefined)
      return { kind: 'damaged', reason: 'a directory in it lies neither in agents/ nor beside the manifest' };
    read.push(entry);
  }
  const folders = Array.isArray(made) ? made.filter((each) => each === archiveFolder || each === folder) : [];
  return {
    kind: 'good',
    manifest: {
      tag,
      at: typeof at === 'string' ? at : '',
      generator: typeof generator === 'string' ? generator : '',
      made: folders,
      directories: read,
    },
  };
}

function directoryOf(value: unknown, folder: string): ArchivedDirectory | undefined {
  if (!isFields(value) || typeof value.from !== 'string' || typeof value.tree !== 'string') return undefined;
  const name = value.from.replace(/^agents\//, '');
  if (value.from !== `agents/${name}` || value.to !== `${folder}/${name}` || !isDirectoryName(name))
    return undefined;
  // Evidence is for people; an undo needs none of it.
  return { from: value.from, to: value.to, tree: value.tree, evidence: value.evidence as never };
}
