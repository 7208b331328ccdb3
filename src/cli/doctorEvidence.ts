// What this machine knows of the fleet's hooks, for doctor: spools and proofs in the state directory. Reads only.
import type { HookEvidence } from '../claude/hookEvidence.ts';
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { isUserError } from '../findings/userError.ts';
import { proofMark } from '../proof/proofMark.ts';
import { readProof } from '../proof/proofRecord.ts';
import { proofStatus } from '../proof/proofStatus.ts';
import { provenFiles } from '../proof/provenFiles.ts';
import { evidenceOf } from '../sessions/evidence.ts';
import { findClaude } from '../sessions/programs.ts';
import { SpoolReader, spoolFolder } from '../sessions/spoolReader.ts';
import { stateDirectoryOf } from './state.ts';
import type { Io } from './verb.ts';

/** The setting that names the user's claude, or `''`. */
export const claudeSetting = (io: Io): string => io.env.NATIVE_ORCHESTRATOR_CLAUDE ?? '';

async function versionOfClaude(io: Io): Promise<string | undefined> {
  const { path } = await findClaude(io.machine, claudeSetting(io));
  const said = path === undefined ? undefined : await io.machine.run(path, ['--version']);
  return /\d+(\.\d+)+/.exec(said ?? '')?.[0];
}

/** The evidence of each agent. Where there is no state directory to be had nothing is known of any. `now`: milliseconds since 1970. */
export async function gatherEvidence(
  io: Io,
  root: string,
  ids: readonly string[],
  now: number,
): Promise<(id: string) => HookEvidence> {
  let state: string;
  try {
    state = stateDirectoryOf(io, root).workspace;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return () => ({});
  }
  const reader = new SpoolReader(spoolFolder(state), nodeAppendedFiles);
  reader.update();
  const firings = reader.firings(now);
  const records = new Map(ids.map((id) => [id, readProof(io.files, state, id)]));
  // Only a proof is held against the version; without one nobody needs to be asked.
  const isAsked = [...records.values()].some((record) => record !== undefined);
  const cli = isAsked ? await versionOfClaude(io) : undefined;
  const platform = `${io.machine.platform}-${process.arch}`;
  return (id) =>
    evidenceOf(
      {
        firings,
        proofOf: () =>
          proofMark(
            proofStatus(records.get(id), {
              outputs: records.get(id) === undefined ? {} : provenFiles(io.files, root, id, io.launchHooks()),
              cli,
              platform,
            }),
          ),
      },
      id,
    );
}
