// Where the machine-local things of a workspace folder are.
import os from 'node:os';
import { nodeFiles } from '../files/nodeFiles.ts';
import { stateRoot, workspaceState } from '../files/stateDirectory.ts';

/** `<state>` of this user. Absolute. */
export function userState(): string {
  return stateRoot({ platform: process.platform, env: process.env, home: os.homedir() });
}

/** The folder of a workspace in the state directory. @throws UserError when that would lie inside the workspace. */
export function stateDirectoryOf(root: string): string {
  return workspaceState(nodeFiles, userState(), root);
}
