// `adopt` and `ignore` on the command line: the registry says afterwards what the file said, or that it is to be lived with.
import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  scratch,
  take,
  twoAgents,
} from './cliProcess.ts';

after(removeScratch);

const settings = 'agents/code-agent/.claude/settings.json';
const memory = 'agents/code-agent/.claude/CLAUDE.md';
const registry = 'agents/registry.yaml';

async function generated(text = twoAgents): Promise<Scratch> {
  const at = scratch(text);
  await expectCli(at, ['generate'], 0);
  return at;
}

function edit(at: Scratch, from: string | RegExp, to: string): void {
  const text = take(at, settings);
  assert.notEqual(text.replace(from, to), text);
  put(at, settings, text.replace(from, to));
}

describe('adopt', () => {
  it('writes the changed values into the registry, and generate brings the rest along', async () => {
    const at = await generated();
    edit(at, '"model": "opus"', '"model": "haiku"');
    edit(at, '"deny": [', '"deny": [\n      "Edit(docs/**)",');
    const dry = await expectCli(at, ['adopt', 'code-agent', '--dry-run'], 0);
    assert.match(dry.stdout, /^- {4}model: opus$/m);
    assert.match(dry.stdout, /^\+ {4}model: haiku$/m);
    assert.equal(take(at, registry), twoAgents);
    const { stdout } = await expectCli(at, ['adopt', 'code-agent'], 0);
    assert.equal(
      take(at, registry),
      twoAgents.replace('model: opus', 'model: haiku').replace('[tests/**]', '[tests/**, docs/**]'),
    );
    assert.match(stdout, /1 agent now behind the registry — run: native-orchestrator generate code-agent/);
    const edited = take(at, settings);
    await expectCli(at, ['generate', 'code-agent'], 0);
    assert.match(take(at, settings), /"model": "haiku"/);
    assert.notEqual(take(at, settings), edited, 'the guard knows the new policy');
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['restore', '--undo'], 0);
    assert.equal(take(at, registry), twoAgents);
  });

  it('of what gives up protection wants --yes; of the guard is refused', async () => {
    const at = await generated();
    edit(at, '"Edit(tests/**)",', '');
    edit(at, '"defaultMode": "default"', '"defaultMode": "acceptEdits"');
    await checkRefused(at, {
      words: ['adopt', 'code-agent', '--key', '/permissions/defaultMode'],
      says: /gives up protection: .*acceptEdits.*--yes/,
      code: 2,
    });
    await expectCli(at, ['adopt', 'code-agent', '--key', '/permissions/defaultMode', '--yes'], 0);
    assert.match(take(at, registry), /permission_mode: acceptEdits/);
    // test-agent owns them, so taking them off the list would not take the rule away.
    const owned = await expectCli(at, ['adopt', 'code-agent', '--key', '/permissions/deny', '--yes'], 1);
    assert.match(owned.stdout, /deny was not adopted, since .*Edit\(tests\/\*\*\)/);
    edit(at, '"onFailure": "block",', '');
    const guard = await expectCli(at, ['adopt', 'code-agent', '--key', '/hooks/PreToolUse', '--yes'], 1);
    assert.match(guard.stdout, /not adopted, since the hooks are those of the guard/);
    const json = readJsonAnswer(await expectCli(at, ['adopt', 'code-agent', '--format', 'json'], 1));
    assert.equal(json.summary.done, false);
    assert.equal(json.findings.length, 2);
  });

  it('from defaults wants --on-agent', async () => {
    const text = twoAgents
      .replace('agents:\n', 'defaults: {model: opus}\nagents:\n')
      .replace('    model: opus\n', '');
    const at = await generated(text);
    edit(at, '"model": "opus"', '"model": "haiku"');
    const { stdout } = await expectCli(at, ['adopt', 'code-agent'], 1);
    assert.match(stdout, /comes from `defaults`.*--on-agent/);
    assert.equal(take(at, registry), text);
    await expectCli(at, ['adopt', 'code-agent', '--on-agent'], 0);
    assert.match(take(at, registry), /^ {4}model: haiku$/m);
    await expectCli(at, ['check', 'code-agent'], 0);
  });

  it('keeps CRLF, a BOM and comments, and refuses what it cannot do', async () => {
    const odd = `\uFEFF${twoAgents.replace('model: opus', 'model: "opus" # best').replaceAll('\n', '\r\n')}`;
    const at = await generated(odd);
    edit(at, '"model": "opus"', '"model": "haiku"');
    await expectCli(at, ['adopt', 'code-agent', '--key', '/model'], 0);
    assert.equal(take(at, registry), odd.replace('"opus"', '"haiku"'));
    await expectCli(at, ['check'], 0);
    for (const [words, says] of [
      [['adopt'], /Name one agent/],
      [['adopt', 'code-agnet'], /Did you mean code-agent/],
      [['adopt', 'code-agent'], /Nobody changed anything in code-agent/],
      [['adopt', 'code-agent', '--key', '/nope'], /\/nope in settings\.json does not differ/],
      [['adopt', 'code-agent', '--key', 'model'], /JSON pointer/],
    ] as const)
      await checkRefused(at, { words, says, code: 2 });
    put(at, registry, `<<<<<<< ours\n${odd}=======\n>>>>>>> theirs\n`);
    await checkRefused(at, { words: ['adopt', 'code-agent'], says: /registry has errors/, code: 2 });
  });
});

