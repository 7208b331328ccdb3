// The state directory, as a command finds it.
import { stateRoot, workspaceState } from '../files/stateDirectory.ts';
import type { Io } from './verb.ts';

/** `<state>` and this workspace's folder in it, both absolute. @throws UserError when it lies in the workspace. */
export function stateDirectoryOf(
  io: Io,
  root: string,
): { readonly root: string; readonly workspace: string } {
  const { platform, env, home } = io.machine;
  const state = stateRoot({ platform, env, home });
  return { root: state, workspace: workspaceState(io.files, state, root) };
}
