// A real session in a real terminal, and what `status` says of it after each thing that a person or the machine does:
// also after those of which the CLI sends no event (CLAUDE-CODE-CONTRACT.md section 2.4).
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { after, before, it } from 'mocha';
import { FleetFolder } from './fleetFolder.ts';
import { describeWithClaude } from './realClaude.ts';
import { hasTmux, RunningFleet, type ShownSession } from './runningFleet.ts';
import { type Script, say, turns, use } from './scriptedModel.ts';

const agent = 'shell-agent';
/** The session of tmux that is the terminal in which it runs. */
const terminal = 'one';

const question = use('AskUserQuestion', {
  questions: [
    {
      question: 'Which one?',
      header: 'Pick',
      multiSelect: false,
      options: [
        { label: 'First', description: 'the first' },
        { label: 'Second', description: 'the second' },
      ],
    },
  ],
});
const bash = use('Bash', { command: 'touch made-here', description: 'make a file' });

describeWithClaude('states of a session', () => {
  let fleet: RunningFleet;
  before(async function () {
    if (!hasTmux) this.skip();
    fleet = await RunningFleet.open(new FleetFolder('test/fixtures/workshop'));
  });
  after(() => fleet?.dispose());

  const keys = (...words: readonly string[]): string =>
    fleet.tmux('send-keys', '-t', `=${terminal}:`, ...words);
  const screen = (): string => fleet.screen(terminal);
  const shows = (expected: string, after: string): Promise<ShownSession> =>
    fleet.shows(agent, expected, after, terminal);
  /** Waits until the screen is so. */
  const sees = (isSo: (text: string) => boolean, what: string): Promise<void> =>
    fleet.until(what, () => isSo(screen()), screen);

  /** Presses a key while the screen is so, and again where that was not heeded: a dialog that has just opened takes none. */
  async function press(key: string, isSo: (text: string) => boolean, what: string): Promise<void> {
    for (let tries = 0; isSo(screen()); tries++) {
      if (tries === 10) assert.fail(`${key} does nothing at ${what}\n${screen()}`);
      keys(key);
      for (let waited = 0; waited < 2000 && isSo(screen()); waited += 50) await setTimeout(50);
    }
  }
  async function answer(key: string, words: string): Promise<void> {
    const isThere = (text: string): boolean => text.includes(words);
    await sees(isThere, words);
    await press(key, isThere, words);
  }

  /** Whether that stands on the line itself, which lies over a rule, and not what was sent before. */
  const isTyped = (words: string) => (text: string) => new RegExp(`❯\\s${words}[^\\S\\n]*\\n─`).test(text);

  /** Writes a line at the prompt, and sends it. */
  async function type(words: string): Promise<void> {
    // What stands there in grey, such as what to do after an error, is no line and stays.
    for (let tries = 0; tries < 5 && isTyped('\\S.*')(screen()); tries++) {
      keys('C-u');
      await setTimeout(200);
    }
    keys('-l', words);
    await sees(isTyped(words), words);
    await press('Enter', isTyped(words), words);
  }

  function prompt(script: Script): Promise<void> {
    fleet.model.play(script);
    return type('go on');
  }

  /** The model asks for a tool, and says something after its result. */
  const asks = (...blocks: readonly (typeof bash)[]): Script => {
    let isAsked = false;
    return () => {
      if (isAsked) return [say('Done.')];
      isAsked = true;
      return blocks;
    };
  };

  it('is idle after a start', async () => {
    const words = fleet.words('start', agent, '--runner', 'terminal');
    fleet.tmux('new-session', '-d', '-s', terminal, '-x', '120', '-y', '40', ...words);
    await shows('idle', 'start');
    await sees((text) => text.includes('for shortcuts'), 'its prompt');
  });
  it('works, and has something to show when its turn is over', async () => {
    await prompt(() => 'silent');
    await shows('working', 'prompt');
    await answer('Escape', 'esc to interrupt');
    await shows('idle', 'Esc in a turn');
    // A prompt that nothing was said to comes back to the line.
    await sees(isTyped('go on'), 'the prompt');
    await prompt(turns([say('Done.')]));
    await shows('needsYou/done', 'end of a turn');
  });
  it('needs permission, and goes on when it is given', async () => {
    await prompt(asks(bash));
    await shows('needsYou/permission/Bash', 'permission prompt');
    await answer('Enter', 'Do you want to proceed?');
    await shows('needsYou/done', 'answered yes');
  });
  it('is idle when permission is refused, of which no hook tells', async () => {
    await prompt(asks(use('Bash', { command: 'touch another', description: 'make a file' })));
    await shows('needsYou/permission/Bash', 'permission prompt');
    await answer('Escape', 'Do you want to proceed?');
    assert.equal((await shows('idle', 'answered no')).source, 'list');
  });
  it('has a question', async () => {
    await prompt(asks(question));
    await shows('needsYou/question', 'question');
    await answer('Enter', 'Enter to select');
    await shows('needsYou/done', 'question answered');
  });
  it('tells of an error of the API', async () => {
    await prompt(() => 400);
    await shows('needsYou/failed', 'error of the API');
  });
  it('knows the session id that it has after /clear', async () => {
    const before = (await fleet.sessionOf(agent)).sessionId;
    await type('/clear');
    const cleared = await shows('idle', '/clear');
    assert.notEqual(cleared.sessionId, before);
  });
  it('is crashed when its process was killed', async () => {
    process.kill((await fleet.sessionOf(agent)).pid, 'SIGKILL');
    await shows('crashed', 'SIGKILL');
  });
});
