// Tasks that an agent makes and completes, and a teammate that has none left, from the real CLI to a subscriber of the hub.
// That their hooks can't keep a task from being made is what makes them ours to have: with exit code 2 they could.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'mocha';
import { WebSocket } from 'ws';
import { TestClient, until } from '../process/hubClient.ts';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithClaude, describeWithEachClaude } from './realClaude.ts';
import { hasTmux, RunningFleet } from './runningFleet.ts';
import { type Block, resultsIn, type Script, ScriptedModel, say, textOf, use } from './scriptedModel.ts';
import { runStart } from './sessions.ts';

const [agent, mate] = ['task-agent', 'mate-agent'];
const registry = `agents:
  ${agent}:
    name: ${agent}
    display_name: Task
    description: Keeps a list of what is to do.
    model: sonnet
    tools: [Read, Write, Agent]
    delegates_to: [${mate}]
    cannot_access: [tests/**]
  ${mate}:
    name: ${mate}
    display_name: Mate
    description: Helps.
    model: sonnet
    tools: [Read]
`;
const description = 'what is to be done stays in the session';

/** The lines of a fleet's spools, each file in its order. */
function spooled(fleet: FleetFolder): readonly Readonly<Record<string, unknown>>[] {
  return readdirSync(fleet.state, { recursive: true, encoding: 'utf8' })
    .filter((file) => /spool\/[^/]+\.jsonl$/.test(file))
    .flatMap((file) => readFileSync(path.join(fleet.state, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line));
}

const taskLines = (fleet: FleetFolder) =>
  spooled(fleet).filter(({ event }) => /^Tas|^Team/.test(String(event)));

interface Step {
  readonly says: readonly Block[];
  /** How many lines about tasks there must be before. */
  readonly after: number;
}

/**
 * Says each when it was told of what came before: the CLI does not wait for a report, and a model that takes no time would
 * have two of them race. Meanwhile it reads the list.
 */
function stepByStep(fleet: FleetFolder, steps: readonly Step[]): Script {
  let next = 0;
  return () => {
    const step = steps[next];
    if (step === undefined) return [say('Done.')];
    if (taskLines(fleet).length < step.after) return [use('TaskList', {})];
    next++;
    return step.says;
  };
}

const created = (subject: string, after: number): Step => ({
  says: [use('TaskCreate', { subject, description })],
  after,
});
const changed = (taskId: string, status: string, after: number): Step => ({
  says: [use('TaskUpdate', { taskId, status })],
  after,
});
const done = (after: number): Step => ({ says: [say('Done.')], after });

/** The hub of a fleet, run by the built command line, and what looks into it. */
class FleetHub {
  readonly #fleet: FleetFolder;
  readonly #child: ChildProcess;
  readonly #sockets: WebSocket[] = [];
  #address = '';

  private constructor(fleet: FleetFolder) {
    this.#fleet = fleet;
    // It asks no claude how sessions are: what that writes into HOME would come after the folder is removed.
    const env = { PATH: process.env.PATH, ...fleet.environment(), NATIVE_ORCHESTRATOR_CLAUDE: '/nowhere' };
    this.#child = spawn(process.execPath, [path.resolve('dist/cli.mjs'), 'hub', '--log-level', 'error'], {
      cwd: fleet.root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  static async start(fleet: FleetFolder): Promise<FleetHub> {
    const hub = new FleetHub(fleet);
    let said = '';
    hub.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    [hub.#address] = await until(() => /127\.0\.0\.1:\d+/.exec(said) ?? undefined);
    return hub;
  }

  get #token(): string {
    const [file = ''] = readdirSync(this.#fleet.state, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.endsWith('viewer.token'),
    );
    return readFileSync(path.join(this.#fleet.state, file), 'utf8').trim();
  }

  /** A subscriber of a route, greeted. */
  async connect(route: string, query = ''): Promise<TestClient> {
    const socket = new WebSocket(`ws://${this.#address}/api/dashboard/ws/${route}${query}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    this.#sockets.push(socket);
    const client = new TestClient(socket);
    await client.next('connection_established');
    return client;
  }

  async metrics(): Promise<string> {
    const answer = await fetch(`http://${this.#address}/metrics`, {
      headers: { authorization: `Bearer ${this.#token}` },
    });
    return answer.text();
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#child.kill('SIGTERM');
    await until(() => this.#child.exitCode !== null || this.#child.signalCode !== null);
  }
}

/** What a subscriber got about tasks: each with the fields that say it. */
async function told(
  client: TestClient,
  count: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const events = () => client.frames.filter(({ type }) => type === 'task_event');
  await until(() => events().length >= count);
  const seqs = events().map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  );
  return events().map(({ data }) => {
    const { agent, event, task, subject, subagent, src } = data;
    return { agent, event, task, subject, src, ...(subagent === undefined ? {} : { subagent }) };
  });
}

describeWithEachClaude('tasks of an agent', ({ binary }) => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  let hub: FleetHub;
  before(async () => {
    model = await ScriptedModel.start();
    fleet = new FleetFolder({ registry });
    hub = await FleetHub.start(fleet);
  });
  after(async () => {
    await hub?.end();
    fleet?.dispose();
    await model?.close();
  });

  it('come to a subscriber in their order, without what is to be done', async () => {
    const client = await hub.connect('tasks');
    const unavailable = await client.next('data_error');
    assert.deepEqual([unavailable.code, unavailable.subscription], ['unavailable', 'tasks']);
    const steps = [
      created('Write the tests', 0),
      created(`Use AKIAIOSFODNN7EXAMPLE ${'x'.repeat(300)}`, 1),
      changed('1', 'in_progress', 2),
      changed('1', 'completed', 2),
      { says: [use('Write', { file_path: fleet.at('tests/a.ts'), content: 'x' }, 'forbidden')], after: 3 },
    ];
    model.play(stepByStep(fleet, steps));
    const { code, stderr } = await runStart(fleet, model.url, agent, { binary });
    assert.equal(code, 0, stderr);

    const cut = `Use [redacted] ${'x'.repeat(185)}`;
    const of = (event: string, task: string, subject: string) => ({
      agent,
      event,
      task,
      subject,
      src: 'report',
    });
    assert.deepEqual(await told(client, 3), [
      of('TaskCreated', '1', 'Write the tests'),
      of('TaskCreated', '2', cut),
      of('TaskCompleted', '1', 'Write the tests'),
    ]);
    assert.deepEqual(
      taskLines(fleet).map((line) => line.cut),
      [undefined, ['subject'], undefined],
    );
    const everything = JSON.stringify([client.frames, spooled(fleet)]);
    assert.ok(!everything.includes(description) && !everything.includes('AKIA'));

    // The reports kept nothing from being done, and beside them the guard and the rules hold.
    const last = model.requests.at(-1);
    assert.ok(last);
    const results = [...resultsIn(last)];
    assert.deepEqual(
      results.filter(([, { isError }]) => isError).map(([id]) => id),
      ['forbidden'],
    );
    assert.ok(!existsSync(fleet.at('tests/a.ts')));
  });

  it('are counted, in what a client asks for and in the metrics', async () => {
    const client = await hub.connect('dashboard', '?subscriptions=alerts');
    client.send({ type: 'request_data', data_type: 'coordination_metrics' });
    const { data } = await client.next('data_response');
    const [{ last, ...sums }] = data.tasks;
    assert.deepEqual([data.tasks.length, sums], [1, { agent, created: 2, completed: 1, idle: 0 }]);
    assert.equal(last, taskLines(fleet).at(-1)?.t);
    const fired = /^native_orchestrator_hooks_fired_total (\d+)$/m.exec(await hub.metrics())?.[1];
    assert.equal(Number(fired), spooled(fleet).length);
  });

  it('are there again for one who was not there', async () => {
    const epoch = (await hub.connect('tasks')).frames[0]?.epoch;
    const client = await hub.connect('tasks', `?since=${epoch}:0`);
    assert.equal((await told(client, 3)).length, 3);
  });
});

describeWithClaude('a team in a terminal', () => {
  let fleet: RunningFleet;
  let hub: FleetHub | undefined;
  before(async function () {
    if (!hasTmux) this.skip();
    const folder = new FleetFolder({ registry });
    // A person's own choice: the registry may not make it.
    mkdirSync(path.join(folder.home, '.claude'), { recursive: true });
    const env = { CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS: '1' };
    writeFileSync(path.join(folder.home, '.claude', 'settings.json'), JSON.stringify({ env }));
    fleet = await RunningFleet.open(folder);
    hub = await FleetHub.start(fleet.folder);
  });
  after(async () => {
    await hub?.end();
    await fleet?.cli('stop', agent, '--yes');
    await fleet?.dispose();
  });

  it('tells whose tasks they are, and that a teammate has nothing left to do', async () => {
    const client = await hub?.connect('tasks');
    assert.ok(client);
    const joins = use('Agent', { name: mate, description: 'a mate', prompt: 'JOIN', subagent_type: mate });
    const { folder } = fleet;
    const lead = stepByStep(folder, [created('Of the lead', 0), { says: [joins], after: 1 }, done(1)]);
    const other = stepByStep(folder, [created('Of the mate', 1), changed('2', 'completed', 2), done(3)]);
    fleet.model.play((request) => {
      const isOther = request.messages.some(
        ({ role, content }) => role === 'user' && textOf(content).includes('JOIN'),
      );
      return (isOther ? other : lead)(request);
    });
    await fleet.expectCli('start', agent, '--runner', 'tmux');
    await fleet.shows(agent, 'idle');
    await fleet.expectCli('send', agent, 'Begin.');
    const by = { agent, src: 'report' };
    const whose = { ...by, subagent: mate };
    assert.deepEqual(await told(client, 4), [
      { ...by, event: 'TaskCreated', task: '1', subject: 'Of the lead' },
      { ...whose, event: 'TaskCreated', task: '2', subject: 'Of the mate' },
      { ...whose, event: 'TaskCompleted', task: '2', subject: 'Of the mate' },
      { ...whose, event: 'TeammateIdle', task: undefined, subject: undefined },
    ]);
  });
});
