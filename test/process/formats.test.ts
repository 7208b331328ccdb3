// `--format sarif|github` of every verb that finds something: valid, with the same verdict and exit code as text and JSON.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  cli,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  scratch,
  take,
  treeOf,
  twoAgents,
} from './cliProcess.ts';
import { sarifRun } from './sarifSchema.ts';

after(removeScratch);

const registry = 'agents/registry.yaml';
const settings = 'agents/code-agent/.claude/settings.json';

async function generated(): Promise<Scratch> {
  const at = scratch();
  await expectCli(at, ['generate'], 0);
  return at;
}

/** Every kind of trouble, by name. */
const troubles: Readonly<Record<string, () => Promise<Scratch>>> = {
  'a fleet in order': generated,
  'nothing generated yet': async () => scratch(),
  'no registry': async () => scratch(null),
  'a registry with errors': async () => scratch(twoAgents.replace('model: opus', 'modle: "o\u202epus"')),
  'a disarmed agent, an edited one and an old directory': async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"Edit(tests/**)",', ''));
    const other = settings.replace('code', 'test');
    put(at, other, take(at, other).replace('"sonnet"', '"\ud83d\ude00%0A::error::x"'));
    put(at, 'agents/code/.claude/CLAUDE.md', 'Old.\n');
    return at;
  },
  'hostile names': async () => {
    const at = await generated();
    put(at, 'agents/a b,c::d%0A\u202e#?/.claude/settings.json', '{"hooks": {"PreToolUs": []}}');
    put(at, 'packages/x y/.claude/settings.json', '{"permissions": {"deny": ["Write(tests/**)"]}}');
    return at;
  },
};

/** Verbs that change nothing as they are called here. */
const looks: readonly (readonly string[])[] = [
  ['check', '--notes'],
  ['generate', '--check'],
  ['generate', '--dry-run'],
  ['doctor'],
  ['clean'],
  ['restore', '--all', '--dry-run'],
  ['restore', '--list'],
];

const lineForm =
  /^::(error|warning|notice) (?:file=([^,]*),line=(\d+),endLine=(\d+),(?:col=(\d+),endColumn=\d+,)?)?title=([a-z]+\/[a-z-]+)::(.*)$/;

