// The fleet of one workspace folder, kept fresh by events. It decides nothing: the inspector does.
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { cachedFiles } from '../files/cachedFiles.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace, nodeFiles } from '../files/nodeFiles.ts';
import { overlayFiles } from '../files/overlayFiles.ts';
import { isSettingsFile } from '../outputs/findSettings.ts';
import type { Fleet } from '../outputs/fleet.ts';
import { createInspector } from '../outputs/inspector.ts';
import { lockPath } from '../outputs/lock.ts';
import type { HookSources } from '../outputs/output.ts';
import { withEvidence } from '../outputs/withEvidence.ts';
import { registryPath } from '../registry/model.ts';
import { findOnPath } from '../sessions/programs.ts';
import { version } from '../version.generated.ts';
import type { Coalesced } from './coalesce.ts';
import { coalesce } from './coalesce.ts';
import { FolderEvidence } from './folderEvidence.ts';
import { Stamps } from './stamps.ts';

/**
 * What is watched in every folder. The folders themselves too: when one goes as a whole, only it is reported.
 * Not all of `.claude/`: sessions keep whole worktrees there.
 */
const watched = [
  'agents',
  'agents/**',
  '.claude',
  '**/.claude/settings*.json',
  '.claude/hooks/**',
  '.mcp.json',
  'scripts',
  'scripts/native-orchestrator',
  'scripts/native-orchestrator/**',
];
/** A checkout changes hundreds of files, which are told of in several parts: it is one refresh. */
const flood = { from: 30, quietMs: 150, longestMs: 500 };
/** More are not looked for. */
const mostSettingsFiles = 2000;
/** Texts that count while they are unsaved: the registry, settings, memory and templates. */
const seenUnsaved = /(^|\/)(agents\/registry\.(yaml|lock\.json)|\.claude\/[^/]+|[^/]+\.template)$/;

