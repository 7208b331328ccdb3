// One generator at a time in a workspace, on all machines that share it.
import { setTimeout as wait } from 'node:timers/promises';
import type { WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { attempt } from './write.ts';

/** A folder that is there while a generator writes. Relative to the workspace. */
export const generatorLockPath = 'agents/.generating';

/** Milliseconds between two questions, and for how long they are asked: longer than a killed generator counts as there. */
const askEveryMs = 200;
const patienceMs = 12_000;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * Does the work alone, waiting some seconds for another generator to end. `isLost` is aborted when the lock was lost
 * on the way, as after a long sleep of the machine: another one may be writing by then. `onWaiting` is called once when
 * another generator has to be waited for. Undefined when `signal` was aborted before the work began.
 * @throws UserError when it can't be had, naming the way out.
 */
export async function withGeneratorLock<T>(
  files: WritableFiles,
  root: string,
  work: (isLost: AbortSignal) => Promise<T>,
  { signal, onWaiting }: { readonly signal?: AbortSignal; readonly onWaiting?: () => void } = {},
): Promise<T | undefined> {
  const agents = inWorkspace(root, 'agents');
  const held = inWorkspace(root, generatorLockPath);
  const lost = new AbortController();
  const acquire = async (): Promise<(() => Promise<void>) | undefined> => {
    const deadline = performance.now() + patienceMs;
    let isWaiting = false;
    for (;;) {
      try {
        return await files.hold(agents, held, () => lost.abort());
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'EEXIST')
          throw new UserError(
            `${visible(held)} is in the way: generate keeps others out with an empty folder of that name. Move or remove it and run it again. Nothing was changed.`,
            { cause: error },
          );
        if (code !== 'ELOCKED') throw error;
        if (performance.now() > deadline)
          throw new UserError(
            `Another generate is writing in this workspace and has not ended. Wait for it; if there is none, remove ${visible(held)} and run it again. Nothing was changed.`,
            { cause: error },
          );
      }
      if (signal?.aborted) return undefined;
      // A file that stands there is no generator; it counts as one until it has been there for a while.
      if (!isWaiting && files.kind(held) === 'directory') {
        isWaiting = true;
        onWaiting?.();
      }
      await wait(askEveryMs);
    }
  };
  const release = await attempt('write in', agents, acquire);
  if (release === undefined) return undefined;
  try {
    return await work(lost.signal);
  } finally {
    // A lock that was lost is another's: not ours to release.
    await release().catch(() => {});
  }
}
