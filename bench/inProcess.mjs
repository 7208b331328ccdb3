// What the editor does between an event and fresh diagnostics, without VS Code: `keystroke`, `guard-removed`, `checkout`.
// Bundled by run.mjs, since it reaches into src/. Prints one line of JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AlarmLedger } from '../src/editor/alarmLedger.ts';
import { SettingsTexts } from '../src/editor/settingsTexts.ts';
import { cachedFiles } from '../src/files/cachedFiles.ts';
import { nodeFiles } from '../src/files/nodeFiles.ts';
import { overlayFiles } from '../src/files/overlayFiles.ts';
import { causesOf } from '../src/outputs/causes.ts';
import { createInspector } from '../src/outputs/inspector.ts';
import { createRegistryParser } from '../src/registry/parse.ts';

const [what, root, hooksFolder, version, runs] = process.argv.slice(2);
const hooks = {
  guard: readFileSync(path.join(hooksFolder, 'guard.mjs'), 'utf8'),
  bash: readFileSync(path.join(hooksFolder, 'bash.mjs'), 'utf8'),
  report: readFileSync(path.join(hooksFolder, 'report.mjs'), 'utf8'),
};
const registryFile = path.join(root, 'agents/registry.yaml');
const saved = readFileSync(registryFile, 'utf8');
const today = '2026-01-01';

let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const timed = (work) => {
  const started = performance.now();
  const value = work();
  return { value, ms: performance.now() - started };
};

// As editor/fleetStore.ts does it: one inspector, and a disk that is asked again only where a watcher told of a change.
const inspector = createInspector();
const disk = cachedFiles(nodeFiles);
function inspect(text) {
  const files = text === undefined ? disk : overlayFiles(disk, new Map([[registryFile, text]]));
  return inspector({ files, root, hooks, version, today, findProgram: () => '/usr/bin/node' });
}

// As editor/alarm.ts does it after every inspection.
const ledger = new AlarmLedger();
const texts = new SettingsTexts(root);
function alarm(fleet) {
  const standings = fleet.agents.map((status) => ({
    agent: status.agent.id,
    causes: causesOf(status),
    isHeld: false,
  }));
  return { turn: ledger.update(standings, new Date()), changes: texts.update(fleet, disk) };
}

const total = [];
const parsing = [];
const books = [];
const fleet = inspect();
alarm(fleet);
inspect(saved);
if (what === 'keystroke') {
  const parse = createRegistryParser();
  parse(saved);
  let text = saved;
  for (let turn = 0; turn < Number(runs) + 5; turn++) {
    // A letter typed into a word: of a value most often, of a key sometimes.
    let at = Math.floor(random() * saved.length);
    while (!/[a-z]/.test(saved[at] ?? '')) at = (at + 1) % saved.length;
    text = `${saved.slice(0, at)}x${saved.slice(at)}`;
    const parsed = timed(() => parse(text));
    const inspected = timed(() => inspect(text));
    if (turn < 5) continue;
    parsing.push(parsed.ms);
    total.push(inspected.ms);
  }
} else if (what === 'checkout') {
  // A branch without guards and back: the settings, memory and policy of every agent, all told of at once.
  const files = [...fleet.registry.agents.keys()].flatMap((id) =>
    ['settings.json', 'CLAUDE.md', 'policy.json'].map((name) =>
      path.join(root, 'agents', id, '.claude', name),
    ),
  );
  const whole = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  for (let turn = 0; turn < Number(runs) + 1; turn++) {
    const isLess = turn % 2 === 0;
    for (const [file, text] of whole)
      writeFileSync(
        file,
        isLess ? text.replace('"PreToolUse"', '"PostToolUse"').replace('tools', 'tool') : text,
      );
    const seen = timed(() => {
      disk.forget(...files);
      return inspect();
    });
    const noted = timed(() => alarm(seen.value));
    const disarmed = seen.value.agents.filter(({ health }) => health === 'disarmed').length;
    if (disarmed !== (isLess ? seen.value.agents.length : 0)) throw new Error(`${disarmed} are disarmed`);
    if (turn >= 1) {
      total.push(seen.ms);
      books.push(noted.ms);
    }
  }
  for (const [file, text] of whole) writeFileSync(file, text);
} else {
  const ids = [...fleet.registry.agents.keys()];
  for (let turn = 0; turn < Number(runs) + 2; turn++) {
    const id = ids[Math.floor(random() * ids.length)];
    const file = path.join(root, 'agents', id, '.claude/settings.json');
    const before = readFileSync(file, 'utf8');
    const settings = JSON.parse(before);
    delete settings.hooks.PreToolUse;
    writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
    const seen = timed(() => {
      disk.forget(file);
      return inspect();
    });
    const noted = timed(() => alarm(seen.value));
    if (noted.value.turn.lost.length !== 1 || noted.value.changes.length !== 1)
      throw new Error(`the alarm does not know of ${id}`);
    const { health } = seen.value.agents.find(({ agent }) => agent.id === id);
    writeFileSync(file, before);
    disk.forget(file);
    if (health !== 'disarmed') throw new Error(`${id} is ${health}, although its guard is gone`);
    alarm(inspect());
    if (turn >= 2) {
      total.push(seen.ms + noted.ms);
      books.push(noted.ms);
    }
  }
}
console.log(JSON.stringify({ total, parsing, books }));
