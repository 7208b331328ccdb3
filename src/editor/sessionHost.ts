// The sessions of a workspace folder as the editor reaches them, and what the settings say of starting them.
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { nodeFiles } from '../files/nodeFiles.ts';
import { UserError } from '../findings/userError.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import type { Runner } from '../sessions/sessionRecord.ts';
import { atOnceRange, mostAtOnce } from '../sessions/startEach.ts';
import { findTmux } from '../sessions/tmux.ts';
import type { FleetStore } from './fleetStore.ts';
import { stateDirectoryOf, userState } from './folderState.ts';
import { settingKeys, settingsSection } from './ids.ts';
import { thisMachine } from './machine.ts';

/** @throws UserError when the state directory lies in the workspace. */
export function sessionHostOf(store: FleetStore): SessionHost {
  return {
    files: nodeFiles,
    stateRoot: userState(),
    stateDirectory: stateDirectoryOf(store.folder.uri.fsPath),
    machine: thisMachine(),
    now: () => new Date().toISOString(),
    kill: (pid, signal) => void process.kill(pid, signal),
    wait: (ms) => wait(ms),
  };
}

const setting = (key: (typeof settingKeys)[keyof typeof settingKeys]): unknown =>
  vscode.workspace.getConfiguration(settingsSection).get(key);

/** What sessions are to run in: as the setting says; by itself tmux where it is. @throws UserError when tmux is asked for and is nowhere. */
export function wantedRunner({ machine }: SessionHost): Runner {
  const wanted = setting(settingKeys.runner);
  if (wanted === 'terminal') return 'terminal';
  if (findTmux(machine) !== undefined) return 'tmux';
  if (wanted === 'tmux')
    throw new UserError(
      vscode.l10n.t(
        'tmux was not found (looked at PATH), and nativeOrchestrator.runner asks for it. Install it, or set that to "auto" or "terminal".',
      ),
    );
  return 'terminal';
}

/** How many may start at the same time. A number that the setting does not allow is brought within what it does. */
export function startsAtOnce(): number {
  const number = setting(settingKeys.startsAtOnce);
  if (typeof number !== 'number' || !Number.isFinite(number)) return mostAtOnce;
  return Math.min(atOnceRange.most, Math.max(atOnceRange.least, Math.floor(number)));
}
