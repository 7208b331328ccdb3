// Holds a log against the JSON schema of SARIF 2.1.0, and against what GitHub's code scanning asks for besides.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

export interface SarifPlace {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: {
      readonly startLine: number;
      readonly startColumn: number;
      readonly endLine: number;
      readonly endColumn: number;
    };
  };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifPlace[];
  readonly relatedLocations?: readonly SarifPlace[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface SarifRule {
  readonly id: string;
  readonly fullDescription?: { readonly text: string };
  readonly help?: { readonly text: string };
}

interface SarifRun {
  readonly columnKind: string;
  readonly results: readonly SarifResult[];
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[];
  }[];
  readonly tool: {
    readonly driver: { readonly rules: readonly SarifRule[] };
  };
}

// The schema is of draft 4, whose `id` and `$schema` ajv knows under other names; it uses nothing else that differs.
const {
  id: _id,
  $schema: _draft,
  ...schema
} = JSON.parse(readFileSync('test/fixtures/sarif/sarif-2.1.0-rtm.5.json', 'utf8'));
const isUri = (text: string): boolean => URL.canParse(text);
const isReference = (text: string): boolean =>
  !/[\s<>"{}|\\^`\u0080-\uffff]|%(?![0-9a-f]{2})/i.test(text) && URL.canParse(text, 'file:///root/');
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  // One of its patterns is not one with Unicode on.
  unicodeRegExp: false,
  formats: { uri: isUri, 'uri-reference': isReference, 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
});
const validate = ajv.compile<unknown>(schema);

/** The one run of a valid log. */
export function sarifRun(text: string): SarifRun {
  const log: { version: string; runs: SarifRun[] } = JSON.parse(text);
  const isValid: boolean = validate(log);
  assert.ok(isValid, JSON.stringify(validate.errors, null, 1));
  assert.equal(log.version, '2.1.0');
  const [run, ...others] = log.runs;
  assert.ok(run && others.length === 0);
  assert.equal(run.columnKind, 'utf16CodeUnits');
  const prints = new Set<string | undefined>();
  for (const { ruleId, ruleIndex, locations, relatedLocations = [], partialFingerprints } of run.results) {
    const rule: SarifRule | undefined = run.tool.driver.rules[ruleIndex];
    assert.equal(rule?.id, ruleId);
    assert.ok(rule.help?.text && rule.fullDescription?.text, `${ruleId} has no help`);
    assert.equal(locations.length, 1);
    for (const { physicalLocation } of [...locations, ...relatedLocations]) {
      const { uri } = physicalLocation.artifactLocation;
      assert.doesNotMatch(uri, /^[a-z]+:|^\/|(^|\/)\.\.(\/|$)/i, 'a relative path inside the repository');
    }
    prints.add(partialFingerprints['nativeOrchestrator/v1']);
  }
  assert.equal(prints.size, run.results.length, 'fingerprints differ');
  return run;
}
