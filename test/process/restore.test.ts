// `restore`: one key with every other byte kept, one file, agents, all; and one command that brings back what was there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
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
  treeOf,
  twoAgents,
} from './cliProcess.ts';

after(removeScratch);

const settings = 'agents/code-agent/.claude/settings.json';
const memory = 'agents/code-agent/.claude/CLAUDE.md';
const guard = 'agents/.orchestrator/guard.mjs';
const lock = 'agents/registry.lock.json';
const registry = 'agents/registry.yaml';

async function generated(): Promise<Scratch> {
  const at = scratch();
  await expectCli(at, ['generate'], 0);
  return at;
}

const backupIn = (stdout: string): string => /restore --backup ([0-9a-f]{16})$/m.exec(stdout)?.[1] ?? '';

describe('restore of one key', () => {
  it('writes that key and keeps every other byte, edits and foreign keys included', async () => {
    const at = await generated();
    const text = take(at, settings)
      .replace('"model": "opus"', '"model": "haiku"')
      .replace('"defaultMode": "default"', '"defaultMode":   "plan"')
      .replace(/\n\}\n$/, ',\n  "statusLine" : {"type":"command" , "command":"date"}\n}');
    put(at, settings, text);
    await expectCli(at, ['check'], 1);
    const { stdout } = await expectCli(at, ['restore', 'code-agent', '--key', '/model'], 0);
    assert.match(stdout, /^- {2}"model": "haiku",?$/m);
    assert.match(stdout, /^\+ {2}"model": "opus",?$/m);
    assert.equal(take(at, settings), text.replace('"model": "haiku"', '"model": "opus"'));
    const left = readJsonAnswer(await expectCli(at, ['check', '--format', 'json'], 1)).findings;
    assert.deepEqual(
      left.filter(({ severity }) => severity !== 'information').map(({ key }) => key),
      ['/permissions/defaultMode'],
    );
  });

  it('of a conflict tells the lock; of a file with CRLF, tabs and a BOM keeps those', async () => {
    const at = await generated();
    put(at, registry, twoAgents.replace('model: opus', 'model: sonnet'));
    const odd = (text: string): string =>
      `\uFEFF${text.replace(/\n( +)/g, (_, blanks: string) => `\n${'\t'.repeat(blanks.length / 2)}`).replaceAll('\n', '\r\n')}`;
    const text = odd(take(at, settings));
    put(at, settings, text.replace('"model": "opus"', '"model": "haiku"'));
    assert.match((await expectCli(at, ['check'], 1)).stdout, /outputs\/conflict/);
    await expectCli(at, ['restore', 'code-agent', '--key', '/model'], 0);
    assert.equal(take(at, settings), text.replace('"model": "opus"', '"model": "sonnet"'));
    await expectCli(at, ['check'], 0);
    const keys = JSON.parse(take(at, lock)).outputs[settings].keys;
    const fresh = scratch(take(at, registry));
    await expectCli(fresh, ['generate'], 0);
    assert.deepEqual(keys, JSON.parse(take(fresh, lock)).outputs[settings].keys);
  });

  it('that somebody took out, and one that is no key of ours', async () => {
    const at = await generated();
    const good = JSON.parse(take(at, settings));
    const { PreToolUse: _, ...hooks } = good.hooks;
    put(at, settings, JSON.stringify({ ...good, hooks }, null, 4));
    await expectCli(at, ['restore', 'code-agent', '--key', '/hooks/PreToolUse'], 0);
    assert.deepEqual(JSON.parse(take(at, settings)), good);
    assert.match(take(at, settings), /^ {4}"model"/m, 'the file keeps its indentation');
    const before = treeOf(at.root);
    const { stdout } = await expectCli(at, ['restore', 'code-agent', '--key', '/statusLine'], 0);
    assert.match(stdout, /^Nothing to do/);
    assert.deepEqual(treeOf(at.root), before);
  });

  it('that cannot be done alone is refused, and the file as a whole is the way out', async () => {
    const at = await generated();
    const text = take(at, settings).replace('"model": "opus"', '"model": "a", "model": "haiku"');
    put(at, settings, text);
    await checkRefused(at, {
      words: ['restore', 'code-agent', '--key', '/model'],
      says: /\/model stands twice.*restore code-agent --file/,
    });
    await expectCli(at, ['restore', 'code-agent', '--file', settings], 0);
    await expectCli(at, ['check'], 0);
  });
});

