// Where machine-local things live: `<state>`, outside every workspace, one folder per workspace, 0700.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import type { Files } from './files.ts';

/** The environment that decides where `<state>` is. */
export interface StateEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home: string;
}

/** `<state>`: `$NATIVE_ORCHESTRATOR_STATE`, else the platform's state directory + `native-orchestrator`. Absolute. */
export function stateRoot({ platform, env, home }: StateEnvironment): string {
  const own = env.NATIVE_ORCHESTRATOR_STATE;
  if (own) return path.resolve(own);
  const base =
    platform === 'win32'
      ? (env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Application Support')
        : env.XDG_STATE_HOME && path.isAbsolute(env.XDG_STATE_HOME)
          ? env.XDG_STATE_HOME
          : path.join(home, '.local', 'state');
  return path.join(base, 'native-orchestrator');
}

/**
 * The folder of one workspace below `<state>`, by the hash of its real path. Absolute; it need not exist.
 * @throws UserError when `<state>` would lie inside the workspace, where agents could change it.
 */
export function workspaceState(files: Files, state: string, root: string): string {
  const real = files.realPath(root) ?? path.resolve(root);
  const relative = path.relative(real, files.realPath(state) ?? path.resolve(state));
  if (
    relative === '' ||
    (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
  )
    throw new UserError(
      `The state directory ${state} lies inside the workspace. Point NATIVE_ORCHESTRATOR_STATE at a folder outside it.`,
    );
  return path.join(state, createHash('sha256').update(real).digest('hex').slice(0, 16));
}
