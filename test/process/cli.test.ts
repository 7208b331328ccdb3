// The command line as a person or a script uses it: the main job, the way in, what is printed and with which exit code.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'mocha';
import {
  cli,
  cliFile,
  expectCli,
  manyAgents,
  put,
  readJsonAnswer,
  removeScratch,
  sampleRegistry,
  scratch,
  take,
  timesOf,
  treeOf,
  twoAgents,
} from './cliProcess.ts';

after(removeScratch);

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
/** The real registry that this project was made for lies beside the checkout, where it is at all. */
const sharedRegistry = path.resolve(checkout, '../shared/data/registry-26.yaml');
const verbs = ['generate', 'check', 'list', 'clean', 'start', 'restore', 'adopt', 'ignore', 'doctor'];
const settings = 'agents/code-agent/.claude/settings.json';
const escapeCharacter = '\u001b';

/** What the sample registry names: generate refuses without. */
const namedFiles = ['docs/architecture.md', 'agents/personas/docs-agent.md'];

describe('the main job', () => {
  const fleets: readonly (readonly [string, () => string, number, string])[] = [
    ['our own fleet of twelve', () => sampleRegistry, 12, 'backend-agent'],
    ['the registry of twenty-six', () => fs.readFileSync(sharedRegistry, 'utf8'), 26, 'backend-agent'],
  ];
  for (const [name, registry, count, id] of fleets)
    it(`${name}: generate, nothing to do, check, one key changed by hand, restore`, async function () {
      if (count === 26 && !fs.existsSync(sharedRegistry)) this.skip();
      const at = scratch(registry());
      for (const file of namedFiles) put(at, file, 'Words.\n');
      const first = await expectCli(at, ['generate'], 0);
      assert.match(first.stdout, new RegExp(`^${count * 3 + 4} files written, 0 unchanged\\.$`, 'm'));
      for (const agent of fs.readdirSync(path.join(at.root, 'agents')).filter((entry) => entry.includes('-')))
        assert.ok(fs.existsSync(path.join(at.root, 'agents', agent, '.claude/settings.json')), agent);
      const times = timesOf(at.root);
      const second = await expectCli(at, ['generate', '--all'], 0);
      assert.match(second.stdout, /^Nothing to do: /);
      assert.deepEqual(timesOf(at.root), times, 'something was written');
      const good = await expectCli(at, ['check'], 0);
      assert.match(good.stdout, new RegExp(`${count} agents: ${count} in sync`));

      const file = `agents/${id}/.claude/settings.json`;
      const text = take(at, file);
      const was = JSON.parse(text).model;
      const line = text.split('\n').findIndex((each) => each.includes('"model"')) + 1;
      put(at, file, text.replace(/"model": "[^"]*"/, '"model": "claude-other"'));
      const drifted = await expectCli(at, ['check'], 1);
      const place = take(at, 'agents/registry.yaml').split('\n');
      const found = drifted.stdout.split('\n').filter((each) => each.includes(file));
      assert.equal(found.length, 1, drifted.stdout);
      assert.match(
        found[0] ?? '',
        new RegExp(
          `^${file}:${line}:3: warning: /model was changed: expected "${was}", found "claude-other"\\. Expected by agents/registry\\.yaml:\\d+\\. \\[outputs/edited\\]$`,
        ),
      );
      const declared = Number(/registry\.yaml:(\d+)/.exec(found[0] ?? '')?.[1]);
      assert.match(place[declared - 1] ?? '', new RegExp(`model:|${id}:`));
      const json = readJsonAnswer(await expectCli(at, ['check', '--format', 'json'], 1));
      const [finding] = json.findings.filter((each) => each.severity !== 'information');
      assert.equal(finding?.file, file);
      assert.equal(finding?.key, '/model');
      assert.deepEqual(finding?.args, { drift: 'edited', expected: `"${was}"`, found: '"claude-other"' });
      assert.match(drifted.stdout, new RegExp(`run: native-orchestrator restore ${id}`));
      const refused = await expectCli(at, ['generate', id], 1);
      assert.match(refused.stdout, /settings\.json \(\/model\) was changed .*restore \S+ .*--force/);
      assert.notEqual(take(at, file), text, 'not written over unasked');
      await expectCli(at, ['restore', id], 0);
      assert.equal(take(at, file), text);
      await expectCli(at, ['check'], 0);
    });

  it('a deny rule taken out disarms, and is told at both ends', async () => {
    const at = scratch();
    await expectCli(at, ['generate'], 0);
    put(at, settings, take(at, settings).replace('"Edit(tests/**)",', ''));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(stdout, /settings\.json:\d+:\d+: error: .*Edit\(tests\/\*\*\).*registry\.yaml:\d+/);
    assert.match(stdout, /2 agents: .*1 disarmed — run: native-orchestrator restore code-agent/);
    const [error] = readJsonAnswer(await cli(at, ['check', '--format=json'])).findings.filter(
      ({ severity }) => severity === 'error',
    );
    const [related] = (error?.related ?? []) as { file: string; line: number }[];
    assert.equal(related?.file, 'agents/registry.yaml');
    assert.match(twoAgents.split('\n')[(related?.line ?? 0) - 1] ?? '', /tests\/\*\*/);
  });
});

describe('help', () => {
  for (const words of [['--help'], ['-h'], ['help']])
    it(words.join(' '), async () => {
      const { stdout, stderr } = await expectCli(scratch(null), words, 0);
      assert.equal(stderr, '');
      for (const verb of verbs) assert.match(stdout, new RegExp(`^ {2}${verb} +\\w`, 'm'));
      assert.ok(stdout.split('\n').every((line) => line.length <= 110));
    });
  for (const verb of verbs)
    it(`${verb} --help, and help ${verb}`, async () => {
      const at = scratch(null);
      const { stdout } = await expectCli(at, [verb, '--help'], 0);
      assert.match(stdout, new RegExp(`^Usage: native-orchestrator ${verb}`, 'm'));
      assert.match(stdout, /--workspace/);
      assert.equal((await expectCli(at, ['help', verb], 0)).stdout, stdout);
    });
  it('without a verb it goes to standard error, with exit code 2', async () => {
    const { stdout, stderr } = await expectCli(scratch(null), [], 2);
    assert.equal(stdout, '');
    assert.match(stderr, /Usage:/);
  });
  it('--version is that of the package', async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(checkout, 'package.json'), 'utf8'));
    assert.equal((await expectCli(scratch(null), ['--version'], 0)).stdout, `${version}\n`);
  });
});

