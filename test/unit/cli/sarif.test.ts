import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sarifLog } from '../../../src/cli/sarif.ts';
import type { Finding } from '../../../src/findings/finding.ts';

const finding: Finding = {
  code: 'proof/went-through',
  severity: 'error',
  file: 'agents/registry.yaml',
  line: 9,
  column: 9,
  endLine: 9,
  endColumn: 17,
  agent: 'a',
  args: {},
  message: 'a was seen to do what it must not.',
};

interface Log {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
    };
    readonly columnKind: string;
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly unknown[];
      readonly relatedLocations?: readonly unknown[];
    }[];
  }[];
}

const logOf = (...findings: Finding[]) => sarifLog(findings, '1.2.3') as Log;

describe('SARIF', () => {
  it('has one run, with the rules of its results', () => {
    const { version, runs } = logOf(finding, {
      ...finding,
      code: 'claude/anything-new',
      severity: 'information',
    });
    assert.equal(version, '2.1.0');
    assert.equal(runs.length, 1);
    assert.deepEqual(
      runs[0]?.tool.driver.rules.map(({ id }) => id),
      ['claude/anything-new', 'proof/went-through'],
    );
    assert.deepEqual(
      runs[0]?.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level]),
      [
        ['proof/went-through', 1, 'error'],
        ['claude/anything-new', 0, 'note'],
      ],
    );
  });

  it('says of a rule what its help says', () =>
    assert.match(
      JSON.stringify(logOf(finding).runs[0]?.tool.driver.rules[0]),
      /"shortDescription":\{"text":"The real CLI did something[^"]*"\},"help":.*"defaultConfiguration":\{"level":"error"\}/,
    ));

  it('places a result as it is placed in an editor', () =>
    assert.deepEqual(logOf(finding).runs[0]?.results[0]?.locations, [
      {
        physicalLocation: {
          artifactLocation: { uri: 'agents/registry.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 9, startColumn: 9, endLine: 9, endColumn: 17 },
        },
        logicalLocations: [{ name: 'a', kind: 'member' }],
      },
    ]));

  it('keeps what is hostile in names and messages as text', () => {
    const { runs } = logOf({
      ...finding,
      file: 'agents/a b/#?%.json',
      message: 'x\u001b[2J\u202e',
      related: [{ file: 'x', line: 1, column: 1, endLine: 1, endColumn: 2, message: 'y\u0007' }],
    });
    const text = JSON.stringify(runs[0]?.results[0]);
    assert.ok(text.includes('agents/a%20b/%23%3F%25.json'), text);
    assert.ok(!/\\u001b|\\u0007|\u202e/.test(text), text);
  });

  it('of nothing is a log without results', () => {
    assert.deepEqual(logOf().runs[0]?.results, []);
    assert.deepEqual(logOf().runs[0]?.tool.driver.rules, []);
  });
});