export class FleetStore implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  /** Undefined until the first inspection. */
  fleet: Fleet | undefined;
  /** When the registry was last seen without errors. */
  lastGoodAt: Date | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after every inspection. */
  readonly onDidChange = this.#changed.event;
  /** What this machine knows of the folder's hooks. */
  readonly evidence: FolderEvidence;
  /** The version of the user's claude, once somebody has asked for it. */
  cliVersion: string | undefined;
  readonly #hooks: () => HookSources;
  readonly #log: vscode.LogOutputChannel;
  readonly #onBug: (error: unknown) => void;
  readonly #refresh: Coalesced;
  readonly #disposables: vscode.Disposable[] = [];
  /** Watchers of the files that the registry or hooks name, by path relative to the folder. */
  readonly #named = new Map<string, vscode.Disposable>();
  /** What the watchers told of since the disk was last looked at. */
  readonly #changedFiles = new Set<string>();
  /** The files that an alarm depends on; not left to the watchers alone. */
  readonly #stamps = new Stamps((files) => {
    for (const file of files) this.#changedFiles.add(file);
    this.requestRefresh();
  });
  /** What the disk holds, as far as the watchers see it change. */
  readonly #disk = cachedFiles(nodeFiles);
  readonly #inspect = createInspector();
  /** The settings files of the folder, relative to it: looked for once, then kept by their watcher. */
  readonly #settingsFiles = new Set<string>();
  #isDisposed = false;
  /** Versions of the open documents, as they were inspected. */
  #versions = new Map<string, number>();

  /** `onBug` is told of what an inspection throws; nothing that a workspace contains makes it throw. */
  constructor(
    folder: vscode.WorkspaceFolder,
    hooks: () => HookSources,
    log: vscode.LogOutputChannel,
    onBug: (error: unknown) => void,
  ) {
    this.#onBug = onBug;
    this.folder = folder;
    this.#hooks = hooks;
    this.#log = log;
    this.#refresh = coalesce(() => this.#inspectSeen(), { flood, rest: 1 });
    this.evidence = new FolderEvidence(folder.uri.fsPath);
    this.#disposables.push(
      this.#refresh,
      this.#stamps,
      this.evidence,
      this.evidence.onDidChange((changesVerdicts) => {
        if (changesVerdicts) this.requestRefresh();
      }),
      this.#changed,
      ...watched.map((pattern) => this.#watch(pattern)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#onDocument(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#onDocument(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#onDocument(document)),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) return;
        this.reread();
        // Of a file that came together with its folder no watcher tells.
        this.findSettings().catch((error) => this.#onBug(error));
      }),
    );
  }

  /** Looks for the settings files of the whole folder, and inspects again when there are any that were not known. */
  async findSettings(): Promise<void> {
    const known = this.#settingsFiles.size;
    const found = await vscode.workspace.findFiles(
      new vscode.RelativePattern(this.folder, '**/.claude/settings*.json'),
      '**/{node_modules,worktrees}/**',
      mostSettingsFiles,
    );
    if (this.#isDisposed) return;
    for (const uri of found) this.#settingsFiles.add(this.#relative(uri));
    if (this.#settingsFiles.size > known) this.requestRefresh();
  }

  /** Asks for an inspection soon; hundreds of calls make one. */
  requestRefresh(): void {
    this.#refresh.request();
  }

  /** Asks for an inspection that reads everything anew: files that no watcher covers may have changed. */
  reread(): void {
    this.#forgetAll();
    this.evidence.reread();
    this.requestRefresh();
  }

  /** Reads everything anew, inspects at once and tells the listeners. Does not throw. */
  inspectNow(): Fleet | undefined {
    this.#forgetAll();
    return this.#inspectSeen();
  }

  #forgetChanged(): void {
    if (this.#changedFiles.size === 0) return;
    // In a flood watchers lose events: then nothing is taken for known.
    if (this.#changedFiles.size >= flood.from) {
      this.#forgetAll();
      return;
    }
    this.#stamps.renew(this.#changedFiles);
    this.#disk.forget(...this.#changedFiles);
    this.#changedFiles.clear();
  }

  #forgetAll(): void {
    this.#stamps.renew();
    this.#disk.forgetAll();
    this.#changedFiles.clear();
  }

  /** Inspects what is known of the disk. */
  #inspectSeen(): Fleet | undefined {
    this.#forgetChanged();
    const texts = new Map<string, string>();
    this.#versions = new Map();
    for (const document of vscode.workspace.textDocuments) {
      if (!this.#isSeen(document)) continue;
      this.#versions.set(document.uri.toString(), document.version);
      if (document.isDirty) texts.set(document.uri.fsPath, document.getText());
    }
    try {
      const programs = new Map<string, string | undefined>();
      const started = performance.now();
      const inspected = this.#inspect({
        files: texts.size > 0 ? overlayFiles(this.#disk, texts) : this.#disk,
        root: this.folder.uri.fsPath,
        settingsFiles: [...this.#settingsFiles].sort(),
        hooks: this.#hooks(),
        version,
        today: new Date().toISOString().slice(0, 10),
        findProgram: (name) => {
          if (!programs.has(name))
            programs.set(
              name,
              findOnPath({ files: nodeFiles, platform: process.platform, env: process.env }, name),
            );
          return programs.get(name);
        },
        home: os.homedir(),
      });
      const fleet = withEvidence(inspected, (id) => this.evidence.of(id), this.cliVersion);
      this.#log.debug(
        `inspected ${this.folder.name}: ${fleet.agents.length} agents, ${fleet.findings.length} findings, ${(performance.now() - started).toFixed(1)} ms`,
      );
      this.fleet = fleet;
      if (fleet.registry && !fleet.isLastGood) this.lastGoodAt = new Date();
      this.#watchNamed(fleet);
      this.#followStamps(fleet);
      if (fleet.registry !== undefined) this.evidence.watch();
    } catch (error) {
      // A bug of ours: the last good state stays on show.
      this.#onBug(error);
    }
    this.#changed.fire();
    return this.fleet;
  }

  /** Whether a document is still as it was when the fleet was last inspected. */
  isCurrent(document: vscode.TextDocument): boolean {
    const version = this.#versions.get(document.uri.toString());
    return version === undefined ? !document.isDirty : version === document.version;
  }

  /** The URI of a path relative to the folder. */
  uriOf(relative: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder.uri, ...relative.split('/'));
  }

  /** What the disk holds, as it was last inspected; texts that are not saved are not in it. */
  get disk(): Files {
    this.#forgetChanged();
    return this.#disk;
  }

  get registryUri(): vscode.Uri {
    return this.uriOf(registryPath);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of [...this.#disposables, ...this.#named.values()]) each.dispose();
    this.#named.clear();
  }

  #followStamps(fleet: Fleet): void {
    if (fleet.registry === undefined) return;
    const files = [registryPath, lockPath, '.claude/settings.json', '.claude/settings.local.json'];
    for (const { outputs } of fleet.agents)
      for (const { kind, path: file } of outputs) if (kind === 'settings') files.push(file);
    // What the registry names is watched from now on only, and a watcher takes a moment to begin.
    files.push(...[...this.#named.keys()].map((file) => file.replaceAll(path.sep, '/')));
    this.#stamps.follow(files.map((file) => inWorkspace(fleet.root, file)));
  }

  #isSeen(document: vscode.TextDocument): boolean {
    return (
      document.uri.scheme === 'file' &&
      seenUnsaved.test(document.uri.path) &&
      vscode.workspace.getWorkspaceFolder(document.uri)?.uri.toString() === this.folder.uri.toString()
    );
  }

  #onDocument(document: vscode.TextDocument): void {
    if (!this.#isSeen(document)) return;
    // Saved, or reloaded since its file changed, of which our own watcher may tell later.
    if (!document.isDirty) this.#changedFiles.add(document.uri.fsPath);
    this.requestRefresh();
  }

  /** With `/`, whatever the platform. */
  #relative(uri: vscode.Uri): string {
    return path.relative(this.folder.uri.fsPath, uri.fsPath).split(path.sep).join('/');
  }

  #watch(pattern: string): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(this.folder, pattern),
    );
    const changed = (uri: vscode.Uri) => {
      const file = this.#relative(uri);
      // Others may write there all day: copies of the workspace, packages.
      if (pattern.startsWith('**') && !isSettingsFile(file)) return;
      if (isSettingsFile(file)) this.#settingsFiles.add(file);
      this.#changedFiles.add(uri.fsPath);
      this.requestRefresh();
    };
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
    return watcher;
  }

  /** Watches the files that agents and all hooks name, and nothing that is no longer named. */
  #watchNamed(fleet: Fleet): void {
    const wanted = new Set<string>();
    const named = [
      ...fleet.agents.flatMap(({ agent }) => [
        ...(agent.persona ? [agent.persona] : []),
        ...agent.contextFiles,
      ]),
      ...[...fleet.agents, ...fleet.liveHooks, ...fleet.otherHooks].flatMap(({ hooks }) =>
        hooks.flatMap(({ script }) => script ?? []),
      ),
    ];
    for (const file of named) {
      const relative = path.isAbsolute(file) ? path.relative(fleet.root, file) : path.normalize(file);
      // Outside the folder it is read at launch anyway; with glob characters it would watch something else.
      const isOutside = path.isAbsolute(relative) || relative.startsWith('..') || relative.startsWith('~');
      const isSeen = relative.startsWith(`agents${path.sep}`);
      if (!isOutside && !isSeen && !/[*?{}[\]\\]/.test(relative)) wanted.add(relative);
    }
    for (const [file, watcher] of this.#named) {
      if (wanted.has(file)) continue;
      watcher.dispose();
      this.#named.delete(file);
    }
    for (const file of wanted) if (!this.#named.has(file)) this.#named.set(file, this.#watch(file));
  }
}