describe('wrong usage: exit code 2, one line, the nearest that there is', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['generat'], /no verb "generat"\. Did you mean generate\?/],
    [['chekc'], /Did you mean check\?/],
    [['frobnicate'], /no verb "frobnicate".*--help/],
    [['__proto__'], /no verb "__proto__"/],
    [['help', 'chekc'], /Did you mean check\?/],
    [['a\u001b[31m\nb'], /no verb "a\\u001b\[31m\\nb"/],
    [['generate', '--forse'], /--forse.*Did you mean --force\?/],
    [['generate', '--dryrun'], /--dryrun.*Did you mean --dry-run\?/],
    [['check', '--frobnicate'], /--frobnicate.*check --help/],
    [['check', '-z'], /-z.*check --help/],
    [['check', '--workspace'], /--workspace/],
    [['check', '--notes=yes'], /--notes/],
    [['check', '--format', 'xml'], /--format is text, json, sarif or github, not "xml"/],
    [['list', '--state', 'fine'], /no state "fine".*in-sync, /],
    [['generate', '--all', '--pilot'], /not two of them/],
    [['generate', 'code-agent', '--all'], /not two of them/],
    [['generate', '--pilot'], /no pilot agents.*pilot/],
    [['start'], /Name one agent/],
    [['start', 'code-agent', 'test-agent', '--runner', 'terminal'], /Name one agent/],
    [['check', '--workspace', '/nowhere'], /\/nowhere is not a folder.*--workspace/],
  ];
  for (const [words, says] of cases)
    it(JSON.stringify(words.join(' ')), async () => {
      const at = scratch();
      const before = treeOf(at.root);
      const { stdout, stderr } = await expectCli(at, words, 2);
      assert.equal(stdout, '');
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /bug of ours/);
      if (words[1] !== '--format') {
        const json = readJsonAnswer(await expectCli(at, [...words, '--format=json'], 2));
        assert.equal(json.findings.length, 1);
        assert.equal(json.summary.ok, false);
      }
      assert.deepEqual(treeOf(at.root), before);
    });
});

