// The launch line does what we say of it: what the model is asked and offered follows from the registry, for every flag.
import assert from 'node:assert/strict';
import { after, before, it } from 'mocha';
import { olderKnown } from '../../src/claude/cliVersion.ts';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithEachClaude } from './realClaude.ts';
import { offeredTools, ScriptedModel, textOf } from './scriptedModel.ts';
import { playSession, runStart } from './sessions.ts';
import { workshop } from './workshop.ts';

/** Tools that a version does not offer here, though it takes their names. */
const notOffered: Readonly<Record<string, readonly string[]>> = { [olderKnown]: ['Monitor'] };

describeWithEachClaude('launch line in the real CLI', ({ version, binary }) => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async () => {
    model = await ScriptedModel.start();
    fleet = new FleetFolder('test/fixtures/workshop');
  });
  after(async () => {
    await model.close();
    fleet.dispose();
  });

  for (const agent of workshop)
    it(`makes a session of ${agent.id}`, async () => {
      const { first, result } = await playSession(model, [], () =>
        runStart(fleet, model.url, agent.id, { binary, ownMode: true }),
      );
      assert.equal(result.code, 0, result.stderr);
      assert.match(first.model, agent.model);
      const tools = agent.tools.filter((tool) => !notOffered[version]?.includes(tool));
      assert.deepEqual(offeredTools(first), tools);
      for (const words of agent.told)
        assert.ok(first.system.includes(words), `${words} is not in the system prompt`);
      for (const words of agent.notTold)
        assert.ok(!first.system.includes(words), `${words} is in the system prompt`);

      const conversation = first.messages.map(({ content }) => textOf(content)).join('\n');
      const types = /Available agent types for the Agent tool:\n((?:- .*\n)*)/.exec(conversation)?.[1] ?? '';
      assert.deepEqual(
        [...types.matchAll(/^- ([^:\n]+):/gm)].map(([, name]) => name),
        agent.delegates,
      );

      const lines = result.stdout.split('\n').filter(Boolean);
      const init = lines.map((line) => JSON.parse(line)).find(({ subtype }) => subtype === 'init');
      assert.equal(init.permissionMode, 'default');
      assert.equal(init.cwd, fleet.root);
      assert.deepEqual(init.mcp_servers, []);
    });
});
