// Sessions of the real CLI in a fleet's folder, played by a script: which calls ran, which were refused, in what words.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { FleetFolder } from './fleetFolder.ts';
import { type ClaudeResult, claudeBinary, runClaude } from './realClaude.ts';
import {
  type ModelRequest,
  resultsIn,
  type ScriptedModel,
  say,
  type ToolResult,
  use,
} from './scriptedModel.ts';

/** A tool call that the model makes. */
export interface Attempt {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Session {
  readonly result: ClaudeResult;
  /** The first thing that the model was asked. */
  readonly first: ModelRequest;
  /** The result of each attempt, in their order. */
  readonly results: readonly ToolResult[];
}

/** Runs `claude -p` with a settings file by hand, in the workspace root, asking nobody. `binary`: another than the newest. */
export function runWithSettings(
  fleet: FleetFolder,
  modelUrl: string,
  file: string,
  binary?: string,
): Promise<ClaudeResult> {
  const mode = ['--permission-mode', 'bypassPermissions'];
  const args = ['-p', '--settings', file, ...mode, '--', 'Go on.'];
  const command = binary === undefined ? {} : { command: binary };
  return runClaude({ cwd: fleet.root, home: fleet.home, modelUrl, args, ...command });
}

export interface StartOptions {
  /** What is taken away from the launch copy: deny rules, the guard's hook, or the guard's script. */
  readonly without?: string;
  /** Written to `.claude/settings.local.json` after `start` has looked at the workspace. */
  readonly localSettings?: string;
  /** Instead of a mode that asks nobody: the registry's. */
  readonly ownMode?: boolean;
  /** Another claude than the newest. */
  readonly binary?: string;
}

/** Runs `native-orchestrator start`, with a claude that prints. */
export function runStart(
  fleet: FleetFolder,
  modelUrl: string,
  id: string,
  { without, localSettings, ownMode, binary }: StartOptions = {},
): Promise<ClaudeResult> {
  return runClaude({
    cwd: fleet.root,
    home: fleet.home,
    modelUrl,
    command: process.execPath,
    args: [path.resolve('dist/cli.mjs'), 'start', id, '--yes'],
    env: {
      ...fleet.environment(),
      NATIVE_ORCHESTRATOR_CLAUDE: path.resolve('test/contract/printingClaude.mjs'),
      TEST_CLAUDE: binary ?? claudeBinary ?? '',
      ...(without === undefined ? {} : { TEST_WITHOUT: without }),
      ...(localSettings === undefined ? {} : { TEST_LOCAL_SETTINGS: localSettings }),
      ...(ownMode ? {} : { TEST_MODE: 'bypassPermissions' }),
    },
  });
}

/** Plays the attempts one after the other in one session, each in a turn of its own. */
export async function playSession(
  model: ScriptedModel,
  attempts: readonly Attempt[],
  run: () => Promise<ClaudeResult>,
): Promise<Session> {
  const ids = attempts.map((_, index) => `toolu_attempt_${index}`);
  model.play(({ turn }) => {
    const attempt = attempts[turn];
    return attempt === undefined ? [say('Done.')] : [use(attempt.tool, attempt.input, ids[turn])];
  });
  const result = await run();
  const [first] = model.requests;
  const said = `${result.stdout}\n${result.stderr}`;
  assert.ok(first, `the model was never asked:\n${said}`);
  const found = resultsIn(model.requests.at(-1) ?? first);
  const results = ids.map((id, index) => {
    const one = found.get(id);
    assert.ok(one, `${attempts[index]?.tool}, attempt ${index}, has no result:\n${said}`);
    return one;
  });
  return { result, first, results };
}
