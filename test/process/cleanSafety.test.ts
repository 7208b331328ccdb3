// `clean` where something is in the way: refusals that change nothing, links, hostile names and settings, two at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  cli,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  take,
} from './cliProcess.ts';
import {
  archived,
  archiveWords,
  commit,
  firstRegistry,
  fiveOld,
  smallFleet,
  wholeTree,
} from './legacyFleet.ts';

after(removeScratch);

describe('clean refuses', () => {
  const check = (
    title: string,
    refusal: Parameters<typeof checkRefused>[1],
    spoil: (at: Scratch) => void = () => {},
  ): unknown =>
    it(title, async () => {
      const at = smallFleet();
      spoil(at);
      await checkRefused(at, { code: 2, ...refusal });
    });
  const agents = (at: Scratch): string => path.join(at.root, 'agents');
  check('to archive without an answer', {
    words: ['clean', '--archive'],
    says: /Archive 5 directories.*no terminal.*--yes/,
  });
  check('to delete without an answer', {
    words: ['clean', '--delete'],
    says: /Delete 5 directories.*no terminal.*--yes/,
  });
  check('two things at once', { words: ['clean', '--archive', '--delete'], says: /not both/ });
  check('an undo of a part', { words: ['clean', '--undo', 'x', 'backend'], says: /nothing else/ });
  check('to delete what is not committed', {
    words: ['clean', '--delete', '--uncommitted'],
    says: /never deleted/,
  });
  check('a name that is none', { words: ['clean', 'bakcend'], says: /Did you mean backend\?/ });
  check('a name that leads out', { words: ['clean', '../../etc'], says: /no unregistered directory/ });
  check('a registered name', {
    words: ['clean', 'backend-agent'],
    says: /is in the registry, and clean touches nothing/,
  });
  check('a manifest that is not there', { words: ['clean', '--undo', 'nothing'], says: /is not there/ });
  check('a manifest from elsewhere', {
    words: ['clean', '--undo', 'README.md'],
    says: /not the manifest of an archive/,
  });
  check('a broken registry', { code: 1, words: archiveWords, says: /registry\.yaml:\d+.*error/ }, (at) => {
    put(at, 'agents/registry.yaml', `${firstRegistry}  broken: [\n`);
  });
  check(
    'a file where the archive belongs',
    { words: archiveWords, says: /agents\/archive is a file/ },
    (at) => {
      put(at, 'agents/archive', 'x');
    },
  );
  check(
    'an archive that leads out',
    { words: archiveWords, says: /agents\/archive is a symbolic link that leads out/ },
    (at) => {
      fs.symlinkSync(at.home, path.join(agents(at), 'archive'));
    },
  );
  check(
    'agents/ that leads out',
    { words: archiveWords, says: /agents is a symbolic link that leads out/ },
    (at) => {
      fs.renameSync(agents(at), path.join(at.home, 'agents'));
      fs.symlinkSync(path.join(at.home, 'agents'), agents(at));
    },
  );

  const damaged = (
    title: string,
    says: RegExp,
    change: (value: Record<string, unknown>) => unknown,
  ): unknown =>
    it(`an undo of ${title}`, async () => {
      const at = smallFleet();
      const manifest = await archived(at);
      const value = JSON.parse(take(at, manifest));
      change(value);
      put(at, manifest, JSON.stringify(value));
      await checkRefused(at, { code: 2, words: ['clean', '--undo', manifest], says });
    });
  damaged('a newer version', /newer version \(format 2\)/, (value) => Object.assign(value, { format: 2 }));
  damaged('a manifest that leads out', /neither in agents\/ nor beside/, (value) => {
    const [first] = value.directories as { from: string }[];
    Object.assign(first ?? {}, { from: '../../outside' });
  });

  it('an undo over something new, and brings nothing back then', async () => {
    const at = smallFleet();
    const manifest = await archived(at);
    put(at, 'agents/docker/new.md', 'somebody began anew\n');
    await checkRefused(at, {
      code: 2,
      words: ['clean', '--undo', manifest],
      says: /docker: something stands at agents\/docker again\. Move it away/,
    });
    fs.rmSync(path.join(at.root, 'agents/docker'), { recursive: true });
    await expectCli(at, ['clean', '--undo', manifest], 0);
  });

  it('what may not be moved, and moves nothing then', async function () {
    const nobody = '65534';
    const asNobody = ['/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    if (process.getuid?.() !== 0 || spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), 'true']).status !== 0)
      this.skip();
    const at = smallFleet();
    fs.rmSync(path.join(at.root, '.git'), { recursive: true });
    for (const name of fs.readdirSync(at.folder, { recursive: true, encoding: 'utf8' }))
      fs.lchownSync(path.join(at.folder, name), Number(nobody), Number(nobody));
    fs.chownSync(at.folder, Number(nobody), Number(nobody));
    // The third of five: two are moved by then, and come back. Another parent may be had only by who may write in it.
    const third = path.join(at.root, 'agents/docker');
    fs.chownSync(third, 0, 0);
    const refusal = { code: 2, words: archiveWords, says: /Could not move .*docker: .*permi/ } as const;
    await checkRefused(at, refusal, { through: asNobody });
    fs.chmodSync(third, 0o700);
    await checkRefused(
      at,
      { ...refusal, says: /Could not read .*docker: there is no permission/ },
      { through: asNobody },
    );
  });
});

describe('clean takes in its stride', () => {
  it('links: of a registered agent, to elsewhere, within the workspace', async () => {
    const at = smallFleet();
    const agents = path.join(at.root, 'agents');
    fs.symlinkSync('backend', path.join(agents, 'backend-agent'));
    fs.symlinkSync(at.home, path.join(agents, 'frontend'));
    const answer = readJsonAnswer(await cli(at, ['clean', '--format', 'json']));
    const found = answer.directories as readonly { name: string; kind: string; rule: string }[];
    const rules = Object.fromEntries(found.map(({ name, kind, rule }) => [name, `${kind} ${rule}`]));
    assert.deepEqual(
      [rules.backend, rules.frontend, rules.qa],
      ['kept linked', 'kept linked', 'old same-name'],
    );
    fs.renameSync(agents, path.join(at.root, 'fleet'));
    fs.symlinkSync('fleet', agents);
    const before = wholeTree(at.root);
    const manifest = await archived(at, '--uncommitted');
    assert.ok(fs.existsSync(path.join(at.root, 'fleet/backend')));
    assert.ok(!fs.existsSync(path.join(at.root, 'fleet/qa')));
    await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
  });

  it('hostile names', async () => {
    const at = smallFleet();
    const hostile = [
      '$(touch x)',
      'a\nb',
      '"quoted"',
      '__proto__',
      'x'.repeat(200),
      '-rf',
      '--yes',
      ':(top)',
    ];
    for (const name of hostile) put(at, `agents/${name}/CLAUDE.md`, 'status: deprecated\n');
    commit(at, 'Names');
    const before = wholeTree(at.root);
    const { stdout } = await expectCli(at, ['clean'], 1);
    assert.match(stdout, / {2}a\\nb\//);
    const manifest = await archived(at);
    for (const name of hostile) assert.ok(!fs.existsSync(path.join(at.root, 'agents', name)), name);
    await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
    assert.ok(!fs.existsSync(path.join(at.root, 'x')));
  });

  it('a repository whose settings would start programs', async () => {
    const at = smallFleet();
    const made = path.join(at.folder, 'started');
    const script = put(at, 'evil.sh', `#!/bin/sh\ntouch ${made}\n`);
    fs.chmodSync(script, 0o755);
    put(
      at,
      '.git/config',
      `${take(at, '.git/config')}[core]\n fsmonitor = ${script}\n hooksPath = ${at.root}\n pager = ${script}\n[diff]\n external = ${script}\n[log]\n showSignature = true\n[gpg]\n program = ${script}\n`,
    );
    fs.copyFileSync(script, path.join(at.root, 'post-index-change'));
    await expectCli(at, ['clean'], 1);
    assert.ok(!fs.existsSync(made));
  });

  it('being run by a hook of git, which names another repository', async () => {
    const at = smallFleet();
    const misleading = {
      GIT_DIR: path.join(at.folder, 'none'),
      GIT_INDEX_FILE: 'none',
      GIT_WORK_TREE: at.home,
    };
    const plain = await expectCli(at, ['clean'], 1);
    const { text } = await expectCli(at, ['clean'], 1, { env: misleading });
    assert.equal(text, plain.text);
    assert.match(text, /last commit/);
  });

  it('an archive that was worked in', async () => {
    const at = smallFleet();
    const manifest = await archived(at);
    put(at, `${path.dirname(manifest)}/qa/later.md`, 'x\n');
    const { stderr } = await expectCli(at, ['clean', '--undo', manifest], 1);
    assert.match(stderr, /agents\/qa was changed while it was archived/);
    assert.equal(take(at, 'agents/qa/later.md'), 'x\n');
  });

  it('two at once', async () => {
    const at = smallFleet();
    const before = wholeTree(at.root);
    const results = await Promise.all([cli(at, archiveWords), cli(at, archiveWords)]);
    for (const { code, text } of results) assert.equal(code, 0, text);
    const manifests = results.flatMap(({ stdout }) => /--undo (\S+)$/m.exec(stdout)?.[1] ?? []);
    assert.ok(manifests.length >= 1);
    for (const name of fiveOld) assert.ok(!fs.existsSync(path.join(at.root, 'agents', name)), name);
    for (const manifest of manifests.sort().reverse()) await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.deepEqual(wholeTree(at.root), before);
  });
});
