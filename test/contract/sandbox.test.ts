// With `sandbox: true` the system itself refuses what no rule and no guard can see: what an interpreter does. Played with
// the launch copy by the sandbox alone, and as a whole.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { changedFiles, FleetFolder } from './fleetFolder.ts';
import { claudeBinary } from './realClaude.ts';
import { ScriptedModel } from './scriptedModel.ts';
import { playSession, runStart } from './sessions.ts';

const id = 'boxed-agent';
const registry = `
agents:
  ${id}:
    name: ${id}
    display_name: Boxed
    description: Runs its shell in the sandbox.
    model: opus
    tools: [Bash, Read]
    sandbox: true
    cannot_access: [tests/**, "*.gen.*", /docs/**]
    cannot_read: [secrets/**]
`;

/** Undefined when a sandbox of the kind that the CLI uses runs here; otherwise why not. */
function missing(): string | undefined {
  if (claudeBinary === undefined) return 'NATIVE_ORCHESTRATOR_TEST_CLAUDE names no claude';
  if (process.platform === 'win32') return 'there is none on Windows';
  if (process.platform === 'darwin') return undefined;
  const everything = ['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--unshare-all'];
  if (spawnSync('bwrap', [...everything, 'true']).status !== 0) return 'bwrap is missing or cannot run';
  return spawnSync('socat', ['-V']).status === 0 ? undefined : 'socat is missing';
}

const lack = missing();

(lack === undefined ? describe : describe.skip)(`sandbox${lack === undefined ? '' : ` (${lack})`}`, () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async () => {
    model = await ScriptedModel.start();
  });
  after(() => model.close());
  beforeEach(() => {
    fleet = new FleetFolder({ registry });
    for (const file of ['tests/a', 'pkg/tests/a', 'src/a.gen.js', 'docs/a', 'secrets/word', 'src/old'])
      fleet.write(file, 'old');
    spawnSync('git', ['init', '-q', '.'], { cwd: fleet.root });
  });
  afterEach(() => fleet.dispose());

  const bash = (command: string) => ({ tool: 'Bash', input: { command, description: 'some work' } });
  /** Code that writes and reads without naming what it touches. */
  const hidden = (file: string, mode: string) => {
    const coded = Buffer.from(file).toString('base64');
    const text = mode === 'w' ? `.write('new')` : '.read()';
    return bash(`python3 -c "import base64; print(open(base64.b64decode('${coded}'),'${mode}')${text})"`);
  };

  for (const [by, without] of [
    ['alone', 'rules,guard'],
    ['with rules and guard', undefined],
  ] as const)
    it(`keeps an interpreter from what is denied, ${by}`, async () => {
      const spool = path.join(fleet.state, 'hidden');
      const forbidden = [
        hidden('tests/a', 'w'),
        hidden('tests/new', 'w'),
        hidden('pkg/tests/a', 'w'),
        hidden('src/a.gen.js', 'w'),
        hidden('docs/a', 'w'),
        hidden('agents/registry.yaml', 'w'),
        hidden(`agents/${id}/.claude/settings.json`, 'w'),
        hidden('.claude/settings.local.json', 'w'),
        hidden('.git/hooks/pre-commit', 'w'),
        hidden('secrets/word', 'r'),
      ];
      const allowed = [hidden('src/old', 'w'), hidden('src/new', 'w'), hidden('tests/a', 'r')];
      const before = fleet.contents();
      const start = () => runStart(fleet, model.url, id, without === undefined ? {} : { without });
      // What is written into a hidden folder goes nowhere; the call itself succeeds.
      const all = [...forbidden, ...allowed, hidden(spool, 'w')];
      const { results } = await playSession(model, all, start);
      for (const [at, { input }] of forbidden.entries())
        assert.ok(results[at]?.isError, `${input.command}: ${results[at]?.text}`);
      for (const [at, { input }] of allowed.entries()) {
        const result = results[forbidden.length + at];
        assert.ok(result && !result.isError, `${input.command}: ${result?.text}`);
      }
      const changed = changedFiles(before, fleet.contents()).filter((file) => !file.startsWith('.git/'));
      assert.deepEqual(changed, ['src/new', 'src/old']);
      assert.equal(fleet.read(path.relative(fleet.root, spool)), undefined);
    });

  it('lets git commit', async () => {
    const git = 'git -c user.name=a -c user.email=a@example.org';
    const attempts = [bash('git add src'), bash(`${git} commit -q -m first`), bash('git log --oneline')];
    const { results } = await playSession(model, attempts, () => runStart(fleet, model.url, id));
    for (const { text, isError } of results) assert.ok(!isError, text);
    assert.match(results[2]?.text ?? '', /first/);
  });
});
