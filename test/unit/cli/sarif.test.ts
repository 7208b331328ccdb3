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
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications?: readonly unknown[];
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
      /"shortDescription":\{"text":"The real CLI did something[^"]*"\},"fullDescription":.*"help":.*"defaultConfiguration":\{"level":"error"\}/,
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

  const printsOf = (...findings: Finding[]): readonly (string | undefined)[] =>
    logOf(...findings).runs[0]?.results.map(
      (result) => result.partialFingerprints['nativeOrchestrator/v1'],
    ) ?? [];
  const key: Finding = { ...finding, code: 'outputs/edited', key: '/model', args: { found: '"a"' } };
  const [known] = printsOf(key);
  const checkPrint = (title: string, is: 'same' | 'another', other: Finding): unknown =>
    it(`knows a result again: ${title} is ${is}`, () => {
      const [print] = printsOf(other);
      assert.match(print ?? '', /^[0-9a-f]{32}:1$/);
      assert.equal(print === known, is === 'same');
    });
  checkPrint('one that moved', 'same', { ...key, line: 30, endLine: 31, column: 2, endColumn: 9 });
  checkPrint('one in other words', 'same', { ...key, message: 'Said otherwise.' });
  checkPrint('a key with yet another value', 'same', { ...key, args: { found: '"b"' } });
  checkPrint('another key', 'another', { ...key, key: '/env' });
  checkPrint('another agent', 'another', { ...key, agent: 'b' });
  checkPrint('another file', 'another', { ...key, file: 'x' });
  checkPrint('another code', 'another', { ...key, code: 'outputs/stale' });
  checkPrint('one about other values', 'another', { ...finding, code: 'outputs/edited' });
  it('tells apart what is alike', () => {
    const prints = printsOf(key, { ...key, line: 40 }, { ...key, line: 50 });
    assert.deepEqual(
      prints.map((print) => print?.split(':')),
      ['1', '2', '3'].map((nth) => [known?.split(':')[0], nth]),
    );
  });

  it('places results below the folder of the workspace', () =>
    assert.match(
      JSON.stringify(sarifLog([finding], '1.2.3', 'my projects/app')),
      /"uri":"my%20projects\/app\/agents\/registry\.yaml"/,
    ));

  it('takes half a character in a name', () =>
    assert.match(JSON.stringify(logOf({ ...finding, file: 'a\ud800' })), /"uri":"a%EF%BF%BD"/));

  const placeless = (code: string): Log => logOf({ ...finding, code, file: '.' });
  it('says what has no place as a notification', () => {
    const [run] = placeless('cli/machine').runs;
    assert.deepEqual([run?.results, run?.tool.driver.rules], [[], []]);
    assert.equal(run?.invocations[0]?.executionSuccessful, true);
    assert.deepEqual(run?.invocations[0]?.toolExecutionNotifications, [
      { descriptor: { id: 'cli/machine' }, level: 'error', message: { text: finding.message } },
    ]);
  });
  it('says that it could not be done', () =>
    assert.equal(placeless('cli/not-done').runs[0]?.invocations[0]?.executionSuccessful, false));

  it('of nothing is a log without results', () => {
    assert.deepEqual(logOf().runs[0]?.results, []);
    assert.deepEqual(logOf().runs[0]?.tool.driver.rules, []);
  });
});
