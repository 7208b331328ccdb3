// The frozen, machine-local form of an agent's outputs that a session really runs with (DESIGN.md section 4).
import path from 'node:path';
import { isObject, type Json, readJson } from '../claude/jsonText.ts';
import type { WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { compareOutput } from './compare.ts';
import { answersForPeople, hookEntries } from './foreignHooks.ts';
import { fromLeaves, leavesOf, prettyJson } from './leaves.ts';
import { plainText, sha256 } from './lock.ts';
import { memoryBegin, memoryEnd } from './memory.ts';
import type { HookSources } from './output.ts';
import { hashedPolicy, memoryPath, plannerOf, settingsPath } from './plan.ts';
import type { SandboxPaths } from './sandbox.ts';
import { sandboxPaths } from './sandboxPaths.ts';
import { settingsOf } from './settings.ts';
import { widens } from './widening.ts';
import { writeAll } from './write.ts';

export interface LaunchCopyOptions {
  readonly files: WritableFiles;
  readonly root: string;
  readonly registry: Registry;
  readonly agent: Agent;
  /** The hook programs as CommonJS: they start sooner than the committed ones, and no workspace's settings name them. */
  readonly hooks: HookSources;
  /** `<state>` itself: no agent may read or write it. */
  readonly stateRoot: string;
  /** This workspace's folder below it. */
  readonly stateDirectory: string;
  /** Absolute path of the user's node. */
  readonly nodePath: string;
  /** The settings are the committed ones, as a template says them, unguarded: a person agreed to it. */
  readonly asCommitted?: boolean;
  /** For an agent that works in a worktree: the workspace root in there, absolute. */
  readonly worktree?: string | undefined;
  /** Worktrees of other agents, absolute: closed to this one. */
  readonly closed?: readonly string[];
  /** The environment that the session starts with. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Absolute paths of the files of a launch copy. */
export interface LaunchCopy {
  readonly settings: string;
  readonly prompt: string;
  /** The servers that the agent may use, when its registry entry names any. */
  readonly mcpConfig?: string;
  /** Keys of the committed settings that the copy has not, by their pointers, since they widen what the registry gives. */
  readonly leftOut: readonly string[];
}

/** An absolute path as a glob, its special characters taken literally. */
function absoluteGlob(file: string): string {
  const posix = file.replaceAll('\\', '/');
  const rooted = posix.startsWith('/') ? posix : `/${posix}`;
  return `/${rooted.replace(/[*?[\]\\!#]/g, '\\$&')}`;
}

/** The user's own settings: live beside every session, and what the next one starts with. */
function userSettings(env: LaunchCopyOptions['env']): readonly string[] {
  const home = env.HOME ?? env.USERPROFILE ?? '';
  const folder = env.CLAUDE_CONFIG_DIR ?? path.join(home, '.claude');
  const files = [path.join(folder, 'settings.json'), path.join(folder, 'settings.local.json')];
  return [...files, path.join(home, '.claude.json')].filter((file) => path.isAbsolute(file));
}

/** The policy as a session has it: what its outputs say, with `<state>` and others' worktrees closed to it and the user's settings read only. */
function launchPolicy(options: LaunchCopyOptions): Policy {
  const { files, registry, agent, stateRoot, env, closed = [] } = options;
  const policy = plannerOf(registry).policyOf(agent.id);
  const rulesFor = (paths: readonly string[], below: string): PathRule[] => {
    // A call may name them as they really are, too.
    const names = new Set(paths.flatMap((file) => [file, files.realPath(file) ?? file]));
    return [...names].map((file) => ({ glob: `${absoluteGlob(file)}${below}`, from: 'protected' }));
  };
  const state = rulesFor([stateRoot, ...closed], '/**');
  return {
    ...policy,
    write: { deny: [...policy.write.deny, ...rulesFor(userSettings(env), ''), ...state] },
    read: { deny: [...policy.read.deny, ...state] },
  };
}

interface ForeignLeaves {
  readonly kept: ReadonlyMap<string, Json>;
  /** Hook entries beside ours, by the pointer of their event. */
  readonly beside: ReadonlyMap<string, readonly Json[]>;
  /** Pointers of those that would give the agent more than the registry does. */
  readonly leftOut: readonly string[];
}

/** Keys that others added to the committed settings: they hold in the session too, unless they widen it. */
function foreignLeaves(options: LaunchCopyOptions): ForeignLeaves {
  const { files, root, registry, agent } = options;
  const file = settingsPath(agent.id);
  const output = plannerOf(registry)
    .outputsOf(agent)
    .find((planned) => planned.path === file);
  const state = output && compareOutput(output, files.read(inWorkspace(root, file)), undefined);
  const kept = new Map<string, Json>();
  const leftOut: string[] = [];
  const beside = new Map<string, readonly Json[]>();
  for (const { pointer, drift, found } of state?.keys ?? []) {
    if (drift !== 'foreign' || found === undefined) continue;
    const entries = hookEntries(pointer, found);
    // Such a hook can answer for the person who would be asked.
    if (entries !== undefined && answersForPeople.test(pointer) && entries.theirs.length > 0) {
      leftOut.push(pointer);
      continue;
    }
    if (entries !== undefined && entries.ours.length > 0) {
      beside.set(pointer, entries.theirs);
      continue;
    }
    if (widens(pointer, agent.sandbox)) leftOut.push(pointer);
    else kept.set(pointer, found);
  }
  return { kept, beside, leftOut };
}

function required(files: WritableFiles, root: string, file: string, what: string): string {
  const content = files.read(path.resolve(root, file));
  if (content?.text !== undefined) return plainText(content.text);
  throw new UserError(
    `The ${what} ${file} ${content === undefined ? 'does not exist' : content.unreadable}. Mend the path in agents/registry.yaml.`,
  );
}

/** Memory, persona and context files as one text; imports are not expanded there (CLAUDE-CODE-CONTRACT.md section 8). */
function promptText({ files, root, agent }: LaunchCopyOptions): string {
  const memory = required(files, root, memoryPath(agent.id), 'memory');
  const parts = [memory.replace(memoryBegin, '').replace(memoryEnd, '')];
  if (agent.persona !== undefined) parts.push(required(files, root, agent.persona, 'persona'));
  for (const file of agent.contextFiles) parts.push(required(files, root, file, 'context file'));
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

/** `.mcp.json` of the workspace, cut down to the servers that the agent may use. */
function mcpText({ files, root, agent }: LaunchCopyOptions): string | undefined {
  if (agent.mcpServers === undefined) return undefined;
  const content = files.read(inWorkspace(root, '.mcp.json'));
  const { value } = readJson(content?.text ?? '');
  const servers = isObject(value) ? value.mcpServers : undefined;
  const known = isObject(servers) ? servers : {};
  const missing = agent.mcpServers.filter((name) => !Object.hasOwn(known, name));
  if (missing.length > 0)
    throw new UserError(
      `${agent.id} may use the MCP server${missing.length === 1 ? '' : 's'} ${missing.join(', ')}, but .mcp.json in the workspace has no such entry. Add it, or take it out of mcp_servers in agents/registry.yaml.`,
    );
  const chosen = Object.fromEntries(agent.mcpServers.map((name) => [name, known[name] ?? null]));
  return prettyJson({ mcpServers: chosen });
}

/** What the sandbox holds. Beside its worktree an agent in it can write nothing, but read: the main checkout counts for that. */
function sandboxOfRoots({ files, root, worktree }: LaunchCopyOptions, policy: Policy): SandboxPaths {
  const own = sandboxPaths(files, worktree ?? root, policy);
  if (worktree === undefined) return own;
  const { denyRead } = sandboxPaths(files, root, policy);
  return { ...own, denyRead: [...new Set([...own.denyRead, ...denyRead])].sort() };
}

/**
 * Writes the launch copy of an agent, named by the hash of all that is in it, so that the same content is kept once and
 * a running session's files never change. Guard and report are our own, not the workspace's.
 * @throws UserError when a file it is made from is missing, or the state directory can't be written.
 */
export async function writeLaunchCopy(options: LaunchCopyOptions): Promise<LaunchCopy> {
  const { files, root, registry, agent, hooks, stateDirectory, nodePath, worktree } = options;
  const { policy, sha256: policySha } = hashedPolicy(launchPolicy(options));
  const prompt = promptText(options);
  const mcp = mcpText(options);
  const { kept: foreign, beside, leftOut } = foreignLeaves(options);
  const launch = {
    absoluteRoot: worktree ?? root,
    ...(worktree === undefined ? {} : { otherRoot: root }),
    env: options.env,
    ...(agent.sandbox ? { sandbox: sandboxOfRoots(options, policy) } : {}),
  };
  // The settings name the folder that is named by this hash, so they go into it without the names of their own files.
  const said = settingsOf(agent, policy, registry, {
    node: nodePath,
    guardArgs: [],
    reportArgs: [],
    launch,
  });
  const committed =
    options.asCommitted === true ? required(files, root, settingsPath(agent.id), 'settings file') : undefined;
  const contents = [
    ...(committed === undefined ? [] : [committed]),
    policySha,
    said,
    prompt,
    mcp ?? null,
    [...foreign, ...beside],
    hooks.guard,
    hooks.bash,
    hooks.report,
    root,
    ...(worktree === undefined ? [] : [worktree]),
  ];
  const folder = path.join(stateDirectory, 'copies', agent.id, sha256(JSON.stringify(contents)).slice(0, 16));
  const at = (name: string): string => path.join(folder, name);
  const settings = settingsOf(agent, policy, registry, {
    node: nodePath,
    guardArgs: [
      // Live settings could name a file with OPENSSL_CONF that loads a library into node; this one goes before it.
      `--openssl-config=${at('openssl.cnf')}`,
      at('guard.cjs'),
      agent.id,
      policySha,
      at('policy.json'),
      ...(worktree === undefined ? [] : [worktree]),
      root,
    ],
    reportArgs: [at('report.cjs'), agent.id],
    launch,
  });
  const leaves = new Map([...foreign, ...leavesOf(settings)]);
  for (const [pointer, theirs] of beside) {
    const ours = leaves.get(pointer);
    leaves.set(pointer, [...(Array.isArray(ours) ? ours : []), ...theirs]);
  }
  const texts: [string, string][] = [
    ['guard.cjs', plainText(hooks.guard)],
    ['bash.cjs', plainText(hooks.bash)],
    ['report.cjs', plainText(hooks.report)],
    ['openssl.cnf', ''],
    ['policy.json', prettyJson(policy as unknown as Json)],
    ['prompt.md', prompt],
    ['settings.json', committed ?? prettyJson(fromLeaves(leaves))],
    ...(mcp === undefined ? [] : [['mcp.json', mcp] as [string, string]]),
  ];
  await makePrivate(files, options.stateRoot, folder);
  const changes = texts
    .map(([name, text]) => ({ path: at(name), text, before: files.read(at(name))?.text }))
    // A link to the same text could lead to another one tomorrow.
    .filter(({ path: file, before, text }) => before !== text || files.kind(file) !== 'file');
  await writeAll(files, changes, { root: stateDirectory, mode: { file: 0o600, folder: 0o700 } });
  return {
    settings: at('settings.json'),
    prompt: at('prompt.md'),
    leftOut: committed === undefined ? leftOut : [],
    ...(mcp === undefined ? {} : { mcpConfig: at('mcp.json') }),
  };
}
