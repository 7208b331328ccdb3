// Makes .sample-fleet/, or another folder: a fresh copy of sample/, generated, committed, and then spoiled in three
// ways, so that a newcomer sees what the extension is for.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { root } from './build.mjs';
import { run } from './run.mjs';

const usual = path.join(root, '.sample-fleet');

async function must(folder, command, args) {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };
  const { code, output } = await run(command, args, { cwd: folder, env });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

/** Builds on dist/cli.mjs. Returns the folder; what was there is lost. */
export async function makeSampleFleet(folder = usual) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  cpSync(path.join(root, 'sample'), folder, { recursive: true });
  await must(folder, process.execPath, [path.join(root, 'dist/cli.mjs'), 'generate', '--all']);
  const person = ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.invalid'];
  await must(folder, 'git', ['init', '-q', '-b', 'main']);
  await must(folder, 'git', ['add', '-A']);
  await must(folder, 'git', [
    ...person,
    'commit',
    '-q',
    '-m',
    'A fleet of agents, generated from agents/registry.yaml',
  ]);
  spoil(folder);
  return folder;
}

function spoil(folder) {
  const agents = path.join(folder, 'agents');
  const settingsOf = (id) => path.join(agents, id, '.claude/settings.json');
  const [drifted, broken] = readdirSync(agents)
    .filter((id) => existsSync(settingsOf(id)))
    .filter((id) => readFileSync(settingsOf(id), 'utf8').includes('"Edit('));

  // Somebody tried another model and left it, and lost a report hook: two keys differ, and the guard still holds.
  change(settingsOf(drifted), (settings) => {
    settings.model = settings.model === 'haiku' ? 'sonnet' : 'haiku';
    delete settings.hooks.SessionEnd;
  });
  // Some tool rewrote the path of the guard's script to one that is not there.
  change(settingsOf(broken), (settings) => {
    const guard = settings.hooks.PreToolUse.flatMap((each) => each.hooks).find((each) => each.args);
    guard.args = guard.args.map((each) =>
      each.replace('/.orchestrator/guard.mjs', '/.orchestrator/guard.js'),
    );
  });
  // An agent that was renamed in the registry, and whose old folder stayed.
  mkdirSync(path.join(agents, 'old-agent'), { recursive: true });
  cpSync(path.join(agents, broken, '.claude'), path.join(agents, 'old-agent/.claude'), { recursive: true });
}

function change(file, edit) {
  const before = readFileSync(file, 'utf8');
  const settings = JSON.parse(before);
  edit(settings);
  const after = `${JSON.stringify(settings, undefined, 2)}\n`;
  if (JSON.stringify(JSON.parse(before)) === JSON.stringify(settings))
    throw new Error(`${file} could not be spoiled`);
  writeFileSync(file, after);
}
