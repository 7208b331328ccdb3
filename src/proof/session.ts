// One session of a proof, made ready: a scratch copy of the outputs, the settings with the carriers that it is about, the line to start.
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { writeLaunchCopy } from '../outputs/launchCopy.ts';
import type { HookSources } from '../outputs/output.ts';
import { guardPath, memoryPath, plannerOf, planShared, policyPath, settingsPath } from '../outputs/plan.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { launchLine } from '../sessions/launchLine.ts';
import type { Subject } from './fileTrials.ts';
import { harmlessSettings } from './harmlessSettings.ts';
import type { Carrier, SettingsForm } from './proofRecord.ts';
import { makeScratch, put, type Scratch } from './scratch.ts';
import type { ScriptedModel } from './scriptedModel.ts';
import { carrierAlone, printingLine } from './sessionSettings.ts';

/** What the proofs of all agents share. */
export interface Bench {
  readonly files: WritableFiles;
  /** Absolute path of the user's workspace: read, never written. */
  readonly workspace: string;
  readonly registry: Registry;
  readonly claude: string;
  /** Variables that make its runs cheaper and change nothing else. */
  readonly quick: Readonly<Record<string, string>>;
  readonly node: string;
  /** Absolute; undefined where there is none. */
  readonly python: string | undefined;
  readonly launchHooks: HookSources;
  readonly model: ScriptedModel;
  /** The folder for scratch copies. */
  readonly base: string;
  readonly searchPath: string;
  readonly signal: AbortSignal;
}

export const localSettings = '.claude/settings.local.json';
const liveSettings = ['.claude/settings.json', localSettings] as const;

/** Which session of an agent's proof. */
export interface SessionKind {
  readonly form: SettingsForm;
  readonly carrier: Carrier;
}

export interface Session extends SessionKind {
  readonly subject: Subject;
  readonly scratch: Scratch;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly spool: string;
  /** The guard's program as this session's settings name it. */
  readonly guardFile: string;
  /** Hooks and helpers of the workspace that do not run in it, in words. */
  readonly notCovered: readonly string[];
}

/** Copies the agent's outputs as they are on the disk, and the live settings without what they would run. */
async function copyOutputs(bench: Bench, agent: Agent, scratch: Scratch): Promise<readonly string[]> {
  const { files, workspace } = bench;
  const notCovered: string[] = [];
  const shared = planShared(bench.launchHooks).map((output) => output.path);
  for (const file of [...shared, memoryPath(agent.id), policyPath(agent.id)]) {
    const text = files.read(inWorkspace(workspace, file))?.text;
    if (text !== undefined) await put(scratch.root, file, text);
  }
  for (const file of [settingsPath(agent.id), ...liveSettings]) {
    const text = files.read(inWorkspace(workspace, file))?.text;
    if (text === undefined) continue;
    const harmless = harmlessSettings(text);
    await put(scratch.root, file, harmless.text);
    notCovered.push(...harmless.notCovered.map((what) => `${file}: ${what}`));
  }
  // The launch copy reads them; what they say is nothing that a proof is about.
  for (const file of [agent.persona, ...agent.contextFiles])
    if (file !== undefined && !path.isAbsolute(file))
      await put(scratch.root, file, 'Stand-in of a prompt.\n');
  if (agent.mcpServers !== undefined) {
    const ending = { command: bench.node, args: ['-e', ''] };
    const servers = Object.fromEntries(agent.mcpServers.map((name) => [name, ending]));
    await put(scratch.root, '.mcp.json', JSON.stringify({ mcpServers: servers }));
  }
  return notCovered;
}

function launchCopyOf(bench: Bench, agent: Agent, scratch: Scratch): ReturnType<typeof writeLaunchCopy> {
  return writeLaunchCopy({
    files: bench.files,
    root: scratch.root,
    registry: bench.registry,
    agent,
    hooks: bench.launchHooks,
    stateRoot: scratch.state,
    stateDirectory: path.join(scratch.state, 'workspace'),
    nodePath: bench.node,
    env: { HOME: scratch.home },
  });
}

/**
 * Makes a session ready. `name` names its folder below the bench's. @throws UserError when an output that it is made
 * from is missing.
 */
export async function prepareSession(
  bench: Bench,
  agent: Agent,
  kind: SessionKind,
  name: string,
): Promise<Session> {
  const { form, carrier } = kind;
  // An MCP server's tools are refused by the guard alone, so the stand-in of one is where the guard stands alone.
  const scratch = await makeScratch(bench.base, name, bench.node, form === 'launch' && carrier === 'guard');
  const notCovered = await copyOutputs(bench, agent, scratch);
  const launchId = randomUUID();
  const spool = path.join(scratch.state, 'workspace', 'spool', `${launchId}.jsonl`);
  await put(scratch.state, path.relative(scratch.state, spool), '');
  const copy = await launchCopyOf(bench, agent, scratch);
  const source = form === 'launch' ? copy.settings : path.join(scratch.root, settingsPath(agent.id));
  const text = bench.files.read(source)?.text ?? '';
  const alone = carrierAlone(text, carrier);
  // Changed settings lie beside the unchanged: a rule may be anchored where its file is.
  const settings = alone === text ? source : path.join(path.dirname(source), 'alone.json');
  if (settings !== source) await writeFile(settings, alone);
  const committed = ['--settings', settings, '--permission-mode', 'bypassPermissions'];
  const line = form === 'launch' ? launchLine(agent, bench.registry, copy, randomUUID()) : committed;
  return {
    ...kind,
    notCovered,
    subject: {
      agent,
      registry: bench.registry,
      policy: plannerOf(bench.registry).policyOf(agent.id),
      root: scratch.root,
      state: scratch.state,
      python: bench.python,
      node: bench.node,
      isSandboxed: agent.sandbox,
    },
    scratch,
    args: printingLine(line, settings, carrier),
    env: {
      NATIVE_ORCHESTRATOR_AGENT: agent.id,
      NATIVE_ORCHESTRATOR_LAUNCH: launchId,
      NATIVE_ORCHESTRATOR_SPOOL: spool,
    },
    spool,
    guardFile:
      form === 'launch'
        ? path.join(path.dirname(copy.settings), 'guard.cjs')
        : path.join(scratch.root, guardPath),
  };
}
