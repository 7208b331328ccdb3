// Compares the findings of a settings file with the markers in its text: `^^^^ code` below the offending characters.
import assert from 'node:assert/strict';
import { checkSettings, type SettingsReport } from '../../../src/claude/checkSettings.ts';
import type { SettingsSource } from '../../../src/claude/settingsReport.ts';

const marker = /^( *)(\^+) (claude\/[a-z-]+)$/;

/** Checks that the text without its markers has exactly the findings they name, and gives back the report. */
export function checkMarked(marked: string, source: SettingsSource = 'project'): SettingsReport {
  const text: string[] = [];
  const expected: string[] = [];
  for (const line of marked.replace(/^\n/, '').split('\n')) {
    const match = marker.exec(line);
    if (match === null) text.push(line);
    else {
      const column = (match[1] ?? '').length + 1;
      expected.push(`${text.length}:${column}-${column + (match[2] ?? '').length} ${match[3]}`);
    }
  }
  const report = checkSettings(text.join('\n'), { file: '.claude/settings.json', source });
  const found = report.findings.map((finding) => {
    // A span over several lines is marked on its first one, up to its end.
    const end =
      finding.endLine === finding.line ? finding.endColumn : (text[finding.line - 1] ?? '').length + 1;
    return `${finding.line}:${finding.column}-${end} ${finding.code}`;
  });
  const order = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10);
  assert.deepEqual(
    [...found].sort(order),
    [...expected].sort(order),
    report.findings.map((finding) => finding.message).join('\n'),
  );
  return report;
}

/** The codes of the findings of a text, in their order. */
export function codesOf(text: string, source: SettingsSource = 'project'): readonly string[] {
  return checkSettings(text, { file: 'x', source }).findings.map((finding) => finding.code);
}
