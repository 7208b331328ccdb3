// Real sessions in a real tmux: started, sent to, refused while a question is open, stopped and gone on with.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'mocha';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithClaude } from './realClaude.ts';
import { hasTmux, RunningFleet } from './runningFleet.ts';
import { type ModelRequest, type Script, say, turns, use } from './scriptedModel.ts';

const [agent, other] = ['shell-agent', 'maker-agent'];

describeWithClaude('sessions in tmux', () => {
  let fleet: RunningFleet;
  before(async function () {
    if (!hasTmux) this.skip();
    fleet = await RunningFleet.open(new FleetFolder('test/fixtures/workshop'));
  });
  after(() => fleet?.dispose());

  /** How many lines of the spools tell that event of an agent. */
  const spooled = (id: string, event: string): number =>
    readdirSync(fleet.folder.state, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.jsonl'))
      .flatMap((file) => readFileSync(path.join(fleet.folder.state, file), 'utf8').split('\n'))
      .filter((line) => line.includes(`"agent":"${id}"`) && line.includes(`"event":"${event}"`)).length;

  /**
   * Says that once the prompt was told of. The CLI does not wait for a report, so a turn that is over at once may be told of
   * in the wrong order, as no turn of a real model is. `heard` gets each request.
   */
  const saysOnceTold = (words: string, heard: (request: ModelRequest) => void): Script => {
    const before = spooled(agent, 'UserPromptSubmit');
    return async (request) => {
      heard(request);
      await fleet.until('the prompt is told of', () => spooled(agent, 'UserPromptSubmit') > before);
      return [say(words)];
    };
  };

  it('two run beside each other, and what is sent to one comes to it in one piece', async () => {
    const heard: ModelRequest[] = [];
    fleet.model.play(saysOnceTold('Heard.', (request) => heard.push(request)));
    await fleet.expectCli('start', agent, other);
    for (const id of [agent, other]) await fleet.shows(id, 'idle');
    await fleet.sends(agent, 'The first line,\nand the second: $(x) "y".');
    await fleet.shows(agent, 'needsYou/done');
    const texts = heard
      .map(({ messages }) => JSON.stringify(messages))
      .filter((text) => text.includes('first line'));
    assert.ok(texts.length > 0);
    assert.ok(
      texts.every((text) => text.includes('The first line,\\nand the second: $(x) \\"y\\".')),
      texts[0],
    );
    assert.equal((await fleet.sessionOf(other)).state, 'idle');
  });

  it('nothing is typed while a question is open', async () => {
    fleet.model.play(
      turns(
        [say('Heard.')],
        [use('Bash', { command: 'touch made-here', description: 'make a file' })],
        [say('Done.')],
      ),
    );
    await fleet.sends(agent, 'Make a file.');
    await fleet.shows(agent, 'needsYou/permission/Bash');
    const { status, stderr } = await fleet.cli('send', agent, '1');
    assert.equal(status, 2);
    assert.match(stderr, /Nothing was typed into shell-agent: it waits for a person/);
    assert.match(fleet.screen(`iw-${agent}`), /Do you want to proceed/);
  });

  it('one that waits is stopped when that is agreed to, and says that it ended', async () => {
    const { status, stderr } = await fleet.cli('stop', agent);
    assert.equal(status, 2);
    assert.match(stderr, /Not known to be at rest/);
    assert.match(await fleet.expectCli('stop', agent, '--yes'), /^shell-agent stopped \(tmux/);
    await fleet.until('SessionEnd', () => spooled(agent, 'SessionEnd') > 0);
    assert.equal((await fleet.sessionOf(agent)).state, 'stopped');
    assert.equal((await fleet.sessionOf(other)).state, 'idle');
  });

  it('goes on with its conversation', async () => {
    const { sessionId } = await fleet.sessionOf(agent);
    const heard: string[] = [];
    fleet.model.play(saysOnceTold('Heard again.', ({ messages }) => heard.push(JSON.stringify(messages))));
    await fleet.expectCli('restart', agent);
    await fleet.shows(agent, 'idle');
    assert.equal((await fleet.sessionOf(agent)).sessionId, sessionId);
    await fleet.sends(agent, 'And the third.');
    await fleet.shows(agent, 'needsYou/done');
    assert.ok(heard.some((text) => text.includes('The first line') && text.includes('And the third.')));
  });

  it('after it was killed it starts again, while the other goes on', async () => {
    const before = (await fleet.sessionOf(other)).pid;
    process.kill((await fleet.sessionOf(agent)).pid, 'SIGKILL');
    await fleet.shows(agent, 'crashed');
    await fleet.until('said', () => fleet.screen(`iw-${agent}`).includes('It ended with exit code 137'));
    await fleet.expectCli('start', agent, '--runner', 'tmux');
    await fleet.shows(agent, 'idle');
    assert.equal((await fleet.sessionOf(other)).pid, before);
    await fleet.expectCli('stop', '--all');
  });
});