describe('the workspace', () => {
  it('is found by walking up', async () => {
    const at = scratch();
    put(at, 'src/deep/er/x', '');
    await expectCli(at, ['generate'], 0, { cwd: path.join(at.root, 'src/deep/er') });
    assert.ok(fs.existsSync(path.join(at.root, settings)));
  });
  it('is given by --workspace, which wins over PROJECT_ROOT, which wins over the folder', async () => {
    const one = scratch();
    const two = scratch(manyAgents(3));
    const three = scratch(manyAgents(5));
    const count = async (words: readonly string[], env: Record<string, string>): Promise<string> =>
      /(\d+) agents?/.exec((await cli(one, ['list', ...words], { env })).stdout)?.[1] ?? '';
    assert.equal(await count([], {}), '2');
    assert.equal(await count([], { PROJECT_ROOT: two.root }), '3');
    assert.equal(await count([], { PROJECT_ROOT: '' }), '2');
    assert.equal(await count(['--workspace', three.root], { PROJECT_ROOT: two.root }), '5');
    assert.equal(await count(['-w', path.relative(one.root, three.root)], {}), '5');
  });
  it('that PROJECT_ROOT names wrongly is refused', async () => {
    const { stderr } = await expectCli(scratch(), ['check'], 2, { env: { PROJECT_ROOT: '/nowhere' } });
    assert.match(stderr, /\/nowhere is not a folder.*PROJECT_ROOT/);
  });
  it('may have spaces, quotes and a newline in its path, and be a link', async () => {
    const at = scratch(null);
    const odd = path.join(at.folder, `a b'c"d\n$(x)`);
    fs.mkdirSync(path.join(odd, 'agents'), { recursive: true });
    fs.writeFileSync(path.join(odd, 'agents/registry.yaml'), twoAgents);
    const link = path.join(at.folder, 'link');
    fs.symlinkSync(odd, link);
    await expectCli(at, ['generate', '-w', link], 0);
    await expectCli(at, ['check'], 0, { cwd: odd });
    assert.ok(fs.existsSync(path.join(odd, settings)));
  });
});

