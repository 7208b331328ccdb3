// Where machine-local things live: `<state>`, outside every workspace, one folder per workspace, 0700.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import type { Files, WritableFiles } from './files.ts';

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

/**
 * Makes a folder of the state directory, for this user alone (0700). `state` is `<state>`; `folder` lies in it.
 * @throws UserError when it can't be made, or when somebody else's folder, a file or a symbolic link stands there.
 */
export async function makePrivate(files: WritableFiles, state: string, folder: string): Promise<void> {
  try {
    await files.makeDirectory(folder, 0o700);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UserError(
      `The state directory ${folder} cannot be made${code}. Point NATIVE_ORCHESTRATOR_STATE at a folder that you can write.`,
      { cause: error },
    );
  }
  const relative = path.relative(state, folder);
  const steps = relative === '' ? [] : relative.split(path.sep);
  for (let count = 0; count <= steps.length; count++) {
    const at = path.join(state, ...steps.slice(0, count));
    if (files.kind(at) !== 'directory' || !files.isOwn(at))
      throw new UserError(
        `${at} is not a folder of your own, and what agents run with must not be kept in another's. Move it away, or point NATIVE_ORCHESTRATOR_STATE elsewhere.`,
      );
  }
}
