// Compiles schemas/*.schema.json into self-contained validators, so that ajv is needed at build time only.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Which schema becomes which file, and the functions it exports, each with the place in the schema it checks. */
const targets = [
  {
    schema: 'schemas/registry.schema.json',
    output: 'src/registry/registrySchema.generated.ts',
    functions: {
      validate: '',
      validateAgent: '#/definitions/agent',
      validateDefaults: '#/definitions/defaults',
    },
  },
  {
    schema: 'schemas/settings.schema.json',
    output: 'src/claude/settingsSchema.generated.ts',
    functions: { validate: '' },
  },
  {
    schema: 'schemas/ws-messages.schema.json',
    output: 'src/protocol/wsSchema.generated.ts',
    functions: {
      validateClient: '#/definitions/clientMessage',
      validateServer: '#/definitions/serverMessage',
    },
    types: 'src/protocol/wsMessages.generated.ts',
  },
];

/** Keywords that editors read for hovers and completion; they check nothing. */
const editorKeywords = [
  'markdownDescription',
  'markdownEnumDescriptions',
  'enumDescriptions',
  'defaultSnippets',
  'errorMessage',
  'deprecationMessage',
  'doNotSuggest',
];

const words = new Set(['title', 'description', 'examples', 'default', ...editorKeywords]);

const types = `
/** One thing in a value that the schema does not admit. */
export interface SchemaError {
  /** RFC 6901 pointer to the value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
`;

/**
 * ajv writes out, for every constraint, an error object and how it is added to the list: most of a validator's size.
 * One function says the same; the place in the schema and ajv's words, which nobody reads, are left out.
 */
function withShortErrors(code) {
  const written =
    /const (err\d+) = \{ instancePath(?:: ([^\n]*?))?, schemaPath: "(?:[^"\\]|\\.)*", keyword: ("\w+"), params: (\{[^\n]*?\})(?:, propertyName: \w+)? \};\s*if \(vErrors === null\) \{\s*vErrors = \[\1\];\s*\} else \{\s*vErrors\.push\(\1\);\s*\}/g;
  const short = code
    .replaceAll(/(\w+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, 'segment($1)')
    .replace(
      written,
      (_written, _name, at, keyword, params) =>
        `vErrors = withError(vErrors, ${at ?? 'instancePath'}, ${keyword}, ${keyword === '"pattern"' ? '{}' : params});`,
    );
  if (/schemaPath/.test(short))
    throw new Error('scripts/schemas.mjs: an error object of a form that is not known');
  return `const segment = (key) => key.replace(/~/g, "~0").replace(/\\//g, "~1");
const withError = (errors, instancePath, keyword, params) => {
  const error = { instancePath, keyword, params };
  return errors === null ? [error] : [...errors, error];
};
${short}`;
}

/**
 * ajv carries the schemas along for the few lists that its errors quote, and compiles a definition again for each name
 * that it is asked for by. Here the lists stand where they are quoted, and a function that is there already is used.
 */
function withoutCopies(code) {
  const schemas = new Map();
  let short = code.replaceAll(/^var (schema\d+) = (\{.*\});\n/gm, (_line, name, json) => {
    schemas.set(name, JSON.parse(json));
    return '';
  });
  short = short.replaceAll(/\b(schema\d+)((?:\.\w+|\["(?:[^"\\]|\\.)*"\])+)/g, (_quoted, name, steps) => {
    let value = schemas.get(name);
    for (const [, word, text] of steps.matchAll(/\.(\w+)|\[("(?:[^"\\]|\\.)*")\]/g))
      value = value[word ?? JSON.parse(text)];
    return JSON.stringify(value);
  });
  if (/\bschema\d+\b/.test(short))
    throw new Error('scripts/schemas.mjs: a schema is used in a way that is not known');
  const known = new Map();
  const renamed = new Map();
  short = short.replaceAll(/^function (validate\d+)\([\s\S]*?^\}\n/gm, (text, name) => {
    const body = text.replaceAll(name, 'itself');
    if (known.has(body)) renamed.set(name, known.get(body));
    else known.set(body, name);
    return renamed.has(name) ? '' : text;
  });
  return short.replaceAll(/\bvalidate\d+\b/g, (name) => renamed.get(name) ?? name);
}

async function validatorOf({ schema: path, functions }) {
  const schema = JSON.parse(readFileSync(join(root, path), 'utf8'), (key, value) =>
    // Words for a person check nothing, and a validator carries its schema along.
    words.has(key) && (typeof value === 'string' || Array.isArray(value)) ? undefined : value,
  );
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    allowUnionTypes: true,
    code: { esm: true, source: true },
    strictTypes: false,
    strictTuples: false,
    validateFormats: false,
    keywords: editorKeywords,
  });
  const id = schema.$id ?? path;
  ajv.addSchema({ ...schema, $id: id });
  const raw = Object.fromEntries(Object.entries(functions).map(([name, at]) => [`${name}Raw`, id + at]));
  const wrappers = Object.keys(functions).map(
    (name) => `
/** What is wrong with the value; empty when it is valid. */
export function ${name}(value: unknown): readonly SchemaError[] {
  return ${name}Raw(value) ? [] : ${name}Raw.errors;
}
`,
  );
  const bundled = await build({
    stdin: {
      contents: standaloneCode(ajv, raw),
      resolveDir: root,
      loader: 'js',
    },
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  const code = withoutCopies(withShortErrors(bundled.outputFiles[0].text));
  return `// @ts-nocheck\n// Compiled from ${path} by scripts/schemas.mjs; change the schema, not this file.\n${code}${types}${wrappers.join('')}`;
}

/** The TypeScript types of a schema, named by its titles, in the form that the formatter gives. */
async function typesOf({ schema: path }) {
  const schema = JSON.parse(readFileSync(join(root, path), 'utf8'));
  const written = await compile(schema, schema.title, {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
  });
  const types = written
    .replaceAll(/^(\w+\??: )/gm, '  readonly $1')
    .replaceAll(/^(\[k: string\]: )/gm, '  readonly $1')
    .replaceAll(/: (\w+)\[\]$/gm, ': readonly $1[]')
    .replaceAll(/^(\/\*\*|\*\/| \*)(?=.*\n(?:.*\*.*\n)* *readonly)/gm, '  $1')
    .replaceAll(/\/\*\*\n +\* (.*)\n( *)\*\//g, '/** $1 */');
  return `// Made from ${path} by scripts/schemas.mjs; change the schema, not this file.\n\n${types.trim()}\n`;
}

/** The sources that are made from the schemas, by their paths relative to the project. */
export async function makeSources() {
  const made = new Map();
  for (const target of targets) {
    if (!existsSync(join(root, target.schema))) continue;
    made.set(target.output, await validatorOf(target));
    if (target.types !== undefined) made.set(target.types, await typesOf(target));
  }
  return made;
}

/** Writes the sources that are made from the schemas. Touches a file only when its content changed. */
export async function compileSchemas() {
  for (const [path, text] of await makeSources()) {
    const output = join(root, path);
    if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileSchemas();
