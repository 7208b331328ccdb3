// Rules about `env`: names that an agent may not set, and values that look like secrets. No value is ever shown.
import { visibleShort } from '../../findings/visible.ts';
import type { RegistryCode } from '../codes.ts';
import type { Draft } from '../draft.ts';
import { type Entry, isPlain, keySpan, valueSpan, writtenIn } from '../entry.ts';

/** Compared without case: proxies are read in lower case too, and Windows does not tell cases apart. */
const forbiddenName =
  /^(PATH|HOME|SHELL|BASH_ENV|.*_PROXY|NODE_.*|LD_.*|DYLD_.*|ANTHROPIC_.*|CLAUDE.*|NATIVE_ORCHESTRATOR_.*)$/i;

/** Whether the registry may not set a variable of that name. */
export function isForbiddenEnv(name: string): boolean {
  return forbiddenName.test(name);
}

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

const secretName =
  /(^|_)(SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|CREDENTIALS?)(_|$)/i;
/** A name that only speaks of a secret: where it lies, what it is called, how long it lasts. */
const aboutSecret = /_(FILE|PATH|DIR|NAME|URL|TTL|LENGTH|LIMIT|COUNT)$/i;
/** Too short to be a secret, or a number, a truth value or a reference to another variable. */
const harmlessValue = /^(.{0,5}|[\d.,_-]+|true|false|\$\{?\w+\}?)$/is;

/** Forms that issuers give their keys, so that scanners find them. */
const secretValues: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/,
  /\bglpat-[A-Za-z0-9_-]{16,}/,
  /\bnpm_[A-Za-z0-9]{30,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./,
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i,
];

function looksSecret(name: string, value: string): boolean {
  if (secretValues.some((form) => form.test(value))) return true;
  return secretName.test(name) && !aboutSecret.test(name) && !harmlessValue.test(value);
}

export function* badEnv(entry: Entry): Generator<Draft> {
  const { env } = writtenIn(entry);
  if (!isPlain(env)) return;
  for (const [name, value] of Object.entries(env)) {
    const shown = visibleShort(name);
    const at = (code: RegistryCode, place: 'key' | 'value', message: string): Draft => ({
      code,
      span: (place === 'key' ? keySpan : valueSpan)(entry, 'env', name),
      args: { name: shown },
      message,
    });
    if (!validName.test(name))
      yield at(
        'registry/bad-value',
        'key',
        `\`${shown}\` is not the name of an environment variable: letters, digits and underscores, not starting with a digit.`,
      );
    else if (isForbiddenEnv(name))
      yield at(
        'registry/forbidden-env',
        'key',
        `\`env\` may not set \`${shown}\`: it decides which programs run, where traffic goes or how the session is guarded.`,
      );
    else if (typeof value === 'string' && looksSecret(name, value))
      yield at(
        'registry/secret-in-env',
        'value',
        `The value of \`${shown}\` looks like a secret, and the registry and its outputs are committed. Set it outside, in the environment the agent is started from.`,
      );
  }
}
