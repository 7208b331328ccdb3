// What this machine knows of the hooks of one workspace folder, kept fresh while sessions run. It only reads.
import * as vscode from 'vscode';
import type { AgentFirings, HookEvidence, ProofMark } from '../claude/hookEvidence.ts';
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { isUserError } from '../findings/userError.ts';
import { evidenceOf } from '../sessions/evidence.ts';
import { SpoolReader, spoolFolder } from '../sessions/spoolReader.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import { stateDirectoryOf } from './folderState.ts';
import { watchFolder } from './folderWatch.ts';

/** Milliseconds that lines of spools are gathered for: hundreds of sessions may write at once. */
const gatherMs = 200;

export class FolderEvidence implements vscode.Disposable {
  /** Absolute; undefined where there is no state directory to be had. */
  readonly #folder: string | undefined;
  readonly #reader: SpoolReader | undefined;
  readonly #changed = new vscode.EventEmitter<boolean>();
  /** Fires after lines were read; true when an agent's verdict may have changed by it. */
  readonly onDidChange = this.#changed.event;
  readonly #update: Coalesced;
  #watcher: { dispose(): void } | undefined;
  #firings: ReadonlyMap<string, AgentFirings> | undefined;
  /** Who finds out what `prove` last said of an agent; asked whenever evidence is shown. */
  proofOf: ((id: string) => ProofMark | undefined) | undefined;

  /** `root` is the workspace folder's path. Reads nothing yet. */
  constructor(root: string) {
    try {
      this.#folder = spoolFolder(stateDirectoryOf(root));
      this.#reader = new SpoolReader(this.#folder, nodeAppendedFiles);
    } catch (error) {
      if (!isUserError(error)) throw error;
    }
    this.#update = coalesce(() => this.#read(), { waitMs: gatherMs });
  }

  /** Watches the spool from now on, and asks for a reading of it. */
  watch(): void {
    if (this.#folder === undefined || this.#watcher !== undefined) return;
    this.#watcher = watchFolder(this.#folder, () => this.reread());
    this.reread();
  }

  /** Asks for a reading of what came. */
  reread(): void {
    this.#update.request();
  }

  /** What is known of an agent's hooks. */
  of(id: string): HookEvidence {
    return evidenceOf(
      {
        ...(this.#firings === undefined ? {} : { firings: this.#firings }),
        ...(this.proofOf === undefined ? {} : { proofOf: this.proofOf }),
      },
      id,
    );
  }

  dispose(): void {
    this.#update.dispose();
    this.#watcher?.dispose();
    this.#changed.dispose();
  }

  #read(): void {
    if (this.#reader === undefined) return;
    const isFirst = this.#firings === undefined;
    const changed = this.#reader.update();
    if (!changed && !isFirst) return;
    const before = silencesIn(this.#firings);
    this.#firings = this.#reader.firings(Date.now());
    this.#changed.fire(silencesIn(this.#firings) !== before);
  }
}

/** All that evidence says against agents, as a text that is equal when nothing of it changed. */
function silencesIn(firings: ReadonlyMap<string, AgentFirings> | undefined): string {
  const silent = [...(firings ?? [])].flatMap(([agent, { silent: hooks }]) =>
    [...hooks].map(([key, { since, tool }]) => [agent, key, since, tool]),
  );
  return JSON.stringify(silent);
}
