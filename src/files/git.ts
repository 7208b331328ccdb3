// Git in a workspace, as argument arrays, without any program that a repository's settings or hooks name.
import { execFile } from 'node:child_process';
import { devNull } from 'node:os';

/** The standard output of one git command in the workspace; undefined when it fails, is too slow or says too much. */
export type Git = (args: readonly string[]) => Promise<string | undefined>;

/** What one git command said: `problem` is its first line about why it failed, undefined when it did its work. */
export interface GitAnswer {
  readonly out: string;
  readonly problem: string | undefined;
}

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

/** The line in which git says why it failed; git's own words, in English, with names of the repository's in them. */
function problemOf(stderr: string, error: Error): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const line = lines.find((each) => /^(fatal|error):/.test(each)) ?? lines.find((each) => each !== '');
  return (line ?? error.message).replace(/^(fatal|error): /, '');
}

/** Runs git in a folder with a time of its own, in milliseconds, and says why where it fails. Never rejects. */
export function answerOfGit(
  folder: string,
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  timeoutMs = answerTimeoutMs,
): Promise<GitAnswer> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !misleading.test(name)));
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ['--no-pager', '--literal-pathspecs', ...harmless, '-C', folder, ...args],
      {
        env: { ...own, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: largestAnswer,
        windowsHide: true,
      },
      (error, out, stderr) => resolve({ out, problem: error ? problemOf(stderr, error) : undefined }),
    );
    child.stdin?.end();
  });
}

/** Git for a workspace, to be asked. `program` is the absolute path of git; `root` that of the workspace. */
export function gitIn(root: string, program: string, env: Readonly<Record<string, string | undefined>>): Git {
  return async (args) => {
    const { out, problem } = await answerOfGit(root, program, env, args);
    return problem === undefined ? out : undefined;
  };
}
