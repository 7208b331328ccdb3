// The settings files of a folder as they were last seen on the disk: which changed since, and from what to what.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { Fleet } from '../outputs/fleet.ts';

export interface TextChange {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** Absent for files that are live for all agents. */
  readonly agent?: string;
  /** Undefined where there was or is no text to be had. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Settings that are live for all agents (CLAUDE-CODE-CONTRACT.md section 1.1). */
const live = ['.claude/settings.json', '.claude/settings.local.json'];

export class SettingsTexts {
  readonly #root: string;
  readonly #seen = new Map<string, { readonly path: string; text: string | undefined }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** What is otherwise than when it was last looked at; a file that is looked at for the first time is not. */
  update(fleet: Fleet, disk: Files): readonly TextChange[] {
    const changes: TextChange[] = [];
    for (const file of live) changes.push(...this.#look(disk, file));
    for (const { agent, outputs } of fleet.agents)
      for (const { kind, path } of outputs)
        if (kind === 'settings')
          changes.push(...this.#look(disk, path).map((change) => ({ ...change, agent: agent.id })));
    return changes;
  }

  #look(disk: Files, file: string): readonly TextChange[] {
    const known = this.#seen.get(file);
    const text = disk.read(known?.path ?? inWorkspace(this.#root, file))?.text;
    if (known === undefined) {
      this.#seen.set(file, { path: inWorkspace(this.#root, file), text });
      return [];
    }
    if (known.text === text) return [];
    const before = known.text;
    known.text = text;
    return [{ file, before, after: text }];
  }
}
