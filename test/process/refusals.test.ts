// What generate refuses, each with one clear line and the way out, nothing half-written and nothing of the user's lost.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  checkRefused,
  expectCli,
  leftoversOf,
  put,
  type Refusal,
  removeScratch,
  type Scratch,
  scratch,
  take,
  treeOf,
  twoAgents,
} from './cliProcess.ts';

after(removeScratch);

const entry = (id: string, more = ''): string =>
  `  ${id}:\n    name: ${id}\n    display_name: A\n    description: An agent.\n    model: opus\n    tools: [Read]\n${more}`;

/** One line per level: nine levels of nine aliases are 387 million nodes. */
const aliasBomb = `agents:\n${entry('a-agent')}x0: &x0 [a, a, a, a, a, a, a, a, a]\n${Array.from(
  { length: 9 },
  (_, n) => `x${n + 1}: &x${n + 1} [${Array(9).fill(`*x${n}`).join(', ')}]\n`,
).join('')}`;

describe('generate refuses a registry', () => {
  const cases: readonly (readonly [string, string | null, Refusal])[] = [
    ['that is missing', null, { says: /no agents\/registry\.yaml.*(Create|--workspace)/ }],
    ['that is empty', '', { says: /registry\.yaml:1:1: error: .*empty/i }],
    ['that is only a comment', '# nothing yet\n', { says: /registry\.yaml:1:1: error: .*empty/i }],
    ['with a syntax error', 'agents:\n  a-agent: {name: [\n', { says: /registry\.yaml:\d+:\d+: error: / }],
    ['with agents: null', 'agents: null\n', { says: /registry\.yaml:1:\d+: error: .*agents/ }],
    ['with agents: a list', 'agents: [a, b]\n', { says: /registry\.yaml:1:\d+: error: .*agents/ }],
    ['without agents', 'version: "1"\n', { says: /error: .*agents/ }],
    [
      'with wrong types',
      `agents:\n${entry('a-agent', '    delegates_to: yes\n').replace('[Read]', 'Read')}`,
      { says: /registry\.yaml:\d+:\d+: error: .*tools.*list/, lines: 2 },
    ],
    ['with an alias bomb', aliasBomb, { says: /registry\.yaml:\d+:\d+: error: .*alias/ }],
    [
      'that is a merge conflict',
      `<<<<<<< ours\n${twoAgents}=======\n${twoAgents}>>>>>>> theirs\n`,
      { says: /conflict/ },
    ],
  ];
  for (const [name, registry, refusal] of cases)
    it(name, async () => {
      await checkRefused(scratch(registry), refusal);
    });

  it('that is a directory', async () => {
    const at = scratch(null);
    fs.mkdirSync(path.join(at.root, 'agents/registry.yaml'), { recursive: true });
    await checkRefused(at, { says: /registry\.yaml is a directory/ });
  });

  it('that is not text', async () => {
    const at = scratch(null);
    put(at, 'agents/registry.yaml', Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x80]));
    await checkRefused(at, { says: /registry\.yaml.*UTF-8/ });
  });

  const ids: readonly (readonly [string, string])[] = [
    ['../../evil', '"../../evil"'],
    ['a b', '"a b"'],
    ['$(x)', '"$(touch pwned)"'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor_'],
    ['300 characters', `a${'b'.repeat(299)}`],
    ['a Cyrillic look-alike', 'b\u0430ckend-agent'],
    ['a newline', '"a\\nb"'],
    ['an escape sequence', '"a\\e[31mb"'],
    ['nothing', '""'],
    ['an absolute path', '/etc'],
    ['a dot', '"."'],
    ['a device', 'nul'],
  ];
  for (const [name, id] of ids)
    it(`with an id that is ${name}`, async () => {
      const at = scratch(`agents:\n${entry(id)}`);
      const { text } = await checkRefused(at, { says: /registry\.yaml:2:\d+: error: / });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: such a character must not reach a terminal
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
      assert.deepEqual(fs.readdirSync(at.folder).sort(), ['home', 'w'], 'something appeared elsewhere');
    });
});