describe('what is printed', () => {
  it('JSON everywhere, with findings and a summary', async () => {
    const at = scratch();
    const dry = readJsonAnswer(await expectCli(at, ['generate', '--dry-run', '--format', 'json'], 0));
    assert.equal((dry.summary.written as string[]).length, 10);
    assert.ok(!fs.existsSync(path.join(at.root, settings)));
    readJsonAnswer(await expectCli(at, ['generate', '--check', '--format', 'json'], 1));
    const missing = readJsonAnswer(await expectCli(at, ['check', '--format', 'json'], 1));
    assert.deepEqual(missing.summary, {
      agents: 2,
      missing: 2,
      sync: { outOfSync: 2 },
      health: { missing: 2 },
      ok: false,
    });
    readJsonAnswer(await expectCli(at, ['generate', '--format', 'json'], 0));
    readJsonAnswer(await expectCli(at, ['generate', '--check', '--format', 'json'], 0));
    const good = readJsonAnswer(await expectCli(at, ['check', '--format', 'json'], 0));
    assert.deepEqual(good.summary, {
      agents: 2,
      inSync: 2,
      sync: { inSync: 2 },
      health: { healthy: 2 },
      ok: true,
    });
    const listed = readJsonAnswer(await expectCli(at, ['list', '--format', 'json'], 0));
    assert.deepEqual(
      (listed.agents as { id: string; state: string }[]).map(({ id, state }) => [id, state]),
      [
        ['code-agent', 'in-sync'],
        ['test-agent', 'in-sync'],
      ],
    );
  });

  it('no colour when it is no terminal, nor with NO_COLOR on one; colour on one', async function () {
    const at = scratch();
    assert.ok(!(await cli(at, ['check'])).text.includes(escapeCharacter));
    if (!fs.existsSync('/usr/bin/script')) this.skip(); // util-linux: gives a terminal
    const onTerminal = (env: Record<string, string>): Promise<string> =>
      new Promise((resolve, reject) => {
        const child = spawn(
          '/usr/bin/script',
          ['-qec', `'${process.execPath}' '${cliFile}' check`, '/dev/null'],
          {
            cwd: at.root,
            env: { ...at.env, TERM: 'xterm', ...env },
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        );
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (more: string) => {
          text += more;
        });
        child.on('error', reject);
        child.on('close', () => resolve(text));
      });
    assert.ok((await onTerminal({})).includes(`${escapeCharacter}[33mwarning${escapeCharacter}[0m`));
    assert.ok(!(await onTerminal({ NO_COLOR: '1' })).includes(escapeCharacter));
    assert.ok(!(await onTerminal({ TERM: 'dumb' })).includes(escapeCharacter));
  });

  for (const words of [
    ['list'],
    ['check', '--notes'],
    ['check', '--format', 'json'],
    ['generate', '--dry-run'],
  ])
    it(`${words.join(' ')} | a reader that has gone`, async () => {
      const at = scratch(manyAgents(1500));
      const child = spawn(process.execPath, [cliFile, ...words], {
        cwd: at.root,
        env: at.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.once('data', () => child.stdout.destroy());
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      assert.equal(stderr, '');
      assert.ok(code === 0 || code === 1, String(code));
    });

  it('a full disk, and a current folder that is gone, are told of in one line', async function () {
    const at = scratch();
    const lines = (command: string): readonly string[] => {
      const { status, stdout, stderr } = spawnSync(
        '/bin/sh',
        ['-c', command, 'sh', process.execPath, cliFile],
        {
          cwd: at.folder,
          env: { ...at.env, WORKSPACE: at.root },
          encoding: 'utf8',
        },
      );
      assert.equal(status, 2, stderr);
      return `${stdout}${stderr}`.trim().split('\n');
    };
    const gone = lines('mkdir gone && cd gone && rmdir ../gone && exec "$1" "$2" check');
    assert.deepEqual(gone, ['native-orchestrator: The current folder is gone. Change to another one.']);
    if (!fs.existsSync('/dev/full')) this.skip();
    const full = lines('exec "$1" "$2" check --workspace "$WORKSPACE" > /dev/full');
    assert.deepEqual(full.length, 1);
    assert.match(full[0] ?? '', /cannot be written \(ENOSPC\)/);
  });

  it('text of the registry cannot steer the terminal', async () => {
    const at = scratch(
      twoAgents
        .replace('Writes the program', '"a\\e[31m\\u202Eb\\r\\nc\\x07"')
        .replace('Code Agent', '"\\e]0;x\\a"'),
    );
    await expectCli(at, ['generate'], 0);
    const texts = await Promise.all(
      [['list'], ['check', '--notes'], ['doctor']].map((words) => cli(at, words)),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: such characters are what is looked for
    for (const { text } of texts) assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });
});

describe('list', () => {
  const at = scratch(sampleRegistry);
  for (const file of namedFiles) put(at, file, 'Words.\n');
  const ids = async (...words: string[]): Promise<readonly string[]> =>
    (
      readJsonAnswer(await expectCli(at, ['list', ...words, '--format', 'json'], 0)).agents as {
        id: string;
      }[]
    ).map(({ id }) => id);
  it('filters by text, group and state', async () => {
    const all = await ids();
    assert.equal(all.length, 12);
    assert.deepEqual(await ids('docs-AGENT'), ['docs-agent']);
    const build = await ids('--group', 'Build');
    assert.ok(build.length > 0 && build.length < 12);
    assert.deepEqual(await ids('--group', 'Nowhere'), []);
    assert.deepEqual(await ids('--state', 'missing'), all);
    assert.deepEqual(await ids('--state', 'in-sync'), []);
    await expectCli(at, ['generate', 'docs-agent'], 0);
    assert.deepEqual(
      await ids('--state', 'missing', '--group', 'Build'),
      build.filter((id) => id !== 'docs-agent'),
    );
    assert.equal((await ids('--state', 'missing')).length, 11);
  });
  it('shows directories that nobody registered', async () => {
    const other = scratch();
    put(other, 'agents/code/.claude/settings.json', '{}');
    const { stdout } = await expectCli(other, ['list'], 0);
    assert.match(stdout, /^code\/ {2}not in the registry, looks like code-agent$/m);
  });
});

describe('generate of some', () => {
  it('--pilot, ids, and the rest later', async () => {
    const at = scratch(`pilot: [test-agent]\n${twoAgents}`);
    await expectCli(at, ['generate', '--pilot'], 0);
    assert.ok(fs.existsSync(path.join(at.root, 'agents/test-agent/.claude/settings.json')));
    assert.ok(!fs.existsSync(path.join(at.root, 'agents/code-agent')));
    await expectCli(at, ['check', 'test-agent'], 0);
    await expectCli(at, ['check'], 1);
    await expectCli(at, ['generate', 'code-agent'], 0);
    await expectCli(at, ['check'], 0);
    const whole = scratch(`pilot: [test-agent]\n${twoAgents}`);
    await expectCli(whole, ['generate'], 0);
    await expectCli(at, ['generate'], 0);
    assert.deepEqual(treeOf(at.root), treeOf(whole.root), 'in steps as at once');
  });

  it('an agent taken out of the registry leaves orphans that are named, not removed', async () => {
    const at = scratch();
    await expectCli(at, ['generate'], 0);
    const alone = twoAgents.slice(0, twoAgents.indexOf('  test-agent:')).replace('[test-agent]', '[]');
    put(at, 'agents/registry.yaml', alone);
    await expectCli(at, ['generate'], 0);
    assert.ok(fs.existsSync(path.join(at.root, 'agents/test-agent/.claude/settings.json')));
    const { stdout } = await expectCli(at, ['check'], 1);
    assert.match(stdout, /agents\/test-agent\/\S+:1:1: warning: .*no longer in.*\[outputs\/orphan\]/);
    fs.rmSync(path.join(at.root, 'agents/test-agent'), { recursive: true });
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['check'], 0);
  });
});
