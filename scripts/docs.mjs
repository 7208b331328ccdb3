#!/usr/bin/env node
// Writes docs/commands.md, docs/settings.md, docs/findings.md and docs/hub.md from the manifest, every room's codes.ts and the hub.
// As a program: `node scripts/docs.mjs [--check]`. The manifest test holds the files against `makeDocs`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { hubPage } from './hubPage.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const made = (from) => `<!-- Made by scripts/docs.mjs from ${from}. Do not edit. -->\n`;

/** The manifest with its `%keys%` replaced by the words of package.nls.json. */
function readManifest() {
  const words = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8'));
  const text = readFileSync(path.join(root, 'package.json'), 'utf8');
  return JSON.parse(text, (_key, value) =>
    typeof value === 'string' && /^%[\w.]+%$/.test(value) ? (words[value.slice(1, -1)] ?? value) : value,
  );
}

/** What each command does, in a sentence; every command of the manifest must be here. */
const commandHelp = {
  generateAll: 'Writes the outputs of every agent.',
  generateSome: 'Asks which agents, and writes their outputs.',
  generatePilot: 'Writes the outputs of the agents that the registry lists under `pilot`.',
  regenerateAgent: 'Writes the outputs of one agent.',
  regenerateBehind: 'Writes the outputs of the agents that the registry has moved on from.',
  reviewAgent: 'Shows what would change for one agent, and asks before it is written.',
  restoreAgent:
    'Writes what the registry says over whatever was changed in the files of an agent. What is replaced is kept, and the message has an Undo.',
  restoreKey:
    'Shows what one differing key, or file, would be as the registry says, and writes that alone. Undo in the editor takes it back.',
  adoptChange:
    'Shows what the registry would say if it took over what a changed key of the settings says, and writes that. Undo in the editor takes it back.',
  ignoreDifference:
    'Asks for a reason, and perhaps a last day, and writes into the registry that a difference is to be lived with.',
  restoreDisarmed:
    'Restores the settings of every agent that is disarmed, and takes disableAllHooks out of the live settings files.',
  undoRestore:
    'Puts back what the last restore, or a generate that was told to write over changes, replaced.',
  migrate:
    'Shows what settings of earlier tooling, and a template without a guard, are in the real form, asks, and writes that. What is replaced is kept, and the message has an Undo.',
  regenerateAndStart: 'Writes the outputs of one agent where they are out of step, then starts it.',
  showPlan:
    'Shows all that generate would write, each file beside what is there, with the counts in the title. Writes nothing.',
  acceptPlanned:
    'Writes files of the plan: the one whose difference or row it is called on, or those that are ticked. What is replaced is kept, and the message has an Undo.',
  showDiff: 'Shows the files of one agent beside what the registry asks for.',
  startAgent:
    'Starts one agent in tmux or in a terminal, or shows it where it runs. After a session that was cut off it offers to go on with its conversation.',
  startGroup: 'Starts the agents of a group that do not run, a few at a time.',
  startAll:
    'Starts the agents that have `autostart`, or all where none has, a few at a time. Cancelling starts no more; those that run stay.',
  stopAgent:
    'Ends the session of one agent: asked to end first, killed when it does not. Asks before work could be lost.',
  stopAll: 'The same for every agent that runs.',
  startHub:
    'Runs the hub of a folder in this window: one per folder, on 127.0.0.1. Where another window or `native-orchestrator hub` is it already, this window shows what that one tells and takes over when it ends.',
  stopHub: 'Ends the hub in this window, or its waiting for its turn. What it knew stays in the journal.',
  copyHubAddress:
    'Puts an address into the clipboard with which a browser gets into the hub, to look: good once and for 30 seconds.',
  restartAgent:
    'Ends the session of one agent and starts it as the registry has it now, with its last conversation where claude still has that.',
  attachAgent: 'Shows the terminal of one agent; of one in tmux, in a new tab where it has none.',
  detachAgent: 'Closes the tab of an agent that runs in tmux, and leaves it running.',
  sendPrompt:
    'Asks for a prompt and types it into the session of one agent. Not while a question is open in it.',
  handOff:
    'Asks what one agent hands to another that its `delegates_to` allows: task, context, acceptance. It is checked, recorded, and typed into the session of the other as quoted data.',
  showHandoffs: 'Shows what was handed over, and what came of it.',
  restartAtRest:
    'Restarts a session that runs with an older configuration than the one on the disk, at once when it is at rest, else as soon as it is.',
  keepRunning: 'Takes that back.',
  nextAgent:
    'Shows the agent that needs you most; run again, the one after it (Ctrl+Alt+J, on a Mac Cmd+Alt+J).',
  toggleQuiet:
    'Whether a message tells when an agent begins to need you. Badge, rows and status bar show it anyway.',
  sortByUrgency: 'Shows the agents in one list, the most urgent first.',
  sortByRegistry: 'Shows them by group again, in the order of the registry.',
  proveAll:
    'Starts the real claude of this machine for every agent, in a scratch copy and with a scripted model, and sees whether it refuses what the registry forbids.',
  proveAgent: 'The same for one agent.',
  showProof: 'Opens the report on the proof of one agent: every attempt, and what stopped it.',
  showProofs: 'Opens the report on all proofs, with a table of agents and attempts on top.',
  openRegistry: 'Opens the registry with the cursor at one agent.',
  openOutput: 'Opens a file of an agent (a click on its row).',
  openMostUrgent: 'Opens what is most urgent (a click on the status item).',
  createRegistry: 'Writes a first, commented registry. Never over an existing file.',
  cleanUp:
    'Shows the folders in agents/ that no entry of the registry owns, and archives those that are picked.',
  archiveDirectory: 'Archives one folder that no entry of the registry owns (an action of its row).',
  undoCleanUp: 'Brings the folders of an archive back to where they were.',
  makeHookExecutable: 'Makes a hook script executable (a quick fix).',
  explainFinding: 'Opens the help of a code (a click on the code of a problem).',
  showHistory:
    'Opens a page on when the settings of one agent, or of all, changed, what was lost, and whose sessions were known to run then.',
  compareVersions: 'Shows one change of the settings of an agent beside the version before.',
  showAllAlarms: 'Takes back every "Don\'t Show Again" of a message about a disarmed agent.',
  checkFleet: 'Looks at everything anew and opens Problems.',
  runDoctor: 'Reports on the programs that agents need and on the registry.',
  showLog: 'Shows the log of the extension.',
};

