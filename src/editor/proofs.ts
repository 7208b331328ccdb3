// What the proofs of the shown agents are worth now: their records beside what is on the disk and which claude there is.
import * as vscode from 'vscode';
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { HookSources } from '../outputs/output.ts';
import { proofFindings } from '../proof/proofFindings.ts';
import { proofMark } from '../proof/proofMark.ts';
import type { ProofRecord } from '../proof/proofRecord.ts';
import { proofStatus } from '../proof/proofStatus.ts';
import { type Hashes, provenFiles, provenHooks } from '../proof/provenFiles.ts';
import { ClaudeVersion } from './claudeVersion.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { stateDirectoryOf } from './folderState.ts';
import type { AgentArgument } from './ids.ts';
import { ProofRecords } from './proofRecords.ts';
import { neverProven, type ProofState, proofAge } from './proofWords.ts';

/** How often ages are looked at: their words change once in a minute at most. Milliseconds. */
const ageMs = 60_000;

/** Files that were hashed: the same texts are not hashed again. */
interface Hashed {
  readonly hashes: Hashes;
  /** By path. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

/** The hooks, which the proofs of all agents of a folder stand on. */
interface Shared extends Hashed {
  /** Those of launch copies. */
  readonly hooks: HookSources;
}

/** What a proof is worth, with everything that this was worked out from. */
interface Judged {
  readonly record: ProofRecord;
  readonly cli: string | undefined;
  readonly shared: Shared;
  readonly texts: Hashed['texts'];
  readonly state: ProofState;
}

/** The proofs of one workspace folder. */
interface Place {
  readonly store: FleetStore;
  readonly records: ProofRecords;
  readonly judged: Map<string, Judged>;
  shared: Shared | undefined;
}

export class Proofs implements vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #launchHooks: () => HookSources;
  readonly #claude: ClaudeVersion;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when a record or its age changed; what follows for the agents comes through the fleets, too. */
  readonly onDidChange = this.#changed.event;
  readonly #places = new Map<string, Place>();
  readonly #reread: Coalesced;
  readonly #disposables: vscode.Disposable[];
  #ages = '';
  #isDamaged = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `launchHooks` throws when the package is damaged. Reads nothing yet. */
  constructor(fleets: Fleets, launchHooks: () => HookSources, log: vscode.LogOutputChannel) {
    this.#fleets = fleets;
    this.#launchHooks = launchHooks;
    this.#claude = new ClaudeVersion(log);
    this.#log = log;
    this.#reread = coalesce(() => this.#readAll());
    this.#disposables = [
      this.#changed,
      this.#reread,
      this.#claude,
      this.#claude.onDidChange(() => {
        for (const store of this.#fleets.stores) this.#tell(store);
        this.#changed.fire();
      }),
      fleets.onDidChange((store) => {
        if (!store) this.#follow();
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.reread();
      }),
    ];
  }

  /** What the proof of an agent is worth now. Cheap while nothing changed; never throws for what a record holds. */
  of({ folder, agent }: AgentArgument): ProofState {
    const place = this.#placeOf(folder);
    const record = place?.records.of(agent);
    if (!place || record === undefined) return neverProven;
    if (record === 'unreadable') return { state: 'unknown', why: 'the record of its proof cannot be read' };
    return this.#judge(place, agent, record);
  }

  /** What went wrong in the failed proofs of a folder, each at the line of the registry that forbids or allows it. */
  findingsOf(store: FleetStore): readonly Finding[] {
    const positions = store.fleet?.parsed?.positions;
    if (!positions) return [];
    const folder = store.folder.uri.toString();
    return (store.fleet?.agents ?? []).flatMap(({ agent: { id } }) => {
      const proof = this.of({ folder, agent: id });
      if (proof.state !== 'failed') return [];
      // One for each place: that it went through by each carrier alone, too, is for the report.
      const wrong = proofFindings(proof.record, positions).filter(({ severity }) => severity === 'error');
      return [...new Map(wrong.toReversed().map((each) => [`${each.code} ${each.line}`, each])).values()];
    });
  }

  /** Whoever shows proofs to a person says so: only then is claude asked which version it is. */
  look(): void {
    if ([...this.#places.values()].some(({ records }) => records.size > 0)) this.#claude.want();
  }

  /** Looks at all records again, at once: a watcher may have missed something. */
  reread(): void {
    for (const { records } of this.#places.values()) records.watch();
    this.#readAll();
  }

  dispose(): void {
    clearInterval(this.#timer);
    for (const each of this.#disposables) each.dispose();
    for (const { records } of this.#places.values()) records.dispose();
    this.#places.clear();
  }

  /** Folders came or went. Nothing is read before somebody asks for a proof: the first inspection does. */
  #follow(): void {
    const present = new Set(this.#fleets.stores);
    for (const [folder, { store, records }] of this.#places) {
      if (present.has(store)) continue;
      records.dispose();
      this.#places.delete(folder);
    }
    for (const store of present) {
      const folder = store.folder.uri.toString();
      store.cliVersion = this.#claude.current;
      store.evidence.proofOf = (agent) => {
        const status = this.of({ folder, agent });
        return status.state === 'unknown' ? undefined : proofMark(status);
      };
    }
  }

  #placeOf(folder: string): Place | undefined {
    const known = this.#places.get(folder);
    if (known) return known;
    const store = this.#fleets.stores.find((each) => each.folder.uri.toString() === folder);
    if (!store) return undefined;
    const records = new ProofRecords(this.#stateOf(store), () => this.#reread.request());
    const place: Place = { store, records, judged: new Map(), shared: undefined };
    this.#places.set(folder, place);
    records.watch();
    records.read();
    this.#keepAges();
    return place;
  }

  #stateOf(store: FleetStore): string | undefined {
    try {
      return stateDirectoryOf(store.folder.uri.fsPath);
    } catch (error) {
      // It lies in the workspace: whoever runs something is told so, and nothing is kept there.
      this.#log.warn(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** The verdicts on a folder's agents are to be made anew. */
  #tell(store: FleetStore): void {
    store.cliVersion = this.#claude.current;
    store.requestRefresh();
  }

  #readAll(): void {
    const changed = [...this.#places.values()].filter(({ records }) => records.read());
    for (const { store } of changed) this.#tell(store);
    if (this.#keepAges() || changed.length > 0) this.#changed.fire();
  }

  #judge(place: Place, id: string, record: ProofRecord): ProofState {
    const { store } = place;
    const hooks = this.#hooks();
    if (!hooks) return { state: 'unknown', why: 'the package is damaged' };
    const known = place.judged.get(id);
    const cli = this.#claude.current;
    const root = store.folder.uri.fsPath;
    if (!place.shared || !isStill(place.shared, store.disk) || place.shared.hooks !== hooks)
      place.shared = { hooks, ...hashed(store.disk, (files) => provenHooks(files, root, hooks)) };
    const { shared } = place;
    const isSame =
      known?.record === record && known.cli === cli && known.shared === shared && isStill(known, store.disk);
    if (isSame) return known.state;
    const { hashes, texts } = hashed(store.disk, (files) =>
      provenFiles(files, root, id, hooks, shared.hashes),
    );
    const platform = `${process.platform}-${process.arch}`;
    const status = proofStatus(record, { outputs: hashes, cli, platform });
    const state: ProofState = status.state === 'unproven' ? { ...status, ...sinceWhen(known, cli) } : status;
    place.judged.set(id, { record, cli, shared, texts, state });
    return state;
  }

  /** The hooks that a session would run with now; undefined when the package is damaged, which is logged once. */
  #hooks(): HookSources | undefined {
    if (this.#isDamaged) return undefined;
    try {
      return this.#launchHooks();
    } catch (error) {
      this.#isDamaged = true;
      this.#log.error(error instanceof Error ? error : String(error));
      return undefined;
    }
  }

  /** Ages grow by themselves: while there are proofs, a slow timer looks at their words. True when those changed. */
  #keepAges(): boolean {
    const times = [...this.#places.values()].flatMap(({ records }) => records.times);
    const ages = times.map((at) => proofAge(at, Date.now())).join();
    const isOther = ages !== this.#ages;
    this.#ages = ages;
    if (times.length > 0)
      this.#timer ??= setInterval(() => {
        if (this.#keepAges()) this.#changed.fire();
      }, ageMs);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return isOther;
  }
}

/** Since when a proof no longer holds: from now, if it was seen to hold while all that it stands on was known. */
function sinceWhen(before: Judged | undefined, cli: string | undefined): { readonly since?: Date } {
  if (before === undefined || (before.cli === undefined && cli !== undefined)) return {};
  const { state } = before;
  if (state.state !== 'unproven') return { since: new Date() };
  return state.since === undefined ? {} : { since: state.since };
}

/** Hashes files, and remembers which texts those were. */
function hashed(disk: Files, hash: (files: Files) => Hashes): Hashed {
  const texts = new Map<string, string | undefined>();
  const read: Files['read'] = (file) => {
    const content = disk.read(file);
    texts.set(file, content?.text);
    return content;
  };
  return { hashes: hash({ ...disk, read }), texts };
}

const isStill = ({ texts }: Pick<Hashed, 'texts'>, disk: Files): boolean =>
  [...texts].every(([file, text]) => disk.read(file)?.text === text);
