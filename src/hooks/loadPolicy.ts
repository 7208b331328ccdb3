// The policy that a guard judges by: the file that its arguments name, and only with the contents that they name.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { canonicalJson } from '../policy/canonicalJson.ts';
import type { Policy } from '../policy/policy.ts';
import { sha256 } from '../policy/sha256.ts';
import { Refusal } from './refusal.ts';

const mostBytes = 8 * 1024 * 1024;

/** UTF-16 units up to which hashing by hand takes less than loading node:crypto, as measured. */
const mostHashedByHand = 6 * 1024;

export interface GuardArguments {
  readonly agent: string;
  /** The hash of the policy, hex. */
  readonly sha256: string;
  readonly policyFile: string;
  /** The workspace root; behind it other checkouts of the same workspace, in which the policy holds too. */
  readonly roots: readonly [string, ...string[]];
}

const cannotDecide = (message: string): Refusal => new Refusal('guard/cannot-decide', message);

/** Hooks import nothing of the registry, so the form of an id stands here again. */
const isAgentId = (text: string): boolean => text.length <= 64 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text);

/**
 * `<agent id> <sha256> [<policy file> <workspace root> [<other root>]]`. Without the last ones the guard lies in
 * `agents/.orchestrator/` of its workspace, and finds both from its own place: `CLAUDE_PROJECT_DIR` can be
 * overridden by a settings file. Throws a Refusal for anything else.
 */
export function guardArguments(args: readonly string[], guardFile: () => string): GuardArguments {
  const [agent, sha256, policyFile, root, ...others] = args;
  if (agent === undefined || sha256 === undefined || args.length === 3 || others.length > 1)
    throw cannotDecide('The guard was started without its arguments, so it refuses every call.');
  if (!isAgentId(agent)) throw cannotDecide('The guard was started for something that is not an agent id.');
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw cannotDecide('The guard was started without the hash of its policy.');
  if (policyFile !== undefined && root !== undefined)
    return {
      agent,
      sha256,
      policyFile: resolve(policyFile),
      roots: [resolve(root), ...others.map((other) => resolve(other))],
    };
  const here = dirname(guardFile());
  return {
    agent,
    sha256,
    policyFile: join(here, '..', agent, '.claude', 'policy.json'),
    roots: [join(here, '..', '..')],
  };
}

/** What `policyHash` gives, sooner for a policy of the usual size. */
async function hashOf(policy: unknown): Promise<string> {
  const text = canonicalJson(policy);
  if (text.length <= mostHashedByHand) return sha256(text);
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}

/** The policy, when it is the one that was meant. Rejects with a Refusal otherwise. */
export async function loadPolicy({ agent, sha256: meant, policyFile }: GuardArguments): Promise<Policy> {
  const again = 'Generate the outputs again and restart the agent.';
  let value: unknown;
  try {
    // Anything but a regular file could keep the guard waiting for ever.
    const found = statSync(policyFile);
    if (!found.isFile() || found.size > mostBytes) throw new Error('not a file of a fitting size');
    value = JSON.parse(readFileSync(policyFile, 'utf8').replace(/^\ufeff/, ''));
  } catch {
    throw cannotDecide(
      `The policy of ${agent} is missing or cannot be read, so every call is refused. ${again}`,
    );
  }
  if (typeof value !== 'object' || value === null)
    throw cannotDecide(`The policy of ${agent} is not a JSON object, so every call is refused. ${again}`);
  const policy = value as Policy;
  if (policy.format !== 1)
    throw cannotDecide(
      `The policy of ${agent} has a format that this guard does not know, so every call is refused. Update the extension.`,
    );
  if ((await hashOf(value)) !== meant || policy.agent !== agent)
    throw cannotDecide(
      `The policy of ${agent} is not the one that its settings name, so every call is refused. ${again}`,
    );
  return policy;
}
