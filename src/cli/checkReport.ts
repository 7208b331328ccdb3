// What `check` prints, from an inspection, or from the last one when every file still says the same.
import path from 'node:path';
import { type Answers, answersHold, recordedFiles } from '../files/recordedFiles.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import type { Finding } from '../findings/finding.ts';
import { isUserError } from '../findings/userError.ts';
import { type Health, needsMigrate, needsRestore, type Sync } from '../outputs/fleet.ts';
import { inspectFleet } from '../outputs/inspector.ts';
import { sha256 } from '../outputs/lock.ts';
import { isOutOfSync } from '../outputs/output.ts';
import { writeAll } from '../outputs/write.ts';
import { stateDirectoryOf } from './state.ts';
import type { Io } from './verb.ts';

export interface CheckedAgent {
  readonly id: string;
  readonly sync: Sync;
  readonly health: Health;
  readonly isDrifted: boolean;
  /** Generate alone would refuse it. */
  readonly needsRestore: boolean;
  /** What is amiss is the form of earlier tooling. */
  readonly needsMigrate: boolean;
}

export interface CheckReport {
  /** False when the registry has an error: then the agents are unknown. */
  readonly isUsable: boolean;
  readonly findings: readonly Finding[];
  readonly agents: readonly CheckedAgent[];
}

/** A report with all that it was made from. */
interface Remembered {
  readonly format: 3;
  /** Hash of our version, our hooks and the day: a report is good for none but these. */
  readonly maker: string;
  readonly answers: Answers;
  readonly report: CheckReport;
}

const makerOf = (io: Io): string => {
  const { guard, report } = io.hooks();
  return sha256(JSON.stringify([io.version, guard, report, io.today]));
};

/** Where the last report of a workspace lies; undefined where no state directory can be had. */
function memoOf(io: Io, root: string): { readonly file: string; readonly state: string } | undefined {
  try {
    const state = stateDirectoryOf(io, root);
    return { file: path.join(state.workspace, 'check.json'), state: state.root };
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

function recall(io: Io, file: string): CheckReport | undefined {
  const text = io.files.read(file)?.text;
  if (text === undefined || !io.files.isOwn(file)) return undefined;
  try {
    const remembered: Remembered = JSON.parse(text);
    if (remembered.format !== 3 || remembered.maker !== makerOf(io)) return undefined;
    return answersHold(io.files, remembered.answers) ? remembered.report : undefined;
  } catch {
    return undefined; // cut off or of another form: it is made anew
  }
}

/**
 * The report on a workspace. With `useCache`, the last one is given again when every question that it was made from has
 * the same answer as then; that it is the same report follows, since an inspection knows nothing else. Keeping it is a
 * convenience: where the state directory cannot be written, nothing is kept and nothing is said.
 */
export async function checkReport(io: Io, root: string, useCache: boolean): Promise<CheckReport> {
  const memo = useCache ? memoOf(io, root) : undefined;
  const known = memo && recall(io, memo.file);
  if (known !== undefined) return known;
  const files = recordedFiles(io.files);
  const fleet = inspectFleet({
    files,
    root,
    hooks: io.hooks(),
    version: io.version,
    today: io.today,
    settingsFiles: 'search',
  });
  const report: CheckReport = {
    isUsable: fleet.parsed?.registry !== undefined,
    findings: fleet.findings,
    agents: fleet.agents.map(({ agent, sync, health, outputs, unguarded, findings }) => ({
      id: agent.id,
      sync,
      health,
      isDrifted: outputs.some(({ drift }) => isOutOfSync(drift)),
      needsRestore: needsRestore({ outputs, sync }),
      needsMigrate: needsMigrate({ findings, ...(unguarded && { unguarded }) }),
    })),
  };
  if (memo !== undefined) {
    const remembered: Remembered = { format: 3, maker: makerOf(io), answers: files.answers, report };
    const change = { path: memo.file, text: JSON.stringify(remembered), before: undefined };
    try {
      await makePrivate(io.files, memo.state, path.dirname(memo.file));
      await writeAll(io.files, [change], { root: memo.state, mode: { file: 0o600, folder: 0o700 } });
    } catch (error) {
      if (!isUserError(error)) throw error;
    }
  }
  return report;
}
