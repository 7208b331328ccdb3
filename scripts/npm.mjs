// Runs npm without a shell, on any platform, and sees to it that node_modules is what package-lock.json says.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

/** The program and first arguments that start npm: its own script run by this Node, since `npm` is a .cmd on Windows. */
function npmCommand() {
  const beside = path.dirname(process.execPath);
  const script = [
    process.env.npm_execpath,
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
  ].find((each) => each?.endsWith('npm-cli.js') && existsSync(each));
  return script ? [process.execPath, script] : ['npm'];
}

/** Runs npm in a folder. Throws with npm's output when it fails. */
export async function npm(cwd, ...args) {
  const [command, ...first] = npmCommand();
  // Set by an outer `npm test --silent`: the first two name the outer project, the last would hide why this one failed.
  const { npm_config_local_prefix: _, npm_package_json: __, npm_config_loglevel: ___, ...env } = process.env;
  const { code, output } = await run(command, [...first, ...args, '--no-audit', '--no-fund'], { cwd, env });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${output}`);
}

/** True when every package of the lock is installed in its version; optional ones may be absent. */
function isInstalled(root) {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = read(installed);
  return Object.entries(read(path.join(root, 'package-lock.json'))).every(
    ([name, wanted]) =>
      name === '' || (name in have ? have[name].version === wanted.version : wanted.optional === true),
  );
}

/** Installs the dependencies of a fresh or outdated clone; does nothing where they stand. */
export async function installDependencies(root) {
  if (isInstalled(root)) return;
  console.log('installing dependencies …');
  try {
    await npm(root, 'ci', '--ignore-scripts');
  } catch (error) {
    if (!error.message.includes('EUSAGE')) throw error;
    // npm ci refuses a lock without the packages of every platform, which a registry may not have all of. A plain
    // install keeps to the versions of the lock, and --no-save leaves the lock as it is.
    console.log('npm ci refuses this lock; installing the versions that it names with npm install');
    await npm(root, 'install', '--no-save', '--ignore-scripts');
  }
}
