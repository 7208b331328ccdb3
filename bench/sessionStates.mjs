// What each event of a session is shown as, and how soon: the real claude in tmux, a scripted model, and the hub as the one who
// tells. `npm run build && npx tsc -p . && node bench/sessionStates.mjs [rounds]`. Prints a table; bench/RESULTS.md has one.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ensureClaude } from '../scripts/claudeCli.mjs';
import { quantile } from './measure.mjs';

const claude = await ensureClaude();
if (claude.path === undefined) throw new Error(claude.reason);
process.env.NATIVE_ORCHESTRATOR_TEST_CLAUDE = claude.path;
const { FleetFolder } = await import('../out/test/contract/fleetFolder.js');
const { RunningFleet } = await import('../out/test/contract/runningFleet.js');
const { say, use } = await import('../out/test/contract/scriptedModel.js');

const rounds = Number(process.argv[2] ?? 3);
const agent = 'shell-agent';
const patienceMs = 30_000;
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

const fleet = await RunningFleet.open(new FleetFolder('test/fixtures/workshop'));
const [node, ...hubWords] = fleet.words('hub');
const hub = spawn(node, hubWords, { env: fleet.env, cwd: fleet.folder.root, stdio: 'ignore' });
/** By event: what the CLI sent, what was shown, milliseconds. */
const rows = new Map();
let shown = '';
let source = '';
let since = performance.now();

async function until(what, isSo) {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(5)) {
    const found = isSo();
    if (found) return found;
  }
  throw new Error(`never: ${what}; it is ${shown}\n${fleet.screen(`iw-${agent}`)}`);
}
const keys = (...words) => fleet.tmux('send-keys', '-t', `=iw-${agent}:`, ...words);
const screen = () => fleet.screen(`iw-${agent}`);
const sees = (words) => until(words, () => screen().includes(words));
/** From now on it counts. */
const begins = () => {
  since = performance.now();
};
/** Waits until the hub tells that, and notes how long it took. */
async function shows(event, sent, expected) {
  await until(`${event}: ${expected}`, () => shown === expected);
  const row = rows.get(event) ?? { sent, expected, took: [], sources: new Set() };
  row.took.push(toldAt - since);
  row.sources.add(source);
  rows.set(event, row);
}
let toldAt = 0;

/** Types a prompt; the model answers by these blocks, one after the other, and the last answer is when it counts from. */
async function prompt(...answers) {
  await until('its prompt', () => /❯/.test(screen()));
  let turn = 0;
  fleet.model.play(() => {
    begins();
    return answers[Math.min(turn++, answers.length - 1)];
  });
  keys('C-u');
  keys('-l', 'go on');
  await sees('go on');
  await wait(150);
  begins();
  keys('Enter');
}
/** Presses a key at what is on the screen, again where a dialog that has just opened did not heed it. */
async function press(key, words) {
  await sees(words);
  await wait(300);
  begins();
  keys(key);
  for (let tries = 0; tries < 5 && (await stays(words)); tries++) {
    begins();
    keys(key);
  }
}
async function stays(words) {
  for (let waited = 0; waited < 1500; waited += 50, await wait(50))
    if (!screen().includes(words)) return false;
  return true;
}

try {
  const folder = await until('the hub', () => {
    const found = readdirSync(fleet.folder.state, { recursive: true }).find((name) =>
      name.endsWith('hub.json'),
    );
    return found && path.join(fleet.folder.state, path.dirname(found));
  });
  const { port } = JSON.parse(readFileSync(path.join(folder, 'hub.json'), 'utf8'));
  const token = readFileSync(path.join(folder, 'viewer.token'), 'utf8').trim();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/dashboard/ws/agents`, {
    headers: { authorization: `Bearer ${token}` },
  });
  socket.on('message', (data) => {
    const { type, data: told } = JSON.parse(data);
    if (type !== 'agent_update' || told.agent !== agent) return;
    const words = [told.state, told.need, told.tool].filter(Boolean).join('/');
    if (words === shown) return;
    shown = words;
    source = told.source;
    toldAt = performance.now();
  });
  await new Promise((resolve) => socket.on('open', resolve));

  for (let round = 0; round < rounds; round++) {
    begins();
    await fleet.expectCli('start', agent, '--runner', 'tmux');
    await shows('start', 'SessionStart', 'idle');
    await sees('for shortcuts');

    await prompt('silent');
    await shows('prompt', 'UserPromptSubmit', 'working');
    await press('Escape', 'esc to interrupt');
    await shows('Esc in a turn', 'nothing', 'idle');
    await wait(500);

    await prompt([say('Done.')]);
    await shows('end of a turn', 'Stop', 'needsYou/done');

    await prompt(
      [use('Bash', { command: `touch one-${round}`, description: 'make a file' })],
      [say('Done.')],
    );
    await shows('permission prompt', 'PermissionRequest', 'needsYou/permission/Bash');
    await press('Enter', 'Do you want to proceed?');
    await shows('answered yes, the tool ran, end of the turn', 'PostToolUse, Stop', 'needsYou/done');

    await prompt(
      [use('Bash', { command: `touch two-${round}`, description: 'make a file' })],
      [say('Done.')],
    );
    await until('the question', () => shown === 'needsYou/permission/Bash');
    await press('Escape', 'Do you want to proceed?');
    await shows('answered no', 'nothing', 'idle');
    await wait(500);

    await prompt([question], [say('Done.')]);
    await shows('question', 'PermissionRequest', 'needsYou/question');
    await press('Enter', 'Enter to select');
    await until('its answer', () => shown === 'needsYou/done');

    // The model says that it has started something, which then takes two seconds: until then the turn is not done.
    const task = { command: 'sleep 2', description: 'wait', run_in_background: true };
    await prompt([use('Bash', task)], [say('Started.')]);
    await until('its work', () => shown === 'working');
    await shows('background task over, which a turn had left', 'Stop, twice', 'needsYou/done');

    await prompt(400);
    await shows('error of the API', 'StopFailure', 'needsYou/failed');

    await wait(500);
    process.kill((await fleet.sessionOf(agent)).pid, 'SIGKILL');
    begins();
    await shows('SIGKILL', 'nothing', 'crashed');

    begins();
    await fleet.expectCli('restart', agent);
    await shows('resumed', 'SessionStart (resume)', 'idle');
    await sees('for shortcuts');
    await wait(500);
    keys('-l', '/exit');
    await wait(500);
    begins();
    keys('Enter');
    await shows('/exit', 'SessionEnd', 'stopped');
    await wait(500);
  }
  console.log(
    '| event | what the CLI sends | shown | told by | after, median and worst |\n|---|---|---|---|---|',
  );
  for (const [event, { sent, expected, took, sources }] of rows)
    console.log(
      `| ${event} | ${sent} | ${expected} | ${[...sources].join(', ')} | ${Math.round(quantile(took, 0.5))} ms, ${Math.round(Math.max(...took))} ms |`,
    );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  hub.kill();
  await fleet.dispose();
  process.exit();
}
