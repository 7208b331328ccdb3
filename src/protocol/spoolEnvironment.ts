// Where a hook finds the spool of its launch: in the environment that the launch gave to the CLI.

export interface SpoolEnvironment {
  /** The spool file, absolute. */
  readonly file: string;
  /** The launch id; undefined when the session was started by hand. */
  readonly launch?: string;
}

const isAbsolute = (path: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

/**
 * The spool that `NATIVE_ORCHESTRATOR_SPOOL` names; undefined when there is none. The variable can be overridden by
 * a settings file, so only an absolute path that ends in `.jsonl` counts: a line must never end up in a shell's
 * start-up file or anything else that somebody executes.
 */
export function spoolEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): SpoolEnvironment | undefined {
  const file = environment.NATIVE_ORCHESTRATOR_SPOOL;
  if (file === undefined || file.includes('\0') || !isAbsolute(file) || !file.endsWith('.jsonl'))
    return undefined;
  const launch = environment.NATIVE_ORCHESTRATOR_LAUNCH;
  return launch === undefined || launch === '' ? { file } : { file, launch };
}

/** The launch id that lines of a session carry when the launch's own is not known. */
export function launchByHand(session: string): string {
  return `hand-${session}`;
}