describe('generate refuses agents that are not there', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['code-agnet', /no agent "code-agnet".*did you mean code-agent/i],
    ['zebra', /no agent "zebra".*list/],
    ['../../evil', /no agent "\.\.\/\.\.\/evil"/],
    ['__proto__', /no agent "__proto__"/],
    ['constructor', /no agent "constructor"/],
    ['a\nb', /no agent "a\\nb"/],
    ['', /no agent ""/],
    ['x'.repeat(5000), /no agent "x{20,}…?"?/],
  ];
  for (const [id, says] of cases)
    it(JSON.stringify(id.slice(0, 40)), () =>
      checkRefused(scratch(), { words: ['generate', id], says, code: 2 }),
    );
  for (const verb of ['check', 'start'])
    it(`${verb}, too`, () =>
      checkRefused(scratch(), { words: [verb, 'code-agnet'], says: /did you mean code-agent/i, code: 2 }));
});

/** A workspace that generate has been through. */
async function generated(registry = twoAgents): Promise<Scratch> {
  const at = scratch(registry);
  await expectCli(at, ['generate'], 0);
  return at;
}

const settings = 'agents/code-agent/.claude/settings.json';
const memory = 'agents/code-agent/.claude/CLAUDE.md';
const lock = 'agents/registry.lock.json';

