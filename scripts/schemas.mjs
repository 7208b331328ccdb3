// Compiles schemas/*.schema.json into self-contained validators, so that ajv is needed at build time only.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

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

const types = `
/** One thing in a value that the schema does not admit. */
export interface SchemaError {
  /** RFC 6901 pointer to the value. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}
`;

async function validatorOf({ schema: path, functions }) {
  const schema = JSON.parse(readFileSync(join(root, path), 'utf8'));
  const ajv = new Ajv({
    allErrors: true,
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
  const code = bundled.outputFiles[0].text;
  return `// @ts-nocheck\n// Compiled from ${path} by scripts/schemas.mjs; change the schema, not this file.\n${code}${types}${wrappers.join('')}`;
}

/** Writes the validators of the schemas that exist. Touches a file only when its content changed. */
export async function compileSchemas() {
  for (const target of targets) {
    if (!existsSync(join(root, target.schema))) continue;
    const text = await validatorOf(target);
    const output = join(root, target.output);
    if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileSchemas();
