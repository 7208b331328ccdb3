// The real CLI, run so that it can read and reach nothing of the user's (CLAUDE-CODE-CONTRACT.md sections 4, 5 and 8):
// an empty environment, a throw-away HOME, a dummy key, and a scripted model on loopback.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type Suite } from 'mocha';
import { newestKnown, olderKnown } from '../../src/claude/cliVersion.ts';

/** Undefined where the CLI is not installed; the lane says why. */
export const claudeBinary = process.env.NATIVE_ORCHESTRATOR_TEST_CLAUDE || undefined;

/** The older one, for facts with a range of versions; undefined where it is not installed. */
export const oldClaudeBinary = process.env.NATIVE_ORCHESTRATOR_TEST_CLAUDE_OLD || undefined;

/** A version of the CLI that tests run with. */
export interface TestedClaude {
  readonly version: string;
  readonly binary: string | undefined;
}

/** Both versions; newest first (scripts/claudeCli.mjs pins them). */
export const testedClaudes: readonly TestedClaude[] = [
  { version: newestKnown, binary: claudeBinary },
  { version: olderKnown, binary: oldClaudeBinary },
];

/** A suite for each version: skipped, visibly, where it is not installed. */
export function describeWithEachClaude(
  title: string,
  body: (claude: { readonly version: string; readonly binary: string }) => void,
): void {
  for (const { version, binary } of testedClaudes) {
    const name = `${title}, ${version}`;
    if (binary === undefined) describe.skip(`${name} (not installed)`, () => body({ version, binary: '' }));
    else describe(name, () => body({ version, binary }));
  }
}

const dummyKey = 'sk-ant-api03-dummy-key-of-the-tests-0000000000';

/** A suite that needs the real CLI: skipped, visibly, where there is none. */
export function describeWithClaude(title: string, body: (this: Suite) => void): void {
  if (claudeBinary === undefined)
    describe.skip(`${title} (NATIVE_ORCHESTRATOR_TEST_CLAUDE names no claude)`, body);
  else describe(title, body);
}

/** A fresh folder outside every checkout; whoever asks for it removes it. */
export function scratchFolder(name: string): string {
  return mkdtempSync(path.join(realpathSync(tmpdir()), `native-orchestrator-${name}-`));
}

/**
 * Prepares a HOME with which the CLI starts without onboarding, and with trust in the given folders
 * (CLAUDE-CODE-CONTRACT.md section 5).
 */
export function prepareHome(home: string, trusted: readonly string[]): void {
  const projects = trusted.map((folder) => [
    folder,
    { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
  ]);
  mkdirSync(home, { recursive: true });
  writeFileSync(
    path.join(home, '.claude.json'),
    JSON.stringify({
      hasCompletedOnboarding: true,
      theme: 'dark',
      lastOnboardingVersion: '9.9.9',
      customApiKeyResponses: { approved: [dummyKey.slice(-20)], rejected: [] },
      projects: Object.fromEntries(projects),
    }),
  );
}

/** What the CLI needs beside PATH and HOME to talk to the scripted model alone. */
export function claudeEnvironment(modelUrl: string): Readonly<Record<string, string>> {
  return {
    ANTHROPIC_API_KEY: dummyKey,
    ANTHROPIC_BASE_URL: modelUrl,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // As root the CLI refuses to bypass permissions unless this says that nothing can be harmed.
    IS_SANDBOX: '1',
  };
}

export interface ClaudeRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly home: string;
  readonly modelUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What to run instead of the CLI; it gets the same environment. */
  readonly command?: string;
}

export interface ClaudeResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI to its end, without input. */
export function runClaude({ args, cwd, home, modelUrl, env, command }: ClaudeRun): Promise<ClaudeResult> {
  return runProgram({
    command: command ?? claudeBinary ?? '',
    args,
    cwd,
    env: { PATH: process.env.PATH, HOME: home, ...claudeEnvironment(modelUrl), ...env },
  });
}

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end, without input, and for two minutes at most: a busy machine takes long. */
export function runProgram({ command, args, cwd, env }: ProgramRun): Promise<ClaudeResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
