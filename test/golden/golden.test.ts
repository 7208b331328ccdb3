// Registry in, outputs out, byte for byte. A folder is a case: registry.yaml, and templates where it has them, beside expected/. UPDATE_GOLDEN=1 writes expected/ anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { checkSettings } from '../../src/claude/checkSettings.ts';
import { readMemory, writeMemory } from '../../src/outputs/memory.ts';
import { plannerOf } from '../../src/outputs/plan.ts';
import {
  type Template,
  type TemplateKind,
  type Templates,
  templatePaths,
} from '../../src/outputs/template/template.ts';
import { parseRegistry } from '../../src/registry/parse.ts';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../test/golden');
const cases = fs
  .readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The plan of a registry as files by their path; the shared hooks are left out, since they are no matter of the registry. */
function planned(text: string, templates: Templates): Readonly<Record<string, string>> {
  const { registry, findings } = parseRegistry(text);
  assert.ok(registry, findings.map((finding) => finding.message).join('\n'));
  const planner = plannerOf(registry, templates);
  const files: Record<string, string> = {};
  for (const agent of registry.agents.values())
    for (const output of planner.outputsOf(agent))
      files[output.path] =
        (output.kind === 'memory' ? writeMemory(output.text, undefined) : output.text) ?? '';
  return files;
}

function templatesIn(directory: string): Templates {
  const read = (kind: TemplateKind): Template | undefined => {
    const file = path.join(directory, path.basename(templatePaths[kind]));
    return fs.existsSync(file)
      ? { path: templatePaths[kind], text: fs.readFileSync(file, 'utf8') }
      : undefined;
  };
  const [settings, memory] = [read('settings'), read('memory')];
  return {
    ...(settings && { settings }),
    ...(memory && { memory }),
    projectRoot: () => '/w',
  };
}

function filesBelow(directory: string): Readonly<Record<string, string>> {
  if (!fs.existsSync(directory)) return {};
  const files: Record<string, string> = {};
  for (const name of fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort())
    if (fs.statSync(path.join(directory, name)).isFile())
      files[name.split(path.sep).join('/')] = fs.readFileSync(path.join(directory, name), 'utf8');
  return files;
}

function update(directory: string, files: Readonly<Record<string, string>>): void {
  fs.rmSync(directory, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), text);
  }
}

describe('golden', () => {
  it('has its cases', () => assert.ok(cases.length >= 6));
  for (const name of cases)
    it(name, () => {
      const templates = templatesIn(path.join(folder, name));
      const files = planned(fs.readFileSync(path.join(folder, name, 'registry.yaml'), 'utf8'), templates);
      const expected = path.join(folder, name, 'expected');
      if (process.env.UPDATE_GOLDEN === '1') update(expected, files);
      const there = filesBelow(expected);
      assert.deepEqual(Object.keys(files).sort(), Object.keys(there).sort());
      for (const [file, text] of Object.entries(files)) assert.equal(text, there[file], file);
      for (const [file, text] of Object.entries(files)) {
        assert.ok(text.endsWith('\n') && !text.includes('\r'), file);
        if (file.endsWith('.json')) JSON.parse(text);
        // What a template says is judged where it is the template's business.
        if (file.endsWith('settings.json') && templates.settings === undefined)
          assert.deepEqual(
            checkSettings(text, { file, source: 'flag' }).findings.filter(
              ({ severity }) => severity !== 'information',
            ),
            [],
          );
        if (file.endsWith('.md')) assert.equal(readMemory(text).kind, 'ours');
      }
    });
});
