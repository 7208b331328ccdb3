// `prove`: starts the user's real claude against a scripted model in scratch copies, and keeps what was seen (DESIGN.md section 7).
import type { WritableFiles } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import type { Fleet } from '../outputs/fleet.ts';
import type { HookSources } from '../outputs/output.ts';
import type { Agent, Registry } from '../registry/model.ts';
import type { Positions } from '../registry/parse.ts';
import { findOnPath } from '../sessions/programs.ts';
import { claudeVersion, quickRuns } from './claudeVersion.ts';
import { noProofFinding, proofFindings } from './proofFindings.ts';
import { type ProofRecord, writeProof } from './proofRecord.ts';
import { proveAgent, SessionFailure } from './proveAgent.ts';
import { provenFiles } from './provenFiles.ts';
import { makeBase, removeBase } from './scratch.ts';
import { ScriptedModel } from './scriptedModel.ts';
import type { Bench } from './session.ts';
import { SharedGuard } from './sharedGuard.ts';

export interface ProveOptions {
  readonly files: WritableFiles;
  readonly fleet: Fleet;
  /** Ids of the agents to prove. */
  readonly agents: readonly string[];
  /** Absolute paths of the user's programs. */
  readonly claudePath: string;
  readonly nodePath: string;
  /** The hooks of launch copies. */
  readonly launchHooks: HookSources;
  /** `<state>` and the workspace's folder in it, where proofs are kept. */
  readonly state: { readonly root: string; readonly workspace: string };
  /** PATH for what Bash runs; the rest of the user's environment does not reach the session. */
  readonly searchPath: string;
  /** How many agents at once. */
  readonly jobs: number;
  /** Ends every process that was started, removes the scratch copy, and makes `prove` reject with a UserError. */
  readonly signal?: AbortSignal;
  /** `agent` is the one that has just been done; undefined at the beginning. */
  readonly onProgress?: (done: number, total: number, agent: string | undefined) => void;
}

/** An agent for which there is no proof, because something about it could not be tried. */
export interface NotProven {
  readonly agent: string;
  /** A sentence or two: what happened, and what to do. */
  readonly message: string;
}

export interface ProveResult {
  /** The version of claude. */
  readonly cli: string;
  /** In the order of `agents`; already kept in `<state>`. */
  readonly records: readonly ProofRecord[];
  readonly notProven: readonly NotProven[];
  /** What failed, at the line of the registry that forbids it. */
  readonly findings: readonly Finding[];
  /** What no proof covers, in words: user settings, managed settings. */
  readonly outside: readonly string[];
}

/** Files of an administrator, which hold in every session and in no proof's scratch copy alone. */
const managedSettings = [
  '/etc/claude-code/managed-settings.json',
  '/etc/claude-code/managed-settings.d',
  '/Library/Application Support/ClaudeCode/managed-settings.json',
  'C:\\Program Files\\ClaudeCode\\managed-settings.json',
] as const;

/** What no proof covers, in words for a person. */
function outsideOf(files: WritableFiles): readonly string[] {
  const found = managedSettings.filter((file) => files.kind(file) !== undefined);
  return [
    'Your own settings (~/.claude) were left out: what they switch off or allow is not part of this.',
    found.length === 0
      ? 'There are no managed settings in a file on this machine; those from elsewhere are not part of this.'
      : `Managed settings were in force as they are on this machine: ${found.join(', ')}. Without them the result may be another.`,
  ];
}

/** The platform of a proof, such as `linux-x64`. */
export const platformName = (): string => `${process.platform}-${process.arch}`;

function usable(fleet: Fleet): { readonly registry: Registry; readonly positions: Positions } {
  const registry = fleet.parsed?.registry;
  if (fleet.parsed === undefined || registry === undefined)
    throw new UserError(
      'agents/registry.yaml has errors, so it is unknown what the agents may do. Mend them first.',
    );
  return { registry, positions: fleet.parsed.positions };
}

/** The machine would not: a full or read-only disk, too many open files. It is nobody's mistake, and nothing of ours. */
const systemTrouble = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error && 'code' in error ? error.message : undefined;

