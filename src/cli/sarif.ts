// Findings as SARIF 2.1.0, for what shows results of checks beside code.
import { claudeCodes } from '../claude/codes.ts';
import type { CodeInfo, Finding, Related, Severity } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import { outputCodes } from '../outputs/codes.ts';
import { guardCodes } from '../policy/codes.ts';
import { proofCodes } from '../proof/codes.ts';
import { registryCodes } from '../registry/codes.ts';
import { cliCodes } from './codes.ts';
import type { Io } from './verb.ts';

const codes: Readonly<Record<string, CodeInfo>> = {
  ...registryCodes,
  ...claudeCodes,
  ...outputCodes,
  ...guardCodes,
  ...proofCodes,
  ...cliCodes,
};

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** The first sentence of a help text. */
const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/su.exec(text)?.[0] ?? text;

function ruleOf(id: string): object {
  const info = codes[id];
  if (info === undefined) return { id };
  return {
    id,
    shortDescription: { text: firstSentence(info.help) },
    help: { text: info.help },
    defaultConfiguration: { level: levels[info.severity] },
  };
}

function physicalLocation(place: Related | Finding): object {
  const { file, line, column, endLine, endColumn } = place;
  return {
    artifactLocation: {
      uri: file.split('/').map(encodeURIComponent).join('/'),
      uriBaseId: '%SRCROOT%',
    },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** The log of one run. Paths are relative to the workspace; columns count UTF-16 units, as ours do. */
export function sarifLog(findings: readonly Finding[], version: string): object {
  const ids = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'native-orchestrator', version, rules: ids.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: ids.indexOf(finding.code),
          level: levels[finding.severity],
          message: { text: visible(finding.message) },
          locations: [
            {
              physicalLocation: physicalLocation(finding),
              ...(finding.agent === undefined
                ? {}
                : { logicalLocations: [{ name: finding.agent, kind: 'member' }] }),
            },
          ],
          ...(finding.related === undefined || finding.related.length === 0
            ? {}
            : {
                relatedLocations: finding.related.map((related) => ({
                  physicalLocation: physicalLocation(related),
                  message: { text: visible(related.message) },
                })),
              }),
        })),
      },
    ],
  };
}

export function printSarif(io: Io, findings: readonly Finding[]): void {
  io.out(`${JSON.stringify(sarifLog(findings, io.version), null, 2)}\n`);
}
