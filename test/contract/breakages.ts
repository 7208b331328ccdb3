// What is broken, one thing at a time, in an agent that holds; and what is true of it, for docs/breakages.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FleetFolder } from './fleetFolder.ts';

/** The agent that is broken: of the workshop, with file tools alone. */
export const brokenAgent = 'maker-agent';

export interface Breakage {
  readonly title: string;
  /** What is done, and what is true then, in plain words. */
  readonly truth: string;
  readonly isOld?: true;
  /** Breaks it. Returns the claude to use, where that is what is broken. */
  readonly break: (fleet: FleetFolder, claude: string) => string | undefined;
}

function changeRule(fleet: FleetFolder, change: (rules: readonly string[]) => readonly string[]): undefined {
  const file = fleet.settingsOf(brokenAgent);
  const settings = JSON.parse(fleet.read(file) ?? '') as { permissions: { deny: readonly string[] } };
  settings.permissions.deny = change(settings.permissions.deny);
  fleet.write(file, `${JSON.stringify(settings, null, 2)}\n`);
}

/** A program in front of the real one that leaves one option out. */
function claudeWithoutSettings(fleet: FleetFolder, claude: string): string {
  const file = path.join(fleet.home, 'claude');
  const text = `#!${process.execPath}
const args = process.argv.slice(2);
const at = args.indexOf('--settings');
if (at >= 0) args.splice(at, 2);
process.exit(require('node:child_process').spawnSync(${JSON.stringify(claude)}, args, { stdio: 'inherit' }).status ?? 1);
`;
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

export const breakages: readonly Breakage[] = [
  {
    title: 'Nothing is broken',
    truth: 'For comparison.',
    break: () => undefined,
  },
  {
    title: 'The guard is deleted',
    truth:
      '`agents/.orchestrator/guard.mjs` is gone. Whoever starts `claude` with the committed settings has an agent that can do nothing: the hook fails, and `onFailure: "block"` makes that a refusal. Sessions of ours are untouched, since they run the launch copy; but none is started while the outputs are out of step.',
    break: (fleet) => {
      fleet.remove('agents/.orchestrator/guard.mjs');
      return undefined;
    },
  },
  {
    title: 'One deny rule is removed',
    truth:
      '`Edit(tests/**)` is no longer in the committed settings. The guard still refuses, so nothing gets through; but it is the only one left to do so.',
    break: (fleet) => changeRule(fleet, (rules) => rules.filter((rule) => rule !== 'Edit(tests/**)')),
  },
  {
    title: 'One deny rule is spelt `Write(…)`',
    truth:
      '`Write(tests/**)` in place of `Edit(tests/**)`. The CLI never asks such a rule, so it is as good as removed.',
    break: (fleet) =>
      changeRule(fleet, (rules) =>
        rules.map((rule) => (rule === 'Edit(tests/**)' ? 'Write(tests/**)' : rule)),
      ),
  },
  {
    title: 'Hooks are switched off in `.claude/settings.local.json`',
    truth:
      'Generated settings pin `"disableAllHooks": false`, and `--settings` wins over local settings, so the guards of agents run all the same. What is switched off are the hooks of sessions that are started without `--settings`.',
    break: (fleet) => {
      fleet.write('.claude/settings.local.json', '{ "disableAllHooks": true }\n');
      return undefined;
    },
  },
  {
    title: 'An older CLI',
    truth:
      '2.1.197 does not know `onFailure`. The rules and the guard hold; but a guard that fails, for whatever reason, lets the call through.',
    isOld: true,
    break: () => undefined,
  },
  {
    title: 'A `claude` that drops `--settings`',
    truth:
      'A program of that name in front of the real one leaves the option out. Neither rules nor guard are in force, and no file shows it.',
    break: claudeWithoutSettings,
  },
];