function commandsPage(manifest) {
  const hidden = new Set(
    (manifest.contributes.menus.commandPalette ?? [])
      .filter((entry) => entry.when === 'false')
      .map((entry) => entry.command),
  );
  const rows = manifest.contributes.commands.map((command) => {
    const help = commandHelp[command.command.split('.').at(-1)];
    if (!help) throw new Error(`scripts/docs.mjs says nothing about the command ${command.command}`);
    const trust = command.enablement === 'isWorkspaceTrusted' ? 'trusted workspaces' : 'always';
    const where = hidden.has(command.command) ? 'not in the palette' : 'palette';
    return `| ${command.category}: ${command.title} | \`${command.command}\` | ${help} | ${where}, ${trust} |`;
  });
  return `${made('package.json')}# Commands

| command | id | what it does | where |
|---|---|---|---|
${rows.join('\n')}
`;
}

function settingsPage(manifest) {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  const rows = Object.entries(manifest.contributes.configuration.properties).map(
    ([name, setting]) =>
      `| \`${name}\` | ${setting.type} | \`${JSON.stringify(setting.default)}\` | ${setting.scope}${restricted.has(name) ? ', ignored from an untrusted workspace' : ''} | ${setting.markdownDescription} |`,
  );
  return `${made('package.json')}# Settings

| setting | type | default | scope | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The codes of every room, by room. A `codes.ts` imports types only, so one transform makes it loadable. */
async function readCodes() {
  const rooms = new Map();
  for (const room of readdirSync(path.join(root, 'src')).sort()) {
    const file = path.join(root, 'src', room, 'codes.ts');
    if (!existsSync(file)) continue;
    const { code } = await esbuild.transform(readFileSync(file, 'utf8'), { loader: 'ts', format: 'esm' });
    const loaded = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
    const tables = Object.entries(loaded).filter(([name]) => name.endsWith('Codes'));
    rooms.set(room, Object.assign({}, ...tables.map(([, table]) => table)));
  }
  return rooms;
}

async function findingsPage() {
  const parts = [];
  for (const [room, codes] of await readCodes()) {
    parts.push(`## ${room}\n`);
    for (const code of Object.keys(codes).sort())
      parts.push(`### ${code}\n\n*${codes[code].severity}* · ${codes[code].help}\n`);
  }
  return `${made("every room's codes.ts")}# Findings

Everything that can be found, by code. An error keeps \`generate\` from writing or an agent from starting; a warning
makes \`check\` exit 1; information never does.

${parts.join('\n')}`;
}

/** The pages by their path relative to the project. */
export async function makeDocs() {
  const manifest = readManifest();
  return new Map([
    ['docs/commands.md', commandsPage(manifest)],
    ['docs/settings.md', settingsPage(manifest)],
    ['docs/findings.md', await findingsPage()],
    ['docs/hub.md', await hubPage()],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of await makeDocs()) {
    const absolute = path.join(root, file);
    const isSame = existsSync(absolute) && readFileSync(absolute, 'utf8') === text;
    if (isSame) continue;
    if (process.argv.includes('--check')) {
      console.error(`${file} is not what scripts/docs.mjs would write. Run: node scripts/docs.mjs`);
      process.exitCode = 1;
    } else {
      writeFileSync(absolute, text);
      console.log(`wrote ${file}`);
    }
  }
}
