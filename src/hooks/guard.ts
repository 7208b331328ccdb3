// The hook that decides: it lets a tool call through or refuses it by the agent's policy. Whatever it cannot decide,
// it refuses.
import { realpathSync, writeSync } from 'node:fs';
import type { Denial, Verdict } from '../policy/call.ts';
import { eventFields } from '../protocol/eventFields.ts';
import { appendToSpool } from './appendToSpool.ts';
import { judgeEvent } from './judgeEvent.ts';
import { type CommandBundle, loadJudgeCommand } from './loadJudgeCommand.ts';
import { guardArguments, loadPolicy } from './loadPolicy.ts';
import { readInput } from './readInput.ts';
import { Refusal, refusalFor } from './refusal.ts';
import { rootOf } from './resolvePath.ts';
import { within } from './within.ts';

/** Put in by the build: the bundle for shell commands that belongs to this guard. */
declare const commandBundle: CommandBundle;

/** Half of the shortest timeout that settings give the guard. */
const deadlineMs = 5000;

/** The event as far as it is known, for the spool. */
let event: unknown;
let isAnswered = false;

const input = readInput();

function tell(verdict: Verdict): void {
  const known = typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
  appendToSpool(() => ({
    ...eventFields(known),
    agent: process.argv[2] ?? '',
    src: 'guard',
    ...verdict,
    verdict: verdict.allow ? 'allow' : 'deny',
  }));
}

function write(descriptor: 1 | 2, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // The exit code says it too.
  }
}

/**
 * Says no in every way that the CLI hears. Observed with 2.1.329: exit code 2 blocks even when standard output was
 * cut short (with exit code 0 the call then runs), and when it is whole the model reads its reason without the
 * command line that the CLI puts before standard error.
 */
function refuse(denial: Denial): void {
  process.exitCode = 2;
  const hookSpecificOutput = {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason: denial.reason,
  };
  if (!isOfSettings(event)) write(1, `${JSON.stringify({ hookSpecificOutput })}\n`);
  write(2, `${denial.reason}\n`);
}

/** Answers once and ends. Nothing printed and exit code 0 leave the decision to the CLI's own rules and prompts. */
function answer(verdict: Verdict): never {
  if (!isAnswered) {
    isAnswered = true;
    if (!verdict.allow) refuse(verdict);
    tell(verdict);
  }
  // Leaving waits for a read that is under way, and nobody can end that. What was printed stands all the same: a
  // whole refusal on standard output blocks however the hook ends (seen with 2.1.197 and 2.1.329).
  if (input.isPending()) process.kill(process.pid, 'SIGKILL');
  process.exit();
}

/** A launch copy asks the guard about changes of live settings too: none of them may reach a running session. */
function isOfSettings(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'hook_event_name' in value
    ? value.hook_event_name === 'ConfigChange'
    : false;
}

const fail = (problem: unknown): never => answer(refusalFor(problem));

process.exitCode = 2;
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
setTimeout(
  () =>
    fail(new Refusal('guard/cannot-decide', 'The guard got no whole event in time and so refused the call.')),
  deadlineMs,
);

async function judge(): Promise<void> {
  const text = await input.text;
  if (text === undefined)
    throw new Refusal('guard/unclear-call', 'The event is too large or not UTF-8, so the call was refused.');
  try {
    event = JSON.parse(text);
  } catch {
    throw new Refusal('guard/unclear-call', 'The event is empty or not JSON, so the call was refused.');
  }
  // Not `import.meta`: this is also built as CommonJS, which starts some milliseconds sooner.
  if (isOfSettings(event))
    throw new Refusal(
      'guard/settings-frozen',
      'A session keeps the settings that it was started with. Restart the agent to take the change in.',
    );
  const given = guardArguments(process.argv.slice(2), () => realpathSync(process.argv[1] ?? ''));
  const policy = await loadPolicy(given);
  const verdict = await judgeEvent(event, {
    policy,
    root: rootOf(...given.roots),
    loadJudgeCommand: () => loadJudgeCommand(process.argv[1] ?? '', commandBundle),
    within: (work) => within(Math.max(deadlineMs - performance.now(), 100), work),
  });
  if (verdict.allow) process.exitCode = 0;
  answer(verdict);
}

judge().catch(fail);
