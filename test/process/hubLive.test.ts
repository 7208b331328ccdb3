// What the hub tells of sessions is what `status` says, at every moment; what was handed over is told once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { after, describe, it } from 'mocha';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import type { JsonObject } from '../../src/hub/hubEvent.ts';
import { type HandoffRecord, writeHandoff } from '../../src/sessions/handoffRecord.ts';
import { cli, removeScratch, type Scratch } from './cliProcess.ts';
import { listAs, recordOf, sessionStage, startAll, stateOf, stopSessions, until } from './fakeSessions.ts';
import { append, endStages, HubProcess, lineOf, type Stage, Subscriber, stage } from './hubStoreStage.ts';

after(async () => {
  await endStages();
  stopSessions();
  removeScratch();
});

const ids = ['code-agent', 'test-agent'];

/**
 * The sessions as `status` has them, without what only it knows, and without when they were heard or found gone: it asks claude
 * each time, this hub never does, and each finds that itself.
 */
async function statusOf(at: Scratch): Promise<Record<string, JsonObject>> {
  const { stdout } = await cli(at, ['status', '--format', 'json']);
  const { agents } = JSON.parse(stdout) as { agents: { id: string; session: JsonObject | null }[] };
  return Object.fromEntries(
    agents.flatMap(({ id, session }) => {
      if (session === null) return [];
      const { olderThanDisk: _, heardAt: __, foundGoneAt: ___, ...rest } = session;
      return [[id, { agent: id, ...rest }]];
    }),
  );
}

async function hubOf(hub: HubProcess): Promise<Record<string, JsonObject>> {
  const { agents } = (await hub.ask('status')) as { agents?: JsonObject[] };
  return Object.fromEntries(
    (agents ?? []).map(({ heardAt: _, foundGoneAt: __, ...each }) => [String(each.agent), each]),
  );
}

describe('sessions as the hub tells them', () => {
  it('are what status says, from the start to the crash, and an update tells of each change', async function () {
    this.timeout(90_000);
    const at = await sessionStage();
    await startAll(at, ids);
    listAs(at, { 'code-agent': { status: 'busy' }, 'test-agent': { status: 'busy' } });
    const stateDirectory = stateOf(at);
    const place: Stage = {
      stateRoot: at.state,
      stateDirectory,
      spool: path.join(stateDirectory, 'spool'),
      journal: path.join(stateDirectory, 'hub', 'journal'),
    };
    const hub = new HubProcess(place);
    const subscriber = new Subscriber();
    await subscriber.follow(hub);
    const launches = ids.map((id) => recordOf(at, id).launch);
    const tell = (index: number, n: number, event: string, more: object = {}): void => {
      const launch = launches[index] ?? '';
      append(place, launch, lineOf(launch, n, { agent: ids[index] ?? '', event, ...more }));
    };
    /** Waits until the hub says what `status` does, and that it was told to subscribers. */
    const agree = async (code: string, test: string): Promise<void> => {
      let [said, shown]: Record<string, JsonObject>[] = [{}, {}];
      const isSo = (): boolean =>
        said?.['code-agent']?.state === code &&
        said?.['test-agent']?.state === test &&
        isDeepStrictEqual(said, shown);
      for (const began = Date.now(); !isSo() && Date.now() - began < 20_000; )
        [said, shown] = [await hubOf(hub), await statusOf(at)];
      assert.deepEqual(said, shown);
      assert.deepEqual([said?.['code-agent']?.state, said?.['test-agent']?.state], [code, test]);
      const lastOf = (agent: string) =>
        subscriber.events.filter((each) => each.type === 'agent_update' && each.agent === agent).at(-1)?.data;
      await until('the update came', () => ids.every((id) => lastOf(id)?.state === said?.[id]?.state));
    };
    for (const index of [0, 1]) tell(index, 1, 'SessionStart', { source: 'startup', tool: undefined });
    for (const index of [0, 1]) tell(index, 2, 'UserPromptSubmit');
    await agree('working', 'working');
    listAs(at, {
      'code-agent': { status: 'waiting', waitingFor: 'permission prompt' },
      'test-agent': { status: 'busy' },
    });
    tell(0, 3, 'PreToolUse', { src: 'guard', verdict: 'allow', tool: 'Bash', toolUseId: 'toolu_1' });
    tell(0, 4, 'PermissionRequest', { tool: 'Bash' });
    await agree('needsYou', 'working');
    process.kill(recordOf(at, 'test-agent').pid ?? 0, 'SIGKILL');
    await agree('needsYou', 'crashed');
    await until('the crash is alarming', () =>
      subscriber.events.some(({ group, agent }) => group === 'alerts' && agent === 'test-agent'),
    );
    const { sessions } = await hub.figures();
    assert.deepEqual(sessions, { needsYou: 1, crashed: 1 });
    await hub.close();
  });
});

describe('what was handed over', () => {
  it('is told once in each state, without all of its text, also by a hub that starts later', async () => {
    const at = stage();
    const store = { files: nodeFiles, stateRoot: at.stateRoot, stateDirectory: at.stateDirectory };
    const time = new Date().toISOString();
    const record: HandoffRecord = {
      format: 1,
      id: randomUUID(),
      at: time,
      stateAt: time,
      sentBy: 'person',
      state: 'recorded',
      from: 'code-agent',
      to: 'test-agent',
      task: `Test it with PASSWORD=hunter2 ${'x'.repeat(1000)}`,
      acceptance: [],
    };
    let hub = new HubProcess(at);
    const subscriber = new Subscriber();
    await subscriber.follow(hub);
    const tasks = () =>
      subscriber.events.filter(({ group }) => group === 'tasks').map(({ data }) => data.state);
    await writeHandoff(store, record);
    await until('it came', () => tasks().length === 1);
    await hub.kill();
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    await writeHandoff(store, { ...record, state: 'delivered' });
    await until('it came', () => tasks().length === 2);
    await hub.close();
    hub = new HubProcess(at);
    await subscriber.follow(hub);
    append(at, 'a', lineOf('a', 1));
    await until('a line came', () => subscriber.lines.length === 1);
    assert.deepEqual(tasks(), ['recorded', 'delivered']);
    const kept = fs
      .readdirSync(at.journal)
      .map((name) => fs.readFileSync(path.join(at.journal, name), 'utf8'));
    assert.doesNotMatch(kept.join(''), /hunter2|x{300}/);
    await hub.close();
  });
});