describe('ignore', () => {
  const ignoreModel = ['ignore', 'code-agent', '--key', '/model', '--reason', 'a trial: two weeks'];

  it('is honoured by check, list and generate alike, until its day has passed', async () => {
    const at = await generated();
    edit(at, '"model": "opus"', '"model": "haiku"');
    await expectCli(at, ['check'], 1);
    await expectCli(at, [...ignoreModel, '--until', '2999-12-31'], 0);
    assert.match(take(at, registry), /reason: "a trial: two weeks"\n {8}until: "2999-12-31"/);
    const checked = await expectCli(at, ['check', '--notes'], 0);
    assert.match(
      checked.stdout,
      /settings\.json:\d+:\d+: information: One difference .* is ignored: \/model \(a trial: two weeks, until 2999-12-31\)\. \[outputs\/ignored\]/,
    );
    assert.match(checked.stdout, /2 agents: 2 in sync/);
    const listed = readJsonAnswer(await expectCli(at, ['list', '--format', 'json'], 0));
    assert.deepEqual(listed.summary.inSync, 2);
    const before = take(at, settings);
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['generate', '--force'], 0);
    assert.equal(take(at, settings), before, 'generate leaves it as it is');
    put(at, registry, take(at, registry).replace('2999-12-31', '2020-01-01'));
    assert.match((await expectCli(at, ['check'], 1)).stdout, /\/model was changed.*outputs\/edited/);
    await expectCli(at, ['generate', 'code-agent'], 1);
    await expectCli(at, [...ignoreModel, '--until', '2999-12-31'], 0);
    assert.equal(take(at, registry).match(/reason:/g)?.length, 1, 'the old entry is replaced');
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['restore', 'code-agent', '--key', '/model'], 0);
    assert.match(take(at, settings), /"model": "opus"/);
  });

  it('other keys of the file are mended and the ignored one stays', async () => {
    const at = await generated();
    edit(at, '"model": "opus"', '"model": "haiku"');
    await expectCli(at, ignoreModel, 0);
    put(
      at,
      registry,
      take(at, registry).replace(
        'description: Writes the program',
        'description: Writes all of it\n    permission_mode: plan',
      ),
    );
    await expectCli(at, ['generate'], 0);
    assert.match(take(at, settings), /"model": "haiku"/);
    assert.match(take(at, settings), /"defaultMode": "plan"/);
    await expectCli(at, ['check'], 0);
  });

  it('of a memory file holds for the whole', async () => {
    const at = await generated();
    put(at, memory, take(at, memory).replace('Writes', 'Reads'));
    await expectCli(at, ['ignore', 'code-agent', '--file', 'CLAUDE.md', '--reason', 'ours'], 0);
    await expectCli(at, ['check'], 0);
    const before = take(at, memory);
    await expectCli(at, ['generate'], 0);
    assert.equal(take(at, memory), before);
  });

  it('never hides what disarms', async () => {
    const at = await generated();
    edit(at, '"Edit(tests/**)",', '');
    await checkRefused(at, {
      words: ['ignore', 'code-agent', '--key', '/permissions/deny', '--reason', 'x'],
      says: /not ignored, since it disarms the agent \(deny rule Edit\(tests\/\*\*\) gone\)/,
      code: 2,
    });
    const entry = `    ignore:\n      - {file: ${settings}, key: "", reason: everything}\n`;
    put(at, registry, twoAgents.replace('    forbidden: [Tests]\n', `    forbidden: [Tests]\n${entry}`));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(stdout, /outputs\/deny-lost/);
    assert.match(
      stdout,
      /registry\.yaml:\d+:\d+: warning: The difference in .* cannot be ignored: it disarms/,
    );
    assert.match(stdout, /1 disarmed/);
    await checkRefused(at, { words: ['start', 'code-agent'], says: /disarmed/, code: 2 });
  });

  for (const [words, says] of [
    [['ignore', 'code-agent', '--reason', 'x'], /Say what is to be ignored/],
    [['ignore', 'code-agent', '--key', '/model'], /Give the --reason/],
    [['ignore', 'code-agent', '--key', '/model', '--reason', ' '], /Give the --reason/],
    [['ignore', 'code-agent', '--key', '/model', '--reason', 'x', '--until', '2020-01-01'], /day has passed/],
    [
      ['ignore', 'code-agent', '--key', '/model', '--reason', 'x', '--until', '2999-02-31'],
      /no such day|is a date/,
    ],
    [['ignore', 'code-agent', '--key', '/model', '--reason', 'x', '--until', 'soon'], /is a date/],
    [['ignore', 'code-agent', '--file', 'x.json', '--reason', 'x'], /no file "x\.json"/],
  ] as const)
    it(`wrongly asked: ${words.join(' ')}`, async () => {
      await checkRefused(await generated(), { words, says, code: 2 });
    });
});
