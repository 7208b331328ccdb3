// Many agents started at once with the real CLI: each has what is its own, all are found, all end, and nothing else does.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, it } from 'mocha';
import { manyAgents } from '../process/cliProcess.ts';
import { isAlive } from '../process/fakeSessions.ts';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithClaude } from './realClaude.ts';
import { hasTmux, RunningFleet, type ShownSession } from './runningFleet.ts';

/** As many as are promised; fewer, and the test says so, where there is no memory for them. */
const wanted = 27;
/** Megabytes that one claude takes at most, a good part of which all share. Seen: about 200. */
const megabytesEach = 300;
const megabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024);
const count = Math.min(wanted, Math.floor(megabytes(freemem()) / megabytesEach));
const title = `${count} sessions at once${count < wanted ? ` (not ${wanted}: ${megabytes(freemem())} MB of memory are free)` : ''}`;

interface Recorded {
  readonly agent: string;
  readonly launch: string;
  readonly phase: string;
  readonly pid: number;
  readonly endReason?: string;
}

describeWithClaude(title, function () {
  // Each keeps a processor busy for about a second.
  this.timeout(60_000 + (wanted * 6000) / availableParallelism());
  let fleet: RunningFleet;
  before(async function () {
    if (!hasTmux || process.platform !== 'linux' || count < 2) this.skip();
    fleet = await RunningFleet.open(new FleetFolder({ registry: manyAgents(count) }));
  });
  after(async () => {
    if (fleet === undefined) return;
    theirs('kill-server');
    await fleet.dispose();
  });

  const ids = Array.from({ length: count }, (_, index) => `worker-${index}-agent`);
  const first = 'worker-0-agent';
  const sorted = (texts: Iterable<string>): readonly string[] => [...texts].sort();
  /** A server of somebody else, with a session of a name of ours. */
  const theirs = (...words: readonly string[]): string =>
    spawnSync('tmux', ['-S', `${fleet.socket}-theirs`, '-f', '/dev/null', ...words], {
      env: fleet.env,
      encoding: 'utf8',
    }).stdout;
  const theirPane = (): string => theirs('list-panes', '-a', '-F', '#{session_name} #{pane_pid} #{pid}');

  const records = (): readonly Recorded[] =>
    readdirSync(fleet.folder.state, { recursive: true, encoding: 'utf8' })
      .filter((file) => /sessions\/[^/]+\.json$/.test(file))
      .map((file) => JSON.parse(readFileSync(path.join(fleet.folder.state, file), 'utf8')));
  const environmentOf = (pid: number): ReadonlyMap<string, string> =>
    new Map(
      readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)] as const),
    );
  /** Runs a command of ours to its end, with more environment; what `ps` showed meanwhile goes to `shown`. */
  async function run(words: readonly string[], env: Readonly<Record<string, string>>, shown: string[]) {
    const [program = '', ...args] = fleet.words(...words);
    const child = spawn(program, args, {
      cwd: fleet.folder.root,
      env: { ...fleet.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const look = setInterval(() => {
      shown.push(execFileSync('ps', ['axww', '-o', 'args='], { encoding: 'utf8' }));
    }, 100);
    const output = await Promise.all([text(child.stdout), text(child.stderr)]);
    clearInterval(look);
    await fleet.until('its end', () => child.exitCode !== null);
    assert.equal(child.exitCode, 0, output.join(''));
    return output[0];
  }

  it('all start, each with its own environment, of which no command line has anything', async () => {
    theirs('new-session', '-d', '-s', `iw-${first}`, 'sleep', '100000');
    const shown: string[] = [];
    // The first one starts the server, and what it was started with is its own.
    await run(['start', first, '--runner', 'tmux'], { WORD: 'secret-of-one', ONLY: 'secret-first' }, shown);
    const began = performance.now();
    const output = await run(
      ['start', '--all', '--runner', 'tmux'],
      { WORD: "it's a secret-of-others\n$X" },
      shown,
    );
    const seconds = (performance.now() - began) / 1000;
    assert.equal(output.match(/ started \(tmux, pid \d+\)/g)?.length, count - 1);
    assert.match(output, new RegExp(`^${first} runs already`, 'm'));

    const all = records();
    assert.deepEqual(sorted(all.map(({ agent }) => agent)), sorted(ids));
    assert.equal(new Set(all.map(({ pid }) => pid)).size, count);
    for (const { agent, launch, phase, pid } of all) {
      assert.equal(phase, 'running', agent);
      const env = environmentOf(pid);
      assert.equal(env.get('NATIVE_ORCHESTRATOR_AGENT'), agent);
      assert.equal(env.get('NATIVE_ORCHESTRATOR_LAUNCH'), launch);
      assert.ok(env.get('NATIVE_ORCHESTRATOR_SPOOL')?.endsWith(`/${launch}.jsonl`), agent);
      assert.equal(env.get('WORD'), agent === first ? 'secret-of-one' : "it's a secret-of-others\n$X");
      assert.equal(env.get('ONLY'), agent === first ? 'secret-first' : undefined);
      const name = fleet.tmux(
        'display-message',
        '-p',
        '-t',
        `=iw-${agent}:`,
        '#{@native_orchestrator_launch}',
      );
      assert.equal(name.trim(), launch);
    }
    assert.ok(shown.filter((each) => each.includes('--session-id')).length > 1, 'ps was looked at');
    const key = fleet.env.ANTHROPIC_API_KEY ?? '?';
    for (const each of shown) assert.ok(!each.includes('secret-') && !each.includes(key), each);
    if (process.env.FLEET_TELL) console.log(`${count} in ${seconds.toFixed(1)} s, ${memoryOf(all)} MB`);
  });

  /** Memory that they have to themselves and their parts of what they share, in megabytes. */
  function memoryOf(all: readonly Recorded[]): number {
    const kilobytes = all.map(({ pid }) =>
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
    );
    return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1024);
  }

  it('all are found, each at its prompt', async () => {
    let shown: readonly { readonly id: string; readonly session: ShownSession | null }[] = [];
    await fleet.until(
      'all are idle',
      async () => {
        const answer = JSON.parse(await fleet.expectCli('status', '--format', 'json'));
        shown = answer.agents;
        return answer.summary.sessions === count && shown.every(({ session }) => session?.state === 'idle');
      },
      () => shown.map(({ id, session }) => `${id} ${session?.state} ${session?.source}`).join('\n'),
    );
    const byAgent = new Map(records().map((record) => [record.agent, record]));
    for (const { id, session } of shown)
      assert.deepEqual([session?.launch, session?.pid], [byAgent.get(id)?.launch, byAgent.get(id)?.pid]);
  });

  it('all end, and nothing else', async () => {
    const pids = records().map(({ pid }) => pid);
    const before = theirPane();
    assert.match(before, /^iw-worker-0-agent \d+ \d+\n$/);
    const began = performance.now();
    const output = await fleet.expectCli('stop', '--all', '--yes');
    assert.equal(output.match(/ stopped \(tmux/g)?.length, count);
    if (process.env.FLEET_TELL)
      console.log(`stopped in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.deepEqual(
      records().map(({ phase, endReason }) => `${phase} ${endReason}`),
      Array.from({ length: count }, () => 'ended stopped'),
    );
    assert.equal(theirPane(), before);
    for (const pid of before.trim().split(' ').slice(1)) assert.ok(isAlive(Number(pid)));
  });
});
