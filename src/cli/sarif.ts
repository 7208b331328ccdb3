// Findings as SARIF 2.1.0, for what shows results of checks beside code.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { claudeCodes } from '../claude/codes.ts';
import type { CodeInfo, Finding, Related, Severity } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import { outputCodes } from '../outputs/codes.ts';
import { guardCodes } from '../policy/codes.ts';
import { proofCodes } from '../proof/codes.ts';
import { registryCodes } from '../registry/codes.ts';
import { type CliCode, cliCodes } from './codes.ts';

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
    // GitHub's code scanning takes no rule without it.
    fullDescription: { text: info.help },
    help: { text: info.help },
    defaultConfiguration: { level: levels[info.severity] },
  };
}

/** A lone half of a surrogate pair, which cannot be percent-encoded. */
const loneSurrogate = /\p{Cs}/gu;

/** A path as a relative URI. */
const uriOf = (file: string): string =>
  file.replace(loneSurrogate, '\ufffd').split('/').map(encodeURIComponent).join('/');

/**
 * By what a result is known again when lines above it come and go: what it is about, not its place or its words. Of
 * several that are alike, `nth` tells them apart.
 */
function fingerprint({ code, file, agent = '', key, args }: Finding, nth: number): string {
  // The values that a key should have and has may change while it is still the same difference.
  const about = key ?? Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([code, file, agent, about]);
  return `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}:${nth}`;
}

/** Of each finding its fingerprint, in their order. */
function fingerprints(findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const first = fingerprint(finding, 1);
    const nth = (seen.get(first) ?? 0) + 1;
    seen.set(first, nth);
    return nth === 1 ? first : fingerprint(finding, nth);
  });
}

function physicalLocation(place: Related | Finding, folder: string): object {
  const { file, line, column, endLine, endColumn } = place;
  return {
    artifactLocation: { uri: uriOf(path.posix.join(folder, file)), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** What concerns the run and no place in a file is a notification; a result has a place. */
const hasPlace = ({ file }: Finding): boolean => file !== '.';
const notDone: ReadonlySet<string> = new Set<CliCode>(['cli/wrong-usage', 'cli/not-done']);

/**
 * The log of one run. `folder` is where the workspace lies in the repository, `''` when it is its root; paths are
 * relative to the repository. Columns count UTF-16 units, as ours do.
 */
export function sarifLog(all: readonly Finding[], version: string, folder = ''): object {
  const findings = all.filter(hasPlace);
  const others = all.filter((finding) => !hasPlace(finding));
  const ids = [...new Set(findings.map(({ code }) => code))].sort();
  const known = fingerprints(findings);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'native-orchestrator', version, rules: ids.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: !others.some(({ code }) => notDone.has(code)),
            ...(others.length === 0
              ? {}
              : {
                  toolExecutionNotifications: others.map(({ code, severity, message }) => ({
                    descriptor: { id: code },
                    level: levels[severity],
                    message: { text: visible(message) },
                  })),
                }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding, index) => ({
          ruleId: finding.code,
          ruleIndex: ids.indexOf(finding.code),
          level: levels[finding.severity],
          message: { text: visible(finding.message) },
          locations: [
            {
              physicalLocation: physicalLocation(finding, folder),
              ...(finding.agent === undefined
                ? {}
                : { logicalLocations: [{ name: finding.agent, kind: 'member' }] }),
            },
          ],
          ...(finding.related === undefined || finding.related.length === 0
            ? {}
            : {
                relatedLocations: finding.related.map((related, id) => ({
                  id,
                  physicalLocation: physicalLocation(related, folder),
                  message: { text: visible(related.message) },
                })),
              }),
          partialFingerprints: { 'nativeOrchestrator/v1': known[index] },
        })),
      },
    ],
  };
}
