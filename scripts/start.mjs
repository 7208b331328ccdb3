#!/usr/bin/env node
// `npm start`: sets up what is missing, builds, and opens a sample fleet in desktop VS Code where there is one, else in
// the browser at a printed address. `--browser`, `--no-open`, `--workspace DIR`, `--port N`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installDependencies } from './npm.mjs';
import { run } from './run.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: flags } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    'no-open': { type: 'boolean', default: false },
    workspace: { type: 'string' },
    port: { type: 'string' },
  },
});

function hasDesktop() {
  if (process.platform !== 'linux') return !process.env.SSH_CONNECTION;
  // VS Code refuses to run as root.
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && process.getuid() !== 0;
}

/** The program of desktop VS Code; undefined when it is not found. */
function desktopProgram() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const candidates = {
    linux: [
      ...folders.flatMap((each) => [path.join(each, 'code'), path.join(each, 'codium')]),
      '/usr/share/code/bin/code',
      '/snap/bin/code',
    ],
    darwin: [
      ...folders.map((each) => path.join(each, 'code')),
      ...['/Applications', path.join(homedir(), 'Applications')].map((each) =>
        path.join(each, 'Visual Studio Code.app/Contents/Resources/app/bin/code'),
      ),
    ],
    // The program itself: the `code` of the PATH is a .cmd, which would need a shell.
    win32: [
      ...folders.map((each) => path.join(each, '../Code.exe')),
      path.join(process.env.LOCALAPPDATA ?? '', 'Programs/Microsoft VS Code/Code.exe'),
      path.join(process.env.ProgramFiles ?? '', 'Microsoft VS Code/Code.exe'),
    ],
  };
  return (candidates[process.platform] ?? []).find((each) => existsSync(each));
}

/** Opens a window with settings, state and extensions of its own. */
function openDesktop(program, workspace, isSample) {
  const own = path.join(root, '.vscode-test/desktop');
  const settings = path.join(own, 'data/User/settings.json');
  mkdirSync(path.dirname(settings), { recursive: true });
  if (!existsSync(settings)) writeFileSync(settings, '{ "workbench.startupEditor": "none" }\n');
  spawn(
    program,
    [
      '--new-window',
      `--extensionDevelopmentPath=${root}`,
      `--user-data-dir=${path.join(own, 'data')}`,
      `--extensions-dir=${path.join(own, 'extensions')}`,
      ...(isSample ? ['--disable-workspace-trust'] : []),
      workspace,
    ],
    { stdio: 'ignore', detached: true },
  ).unref();
  console.log(`opened ${workspace} in ${program}`);
}

/** Serves the packaged extension, as a user would have it, until Ctrl-C. */
async function serveBrowser(workspace, isSample) {
  const { startHost } = await import('./vscodeHost.mjs');
  mkdirSync(path.join(root, '.vscode-test'), { recursive: true });
  const vsix = path.join(root, '.vscode-test/native-orchestrator.vsix');
  const packed = await run(process.execPath, [path.join(root, 'scripts/package.mjs'), '--out', vsix]);
  if (packed.code !== 0) throw new Error(`the extension could not be packed:\n${packed.output}`);
  const host = await startHost({
    forPerson: true,
    vsix,
    asksForTrust: !isSample,
    port: flags.port === undefined ? undefined : Number(flags.port),
  });
  const address = host.url(workspace);
  console.log(`\nVS Code is at\n\n  ${address}\n\nPress Ctrl-C to end it.`);
  if (!flags['no-open'] && hasDesktop()) openAddress(address);
}

function openAddress(address) {
  const [command, ...args] = {
    darwin: ['open', address],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', address],
  }[process.platform] ?? ['xdg-open', address];
  // Without such a program the printed address is enough.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

try {
  await installDependencies(root);
  const build = await import('./build.mjs');
  await build.generateSources();
  await build.buildBundles();
  const isSample = flags.workspace === undefined;
  const workspace = isSample
    ? await (await import('./sampleFleet.mjs')).makeSampleFleet()
    : path.resolve(flags.workspace);
  const program = flags.browser || !hasDesktop() ? undefined : desktopProgram();
  if (program && !flags['no-open']) openDesktop(program, workspace, isSample);
  else await serveBrowser(workspace, isSample);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
