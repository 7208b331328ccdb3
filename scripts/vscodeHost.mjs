// A real VS Code from the npm registry alone: the server and web workbench that the package code-server carries.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cached } from './cache.mjs';
import { npm } from './npm.mjs';
import { run } from './run.mjs';

/** code-server 4.139.1 carries VS Code 1.139.1, which wants Node 24. */
const versions = { codeServer: '4.139.1', node: '24.21.0' };

const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const quiet = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'terminal.integrated.enablePersistentSessions': false,
};

/** Its `git check-ignore` throws where a folder goes away under it, in the host that the tests share with it. */
const withoutGit = { 'git.enabled': false };

const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

/** Installs the host where it does not stand yet; returns its Node and the folder of its server. */
export async function ensureHost() {
  const name = `vscode-${versions.codeServer}-node-${versions.node}-${process.platform}-${process.arch}`;
  const folder = await cached(name, async (partial) => {
    console.log(`installing VS Code's server (code-server ${versions.codeServer}) …`);
    const packages = [`code-server@${versions.codeServer}`, `${nodePackage}@${versions.node}`];
    // Without --force npm refuses code-server on a Node that is not the one it wants; it gets its own Node.
    await npm(partial, 'install', '--ignore-scripts', '--force', ...packages);
    await npm(serverFolder(partial), 'install', '--omit=dev', '--ignore-scripts', '--force');
  });
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return { node: path.join(folder, 'node_modules', nodePackage, binary), server: serverFolder(folder) };
}

function serverFolder(folder) {
  return path.join(folder, 'node_modules/code-server/lib/vscode');
}

/**
 * Starts the server on a free loopback port, with an environment and folders of its own.
 * @param {object} options
 * @param {Record<string, unknown>} [options.settings] machine settings, over ours
 * @param {'dark' | 'light'} [options.theme]
 * @param {boolean} [options.asksForTrust] with workspace trust, so that a folder opens untrusted; off by default
 * @param {Record<string, string>} [options.env] for the extension host and terminals, over a PATH, HOME, SHELL and LANG
 * @param {string} [options.vsix] a package to install first
 * @param {number} [options.port]
 * @param {boolean} [options.forPerson] with a connection token and the person's environment, without the driver that tests need
 * @param {string} [options.dataFolder] kept when given; otherwise a temporary one that ends with the server
 * @returns {Promise<{ authority: string, dataFolder: string, home: string, url: (workspace: string, query?: Record<string, string>) => string, remote: (file: string) => string, close: () => Promise<void> }>}
 */
export async function startHost(options = {}) {
  const { node, server } = await ensureHost();
  const dataFolder =
    options.dataFolder ?? mkdtempSync(path.join(realpathSync(tmpdir()), 'native-orchestrator-host-'));
  const home = path.join(dataFolder, 'home');
  mkdirSync(path.join(dataFolder, 'data/Machine'), { recursive: true });
  mkdirSync(home, { recursive: true });
  const settings = {
    ...quiet,
    ...(options.forPerson ? {} : withoutGit),
    'workbench.colorTheme': themes[options.theme ?? 'dark'],
    ...options.settings,
  };
  writeFileSync(path.join(dataFolder, 'data/Machine/settings.json'), JSON.stringify(settings, undefined, 2));

  const env = { ...(options.forPerson ? personEnvironment() : emptyEnvironment(home)), ...options.env };
  const common = ['out/server-main.js', '--server-data-dir', dataFolder, '--accept-server-license-terms'];
  const remove = () =>
    options.dataFolder ?? rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  if (options.vsix) {
    const result = await run(node, [...common, '--install-extension', options.vsix, '--force'], {
      cwd: server,
      env,
    });
    if (result.code !== 0) {
      remove();
      throw new Error(`${options.vsix} could not be installed:\n${result.output}`);
    }
  }

  const token = options.forPerson ? randomBytes(16).toString('hex') : undefined;
  const tokenFile = path.join(dataFolder, 'token');
  if (token) writeFileSync(tokenFile, token, { mode: 0o600 });
  const child = spawn(
    node,
    [
      ...common,
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--disable-telemetry',
      ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
      ...(token
        ? ['--connection-token-file', tokenFile]
        : // Ends by itself if we are killed before we could end it.
          ['--without-connection-token', '--enable-remote-auto-shutdown']),
      // Loads an extension from a checkout; with it, no message pops up.
      ...(token || options.vsix ? [] : ['--enable-smoke-test-driver']),
    ],
    // A group of its own, so that the extension host and the terminals end with it, and a Ctrl-C reaches us first.
    { cwd: server, env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  const kill = (signal) => {
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // It ended by itself.
    }
  };
  const endWithUs = () => {
    kill('SIGKILL');
    remove();
  };
  process.once('exit', endWithUs);
  const onSignal = () => process.exit(130);
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    kill('SIGTERM');
    await ended;
    kill('SIGKILL');
    process.removeListener('exit', endWithUs);
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
    // What ran in its terminals may take a moment longer, and still write to its home.
    const patience = { recursive: true, force: true, maxRetries: 20, retryDelay: 200 };
    if (!options.dataFolder) await rm(dataFolder, patience);
  };

  let port;
  try {
    port = await listeningPort(child);
  } catch (error) {
    await close();
    throw error;
  }
  const authority = `127.0.0.1:${port}`;
  return {
    authority,
    dataFolder,
    home,
    remote: (file) => `vscode-remote://${authority}${pathToFileURL(file).pathname}`,
    url: (workspace, query = {}) => {
      const folder = pathToFileURL(workspace).pathname;
      const parameters = new URLSearchParams({ folder, ...query, ...(token && { tkn: token }) });
      return `http://${authority}/?${parameters}`;
    },
    close,
  };
}

/** For tests: nothing of the user's environment or home. */
function emptyEnvironment(home) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    SHELL: process.env.SHELL ?? '/bin/bash',
    LANG: 'C.UTF-8',
    ...(process.platform === 'win32' && {
      SystemRoot: process.env.SystemRoot,
      USERPROFILE: home,
      APPDATA: home,
      TEMP: process.env.TEMP,
    }),
  };
}

/** For a person: their own, in which `claude` is signed in, without what npm and an outer VS Code put in it. */
function personEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|INIT_CWD$)/i.test(name),
    ),
  );
}

function listeningPort(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text) => {
      if (output === undefined) return;
      output += text;
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      output = undefined;
      resolve(Number(port));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`VS Code's server ended before it listened:\n${output}`)));
  });
}

/** What a test-enabled workbench is told in its address: the extension under development and, for a suite, its entry. */
export function developmentQuery(host, extension, tests) {
  const payload = [['extensionDevelopmentPath', host.remote(extension)]];
  if (tests) payload.push(['extensionTestsPath', host.remote(tests)]);
  return { payload: JSON.stringify(payload) };
}

/** A fresh folder outside every checkout, removed when this process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), `native-orchestrator-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A fresh copy of a folder, to be opened as a workspace; removed when this process ends. */
export function copyWorkspace(from) {
  const folder = temporaryFolder('workspace');
  cpSync(from, folder, { recursive: true });
  return folder;
}
