// Whether a process that was recorded still runs: by its pid and by when it started, since pids come again.
import type { Files } from '../files/files.ts';
import type { Machine } from './programs.ts';

/** What was found at a pid. `unknown`: it could not be asked, which never means that nothing runs. */
export type ProcessLook =
  | { readonly kind: 'alive'; readonly started: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown' };

/** What became of a recorded process. A pid that came again counts as gone. */
export type ProcessState = 'running' | 'gone' | 'unknown';

type Asked = Pick<Machine, 'files' | 'platform' | 'run'>;

/** The state letter and the start time (clock ticks since boot, field 22) of a line of `/proc/<pid>/stat`: see proc(5). */
export function parseStat(text: string): { readonly state: string; readonly ticks: string } | undefined {
  // The name of a program may hold blanks and brackets; what follows the last bracket does not.
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const [state, ticks] = [fields[0], fields[19]];
  return state === undefined || ticks === undefined || !/^\d+$/.test(ticks) ? undefined : { state, ticks };
}

/** A process that ended and that nobody has asked about yet, or that is about to be gone. */
const isEnded = (state: string): boolean => /^[ZXx]/.test(state);

function lookInProc(files: Files, pid: number): ProcessLook {
  const boot = files.read('/proc/sys/kernel/random/boot_id')?.text?.trim();
  const text = files.read(`/proc/${pid}/stat`)?.text;
  if (text === undefined || text === '')
    // Without /proc, nothing is to be seen of any process.
    return files.read('/proc/self/stat')?.text ? { kind: 'gone' } : { kind: 'unknown' };
  const stat = parseStat(text);
  if (stat === undefined || !boot) return { kind: 'unknown' };
  // Ticks begin anew with each boot, so another boot's are another time.
  return isEnded(stat.state) ? { kind: 'gone' } : { kind: 'alive', started: `${boot}:${stat.ticks}` };
}

async function askPs({ run }: Asked, pid: number): Promise<ProcessLook> {
  const ps = ['LC_ALL=C', 'TZ=UTC', 'ps', '-o', 'stat=,lstart=', '-p'];
  const answer = (await run('/usr/bin/env', [...ps, String(pid)]))?.trim();
  if (answer === undefined || answer === '') {
    // `ps` fails alike for a pid that is not there and for being unable to run.
    const own = await run('/usr/bin/env', [...ps, String(process.pid)]);
    return own?.trim() ? { kind: 'gone' } : { kind: 'unknown' };
  }
  const [state = '', ...started] = answer.split(/\s+/);
  return isEnded(state) || started.length === 0
    ? { kind: 'gone' }
    : { kind: 'alive', started: started.join(' ') };
}

async function askWindows({ run }: Asked, pid: number): Promise<ProcessLook> {
  const script = `$p = Get-Process -Id ${pid} -ErrorAction SilentlyContinue; if ($p) { $p.StartTime.ToFileTimeUtc() } else { 'gone' }`;
  const answer = (await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]))?.trim();
  if (answer === 'gone') return { kind: 'gone' };
  return answer !== undefined && /^\d+$/.test(answer)
    ? { kind: 'alive', started: answer }
    : { kind: 'unknown' };
}

/** Looks at one pid. Never throws. */
export async function lookAtProcess(machine: Asked, pid: number): Promise<ProcessLook> {
  if (!Number.isSafeInteger(pid) || pid <= 1) return { kind: 'unknown' };
  if (machine.platform === 'linux') return lookInProc(machine.files, pid);
  return machine.platform === 'win32' ? askWindows(machine, pid) : askPs(machine, pid);
}

/** When a process started, to be recorded; undefined when it is gone or the system doesn't say. */
export async function processStarted(machine: Asked, pid: number): Promise<string | undefined> {
  const look = await lookAtProcess(machine, pid);
  return look.kind === 'alive' ? look.started : undefined;
}

/** Whether the process that was recorded still runs. Without a recorded start time a live pid proves nothing. */
export async function processState(
  machine: Asked,
  recorded: { readonly pid?: number; readonly pidStarted?: string },
): Promise<ProcessState> {
  if (recorded.pid === undefined) return 'unknown';
  const look = await lookAtProcess(machine, recorded.pid);
  if (look.kind !== 'alive') return look.kind;
  if (recorded.pidStarted === undefined) return 'unknown';
  return look.started === recorded.pidStarted ? 'running' : 'gone';
}
