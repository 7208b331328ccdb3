// `claude doctor` has nothing to say against what we generate: no invalid setting, no rule without effect. It reads the
// settings of the folder it runs in, and a file that is given before the verb with `--settings`. Only of the newest: 2.1.197
// prints nothing where it has no terminal.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'mocha';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithClaude, prepareHome, runClaude, scratchFolder } from './realClaude.ts';
import { registryOf26 } from './registryOf26.ts';
import { ScriptedModel } from './scriptedModel.ts';
import { playSession, runStart } from './sessions.ts';

/** How many of them run at once: each takes half a second of a processor. */
const atOnce = 3;

describeWithClaude('claude doctor', () => {
  let model: ScriptedModel;
  let base: string;
  before(async () => {
    model = await ScriptedModel.start();
    base = scratchFolder('doctor');
  });
  after(async () => {
    await model.close();
    rmSync(base, { recursive: true, force: true });
  });

  /** The complaints about project settings and about a settings file that is given; either may be absent. */
  async function complaints(name: string, project?: string, given?: string): Promise<string> {
    const cwd = path.join(base, name, 'work');
    const home = path.join(base, name, 'home');
    prepareHome(home, [cwd]);
    mkdirSync(path.join(cwd, '.claude'), { recursive: true });
    if (project !== undefined) writeFileSync(path.join(cwd, '.claude/settings.json'), project);
    const givenFile = path.join(cwd, 'given.json');
    if (given !== undefined) writeFileSync(givenFile, given);
    const { stdout, stderr } = await runClaude({
      cwd,
      home,
      modelUrl: model.url,
      args: [...(given === undefined ? [] : ['--settings', givenFile]), 'doctor'],
    });
    assert.match(stdout, /Running: .*\n/, `claude doctor did not answer:\n${stdout}\n${stderr}`);
    const sections = stdout
      .split(/\n\n/)
      .filter((each) => /^(Invalid settings|Permission rules)/m.test(each));
    return [...sections, stderr].join('\n').trim();
  }

  /** Fails with every complaint about any of them. */
  async function check(settings: readonly (readonly [name: string, project: string, given: string])[]) {
    assert.notEqual(settings.length, 0);
    const said: string[] = [];
    const rest = [...settings];
    const work = async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
        const words = await complaints(...next);
        if (words !== '') said.push(`${next[0]}: ${words}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    assert.deepEqual(said, []);
  }

  const useless = JSON.stringify({ permissions: { deny: ['Write(tests/**)'] } });
  const typo = JSON.stringify({ permissions: { deny: ['Frobnicate'] } });
  const invalid = JSON.stringify({ hooks: { PreToolUse: [{ command: 'x' }] } });

  it('would complain, of project settings and of given ones', async () => {
    assert.match(await complaints('useless-project', useless), /Write\(tests\/\*\*\)/);
    assert.match(await complaints('useless-given', undefined, useless), /Write\(tests\/\*\*\)/);
    assert.match(await complaints('typo-given', undefined, typo), /Frobnicate/);
    assert.match(await complaints('invalid-project', invalid), /Invalid settings/);
    assert.match(await complaints('invalid-given', undefined, invalid), /hooks/);
  });

  it('accepts the settings of all 26 agents', async () => {
    const fleet = new FleetFolder({ registry: registryOf26() });
    try {
      assert.equal(fleet.ids.length, 26);
      // Two in one run, as project settings and as given ones: what one of them is told of, the other does not hide.
      const texts = fleet.ids.map((id) => fleet.read(fleet.settingsOf(id)) ?? '');
      await check(
        texts.flatMap((text, at) => (at % 2 === 0 ? [[`26-${at}`, text, texts[at + 1] ?? text]] : [])),
      );
    } finally {
      fleet.dispose();
    }
  });

  it('accepts the settings of the sample fleet', async () => {
    const fleet = new FleetFolder('sample');
    try {
      await check(
        fleet.ids.map((id) => {
          const text = fleet.read(fleet.settingsOf(id)) ?? '';
          return [`sample-${id}`, text, text];
        }),
      );
    } finally {
      fleet.dispose();
    }
  });

  it('accepts launch copies', async () => {
    const fleet = new FleetFolder('test/fixtures/workshop');
    try {
      const copies: [string, string, string][] = [];
      for (const id of fleet.ids) {
        const { first } = await playSession(model, [], () => runStart(fleet, model.url, id));
        assert.ok(first);
        const copy = readFileSync(fleet.launchCopyOf(id), 'utf8');
        copies.push([`copy-${id}`, copy, copy]);
      }
      await check(copies);
    } finally {
      fleet.dispose();
    }
  });
});
