// The records of the proofs of one workspace folder, as its part of the state directory holds them. It only reads.
import fs from 'node:fs';
import path from 'node:path';
import { nodeFiles } from '../files/nodeFiles.ts';
import { type ProofRecord, readProof } from '../proof/proofRecord.ts';
import { isAgentId } from '../registry/model.ts';
import { watchFolder } from './folderWatch.ts';

/** A record as it was last read. */
interface Kept {
  /** Of the file; the same file is not read again. */
  readonly stamp: string;
  /** Undefined: it cannot be read. */
  readonly record: ProofRecord | undefined;
}

export class ProofRecords {
  /** The workspace's folder in the state directory; undefined when that cannot be used. */
  readonly #state: string | undefined;
  readonly #onChange: () => void;
  readonly #kept = new Map<string, Kept>();
  #watcher: { dispose(): void } | undefined;

  /** Reads nothing yet. `onChange`: something in the folder changed, and may be worth a `read`. */
  constructor(state: string | undefined, onChange: () => void) {
    this.#state = state;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The times of all proofs, ISO 8601. */
  get times(): readonly string[] {
    return [...this.#kept.values()].flatMap(({ record }) => (record ? [record.at] : []));
  }

  /** The record of an agent; `unreadable` when it is cut off, hostile or not this user's; undefined when there is none. */
  of(id: string): ProofRecord | 'unreadable' | undefined {
    const kept = this.#kept.get(id);
    return kept && (kept.record ?? 'unreadable');
  }

  /** Watches from now on, whether or not the folder is there yet. Called again, it begins anew. */
  watch(): void {
    this.#watcher?.dispose();
    if (this.#state !== undefined)
      this.#watcher = watchFolder(path.join(this.#state, 'proofs'), this.#onChange);
  }

  /** Reads the records that are new or changed; true when there were any, or one is gone. */
  read(): boolean {
    if (this.#state === undefined) return false;
    const folder = path.join(this.#state, 'proofs');
    const there = new Set<string>();
    let isOther = false;
    for (const name of nodeFiles.list(folder)) {
      const id = name.endsWith('.json') ? name.slice(0, -'.json'.length) : '';
      const stamp = isAgentId(id) ? stampOf(path.join(folder, name)) : undefined;
      if (stamp === undefined) continue;
      there.add(id);
      if (this.#kept.get(id)?.stamp === stamp) continue;
      this.#kept.set(id, { stamp, record: readProof(nodeFiles, this.#state, id) });
      isOther = true;
    }
    for (const id of this.#kept.keys()) {
      if (there.has(id)) continue;
      this.#kept.delete(id);
      isOther = true;
    }
    return isOther;
  }

  dispose(): void {
    this.#watcher?.dispose();
  }
}

function stampOf(file: string): string | undefined {
  try {
    const { mtimeMs, ctimeMs, size, ino } = fs.lstatSync(file);
    return [mtimeMs, ctimeMs, size, ino].join(' ');
  } catch {
    return undefined;
  }
}