describe('generate does not write over what it can’t read', () => {
  const corrupted: readonly (readonly [string, string, string | Buffer])[] = [
    ['settings cut off', settings, '{"model": "opus", "permissions": {'],
    ['settings that are empty', settings, ''],
    ['settings that are a list', settings, '[1]'],
    ['settings with a comment', settings, '{} // mine\n'],
    ['settings that are not text', settings, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['settings nested 100 000 deep', settings, `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    [
      'memory whose markers are out of order',
      memory,
      '<!-- native-orchestrator:end -->\nmine\n<!-- native-orchestrator:begin -->\n',
    ],
    ['memory that is not UTF-8', memory, Buffer.from('Gr\xfc\xdfe\n', 'latin1')],
  ];
  for (const [name, file, bytes] of corrupted) {
    it(`${name}: refused, with the way out`, async () => {
      const at = await generated();
      put(at, file, bytes);
      const { text } = await checkRefused(at, { says: /--force/ });
      assert.ok(text.includes(file), text);
      await expectCli(at, ['check'], 1);
    });
    it(`${name}: with --force written, and the old bytes kept`, async () => {
      const at = await generated();
      const good = treeOf(at.root);
      put(at, file, bytes);
      const { stdout } = await expectCli(at, ['generate', '--force'], 0);
      assert.deepEqual(treeOf(at.root), good);
      const backup = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
      assert.deepEqual(fs.readFileSync(path.join(backup, file)), Buffer.from(bytes));
      assert.equal(fs.statSync(path.join(backup, file)).mode & 0o777, 0o600);
      assert.equal(fs.statSync(backup).mode & 0o777, 0o700);
      await expectCli(at, ['check'], 0);
    });
  }
  it('settings too large to read', async () => {
    const at = await generated();
    const file = path.join(at.root, settings);
    fs.truncateSync(file, 65 * 1024 * 1024);
    await checkRefused(at, { says: /too large.*--force/ });
    const { stdout } = await expectCli(at, ['generate', '--force'], 0);
    const backup = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
    assert.equal(fs.statSync(path.join(backup, settings)).size, 65 * 1024 * 1024);
  });
});

describe('generate refuses what stands in the way', () => {
  const cases: readonly (readonly [string, (at: Scratch) => void, RegExp])[] = [
    [
      'an id that exists as a file',
      (at) => void put(at, 'agents/code-agent', 'mine\n'),
      /agents\/code-agent is a file.*Move it away/,
    ],
    [
      'a file where .claude belongs',
      (at) => void put(at, 'agents/code-agent/.claude', 'mine\n'),
      /\.claude is a file.*Move it away/,
    ],
    [
      'a directory where settings belong',
      (at) => void put(at, `${settings}/mine.txt`, 'mine\n'),
      /settings\.json is (a directory|not a file).*Move it away/,
    ],
    [
      'a file where the hooks belong',
      (at) => void put(at, 'agents/.orchestrator', 'mine\n'),
      /\.orchestrator is a file/,
    ],
    [
      'a directory where the lock belongs',
      (at) => void put(at, `${lock}/mine.txt`, 'mine\n'),
      /registry\.lock\.json.*Move it away/,
    ],
    [
      'a file where the generators’ lock belongs',
      (at) => void put(at, 'agents/.generating', 'mine\n'),
      /agents\/\.generating.*remove/i,
    ],
    [
      'something in the generators’ lock',
      (at) => {
        put(at, 'agents/.generating/mine.txt', 'mine\n');
        const past = new Date(Date.now() - 60_000);
        fs.utimesSync(path.join(at.root, 'agents/.generating'), past, past);
      },
      /agents\/\.generating.*remove/i,
    ],
  ];
  for (const [name, prepare, says] of cases)
    it(name, async () => {
      const at = scratch();
      prepare(at);
      for (const words of [['generate'], ['generate', '--force']])
        await checkRefused(at, { says, words, code: says.source.includes('generating') ? 2 : 1 });
    });

  const links: readonly (readonly [string, string])[] = [
    ['settings', settings],
    ['memory', memory],
    ['an agent’s folder', 'agents/code-agent'],
    ['.claude', 'agents/code-agent/.claude'],
    ['the hooks’ folder', 'agents/.orchestrator'],
    ['the guard', 'agents/.orchestrator/guard.mjs'],
    ['the lock', lock],
  ];
  for (const [name, link] of links)
    for (const target of ['there', 'nowhere'])
      it(`${name} as a link that leads outside, ${target}`, async () => {
        const at = scratch();
        const outside = path.join(at.folder, 'outside');
        fs.mkdirSync(outside);
        const isFolder = !/\.(json|md|mjs)$/.test(link);
        if (target === 'there' && !isFolder)
          fs.writeFileSync(path.join(outside, 'target'), '{"model":"mine"}\n');
        const to = isFolder && target === 'there' ? outside : path.join(outside, 'target');
        fs.mkdirSync(path.dirname(path.join(at.root, link)), { recursive: true });
        fs.symlinkSync(to, path.join(at.root, link));
        const before = treeOf(outside);
        const says = /link that leads out of the workspace/;
        await checkRefused(at, { says });
        await checkRefused(at, { words: ['generate', '--force'], says });
        assert.deepEqual(treeOf(outside), before);
      });

  it('not a link that stays inside', async () => {
    const at = scratch();
    fs.mkdirSync(path.join(at.root, 'elsewhere'));
    fs.symlinkSync('../elsewhere', path.join(at.root, 'agents/code-agent'));
    await expectCli(at, ['generate'], 0);
    assert.ok(fs.lstatSync(path.join(at.root, 'agents/code-agent')).isSymbolicLink());
    assert.ok(fs.existsSync(path.join(at.root, 'elsewhere/.claude/settings.json')));
    await expectCli(at, ['check'], 0);
  });

  it('a state directory in the workspace', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    await checkRefused(
      at,
      {
        words: ['restore', '--all'],
        says: /state directory .* inside the workspace.*NATIVE_ORCHESTRATOR_STATE/i,
        code: 2,
      },
      { env: { NATIVE_ORCHESTRATOR_STATE: path.join(at.root, 'state') } },
    );
  });

  it('a state directory that can’t be made', async () => {
    const at = await generated();
    put(at, settings, take(at, settings).replace('"model": "opus"', '"model": "haiku"'));
    fs.writeFileSync(path.join(at.folder, 'plain'), '');
    await checkRefused(
      at,
      { words: ['restore', '--all'], says: /NATIVE_ORCHESTRATOR_STATE/, code: 2 },
      { env: { NATIVE_ORCHESTRATOR_STATE: path.join(at.folder, 'plain/state') } },
    );
  });
});

describe('generate and the lock', () => {
  const damaged: readonly (readonly [string, (text: string) => string])[] = [
    ['that is not JSON', (text) => text.slice(0, -9)],
    ['that is empty', () => ''],
    [
      'with merge conflict markers',
      (text) => text.replace('{\n', '{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n'),
    ],
    ['that is something else', () => '["mine"]\n'],
  ];
  for (const [name, damage] of damaged)
    it(`a lock ${name} is told of, and written anew`, async () => {
      const at = await generated();
      const good = treeOf(at.root);
      const bytes = damage(take(at, lock));
      put(at, lock, bytes);
      const checked = await expectCli(at, ['check'], 1);
      assert.match(checked.stdout, /registry\.lock\.json:1:1: warning: .*generate --all/);
      const { stdout } = await expectCli(at, ['generate'], 0);
      assert.deepEqual(treeOf(at.root), good);
      const backup = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
      assert.equal(fs.readFileSync(path.join(backup, lock), 'utf8'), bytes);
      await expectCli(at, ['check'], 0);
    });

  it('a lock of a higher format: nothing is written, and the version is named', async () => {
    const at = await generated();
    put(at, lock, JSON.stringify({ format: 2, generator: '9.1.0', outputs: {} }));
    await checkRefused(at, { says: /9\.1\.0.*Update/ });
    await checkRefused(at, { words: ['generate', '--force', '--upgrade'], says: /9\.1\.0.*Update/ });
    await expectCli(at, ['check'], 1);
  });

  it('hooks of another version are kept, and replaced by --upgrade', async () => {
    const at = await generated();
    const guard = 'agents/.orchestrator/guard.mjs';
    const ours = take(at, guard);
    const { createHash } = await import('node:crypto');
    const theirs = '// the guard of another version\n';
    put(at, guard, theirs);
    const value = JSON.parse(take(at, lock));
    value.generator = '0.0.9';
    value.outputs[guard].sha256 = createHash('sha256').update(theirs).digest('hex');
    put(at, lock, JSON.stringify(value));
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['generate'], 0);
    assert.equal(take(at, guard), theirs);
    assert.equal(JSON.parse(take(at, lock)).generator, '0.0.9');
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['generate', '--upgrade'], 0);
    assert.equal(take(at, guard), ours);
    assert.notEqual(JSON.parse(take(at, lock)).generator, '0.0.9');
    await expectCli(at, ['check'], 0);
    assert.deepEqual(leftoversOf(at.root), []);
  });

  it('entries that lead elsewhere are neither read nor shown as ours', async () => {
    const at = await generated();
    const value = JSON.parse(take(at, lock));
    for (const name of ['../../home', '/etc/passwd', 'agents/../../x', '__proto__'])
      Object.defineProperty(value.outputs, name, {
        value: { agent: 'gone-agent', kind: 'settings', sha256: 'x' },
        enumerable: true,
      });
    put(at, lock, JSON.stringify(value));
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['generate'], 0);
    assert.doesNotMatch(take(at, lock), /\.\.|passwd|__proto__/);
  });
});

describe('generate keeps what is somebody else’s', () => {
  it('text around our part of a memory file, and keys that we never write', async () => {
    const at = await generated();
    put(at, memory, `Mine, before.\r\n\r\n${take(at, memory)}\nMine, after: \${x} \`y\`\n`);
    const value = JSON.parse(take(at, settings));
    put(at, settings, JSON.stringify({ ...value, statusLine: { type: 'command', command: 'date' } }));
    await expectCli(at, ['generate'], 0);
    put(
      at,
      'agents/registry.yaml',
      twoAgents.replace('Writes the program', `"Writes \\"all\\"\\nof it, \${HOME}"`),
    );
    await expectCli(at, ['generate'], 0);
    const text = take(at, memory);
    assert.match(text, /^Mine, before\.\r?\n/);
    assert.match(text, /Mine, after: \$\{x\} `y`\n$/);
    assert.match(text, /Writes "all" of it, \$\{HOME\}/);
    assert.equal(JSON.parse(take(at, settings)).statusLine.command, 'date');
    await expectCli(at, ['check'], 0);
  });

  it('BOM and CRLF are no drift', async () => {
    const at = await generated();
    for (const file of [
      settings,
      memory,
      lock,
      'agents/.orchestrator/guard.mjs',
      'agents/code-agent/.claude/policy.json',
      'agents/registry.yaml',
    ])
      put(at, file, `\uFEFF${take(at, file).replaceAll('\n', '\r\n')}`);
    await expectCli(at, ['check'], 0);
    const before = treeOf(at.root);
    const { stdout } = await expectCli(at, ['generate'], 0);
    assert.match(stdout, /Nothing to do/);
    assert.deepEqual(treeOf(at.root), before);
  });

  it('what was edited goes to the backup', async () => {
    const at = await generated();
    const good = treeOf(at.root);
    const bytes = take(at, settings).replace('"model": "opus"', '"model": "haiku"');
    put(at, settings, bytes);
    for (const round of [1, 2]) {
      put(at, settings, bytes);
      const { stdout } = await expectCli(at, ['generate', '--force', 'code-agent'], 0);
      const backup = /kept in (.*)$/m.exec(stdout)?.[1] ?? '';
      assert.equal(fs.readFileSync(path.join(backup, settings), 'utf8'), bytes, `round ${round}`);
    }
    assert.deepEqual(treeOf(at.root), good);
  });
});

describe('templates of earlier tooling', () => {
  it('none is needed', async () => {
    const at = await generated();
    const { stdout } = await expectCli(at, ['check', '--notes'], 0);
    assert.doesNotMatch(stdout, /templates/);
  });
});
