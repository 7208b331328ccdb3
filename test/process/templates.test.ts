// Templates of earlier tooling on the command line: what generate, check and start make of them.
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
  take,
  treeOf,
} from './cliProcess.ts';
import { earlierFleet, memoryTemplate, settingsTemplate } from './earlierFleet.ts';

after(removeScratch);

const settings = 'agents/builder/.claude/settings.json';
const settingsOf = (at: Scratch): Readonly<Record<string, unknown>> => JSON.parse(take(at, settings));
const fakeClaude = `#!${process.execPath}
if (process.argv[2] !== '--version') require('node:fs').writeFileSync(process.env.HOME + '/argv.json', JSON.stringify(process.argv.slice(2)));
`;

describe('templates', () => {
  it('say what is generated: exit 0, the finding printed; check exits 1 and names the way out', async () => {
    const at = earlierFleet({ hasSettings: false });
    const { stdout } = await expectCli(at, ['generate'], 0);
    assert.match(
      stdout,
      /settings\.json\.template:3:20: error: .*old form.*native-orchestrator migrate \[outputs\/template-dropped\]/,
    );
    assert.deepEqual(settingsOf(at).companyAnnouncements, ['Built for builder']);
    assert.match(String(settingsOf(at).builtAt), /^20\d\d-\d\d-\d\dT/);
    assert.match(
      take(at, 'agents/builder/.claude/CLAUDE.md'),
      /^<!-- native-orchestrator:begin -->\n# Builder\n/,
    );
    const check = await expectCli(at, ['check'], 1);
    assert.match(check.stdout, /3 agents: 3 disarmed — run: native-orchestrator migrate/);
    assert.ok(!/outputs\/(stale|edited|missing|conflict|guard-lost)/.test(check.stdout), check.stdout);
    const before = treeOf(at.root);
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['generate', '--check'], 0);
    assert.deepEqual(treeOf(at.root), before, 'another time is no change');
    const { findings } = readJsonAnswer(await expectCli(at, ['generate', '--format', 'json'], 0));
    assert.ok(findings.some(({ code }) => code === 'outputs/template-dropped'));
  });

  it('without a guard: start wants --unguarded, and then runs with what the template says', async () => {
    const at = earlierFleet({ hasSettings: false });
    put(at, settingsTemplate, `{"language": "german", "model": "\${AGENT_MODEL}"}\n`);
    await expectCli(at, ['generate'], 0);
    const claude = path.join(at.folder, 'claude');
    fs.writeFileSync(claude, fakeClaude, { mode: 0o755 });
    const env = { NATIVE_ORCHESTRATOR_CLAUDE: claude };
    const refused = await expectCli(at, ['start', 'builder'], 2, { env });
    assert.match(refused.stderr, /builder is unguarded \(template has no guard\).*start builder --unguarded/);
    assert.ok(!fs.existsSync(path.join(at.home, 'argv.json')));
    await expectCli(at, ['start', 'builder', '--unguarded'], 0, { env });
    const argv: string[] = JSON.parse(fs.readFileSync(path.join(at.home, 'argv.json'), 'utf8'));
    const copy = argv[argv.indexOf('--settings') + 1] ?? '';
    assert.ok(copy.startsWith(at.state));
    assert.equal(fs.readFileSync(copy, 'utf8'), take(at, settings));
    assert.ok(argv.some((word) => word.startsWith('--tools=')));
    // The flag is no way around what is amiss otherwise.
    put(at, settings, '{"language": "french", "model": "opus"}\n');
    await expectCli(at, ['start', 'builder', '--unguarded'], 2, { env });
  });

  it('a verdict that was kept is not given when a template changes', async () => {
    const at = earlierFleet({ hasSettings: false, hasTemplates: false });
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['check'], 0);
    await expectCli(at, ['check'], 0);
    put(at, memoryTemplate, '# Mine\n');
    assert.match((await expectCli(at, ['check'], 1)).stdout, /registry is newer than the memory/i);
    fs.rmSync(path.join(at.root, memoryTemplate));
    await expectCli(at, ['check'], 0);
    put(at, memoryTemplate, `# \${AGENT_NAM}\n`);
    assert.match((await expectCli(at, ['check'], 1)).stdout, /misspelt-variable/);
  });

  const obstacles: readonly (readonly [name: string, place: (at: Scratch) => void, says: RegExp])[] = [
    [
      'bytes that are no text',
      (at) => put(at, settingsTemplate, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
      /is not UTF-8 text/,
    ],
    [
      'a folder',
      (at) => fs.mkdirSync(path.join(at.root, settingsTemplate), { recursive: true }),
      /is not a file/,
    ],
    [
      'a link out of the workspace',
      (at) => {
        fs.writeFileSync(path.join(at.folder, 'secret'), '{"secret": 1}');
        fs.mkdirSync(path.dirname(path.join(at.root, settingsTemplate)), { recursive: true });
        fs.symlinkSync(path.join(at.folder, 'secret'), path.join(at.root, settingsTemplate));
      },
      /symbolic link that leads out/,
    ],
    [
      'a folder that is a link out of the workspace',
      (at) => {
        fs.mkdirSync(path.join(at.folder, 'elsewhere'));
        fs.writeFileSync(path.join(at.folder, 'elsewhere/settings.json.template'), '{"secret": 1}');
        fs.mkdirSync(path.join(at.root, 'scripts/native-orchestrator'), { recursive: true });
        fs.symlinkSync(
          path.join(at.folder, 'elsewhere'),
          path.join(at.root, 'scripts/native-orchestrator/templates'),
        );
      },
      /symbolic link that leads out/,
    ],
    [
      'more than a million characters',
      (at) => put(at, settingsTemplate, ' '.repeat(1_100_000)),
      /more than a million/,
    ],
  ];
  for (const [name, place, says] of obstacles)
    it(`${name} in its place: nothing is written, and one line says so`, async () => {
      const at = earlierFleet({ hasSettings: false, hasTemplates: false });
      place(at);
      await checkRefused(at, { says });
      assert.match((await expectCli(at, ['check'], 1)).stdout, /template-unreadable/);
    });
});