describe('formats for CI', () => {
  for (const [title, make] of Object.entries(troubles))
    it(`say of ${title} what JSON says, with the same exit code`, async () => {
      const at = await make();
      const before = treeOf(at.root);
      for (const words of looks) {
        const what = words.join(' ');
        const json = await cli(at, [...words, '--format', 'json']);
        const sarif = await cli(at, [...words, '--format', 'sarif']);
        const github = await cli(at, [...words, '--format=github']);
        assert.deepEqual([sarif.code, github.code], [json.code, json.code], `${what}\n${github.text}`);
        assert.deepEqual([sarif.stderr, github.stderr], ['', ''], what);
        const { findings } = readJsonAnswer(json);
        const { results, invocations } = sarifRun(sarif.stdout);
        const [invocation] = invocations;
        assert.equal(invocation?.executionSuccessful, json.code !== 2, what);
        const count = results.length + (invocation?.toolExecutionNotifications?.length ?? 0);
        assert.ok(count >= findings.length, `${what}: ${count} of ${findings.length}`);
        for (const { code, line, column } of findings)
          if (code !== 'cli/not-done')
            assert.ok(
              results.some(
                ({ ruleId, locations: [place] }) =>
                  ruleId === code &&
                  place?.physicalLocation.region.startLine === line &&
                  place?.physicalLocation.region.startColumn === column,
              ),
              `${what}: ${String(code)}`,
            );
        for (const { level, locations } of results)
          if (level !== 'note')
            for (const { physicalLocation } of locations) {
              const file = decodeURIComponent(physicalLocation.artifactLocation.uri);
              const isThere = fs.existsSync(path.join(at.root, file));
              assert.ok(isThere || title === 'no registry', `${what}: there is no ${file}`);
            }

        const lines = github.stdout.trimEnd().split('\n');
        const sum = lines.pop() ?? '';
        assert.doesNotMatch(sum, /^::|##\[/, what);
        assert.notEqual(sum, '', what);
        for (const line of lines) assert.match(line, lineForm, what);
        assert.doesNotMatch(github.stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
        const serious = lines.filter((line) => !line.startsWith('::notice'));
        // A dry run says what is to do and is none the worse for it.
        if (json.code === 0 && what !== 'generate --dry-run') assert.deepEqual(serious, [], what);
        const isQuiet = ['clean', 'restore --list'].includes(what);
        if (json.code === 1 && !isQuiet) assert.ok(serious.length > 0, `${what} annotates nothing`);
      }
      assert.deepEqual(treeOf(at.root), before, 'something was changed');
    });

  it('annotate the lines on which the two disagree', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    const row = (text: string, word: string): number =>
      text.split('\n').findIndex((line) => line.includes(word)) + 1;
    const line = row(take(at, settings), '"model"');
    const declared = row(twoAgents, 'model: opus');
    const { stdout } = await expectCli(at, ['check', '--format', 'github'], 1);
    assert.equal(
      stdout,
      `::warning file=${settings},line=${line},endLine=${line},col=3,endColumn=10,title=outputs/edited::/model was changed: expected "opus", found "haiku". Expected by ${registry}:${declared}.%0A${registry}:${declared}: code-agent: the settings disagree with this\n2 agents: 1 in sync, 1 out of sync — run: native-orchestrator restore code-agent · 1 note (--notes shows them)\n`,
    );
    const { results } = sarifRun((await expectCli(at, ['check', '--format', 'sarif'], 1)).stdout);
    const [result, ...others] = results.filter(({ level }) => level !== 'note');
    assert.deepEqual(others, []);
    const [place] = result?.locations ?? [];
    const [other] = result?.relatedLocations ?? [];
    assert.equal(place?.physicalLocation.region.startLine, line);
    assert.equal(other?.physicalLocation.artifactLocation.uri, registry);
    assert.equal(other?.physicalLocation.region.startLine, declared);
  });

  it('are relative to the repository where the workspace is a part of it', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    const env = { GITHUB_WORKSPACE: at.folder };
    const { stdout } = await expectCli(at, ['check', '--format', 'github'], 1, { env });
    assert.match(stdout, new RegExp(`^::warning file=w/${settings},`));
    const { results } = sarifRun((await expectCli(at, ['check', '--format', 'sarif'], 1, { env })).stdout);
    for (const { locations, relatedLocations = [] } of results)
      for (const { physicalLocation } of [...locations, ...relatedLocations])
        assert.match(physicalLocation.artifactLocation.uri, /^w\/agents\//);
  });

  const refused: readonly (readonly string[])[] = [
    ['check', 'no-such-agent'],
    ['check', '--no-such-option'],
    ['generate', 'code-agent', '--all'],
    ['adopt', 'code-agent'],
    ['ignore', 'code-agent'],
    ['restore', '--undo'],
    ['check', '--workspace', '/no/such/folder%0A::error::x'],
  ];
  for (const words of refused)
    it(`tell of ${words.join(' ')} as what could not be done`, async () => {
      const at = await generated();
      const { stdout, stderr } = await expectCli(at, [...words, '--format', 'github'], 2);
      assert.equal(stderr, '');
      assert.match(stdout, /^::error title=cli\/[a-z-]+::[^\n]+\nNothing was done\.\n$/);
      const { results, invocations } = sarifRun(
        (await expectCli(at, [...words, '--format=sarif'], 2)).stdout,
      );
      assert.deepEqual(results, []);
      assert.equal(invocations[0]?.executionSuccessful, false);
      assert.equal(invocations[0]?.toolExecutionNotifications?.length, 1);
    });

  it('of a verb that writes, and of what it refused', async () => {
    const at = scratch();
    const first = await expectCli(at, ['generate', '--format', 'github'], 0);
    assert.equal(first.stdout, '10 files written, 0 unchanged.\n'.replace('10', String(countOf(at))));
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    const second = await expectCli(at, ['generate', '--format', 'github'], 1);
    assert.match(
      second.stdout,
      /^::error file=[^\n]*title=outputs\/would-overwrite::[^\n]*\nNothing was written\.\n$/,
    );
    sarifRun((await expectCli(at, ['restore', 'code-agent', '--format', 'sarif'], 0)).stdout);
    await expectCli(at, ['check'], 0);
  });

  /** How many files generate made: all but the registry. */
  const countOf = ({ root }: Scratch): number =>
    Object.values(treeOf(root)).filter((entry) => entry !== 'folder').length - 1;
});

describe('exit codes', () => {
  it('information never changes one', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace(/\n\}\n$/, ',\n  "someNewKey": 1\n}\n'));
    for (const format of ['text', 'json', 'sarif', 'github'])
      await expectCli(at, ['check', '--notes', '--format', format], 0);
    const { findings } = readJsonAnswer(await expectCli(at, ['check', '--format', 'json'], 0));
    assert.ok(findings.length > 0 && findings.every(({ severity }) => severity === 'information'));
    await expectCli(at, ['generate', '--check'], 0);
  });

  it('are the same where there is no HOME and no PATH but node', async () => {
    const at = await generated();
    const bare = { ...at, env: {} };
    const options = { env: { PATH: path.dirname(process.execPath) } };
    assert.match((await expectCli(bare, ['check'], 0, options)).stdout, /^2 agents: 2 in sync/);
    await expectCli(bare, ['generate', '--check'], 0, options);
    put(at, settings, take(at, settings).replace('"Edit(tests/**)",', ''));
    const with_ = await expectCli(at, ['check', '--format', 'sarif'], 1);
    const without = await expectCli(bare, ['check', '--format', 'sarif'], 1, options);
    assert.equal(without.stdout, with_.stdout);
    await expectCli(bare, ['generate', '--check'], 1, options);
    await expectCli({ ...bare, env: {} }, ['check'], 1);
  });
});
