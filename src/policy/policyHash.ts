// The identity of a policy: what the guard is given as an argument and compares with the file that it reads.
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonicalJson.ts';

/**
 * The sha256, in hex, of the canonical form of a policy as it stands in its file: keys that a newer version may
 * have added count, order of keys and white space do not.
 */
export function policyHash(policy: unknown): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex');
}
