import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { registryPlace } from '../../../src/editor/language/registryPlace.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';

/** What stands at the `|` of the text, in a word or two. */
function placeAt(marked: string): string | undefined {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const before = marked.slice(0, offset).split('\n');
  const parsed = parseRegistry(text);
  assert.ok(parsed.registry, JSON.stringify(parsed.findings));
  const place = registryPlace(
    parsed.registry.agents,
    parsed.positions,
    before.length,
    (before.at(-1)?.length ?? 0) + 1,
  );
  if (!place) return undefined;
  return place.kind === 'agent'
    ? `agent ${place.agent.id}`
    : `${place.agent.id} ${place.list} ${place.value}`;
}

const registry = (changed: Record<string, string>): string => {
  const lines = {
    defaults: 'defaults:\n  cannot_read: [secrets/**]',
    head: 'agents:\n  a:',
    name: '    name: a',
    display: '    display_name: A',
    description: '    description: Does a',
    model: '    model: opus',
    tools: '    tools: [Read, Edit]',
    access: '    cannot_access:\n      - tests/**\n      - "*.md"',
    ...changed,
  };
  return `${Object.values(lines).join('\n')}\n`;
};

describe('registryPlace', () => {
  const cases: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
    ["an agent's key", { head: 'agents:\n  |a:' }, 'agent a'],
    ['a tool', { tools: '    tools: [Read, E|dit]' }, 'a tools Edit'],
    ['a glob', { access: '    cannot_access:\n      - te|sts/**' }, 'a cannot_access tests/**'],
    ['a quoted glob', { access: '    cannot_access:\n      - "*.m|d"' }, 'a cannot_access *.md'],
    ['the name of a list', { access: '    cannot_|access:\n      - tests/**' }, undefined],
    ['a plain field', { model: '    model: op|us' }, undefined],
    ['a default', { defaults: 'defaults:\n  cannot_read: [sec|rets/**]' }, undefined],
  ];
  for (const [name, changed, expected] of cases)
    it(name, () => assert.equal(placeAt(registry(changed)), expected));
});
