// Whether a session runs with what the disk no longer says: a launch copy is frozen (DESIGN.md section 4).
import type { ConfigHashes } from '../outputs/configHashes.ts';

/** The parts of an agent's configuration that a record has hashes of. */
export type ConfigPart = 'settings' | 'memory' | 'context';

const parts = [
  ['settings', 'settingsSha'],
  ['memory', 'memorySha'],
  ['context', 'contextSha'],
] as const satisfies readonly (readonly [ConfigPart, keyof ConfigHashes])[];

/** What changed on the disk since the session started; empty when nothing did. `disk`: the hashes of now. */
export function olderThanDisk(record: ConfigHashes, disk: ConfigHashes): readonly ConfigPart[] {
  return parts.filter(([, hash]) => record[hash] !== disk[hash]).map(([part]) => part);
}
