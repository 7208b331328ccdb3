// What the audit log notes and what it does not, and why not: whoever adds a command or a verb puts it in one of both lists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { notedVerbs } from '../../../src/cli/audited.ts';
import { verbs } from '../../../src/cli/run.ts';
import { commandIds } from '../../../src/editor/ids.ts';

/** Commands of the editor that change files or sessions: what is noted, and the file of src/ that notes it. */
const noted: Readonly<Record<string, readonly [action: string, file: string]>> = {
  generateAll: ['generate', 'editor/commands/generateAgents.ts'],
  generateSome: ['generate', 'editor/commands/generateAgents.ts'],
  generatePilot: ['generate', 'editor/commands/generateAgents.ts'],
  regenerateAgent: ['generate', 'editor/commands/generateAgents.ts'],
  regenerateBehind: ['generate', 'editor/commands/generateAgents.ts'],
  reviewAgent: ['generate', 'editor/commands/generateAgents.ts'],
  regenerateAndStart: ['start', 'editor/commands/startAgent.ts'],
  restoreAgent: ['restore', 'editor/commands/restoreThings.ts'],
  restoreKey: ['restore', 'editor/commands/restoreThings.ts'],
  restoreDisarmed: ['restore', 'editor/commands/restoreDisarmed.ts'],
  undoRestore: ['restore', 'editor/commands/restoreThings.ts'],
  acceptPlanned: ['restore', 'editor/commands/restoreThings.ts'],
  adoptChange: ['adopt', 'editor/commands/adoptThings.ts'],
  ignoreDifference: ['ignore', 'editor/commands/adoptThings.ts'],
  migrate: ['migrate', 'editor/commands/migrateSettings.ts'],
  cleanUp: ['clean', 'editor/commands/cleanUp.ts'],
  archiveDirectory: ['clean', 'editor/commands/cleanUp.ts'],
  undoCleanUp: ['clean', 'editor/commands/cleanUp.ts'],
  createRegistry: ['create', 'editor/commands/createRegistry.ts'],
  makeHookExecutable: ['mend', 'editor/commands/makeHookExecutable.ts'],
  startAgent: ['start', 'editor/commands/startAgent.ts'],
  startGroup: ['start', 'editor/commands/startMany.ts'],
  startAll: ['start', 'editor/commands/startMany.ts'],
  stopAgent: ['stop', 'editor/commands/stopAgents.ts'],
  stopAll: ['stop', 'editor/commands/stopAgents.ts'],
  restartAgent: ['restart', 'editor/commands/restartAgent.ts'],
  sendPrompt: ['send', 'editor/commands/sendPrompt.ts'],
  handOff: ['handoff', 'editor/commands/handOff.ts'],
  // By the hub itself, which also starts by the setting, and takes over by itself.
  startHub: ['hub_start', 'hub/runHub.ts'],
  stopHub: ['hub_stop', 'hub/runHub.ts'],
};

const shows = 'It shows something, and changes nothing.';
const own = 'It changes what this person sees and is told of, and no file of the workspace.';
const proves = 'It runs claude in a copy, and writes nothing but the record of it.';
/** Commands of the editor that are not noted, and why. */
const notNoted: Readonly<Record<string, string>> = {
  restartAtRest: 'It is a wish; the restart that comes of it is noted when it happens.',
  keepRunning: 'It takes back a wish that was not noted either.',
  attachAgent: 'It shows the terminal of a session; what is typed there is between a person and claude.',
  detachAgent: 'It closes what shows a session, and the session runs on.',
  copyHubAddress: 'It lets a browser look; an address that lets one act comes from the command line alone.',
  toggleQuiet: own,
  showAllAlarms: own,
  sortByUrgency: own,
  sortByRegistry: own,
  nextAgent: shows,
  proveAll: proves,
  proveAgent: proves,
  ...Object.fromEntries(
    [
      ...['showPlan', 'showDiff', 'showHandoffs', 'showProof', 'showProofs', 'showHistory', 'showLog'],
      ...['compareVersions', 'explainFinding', 'checkFleet', 'runDoctor'],
      ...['openRegistry', 'openOutput', 'openMostUrgent'],
    ].map((name) => [name, shows]),
  ),
};

/** Verbs that are not noted, and why. */
const notNotedVerbs: Readonly<Record<string, string>> = {
  check: shows,
  list: shows,
  history: shows,
  status: shows,
  doctor: shows,
  completion: shows,
  attach: notNoted.attachAgent ?? '',
  prove: proves,
  hub: 'The hub notes that it starts and ends, and what operators do with it.',
};

function checkInOne(all: readonly string[], one: readonly string[], other: readonly string[]): void {
  assert.deepEqual([...one, ...other].sort(), [...all].sort());
}

describe('the audit log', () => {
  it('has every command that changes something, and none that does not', () => {
    checkInOne(Object.keys(commandIds), Object.keys(noted), Object.keys(notNoted));
  });
  for (const [command, [action, file]] of Object.entries(noted))
    it(`has ${command} as ${action}`, () => {
      const text = readFileSync(`src/${file}`, 'utf8');
      assert.match(text, /\b(?:audited|note)\(/);
      assert.ok(text.includes(`'${action}'`), `${file} does not name ${action}`);
    });
  it('has every verb that changes something, and none that does not', () => {
    const names = verbs.map(({ name }) => name);
    checkInOne(names, notedVerbs, Object.keys(notNotedVerbs));
  });
});
