// Compares a registry's findings with the markers in its text: `^^^^ code` below the offending characters.
import assert from 'node:assert/strict';
import { type ParsedRegistry, type ParseOptions, parseRegistry } from '../../../src/registry/parse.ts';

/** The text without its common indentation and without the first line break. */
export function dedent(text: string): string {
  const lines = text
    .replace(/^\n/, '')
    .replace(/\n[ ]*$/, '\n')
    .split('\n');
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return lines.map((line) => line.slice(depth)).join('\n');
}

const marker = /^( *)(\^+) ([a-z]+\/[a-z-]+)$/;

/** Checks that the text without its markers has exactly the findings that they name, and gives back the parse. */
export function checkFindings(marked: string, options: ParseOptions = {}): ParsedRegistry {
  const text: string[] = [];
  const expected: string[] = [];
  for (const line of dedent(marked).split('\n')) {
    const match = marker.exec(line);
    if (match === null) text.push(line);
    else {
      const column = (match[1] ?? '').length + 1;
      expected.push(`${text.length}:${column}-${column + (match[2] ?? '').length} ${match[3]}`);
    }
  }
  const parsed = parseRegistry(text.join('\n'), 'agents/registry.yaml', options);
  const found = parsed.findings.map((finding) => {
    const end = finding.endLine === finding.line ? '' : `${finding.endLine}:`;
    return `${finding.line}:${finding.column}-${end}${finding.endColumn} ${finding.code}`;
  });
  const messages = parsed.findings.map((finding) => finding.message).join('\n');
  assert.deepEqual(found, expected, messages);
  const hasError = parsed.findings.some((finding) => finding.severity === 'error');
  assert.equal(parsed.registry === undefined, hasError);
  return parsed;
}

/** Checks an agent `a-agent` whose required fields are given, with these further lines; markers as above. */
export function checkAgent(lines: string, options: ParseOptions = {}): ParsedRegistry {
  return checkFindings(`${sound('a-agent')}${indented(lines)}`, options);
}

/** A registry with sound agents, each with further lines. Markers as above. */
export function checkAgents(
  agents: Readonly<Record<string, string>>,
  options: ParseOptions = {},
): ParsedRegistry {
  const blocks = Object.entries(agents).map(([id, lines]) => soundEntry(id) + indented(lines));
  return checkFindings(`agents:\n${blocks.join('')}`, options);
}

function indented(lines: string): string {
  const text = dedent(lines);
  return `${text}\n`
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : `    ${line}`))
    .join('\n');
}

/** The beginning of a registry with one sound agent. */
export function sound(id: string): string {
  return `agents:\n${soundEntry(id)}`;
}

function soundEntry(id: string): string {
  return `  ${id}:\n    name: ${id}\n    display_name: A\n    description: An agent.\n    model: opus\n    tools: [Read, Edit]\n`;
}
