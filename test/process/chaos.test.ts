// A hundred rounds of what goes wrong with sessions: programs killed in the middle, records cut, names and pids of somebody else's.
// No session is lost track of, and nothing of anybody else's is touched.
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import type { SessionRecord } from '../../src/sessions/sessionRecord.ts';
import { ChaosStage, processAt, type StandIn } from './chaosStage.ts';
import { type CliResult, cli, expectCli, manyAgents, removeScratch, startCli } from './cliProcess.ts';
import { sessionStage, stateOf, stopSessions, tmuxOn, until } from './fakeSessions.ts';

/** CHAOS_SEED and CHAOS_ROUNDS: another course of things, and a longer one. */
const seed = Number(process.env.CHAOS_SEED ?? 5);
const rounds = Number(process.env.CHAOS_ROUNDS ?? 100);
const canRun = process.platform === 'linux' && spawnSync('tmux', ['-V']).status === 0;

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

after(removeScratch);

(canRun ? describe : describe.skip)('chaos (needs Linux and tmux)', () => {
  after(stopSessions);

  it(`${rounds} rounds lose no session and touch nobody else’s (CHAOS_SEED=${seed})`, async function () {
    this.timeout(60_000 + rounds * 5000);
    const random = randomFrom(seed);
    const below = (count: number): number => Math.floor(random() * count);
    const pick = <T>(all: readonly T[]): T => {
      const one = all[below(all.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    };

    const at = await sessionStage(manyAgents(6));
    // The first command makes the state directory that the rest is told by.
    await expectCli(at, ['start', 'worker-0-agent', '--runner', 'tmux'], 0, { env: { FAKE_CLAUDE: '0' } });
    const stage = new ChaosStage(at);
    const agents = Array.from({ length: 6 }, (_, index) => `worker-${index}-agent`);
    const starters: ChildProcess[] = [];
    const history: string[] = [];

    // Somebody else's: two processes, and a tmux server with a session of a name of ours.
    const bystanders = [stage.startBystander(), stage.startBystander()];
    const theirs = (...words: readonly string[]): string =>
      spawnSync('tmux', ['-L', 'theirs', '-f', '/dev/null', ...words], { env: at.env, encoding: 'utf8' })
        .stdout;
    theirs('new-session', '-d', '-s', 'iw-worker-0-agent', 'sleep', '100000');
    stage.mustLive('the server of somebody else', Number(theirs('display-message', '-p', '#{pid}')));
    stage.mustLive(
      'the session of somebody else',
      Number(theirs('display-message', '-p', '-t', '=iw-worker-0-agent:', '#{pane_pid}')),
    );

    const options = (mode = '') => ({ env: { ...stage.environment, FAKE_CLAUDE: mode } });
    const run = (words: readonly string[], mode?: string): Promise<CliResult> =>
      cli(at, words, options(mode));
    /** A command that is left to itself. Nobody reads what it says once it is gone, as nobody does of a closed terminal. */
    function begin(words: readonly string[], mode?: string): ChildProcess {
      const child = startCli(at, words, options(mode));
      for (const stream of [child.stdout, child.stderr]) stream?.resume();
      starters.push(child);
      return child;
    }
    const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
    const recordOf = (launch: string): SessionRecord | undefined =>
      stage.records().find((record) => record.launch === launch);
    const conversationOf = (id: string): string =>
      path.join(at.home, '.claude/projects', at.root.replace(/[^A-Za-z0-9]/g, '-'), `${id}.jsonl`);

    async function startOne(agent: string, runner: string, mode?: string): Promise<StandIn> {
      const words = ['start', agent, '--runner', runner];
      if (runner === 'tmux') {
        const { code, text } = await run(words, mode);
        assert.equal(code, 0, text);
      } else begin(words, mode);
      let found: StandIn | undefined;
      await until(`${agent} runs in ${runner}`, () => {
        found = stage.standIns().find((each) => each.agent === agent);
        return found !== undefined && recordOf(found.launch)?.phase === 'running';
      });
      assert.ok(found);
      return found;
    }
    /** One that runs, in that runner if one is asked for. */
    async function aLiveOne(runner?: string): Promise<StandIn> {
      const live = stage
        .standIns()
        .filter(({ launch }) => runner === undefined || recordOf(launch)?.runner === runner);
      if (live.length > 0) return pick(live);
      return startOne(await anIdleOne(), runner ?? pick(['tmux', 'terminal']));
    }
    /** An agent that does not run. */
    async function anIdleOne(): Promise<string> {
      const live = stage.standIns().map(({ agent }) => agent);
      const idle = agents.filter((agent) => !live.includes(agent));
      if (idle.length > 0) return pick(idle);
      const agent = pick(agents);
      const { code, text } = await run(['stop', agent, '--yes', '--grace', '0.3']);
      assert.equal(code, 0, text);
      return agent;
    }
    /** Of the tmux server of the workspace; undefined when none runs. */
    const serverPid = (): number | undefined => {
      try {
        return Number(tmuxOn(at, 'display-message', '-p', '#{pid}'));
      } catch {
        return undefined;
      }
    };
    // That of the first command ends with what it ran.
    await until('no server', () => serverPid() === undefined);
    const endsBy = (pid: number): Promise<void> => until(`${pid} ends`, () => processAt(pid) === undefined);

    /** What a starter that was killed left is made old, since nobody wants to wait until it is. */
    async function timeGoesBy(): Promise<void> {
      for (const record of stage.pending()) {
        const runs = (): boolean => stage.standIns().some(({ launch }) => launch === record.launch);
        // What tmux was told before is on its way.
        for (let waited = 0; waited < 1000 && !runs(); waited += 20) await pause(20);
        stage.age(record, runs() ? 5000 : 20_000);
      }
    }

    async function killInTheMiddle(words: readonly string[], mode?: string): Promise<void> {
      const before = new Set(fs.readdirSync(stage.recordFolder));
      const child = begin(words, mode);
      if (random() < 0.3) await pause(random() * 400);
      else {
        // From the moment on that there is something to lose.
        const hasBegun = (): boolean =>
          isOver(child) ||
          fs.readdirSync(stage.recordFolder).some((name) => name.endsWith('.json') && !before.has(name));
        await until('a record', hasBegun);
        await pause(random() ** 2 * 60);
      }
      child.kill('SIGKILL');
      await until('the starter is gone', () => isOver(child));
      await timeGoesBy();
    }

    const kinds: Readonly<Record<string, () => Promise<void>>> = {
      async 'claude is killed'() {
        const { pid, launch } = await aLiveOne();
        process.kill(pid, 'SIGKILL');
        await endsBy(pid);
        await until('told', () => recordOf(launch) !== undefined);
      },
      async 'the tmux server is killed'() {
        // One that outlived its server is in tmux as far as its record goes.
        if (serverPid() === undefined) await startOne(await anIdleOne(), 'tmux');
        const inTmux = stage.standIns().filter(({ launch }) => recordOf(launch)?.runner === 'tmux');
        const server = serverPid();
        assert.ok(server);
        process.kill(server, 'SIGKILL');
        await endsBy(server);
        // Their terminal hung up: they end, but for those that cling.
        for (const { pid, mode } of inTmux) if (mode !== 'clinging') await endsBy(pid);
      },
      async 'the starter of one in tmux is killed in the middle'() {
        await killInTheMiddle(['start', await anIdleOne(), '--runner', 'tmux']);
      },
      async 'the starter of one in a terminal is killed in the middle'() {
        await killInTheMiddle(['start', await anIdleOne(), '--runner', 'terminal']);
      },
      async 'the starter of one in a terminal is killed later'() {
        const running = starters.filter((child) => !isOver(child));
        if (running.length === 0) await startOne(await anIdleOne(), 'terminal');
        const child = pick(starters.filter((each) => !isOver(each)));
        child.kill('SIGKILL');
        await until('the starter is gone', () => isOver(child));
      },
      async 'one is started in tmux'() {
        await startOne(await anIdleOne(), 'tmux', pick(['', 'stubborn', 'clinging']));
      },
      async 'one is started in a terminal'() {
        await startOne(await anIdleOne(), 'terminal', pick(['', 'stubborn']));
      },
      async 'one is stopped'() {
        const { agent, pid, launch } = await aLiveOne();
        const { code, text } = await run(['stop', agent, '--yes', '--grace', '0.3']);
        assert.equal(code, 0, text);
        assert.equal(processAt(pid), undefined);
        assert.deepEqual([recordOf(launch)?.phase, recordOf(launch)?.endReason], ['ended', 'stopped']);
      },
      async 'a stop is killed in the middle'() {
        const { agent } = await aLiveOne();
        const child = begin(['stop', agent, '--yes', '--grace', '0.3']);
        await pause(150 + random() * 250);
        child.kill('SIGKILL');
        await until('the stop is gone', () => isOver(child));
      },
      async 'one is restarted and goes on'() {
        const { agent, pid, launch } = await aLiveOne();
        const before = recordOf(launch);
        const conversation = conversationOf(before?.sessionId ?? '');
        fs.mkdirSync(path.dirname(conversation), { recursive: true });
        fs.writeFileSync(conversation, '');
        begin(['restart', agent, '--yes', '--grace', '0.3']);
        const next = (): StandIn | undefined =>
          stage.standIns().find((each) => each.agent === agent && each.pid !== pid);
        await until('restarted', () => recordOf(next()?.launch ?? '')?.phase === 'running');
        const record = recordOf(next()?.launch ?? '');
        assert.equal(processAt(pid), undefined);
        assert.equal(record?.runner, before?.runner);
        assert.equal(record?.sessionId, before?.sessionId, 'the conversation of this agent and of no other');
        assert.ok(record?.argv.includes('--resume'));
      },
      async 'a restart is killed in the middle'() {
        await killInTheMiddle(['restart', (await aLiveOne()).agent, '--yes', '--grace', '0.3']);
      },
      async 'one is started twice at once'() {
        const agent = await anIdleOne();
        const runners = [pick(['tmux', 'terminal']), 'tmux'];
        const ends = runners.map((runner) => begin(['start', agent, '--runner', runner]));
        const runs = (): readonly StandIn[] => stage.standIns().filter((each) => each.agent === agent);
        await until('one of them runs', () => runs().length > 0);
        await until('the other one has ended', () => ends.some(isOver));
        await until('recorded', () => recordOf(runs()[0]?.launch ?? '')?.phase === 'running');
        assert.equal(runs().length, 1);
      },
      async 'a pid of a record is somebody else’s by now'() {
        const [model] = stage.records();
        assert.ok(model);
        const agent = await anIdleOne();
        const launch = randomUUID();
        const sessionId = randomUUID();
        const wrong: SessionRecord = {
          ...model,
          agent,
          launch,
          sessionId,
          sessionIds: [sessionId],
          startedAt: new Date().toISOString(),
          runner: pick(['tmux', 'terminal']),
          phase: 'running',
          pid: pick(bystanders),
          pidStarted: `${randomUUID()}:1`,
        };
        const { endedAt: _, endReason: __, ...open } = wrong;
        const file = path.join(stage.recordFolder, `${launch}.json`);
        fs.writeFileSync(file, JSON.stringify(open), { mode: 0o600 });
        const words = pick([
          ['stop', agent, '--yes', '--grace', '0'],
          ['restart', agent, '--yes', '--grace', '0'],
          ['send', agent, 'exit'],
          ['status'],
        ]);
        if (words[0] === 'restart') begin(words);
        else await run(words);
        await until('known to be gone', () => words[0] === 'status' || recordOf(launch)?.phase === 'ended');
      },
      async 'tmux has a session of that name that is somebody else’s'() {
        const agent = await anIdleOne();
        // What an agent that ended left on its screen is gone first.
        await run(['stop', agent, '--yes']);
        tmuxOn(at, 'new-session', '-d', '-s', `iw-${agent}`, 'sleep', '100000');
        const pane = (): number =>
          Number(tmuxOn(at, 'list-panes', '-t', `=iw-${agent}:`, '-F', '#{pane_pid}'));
        const name = `the session iw-${agent} of somebody else`;
        stage.mustLive(name, pane());
        const { code, stderr } = await run(['start', agent, '--runner', 'tmux']);
        assert.equal(code, 2);
        assert.match(stderr, /left as it is/);
        await run(['stop', agent, '--yes', '--grace', '0']);
        await stage.comesToRest();
        stage.mayEnd(name);
        tmuxOn(at, 'kill-session', '-t', `=iw-${agent}`);
      },
      async 'a record is cut'() {
        const isLive = random() < 0.5;
        const { launch, agent } = await aLiveOne('tmux');
        const text = fs.readFileSync(path.join(stage.recordFolder, `${launch}.json`), 'utf8');
        const name = `${isLive ? launch : randomUUID()}.json`;
        const file = path.join(stage.recordFolder, name);
        fs.writeFileSync(file, text.slice(0, below(text.length - 2)), { mode: 0o600 });
        const before = stage.standIns().map(({ pid }) => pid);
        const { stderr } = await run(['start', agent, '--runner', 'tmux']);
        assert.match(stderr, new RegExp(`${name} is left out`));
        assert.match((await run(['status'])).stderr, new RegExp(`${name} is not used`));
        assert.deepEqual(
          stage.standIns().map(({ pid }) => pid),
          before,
          'a session whose record cannot be read is not started beside itself',
        );
        if (!isLive) await stage.comesToRest(new Set([name]));
        if (isLive) fs.writeFileSync(file, text);
        else fs.rmSync(file);
      },
      async 'several are started and ended at once'() {
        const { text } = await run(['start', '--all']);
        const count = (): number => new Set(stage.standIns().map(({ agent }) => agent)).size;
        await until(`all run:\n${text}`, () => count() === agents.length);
        await Promise.all(agents.slice(0, 3).map((agent) => run(['stop', agent, '--yes', '--grace', '0.3'])));
      },
    };

    /** Each kind as often as any other, in an order of its own. */
    const names = Object.keys(kinds);
    const deck = Array.from({ length: rounds }, (_, index) => names[index % names.length] ?? '');
    for (let index = deck.length - 1; index > 0; index--) {
      const other = below(index + 1);
      [deck[index], deck[other]] = [deck[other] ?? '', deck[index] ?? ''];
    }

    try {
      for (const [index, kind] of deck.entries()) {
        const began = performance.now();
        history.push(kind);
        await kinds[kind]?.();
        await stage.comesToRest();
        if (process.env.CHAOS_TELL)
          console.log(`${index + 1} ${kind}: ${Math.round(performance.now() - began)} ms`);
      }
      // What nobody knows yet becomes known, and everybody is found once more by who comes new.
      await timeGoesBy();
      await stage.comesToRest();
      assert.deepEqual(stage.pending(), []);
      const live = stage.standIns();
      const shown = JSON.parse((await run(['status', '--format', 'json'])).stdout);
      assert.equal(shown.summary.sessions, live.length);
      for (const { agent, launch } of live) {
        const { session } = shown.agents.find(({ id }: { readonly id: string }) => id === agent);
        assert.deepEqual([session.launch, session.process], [launch, 'running'], agent);
      }
      await expectCli(at, ['stop', '--all', '--yes', '--grace', '0.3'], 0, options());
      await stage.comesToRest();
      assert.deepEqual(stage.standIns(), []);
      assert.ok(stage.records().every(({ phase }) => phase === 'ended'));
      // The scripts of broken starts hold an environment: the next start takes them away.
      await startOne('worker-0-agent', 'tmux');
      const left = fs.readdirSync(path.join(stateOf(at), 'starts')).filter((name) => name.endsWith('.sh'));
      assert.deepEqual(left, []);
    } catch (error) {
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(
        `CHAOS_SEED=${seed}, round ${history.length}: ${history.at(-1)}\n${said}\nBefore: ${history.slice(-6, -1).join('; ')}`,
        { cause: error },
      );
    } finally {
      for (const child of starters) child.kill('SIGKILL');
      stage.dispose();
    }
  });
});
