// A workspace as earlier tooling left it, in a scratch folder.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Scratch, scratch } from './cliProcess.ts';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const earlierTooling = path.join(checkout, 'test/fixtures/earlierTooling');
export const settingsTemplate = 'scripts/native-orchestrator/templates/settings.json.template';
export const memoryTemplate = 'scripts/native-orchestrator/templates/CLAUDE.md.template';

/** Without its settings files it is as before the first generate; without its templates as after somebody removed them. */
export function earlierFleet({ hasSettings = true, hasTemplates = true } = {}): Scratch {
  const at = scratch(null);
  fs.cpSync(earlierTooling, at.root, { recursive: true });
  if (!hasTemplates) fs.rmSync(path.join(at.root, 'scripts'), { recursive: true });
  if (!hasSettings)
    for (const id of ['builder', 'reviewer'])
      fs.rmSync(path.join(at.root, 'agents', id), { recursive: true });
  return at;
}
