// Questions to git about a workspace, as argument arrays. They only read, and start no program that a repository's settings name.
import { execFile } from 'node:child_process';
import { devNull } from 'node:os';

/** The standard output of one git command in the workspace; undefined when it fails, is too slow or says too much. */
export type Git = (args: readonly string[]) => Promise<string | undefined>;

/** Milliseconds and bytes that an answer may take. */
const answerTimeoutMs = 20_000;
const largestAnswer = 32 * 1024 * 1024;

/** What would make git look at another repository than the workspace's, as inside a hook of git. */
const misleading =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|EXTERNAL_DIFF|CONFIG_PARAMETERS|CONFIG_COUNT)$/;

/** Settings of a repository that would start a program when it is only asked. */
const harmless = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  `core.hooksPath=${devNull}`,
  '-c',
  'log.showSignature=false',
];

/** Git for a workspace. `program` is the absolute path of git; `root` that of the workspace. */
export function gitIn(root: string, program: string, env: Readonly<Record<string, string | undefined>>): Git {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !misleading.test(name)));
  return (args) =>
    new Promise((resolve) => {
      const child = execFile(
        program,
        ['--no-pager', '--literal-pathspecs', ...harmless, '-C', root, ...args],
        {
          env: { ...own, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
          timeout: answerTimeoutMs,
          killSignal: 'SIGKILL',
          maxBuffer: largestAnswer,
          windowsHide: true,
        },
        (error, stdout) => resolve(error ? undefined : stdout),
      );
      child.stdin?.end();
    });
}
