// Shell commands in the real CLI, held by the guard alone: with the launch copy and with the committed settings.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import { changedFiles, FleetFolder } from './fleetFolder.ts';
import { type ClaudeResult, describeWithClaude } from './realClaude.ts';
import { ScriptedModel, say, use } from './scriptedModel.ts';
import { playSession, runStart, runWithSettings } from './sessions.ts';

const id = 'shell-agent';
const agentWith = (name: string, more: string): string => `
  ${name}:
    name: ${name}
    display_name: Shell
    description: Runs commands.
    model: opus
${more}`;
const registry = `agents:
${agentWith(
  id,
  `    tools: [Bash, Read, Agent]
    cannot_access: [tests/**]
    cannot_read: [secrets/**]
    deny_bash: [git push]
    delegates_to: [docs-agent]`,
)}
${agentWith(
  'docs-agent',
  `    tools: [Bash, Read]
    cannot_access: [src/**]`,
)}
`;

const attempts: readonly (readonly [command: string, refusal?: RegExp])[] = [
  ['echo new > tests/a', /lists "tests\/\*\*" under cannot_access of shell-agent/],
  ['cd pkg && cp ../src/old tests/new', /lists "tests\/\*\*"/],
  ['rm -rf pkg', /lists "tests\/\*\*"/],
  ['cat secrets/word', /may not read "secrets\/word"/],
  [`python3 -c "open('tests/a','w').write('new')"`, /"tests\/\*\*"/],
  ['echo new > .claude/settings.local.json', /is protected/],
  ['git -C . push', /may not run "git push"/],
  ['claude --version', /No session may start "claude"/],
  ['echo "open', /cannot be taken apart/],
  ['echo new > src/new'],
  ['cat tests/a'],
  ['git add src && git -c user.name=a -c user.email=a@example.org commit -q -m first'],
];

describeWithClaude('guard and shell commands in the real CLI', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async () => {
    model = await ScriptedModel.start();
  });
  after(() => model.close());
  beforeEach(() => {
    fleet = new FleetFolder({ registry });
    for (const file of ['tests/a', 'pkg/tests/a', 'secrets/word', 'src/old']) fleet.write(file, 'old');
    spawnSync('git', ['init', '-q'], { cwd: fleet.root });
  });
  afterEach(() => fleet.dispose());

  const calls = attempts.map(([command]) => ({ tool: 'Bash', input: { command, description: 'some work' } }));
  const byStart = (): Promise<ClaudeResult> => runStart(fleet, model.url, id, { without: 'rules' });
  const committed = (): Promise<ClaudeResult> =>
    runWithSettings(
      fleet,
      model.url,
      fleet.settingsWithout(id, ({ permissions }) => delete permissions.deny),
    );

  for (const [name, run] of [
    ['the launch copy', byStart],
    ['the committed settings', committed],
  ] as const)
    it(`holds with ${name}`, async () => {
      const before = fleet.contents();
      const { results } = await playSession(model, calls, run);
      for (const [at, [command, refusal]] of attempts.entries()) {
        const words = `${command}: ${results[at]?.text}`;
        assert.equal(results[at]?.isError, refusal !== undefined, words);
        if (refusal) assert.match(results[at]?.text ?? '', refusal, words);
      }
      const changed = changedFiles(before, fleet.contents()).filter((file) => !file.startsWith('.git/'));
      assert.deepEqual(changed, ['src/new']);
    });

  it('refuses every command when its part for them is gone', async () => {
    fleet.remove('agents/.orchestrator/bash.mjs');
    const before = fleet.contents();
    const { results } = await playSession(model, calls, committed);
    for (const { text, isError } of results) assert.ok(isError && /is missing/.test(text), text);
    assert.deepEqual(changedFiles(before, fleet.contents()), []);
  });

  it('holds a delegate’s commands to both policies', async () => {
    const isDocs = ({ system }: { readonly system: string }) => system.includes('(docs-agent)');
    const commands = ['echo new > src/new', 'echo new > tests/a', 'git push', 'echo new > notes'];
    model.play((request) => {
      if (isDocs(request))
        return request.turn === 0 ? commands.map((command) => use('Bash', { command })) : [say('Made.')];
      const input = { subagent_type: 'docs-agent', description: 'some work', prompt: 'Do it.' };
      return request.turn === 0 ? [use('Agent', { ...input, run_in_background: false })] : [say('Done.')];
    });
    const before = fleet.contents();
    await byStart();
    const answers = JSON.stringify(model.requests.filter(isDocs).at(-1)?.messages.at(-1));
    assert.match(answers, /docs-agent may not change/);
    assert.match(answers, /shell-agent may not change/);
    assert.match(answers, /shell-agent may not run/);
    assert.deepEqual(changedFiles(before, fleet.contents()), ['notes']);
  });
});
