// Takes secrets out of what the hub stores, whoever wrote it: hooks do so themselves, but anybody can write to a spool. Pure.
import { redact, redacted } from '../protocol/redact.ts';
import { freeFields, type SpoolLine } from '../protocol/spoolLine.ts';
import type { Json } from './hubEvent.ts';

/** The line without secrets; the line itself where there are none. */
export function redactLine(line: SpoolLine): SpoolLine {
  let changed: Record<string, string> | undefined;
  for (const field of freeFields) {
    const text = line[field];
    if (text === undefined) continue;
    const left = redact(text);
    if (left !== text) changed = { ...changed, [field]: left };
  }
  return changed === undefined ? line : { ...line, ...changed };
}

/** Whether what stands behind such a name is a secret, as `password=…` in a text is. */
function isSecretName(name: string): boolean {
  const text = `${name}=xxxxxxxx`;
  return redact(text) !== text;
}

/** Values without secrets, as deep as they go. */
export function redactJson(value: Json): Json {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (typeof each === 'string' && isSecretName(key)) return [key, redacted];
      return [key, each === undefined ? undefined : redactJson(each)];
    }),
  );
}
