// Watches one folder of the state directory, which may not exist yet: the nearest parent that does tells when it comes.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Calls back soon after something in the folder changed, or the folder came or went. Not recursive; several changes may
 * make one call. A system that cannot watch it makes no call: the owner looks again at other times too. The caller disposes.
 */
export function watchFolder(folder: string, onChange: () => void): { dispose(): void } {
  let watcher: fs.FSWatcher | undefined;
  let watched: string | undefined;
  let isDisposed = false;

  const nearest = (): string => {
    let at = folder;
    while (!isFolder(at) && at !== path.dirname(at)) at = path.dirname(at);
    return at;
  };
  const arm = (): void => {
    const target = nearest();
    if (isDisposed || (watcher && target === watched)) return;
    watcher?.close();
    watched = target;
    try {
      watcher = fs.watch(target, { persistent: false }, () => changed());
      // A watched folder that goes is reported as an error by some systems.
      watcher.on('error', () => changed());
    } catch {
      watcher = undefined;
      return;
    }
    // It may have come between the look and the watch.
    if (nearest() !== target) arm();
  };
  const changed = (): void => {
    if (isDisposed) return;
    const wasInside = watched === folder;
    // The same path may be another folder by now, which the old watcher does not see.
    if (!isFolder(folder) && wasInside) watched = undefined;
    arm();
    if (wasInside || watched === folder) onChange();
  };

  arm();
  return {
    dispose() {
      isDisposed = true;
      watcher?.close();
    },
  };
}

function isFolder(at: string): boolean {
  try {
    return fs.statSync(at).isDirectory();
  } catch {
    return false;
  }
}
