// The settings that a session of a proof is given: all of them, or one carrier's alone. Pure.
import { isObject, type Json, readJson } from '../claude/jsonText.ts';
import { reportedEvents } from '../outputs/settings.ts';
import type { Carrier } from './proofRecord.ts';

/**
 * A settings file's text with the carriers that are asked for. `rules`: no hook at all. `guard`: no deny rule. Always
 * without our reports, which decide nothing and cost a process for every event. A text that is no JSON object is left
 * as it is: the CLI drops it.
 */
export function carrierAlone(text: string, carrier: Carrier): string {
  const { value } = readJson(text);
  if (!isObject(value)) return text;
  if (carrier === 'rules') {
    const { hooks: _, ...rest } = value;
    return `${JSON.stringify(rest, null, 2)}\n`;
  }
  const denies = carrier === 'guard' ? withoutDenies(value) : {};
  return `${JSON.stringify({ ...value, ...denies, ...withoutReports(value) }, null, 2)}\n`;
}

function withoutDenies(value: { readonly [key: string]: Json | undefined }): Record<string, Json> {
  if (!isObject(value.permissions)) return {};
  const { deny: _, ...rest } = value.permissions;
  return { permissions: rest };
}

function withoutReports(value: { readonly [key: string]: Json | undefined }): Record<string, Json> {
  if (!isObject(value.hooks)) return {};
  const events = Object.entries(value.hooks).filter(
    ([event]) => !(reportedEvents as readonly string[]).includes(event),
  );
  return { hooks: Object.fromEntries(events) };
}

/** The launch line as a proof runs it: printing, asking nobody, in a mode in which only rules, guard and sandbox refuse. */
export function printingLine(args: readonly string[], settings: string, carrier: Carrier): readonly string[] {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const line = own.map((word, index) => {
    if (own[index - 1] === '--permission-mode') return 'bypassPermissions';
    return own[index - 1] === '--settings' ? settings : word;
  });
  // `--tools=` is a carrier of its own: with it gone, the CLI offers what it has.
  const kept = carrier === 'all' ? line : line.filter((word) => !word.startsWith('--tools='));
  return ['-p', ...kept, '--', 'Go on.'];
}