describe('restore of more', () => {
  it('one file, by its name or path; one agent, the shared hooks included; all', async () => {
    const at = await generated();
    const good = treeOf(at.root);
    const spoil = (): void => {
      for (const file of [settings, settings.replace('code', 'test')])
        put(at, file, take(at, file).replace(/"model": "\w+"/, '"model": "haiku"'));
      put(at, memory, take(at, memory).replace('Writes', 'Reads'));
      put(at, guard, '// gone\n');
    };
    spoil();
    await expectCli(at, ['restore', 'code-agent', '--file', 'CLAUDE.md'], 0);
    assert.equal(treeOf(at.root)[memory], good[memory]);
    assert.notEqual(treeOf(at.root)[settings], good[settings]);
    await expectCli(at, ['restore', 'code-agent'], 0);
    assert.equal(treeOf(at.root)[settings], good[settings]);
    assert.equal(treeOf(at.root)[guard], good[guard]);
    await expectCli(at, ['check', 'code-agent'], 0);
    await expectCli(at, ['check'], 1);
    await expectCli(at, ['restore', '--all'], 0);
    assert.deepEqual(treeOf(at.root), good);
    spoil();
    const dry = await expectCli(at, ['restore', '--all', '--dry-run'], 0);
    assert.match(dry.stdout, /would write agents\/code-agent/);
    const json = readJsonAnswer(await expectCli(at, ['restore', '--all', '--format', 'json'], 0));
    assert.equal((json.changes as unknown[]).length, 4);
    assert.deepEqual(treeOf(at.root), good);
  });

  it('is undone by one command, and that by the same', async () => {
    const at = await generated();
    const good = treeOf(at.root);
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    put(at, memory, Buffer.from('Gr\xfc\xdfe\n', 'latin1'));
    const spoilt = treeOf(at.root);
    const { stdout } = await expectCli(at, ['restore', 'code-agent'], 0);
    assert.deepEqual(treeOf(at.root), good);
    await expectCli(at, ['restore', '--backup', backupIn(stdout)], 0);
    assert.deepEqual(treeOf(at.root), spoilt, 'byte for byte, what is no text too');
    const listed = await expectCli(at, ['restore', '--list'], 0);
    assert.match(listed.stdout, new RegExp(`^${backupIn(stdout)} {2}\\d{4}-.*restore code-agent$`, 'm'));
    // Whether bytes that are no text are still the same is not known, so it is asked for.
    await expectCli(at, ['restore', '--undo'], 1);
    await expectCli(at, ['restore', '--undo', '--force'], 0);
    assert.deepEqual(treeOf(at.root), good);
  });

  it('is not undone where the file has changed since, unless it is forced', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    const spoilt = take(at, settings);
    const { stdout } = await expectCli(at, ['generate', '--force'], 0);
    put(at, settings, '{"mine": 2}\n');
    await checkRefused(at, { words: ['restore', '--undo'], says: /has changed since the backup .*--force/ });
    await expectCli(at, ['restore', '--backup', backupIn(stdout), '--force'], 0);
    assert.equal(take(at, settings), spoilt);
    await expectCli(at, ['restore', '--undo'], 0);
    assert.equal(take(at, settings), '{"mine": 2}\n');
  });

  it('a backup leads nowhere but below agents/, and none is no crash', async () => {
    const at = await generated();
    await checkRefused(at, { words: ['restore', '--undo'], says: /no backups/, code: 2 });
    put(at, settings, '{"mine": 1}\n');
    const { stdout } = await expectCli(at, ['restore', 'code-agent'], 0);
    const folder = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
    fs.mkdirSync(path.join(folder, 'elsewhere'));
    fs.writeFileSync(path.join(folder, 'elsewhere/x'), 'x');
    fs.writeFileSync(path.join(folder, 'package.json'), '{}');
    fs.symlinkSync('/etc/passwd', path.join(folder, 'agents/passwd'));
    fs.writeFileSync(`${folder}.json`, '{"format":1,"files":[{"path":"../../x","after":"y"},3,null]}');
    await expectCli(at, ['restore', '--undo', '--force'], 0);
    assert.equal(take(at, settings), '{"mine": 1}\n');
    assert.deepEqual(fs.readdirSync(at.root).sort(), ['agents']);
    assert.ok(!fs.existsSync(path.join(at.root, 'agents/passwd')));
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['restore'], /Name the agents/],
    [['restore', '--all', 'code-agent'], /Name the agents/],
    [['restore', 'code-agnet'], /Did you mean code-agent/],
    [['restore', 'code-agent', 'test-agent', '--key', '/model'], /one agent/],
    [['restore', 'code-agent', '--key', 'model'], /JSON pointer/],
    [['restore', 'code-agent', '--file', '../../x'], /no file ".*settings\.json/],
    [['restore', 'code-agent', '--file', 'CLAUDE.md', '--key', '/x'], /Only settings\.json has keys/],
    [['restore', '--undo', '--list'], /one of --undo/],
    [['restore', '--undo', 'code-agent'], /one of --undo/],
    [['restore', '--backup', '../../x'], /no backup/],
  ];
  for (const [words, says] of wrong)
    it(`wrongly asked: ${words.join(' ')}`, async () => {
      await checkRefused(await generated(), { words, says, code: 2 });
    });
});

describe('generate asks before it writes over', () => {
  it('an edit; but not what was never there', async () => {
    const at = await generated();
    const good = treeOf(at.root);
    put(at, memory, take(at, memory).replace('Writes', 'Reads'));
    await checkRefused(at, { says: /CLAUDE\.md was changed since.*restore code-agent.*--force/ });
    await expectCli(at, ['generate', 'test-agent'], 0);
    await expectCli(at, ['generate', '--force'], 0);
    assert.deepEqual(treeOf(at.root), good);
    const first = scratch();
    put(first, memory, 'Mine.\n');
    put(first, settings, '{"statusLine": {"type": "command", "command": "date"}}');
    await expectCli(first, ['generate'], 0);
    assert.match(take(first, memory), /\n\nMine\.\n$/);
    assert.equal(JSON.parse(take(first, settings)).statusLine.command, 'date');
  });

  it('without a lock a difference counts as an edit, and that is said', async () => {
    const at = await generated();
    fs.rmSync(path.join(at.root, lock));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(stdout, /registry\.lock\.json:1:1: warning: .*unknown who changed what/);
    put(at, registry, twoAgents.replace('model: opus', 'model: sonnet'));
    await checkRefused(at, { says: /settings\.json \(\/model\) differs.*the lock does not know it/ });
    await expectCli(at, ['restore', '--all'], 0);
    await expectCli(at, ['check'], 0);
  });
});
