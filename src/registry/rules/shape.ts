// Rules about an entry's shape: types, required fields, and fields that nobody knows.
import { nearMiss } from '../../findings/nearMiss.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { Draft, Span } from '../draft.ts';
import { type Entry, isPlain, keySpan, valueSpan, writtenIn } from '../entry.ts';
import { permissionModes } from '../model.ts';
import { type SchemaError, validateAgent, validateDefaults } from '../registrySchema.generated.ts';
import { didYouMean } from '../wording.ts';

const identityFields = ['name', 'display_name', 'description'] as const;

/** The fields that `defaults` may give too. */
export const commonFields = [
  'model',
  'tools',
  'delegates_to',
  'cannot_access',
  'exclusive_access',
  'cannot_read',
  'responsibilities',
  'forbidden',
  'group',
  'owner',
  'tags',
  'persona',
  'context_files',
  'permission_mode',
  'allow_bash',
  'deny_bash',
  'sandbox',
  'env',
  'mcp_servers',
  'worktree',
  'prompt',
  'autostart',
  'ignore',
] as const;

export const agentFields: readonly string[] = [...identityFields, ...commonFields];
export const topLevelFields: readonly string[] = ['version', 'defaults', 'pilot', 'agents'];

/** Where a schema error stands, as steps. */
export type Path = readonly (string | number)[];

export function* wrongShapes(entry: Entry): Generator<Draft> {
  const errors = entry.kind === 'agent' ? validateAgent(entry.value) : validateDefaults(entry.value);
  yield* shapeDrafts(errors, entry.value, entry.id, (path) => valueSpan(entry, ...path));
}

/** Drafts for what a schema found. A missing field of an agent itself is left to `missingFields`. */
export function* shapeDrafts(
  errors: readonly SchemaError[],
  value: unknown,
  of: string,
  spanAt: (path: Path) => Span,
): Generator<Draft> {
  const seen = new Set<string>();
  for (const error of errors) {
    // What a definition and the one it builds upon both ask for comes twice.
    const identity = JSON.stringify([error.instancePath, error.keyword, error.params.missingProperty]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const path = stepsOf(error.instancePath, value);
    if (error.keyword === 'required' && path.length === 0) continue;
    yield shapeDraft(error, path, valueAt(value, path), of, spanAt(path));
  }
}

function shapeDraft(error: SchemaError, path: Path, found: unknown, of: string, span: Span): Draft {
  const field = visibleShort(path.length === 0 ? of : path.map(String).join('.'));
  switch (error.keyword) {
    case 'required': {
      const missing = String(error.params.missingProperty);
      const message = `\`${field}\` lacks \`${missing}\`.`;
      return { code: 'registry/missing-field', span, args: { field: missing }, message };
    }
    case 'minLength': {
      const message = `\`${field}\` is empty. Write a text, or delete the field if it is optional.`;
      return { code: 'registry/missing-field', span, args: { field }, message };
    }
    case 'enum': {
      const mode = visibleShort(String(found));
      const guess = didYouMean(nearMiss(String(found), permissionModes));
      const message = `\`${mode}\` is not a permission mode.${guess} The modes are ${permissionModes.join(', ')}.`;
      return { code: 'registry/unknown-permission-mode', span, args: { mode }, message };
    }
    case 'pattern': {
      const shown = visibleShort(String(found));
      const message = `\`${field}\` is \`${shown}\`, but must be ${formOf(path)}.`;
      return { code: 'registry/bad-value', span, args: { field, found: shown }, message };
    }
    default: {
      const expected = typeWords(error.params.type);
      const kind = kindOf(found);
      const message = `\`${field}\` is ${kind}, but must be ${expected}.${wayOut(expected, found)}`;
      return { code: 'registry/wrong-type', span, args: { field, expected, found: kind }, message };
    }
  }
}

function formOf(path: Path): string {
  const field = String(path.findLast((step) => typeof step === 'string'));
  if (field === 'until') return 'a day such as 2030-12-31';
  if (field === 'model') return 'a name without spaces that does not start with a hyphen';
  if (field === 'tools' || field === 'mcp_servers')
    return 'a single name without commas that does not start with a hyphen or a space';
  return 'a text that is not empty and has no line breaks or other control characters';
}

function typeWords(type: unknown): string {
  const types = Array.isArray(type) ? type : [type];
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    array: 'a list',
    object: 'a map',
    boolean: 'true or false',
  };
  return types.map((each) => words[String(each)] ?? String(each)).join(' or ');
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'left without a value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'boolean') return `the truth value ${value}`;
  return typeof value === 'string' ? 'a text' : `the number ${visibleShort(String(value))}`;
}

function wayOut(expected: string, found: unknown): string {
  if (found === null || found === undefined)
    return expected === 'a list' ? ' Write [] for an empty list.' : '';
  if (expected === 'a text' && (typeof found === 'number' || typeof found === 'boolean'))
    return ' Put it in quotes.';
  if (expected === 'a list' && typeof found === 'string') return ' Write it as `- item` lines, or in [ ].';
  return '';
}

function stepsOf(pointer: string, value: unknown): Path {
  const steps: (string | number)[] = [];
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const step = Array.isArray(at) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
    steps.push(step);
    at = valueAt(at, [step]);
  }
  return steps;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path)
    at = Array.isArray(at) ? at[Number(step)] : isPlain(at) ? at[String(step)] : undefined;
  return at;
}

/** Required fields that neither the agent nor the defaults give. */
export function* missingFields(entry: Entry, defaults: Entry | undefined): Generator<Draft> {
  if (!isPlain(entry.value)) return;
  const own = writtenIn(entry);
  for (const field of [...identityFields, 'model', 'tools'] as const) {
    if (own[field] !== undefined || entry.fields.has(field)) continue;
    const mayBeDefault = field === 'model' || field === 'tools';
    if (mayBeDefault && defaults?.fields.has(field)) continue;
    yield {
      code: 'registry/missing-field',
      span: entry.key,
      args: { field },
      message: `\`${visibleShort(entry.id)}\` has no \`${field}\`, which every agent needs${mayBeDefault ? ', here or in `defaults`' : ''}.`,
    };
  }
}

export function* unknownFields(entry: Entry): Generator<Draft> {
  const known = entry.kind === 'agent' ? agentFields : commonFields;
  for (const field of entry.fields.keys()) {
    if (entry.kind === 'defaults' && identityFields.some((each) => each === field))
      yield unknownField(
        field,
        keySpan(entry, field),
        'It belongs to each agent, so in `defaults` it has no effect.',
      );
    else if (!known.includes(field)) yield unknownFieldDraft(field, keySpan(entry, field), known);
  }
}

/** A field that is not among the known ones: a warning when it nearly is. */
export function unknownFieldDraft(field: string, span: Span, known: readonly string[]): Draft {
  const shown = visibleShort(field);
  const meant = nearMiss(field, known);
  if (meant === undefined) return unknownField(field, span, 'It has no effect.');
  return {
    code: 'registry/misspelt-field',
    span,
    args: { field: shown, meant },
    message: `There is no field \`${shown}\`; did you mean \`${meant}\`? As it stands it has no effect.`,
  };
}

function unknownField(field: string, span: Span, effect: string): Draft {
  const shown = visibleShort(field);
  return {
    code: 'registry/unknown-field',
    span,
    args: { field: shown },
    message: `\`${shown}\` is not a field of the registry. ${effect}`,
  };
}
