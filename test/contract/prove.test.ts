// `prove` with the real CLI: what holds is proven, and each thing that is broken, one at a time, is seen for what it is,
// by `prove` and, where the workspace alone shows it, by `check`.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import type { Attempt, ProofRecord } from '../../src/proof/proofRecord.ts';
import { verdictOf } from '../../src/proof/proofStatus.ts';
import { FleetFolder } from './fleetFolder.ts';
import {
  type ClaudeResult,
  claudeBinary,
  describeWithClaude,
  oldClaudeBinary,
  runClaude,
} from './realClaude.ts';

interface Report {
  readonly proofs: readonly (ProofRecord & { readonly state: string })[];
  readonly notProven: readonly { readonly agent: string; readonly message: string }[];
  readonly findings: readonly { readonly code: string; readonly line: number; readonly message: string }[];
}

const commandLine = path.resolve('dist/cli.mjs');

/** An attempt as one line: what, with which settings, what came of it, by whom. */
const lineOf = (attempt: Attempt): string =>
  [attempt.form, attempt.carrier, attempt.tool, attempt.target, verdictOf(attempt), attempt.by ?? '']
    .join(' ')
    .trim();

describeWithClaude('prove', () => {
  let fleet: FleetFolder;
  before(() => assert.ok(existsSync(commandLine)));
  beforeEach(() => {
    fleet = new FleetFolder('test/fixtures/workshop');
  });
  // Of this test alone: other files prove at the same time.
  const scratch = mkdtempSync(path.join(tmpdir(), 'native-orchestrator-prove-test-'));
  after(() => rmSync(scratch, { recursive: true, force: true }));
  afterEach(() => {
    fleet.dispose();
    assert.deepEqual(readdirSync(scratch), [], 'scratch copies were left');
  });

  function command(words: readonly string[], claude: string): Promise<ClaudeResult> {
    return runClaude({
      cwd: fleet.root,
      home: fleet.home,
      modelUrl: 'http://127.0.0.1:9/nobody',
      command: process.execPath,
      args: [commandLine, ...words],
      env: { ...fleet.environment(), NATIVE_ORCHESTRATOR_CLAUDE: claude, TMPDIR: scratch },
    });
  }

  async function prove(
    id: string,
    code: number,
    claude = claudeBinary ?? '',
  ): Promise<{
    readonly report: Report;
    readonly state: string | undefined;
    /** What did not go as the registry says. */
    readonly bad: readonly string[];
    readonly attempts: readonly Attempt[];
  }> {
    const before = fleet.contents();
    const result = await command(['prove', id, '--format', 'json'], claude);
    assert.equal(result.code, code, result.stderr + result.stdout.slice(0, 2000));
    assert.deepEqual(fleet.contents(), before, 'the workspace was touched');
    const report = JSON.parse(result.stdout) as Report;
    const attempts = report.proofs[0]?.attempts ?? [];
    const bad = attempts.filter(
      (each) => !['blocked', 'allowed', 'notEnforceable'].includes(verdictOf(each)),
    );
    return { report, state: report.proofs[0]?.state, bad: bad.map(lineOf), attempts };
  }

  async function check(): Promise<string> {
    const { stdout } = await command(['check', '--no-cache'], '');
    return stdout;
  }

  const deny = (change: (rules: string[]) => string[]): void => {
    const file = fleet.settingsOf('maker-agent');
    const settings = JSON.parse(fleet.read(file) ?? '') as { permissions: { deny: string[] } };
    const rules = change(settings.permissions.deny);
    assert.notDeepEqual(rules, settings.permissions.deny);
    settings.permissions.deny = rules;
    fleet.write(file, JSON.stringify(settings, null, 2));
  };

  /** With deny rules alone, everything under `tests/**` went through, and nothing else anywhere. */
  function onlyTestsWentThrough(bad: readonly string[]): void {
    assert.notEqual(bad.length, 0);
    for (const line of bad)
      assert.match(line, /^committed rules (Edit|Write|NotebookEdit) \S*tests\/\S+ through$/);
  }

  it('sees an agent whose tools are files held, by rules and by the guard alone', async () => {
    const { state, bad, attempts } = await prove('maker-agent', 0);
    assert.deepEqual(bad, []);
    assert.equal(state, 'proven');
    const blocked = new Set(
      attempts
        .filter(({ expected }) => expected === 'blocked')
        .map(({ form, carrier, kind, by }) => `${form} ${carrier} ${kind} ${by}`),
    );
    for (const wanted of [
      ...[
        'launch all edit rule',
        'launch all write rule',
        'launch all read rule',
        'launch all notebook guard',
      ],
      ...['launch all tool tool-list', 'launch guard mcp guard', 'launch all delegation tool-list'],
      ...['launch all protected rule', 'launch guard write guard', 'launch guard attack guard'],
      ...[
        'committed rules notebook rule',
        'committed rules edit rule',
        'committed rules tool rule',
        'committed guard write guard',
      ],
      'committed guard attack guard',
    ])
      assert.ok(blocked.has(wanted), `${wanted} is not among ${[...blocked].join(', ')}`);
    const attacks = attempts.filter(({ kind }) => kind === 'attack');
    assert.equal(attacks.length, 7, attacks.map(lineOf).join('\n'));
  });

  it('says of an agent with Bash what no machine without a sandbox can enforce', async () => {
    const { state, bad, attempts } = await prove('shell-agent', 0);
    assert.deepEqual(bad, []);
    assert.equal(state, 'notEnforceable');
    const open = attempts.filter((each) => verdictOf(each) === 'notEnforceable');
    assert.deepEqual(open.map(({ kind }) => kind).sort(), ['interpreter', 'nested']);
    for (const { note } of open) assert.match(note ?? '', /sandbox: true/);
    const tried = attempts.filter((each) => each.kind === 'shell' && each.expected === 'blocked');
    assert.ok(tried.some(({ rule, by }) => rule === 'git push' && by === 'rule'));
    assert.ok(tried.some(({ by }) => by === 'guard'));
  });

  it('gives a sub-agent what both may, and nothing that only one of the two may', async () => {
    const { state, bad, attempts } = await prove('lead-agent', 0);
    assert.deepEqual(bad, []);
    assert.equal(state, 'proven');
    const inside = attempts.filter(
      ({ subagent, carrier }) => subagent === 'maker-agent' && carrier === 'all',
    );
    assert.deepEqual(
      inside.map(({ expected, got }) => `${expected} ${got}`).sort(),
      ['allowed allowed', 'blocked blocked', 'blocked blocked'],
      inside.map(lineOf).join('\n'),
    );
    const starts = attempts.filter(({ kind, subagent }) => kind === 'delegation' && subagent === undefined);
    assert.deepEqual(
      starts.filter(({ carrier, got }) => carrier === 'all' && got === 'allowed').map(({ target }) => target),
      ['maker-agent'],
    );
    // Beside all else one of each sort is tried; with a carrier alone, all that it holds.
    for (const type of ['shell-agent', 'general-purpose', 'nobody-registered'])
      assert.ok(
        starts.some(({ target, got }) => target === type && got === 'blocked'),
        type,
      );
  });

  it('sees a guard that is gone: it locks the agent out, and with rules alone it still holds', async () => {
    fleet.remove('agents/.orchestrator/guard.mjs');
    const { state, bad } = await prove('maker-agent', 1);
    assert.equal(state, 'failed');
    assert.notEqual(bad.length, 0);
    for (const line of bad) assert.match(line, /^committed guard .* wronglyBlocked guard$/);
    assert.match(await check(), /agents\/\.orchestrator\/guard\.mjs/);
  });

  it('sees a deny rule that is gone, though the guard stands behind it', async () => {
    deny((rules) => rules.filter((rule) => rule !== 'Edit(tests/**)'));
    const { state, bad, report } = await prove('maker-agent', 1);
    assert.equal(state, 'failed');
    onlyTestsWentThrough(bad);
    const [finding] = report.findings;
    assert.equal(finding?.code, 'proof/went-through');
    assert.match(fleet.read('agents/registry.yaml')?.split('\n')[finding.line - 1] ?? '', /tests\/\*\*/);
    assert.match(await check(), /disarmed/);
  });

  it('sees a deny rule in a spelling that stops nothing', async () => {
    deny((rules) => rules.map((rule) => (rule === 'Edit(tests/**)' ? 'Write(tests/**)' : rule)));
    const { state, bad } = await prove('maker-agent', 1);
    assert.equal(state, 'failed');
    onlyTestsWentThrough(bad);
    assert.match(await check(), /Write rules with a path are never consulted/);
  });

  it('sees that hooks switched off in live settings switch nothing off in a session', async () => {
    fleet.write('.claude/settings.local.json', '{"disableAllHooks": true}');
    const { state, bad } = await prove('maker-agent', 0);
    assert.deepEqual(bad, []);
    assert.equal(state, 'proven');
    assert.match(await check(), /\.claude\/settings\.local\.json/);
  });

  it('sees a claude that drops --settings', async () => {
    const wrapper = path.join(fleet.home, 'claude');
    const script = `#!${process.execPath}
const args = process.argv.slice(2);
const at = args.indexOf('--settings');
if (at >= 0) args.splice(at, 2);
process.exit(require('node:child_process').spawnSync(${JSON.stringify(claudeBinary)}, args, { stdio: 'inherit' }).status ?? 1);
`;
    writeFileSync(wrapper, script, { mode: 0o755 });
    const { state, bad } = await prove('maker-agent', 1, wrapper);
    assert.equal(state, 'failed');
    assert.ok(
      bad.some((line) => /^launch all Write \S*tests\/\S+ through$/.test(line)),
      bad.join('\n'),
    );
  });

  const withOld = oldClaudeBinary === undefined ? it.skip : it;
  withOld('sees an older claude hold the rules, and let a call pass when the guard fails', async () => {
    const { state, bad, report } = await prove('maker-agent', 1, oldClaudeBinary);
    assert.equal(report.proofs[0]?.cli, '2.1.197');
    assert.equal(state, 'failed');
    assert.deepEqual(bad, [
      "launch guard Write the guard's program is gone through",
      "committed guard Write the guard's program is gone through",
    ]);
    assert.match(report.findings[0]?.message ?? '', /claude is older than 2\.1\.295/);
  });

  it('keeps what it saw, and says why nothing could be seen', async () => {
    await prove('maker-agent', 0);
    const kept = readdirSync(fleet.state, { recursive: true, encoding: 'utf8' });
    assert.equal(kept.filter((file) => file.endsWith('proofs/maker-agent.json')).length, 1);
    fleet.remove('agents/maker-agent/.claude/CLAUDE.md');
    const { report } = await prove('maker-agent', 1);
    assert.equal(report.proofs.length, 0);
    assert.match(report.notProven[0]?.message ?? '', /CLAUDE\.md does not exist/);
  });

  it('does not begin with a claude that is none', async () => {
    const none = await command(['prove'], '/nowhere/claude');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /claude was not found/);
    const mute = await command(['prove'], '/bin/true');
    assert.equal(mute.code, 2);
    assert.match(mute.stderr, /does not say its version/);
  });
});
