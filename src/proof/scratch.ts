// A throw-away workspace, HOME and state directory for one session of a proof. Everything of it lies in one folder.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mcpMark, mcpServer } from './toolTrials.ts';
import type { StandIn } from './trial.ts';

export interface Scratch {
  /** Absolute. The workspace of the session. */
  readonly root: string;
  readonly home: string;
  /** Stands for `<state>`. */
  readonly state: string;
  /** First on PATH: a stand-in for `claude`. */
  readonly programs: string;
  /** For what programs put aside. */
  readonly temporary: string;
}

/** No key: the model on the other end is ours and asks for none. The CLI wants the form of one. */
export const dummyKey = 'sk-ant-api03-no-key-of-anybody-proof-on-loopback-00000';

/** A folder that nobody else may look into, for all sessions of a proof. */
export async function makeBase(): Promise<string> {
  return mkdtemp(path.join(await realpath(tmpdir()), 'native-orchestrator-proof-'));
}

/** Removes it, with all that is in it, however often something still writes there. */
export async function removeBase(base: string): Promise<void> {
  await rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Speaks as much of the Model Context Protocol as it takes to offer one tool that leaves a mark. */
const mcpProgram = (mark: string): string => `
const { createInterface } = require('node:readline');
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: '${mcpServer}', version: '1' } }),
  'tools/list': () => ({ tools: [{ name: 'touch', description: 'Leaves a mark.', inputSchema: { type: 'object', properties: {} } }] }),
  'tools/call': () => { require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'proof'); return { content: [{ type: 'text', text: 'done' }] }; },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(answer ? { result: answer(params) } : { error: { code: -32601, message: 'no' } }) }));
});
`;

/** Leaves a mark in the file that it is given: whoever starts claude starts this. */
const nestedProgram = '#!/bin/sh\necho "a nested claude ran" > "$1"\n';

/** Writes a file and its folders, in a path that is relative to a root or absolute. */
export async function put(root: string, file: string, text: string, mode?: number): Promise<void> {
  const target = path.resolve(root, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text, mode === undefined ? {} : { mode });
}

/** A HOME that starts without questions and trusts the workspace (CLAUDE-CODE-CONTRACT.md section 5). */
async function prepareHome(scratch: Scratch, node: string, hasServer: boolean): Promise<void> {
  const server = path.join(scratch.programs, 'mcp.cjs');
  if (hasServer) await put(scratch.programs, 'mcp.cjs', mcpProgram(path.join(scratch.root, mcpMark)));
  await put(
    scratch.home,
    '.claude.json',
    JSON.stringify({
      hasCompletedOnboarding: true,
      theme: 'dark',
      lastOnboardingVersion: '9.9.9',
      customApiKeyResponses: { approved: [dummyKey.slice(-20)], rejected: [] },
      projects: {
        [scratch.root]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
      },
      ...(hasServer ? { mcpServers: { [mcpServer]: { type: 'stdio', command: node, args: [server] } } } : {}),
    }),
  );
}

/** Makes the folders of one session. `name` is a plain file name; with `hasServer` its HOME has the stand-in of an MCP server. */
export async function makeScratch(
  base: string,
  name: string,
  node: string,
  hasServer: boolean,
): Promise<Scratch> {
  const at = (folder: string): string => path.join(base, name, folder);
  const scratch = {
    root: at('work'),
    home: at('home'),
    state: at('state'),
    programs: at('programs'),
    temporary: at('tmp'),
  };
  for (const folder of Object.values(scratch)) await mkdir(folder, { recursive: true, mode: 0o700 });
  await put(scratch.programs, 'claude', nestedProgram, 0o755);
  await prepareHome(scratch, node, hasServer);
  return scratch;
}

/** Puts stand-ins where nothing is yet. */
export async function putStandIns(root: string, standIns: readonly StandIn[]): Promise<void> {
  for (const { path: file, text } of standIns)
    if (!existsSync(path.resolve(root, file))) await put(root, file, text);
}
