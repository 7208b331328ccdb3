// Writes another text of the registry, with a backup, unless it has changed since that was worked out.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { startOfFile } from '../findings/finding.ts';
import { type ApplyResult, applyDraft, type Draft, onlySays } from '../outputs/applyDraft.ts';
import { outputCodes } from '../outputs/codes.ts';
import { inTheWay } from '../outputs/inTheWay.ts';
import { registryPath } from '../registry/model.ts';
import { stateDirectoryOf } from './state.ts';
import type { VerbContext } from './verb.ts';

/** `what` names the work in the list of backups. @throws UserError when the disk refuses. */
export function editRegistryFile(
  { io, root }: Pick<VerbContext, 'io' | 'root'>,
  what: string,
  before: string,
  after: string,
  dryRun: boolean,
): Promise<ApplyResult> {
  const draft = (files: Files): Draft => {
    const target = inWorkspace(root, registryPath);
    const blocked = inTheWay(registryPath, files, root);
    if (blocked !== undefined || files.read(target)?.text !== before) {
      const code = blocked?.code ?? 'outputs/moved-on';
      const message =
        blocked?.message ?? `${registryPath} has changed meanwhile, so nothing was written. Run it again.`;
      return onlySays([
        { code, severity: outputCodes[code].severity, file: registryPath, ...startOfFile, args: {}, message },
      ]);
    }
    if (after === before) return { findings: [], changes: [], unchanged: 1, leftovers: [] };
    const path = files.realPath(target) ?? target;
    const change = { path, relative: registryPath, text: after, before, needsBackup: true };
    return { findings: [], changes: [change], unchanged: 0, leftovers: [] };
  };
  const stateDirectory = (): string => stateDirectoryOf(io, root).workspace;
  return applyDraft({ files: io.files, root, stateDirectory, dryRun, now: io.now }, what, draft);
}
