// What an agent's outputs, persona and context say on the disk now, as three hashes: the same ones mean nothing changed.
import path from 'node:path';
import { readJson } from '../claude/jsonText.ts';
import type { Files } from '../files/files.ts';

import { canonicalJson } from '../policy/canonicalJson.ts';
import type { Agent } from '../registry/model.ts';
import { plainText, sha256 } from './lock.ts';
import { memoryPath, settingsPath } from './plan.ts';

/** sha256, hex. FORMATS.md "session record". */
export interface ConfigHashes {
  /** Of the committed settings, which hold the hash of the policy too; order and layout of their JSON do not count. */
  readonly settingsSha: string;
  /** Of the whole CLAUDE.md, what people wrote included. */
  readonly memorySha: string;
  /** Of persona and context files, in their order. */
  readonly contextSha: string;
}

/** The hashes of what a start would run with now. A file that is absent or can't be read counts as an empty one. Never throws. */
export function configHashes(
  files: Files,
  root: string,
  agent: Pick<Agent, 'id' | 'persona' | 'contextFiles'>,
): ConfigHashes {
  const textOf = (file: string): string => plainText(files.read(path.resolve(root, file))?.text ?? '');
  const settings = textOf(settingsPath(agent.id));
  const { value } = readJson(settings);
  const context = [...(agent.persona === undefined ? [] : [agent.persona]), ...agent.contextFiles];
  return {
    settingsSha: sha256(value === undefined ? settings : canonicalJson(value)),
    memorySha: sha256(textOf(memoryPath(agent.id))),
    contextSha: sha256(JSON.stringify(context.map(textOf))),
  };
}