/** The folder for scratch copies. @throws UserError when there can be none. */
async function scratchBase(): Promise<string> {
  try {
    return await makeBase();
  } catch (error) {
    const trouble = systemTrouble(error);
    if (trouble === undefined) throw error;
    throw new UserError(
      `No scratch copy can be made: ${visibleShort(trouble)}. Make room there, or set TMPDIR.`,
    );
  }
}

/** Does the work for each item, some at once; stops taking new ones when one throws, and throws it when all have ended. */
async function inParallel<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift())
      await work(item).catch((error: unknown) => {
        rest.length = 0;
        throw error;
      });
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, jobs) }, worker));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/**
 * Proves agents with what is on the disk now. Each proof is kept as soon as it is made. Nothing of the workspace, the
 * user's home or the network is touched; every process and file of it is gone when this settles.
 * @throws UserError when claude does not run, the registry has errors, or `signal` is aborted.
 */
export async function prove(options: ProveOptions): Promise<ProveResult> {
  const { files, fleet, agents: ids, claudePath, launchHooks, jobs, onProgress } = options;
  const { registry, positions } = usable(fleet);
  const agents = ids.flatMap((id) => registry.agents.get(id) ?? []);
  const end = new AbortController();
  const signal = options.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
  const cancelled = (): boolean => options.signal?.aborted === true;
  const cli = await claudeVersion(claudePath, signal);
  const quick = await quickRuns(claudePath, signal);
  const records = new Map<string, ProofRecord>();
  const notProven: NotProven[] = [];
  let done = 0;
  onProgress?.(0, agents.length, undefined);
  const base = await scratchBase();
  try {
    const model = await ScriptedModel.start();
    try {
      const env = { PATH: options.searchPath };
      const bench: Bench = {
        files,
        workspace: fleet.root,
        registry,
        claude: claudePath,
        quick,
        node: options.nodePath,
        python: findOnPath({ files, platform: process.platform, env }, 'python3'),
        launchHooks,
        model,
        base,
        searchPath: options.searchPath,
        signal,
      };
      const shared = new SharedGuard();
      const one = async (agent: Agent): Promise<void> => {
        if (signal.aborted) return;
        // Looked at before: a file that changes while it is proven makes the proof an old one.
        const outputs = provenFiles(files, fleet.root, agent.id, launchHooks);
        try {
          const status = fleet.agents.find((each) => each.agent.id === agent.id);
          const isInStep = status?.asPlanned === true && status.sync === 'inSync';
          const { attempts, notCovered } = await proveAgent(bench, agent, isInStep ? shared : undefined);
          if (signal.aborted) return;
          const record: ProofRecord = {
            format: 1,
            agent: agent.id,
            at: new Date().toISOString(),
            cli,
            platform: platformName(),
            sandbox: agent.sandbox,
            outputs,
            attempts,
            notCovered,
          };
          await writeProof(files, options.state, record);
          records.set(agent.id, record);
        } catch (error) {
          if (signal.aborted) return;
          const trouble = systemTrouble(error);
          if (error instanceof SessionFailure || error instanceof UserError)
            notProven.push({ agent: agent.id, message: error.message });
          else if (trouble !== undefined)
            notProven.push({
              agent: agent.id,
              message: `Its scratch copy failed: ${visibleShort(trouble)}.`,
            });
          else throw error;
        }
        onProgress?.(++done, agents.length, agent.id);
      };
      await inParallel(agents, jobs, one);
    } finally {
      end.abort(); // whoever still runs, since another one failed
      await model.close();
    }
  } finally {
    await removeBase(base);
  }
  if (cancelled()) throw new UserError('Cancelled. Proofs that were finished are kept.');
  const inOrder = agents.flatMap(({ id }) => records.get(id) ?? []);
  return {
    cli,
    records: inOrder,
    notProven,
    findings: [
      ...inOrder.flatMap((record) => proofFindings(record, positions)),
      ...notProven.map(({ agent, message }) => noProofFinding(agent, message, positions)),
    ],
    outside: outsideOf(files),
  };
}
