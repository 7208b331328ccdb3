// The machine that the extension runs on, and the programs that the user's settings name.
import os from 'node:os';
import * as vscode from 'vscode';
import { nodeFiles } from '../files/nodeFiles.ts';
import { type Machine, runProgram } from '../sessions/programs.ts';
import { type settingKeys, settingsSection } from './ids.ts';

/** This machine, for lookups. */
export function thisMachine(): Machine {
  return {
    files: nodeFiles,
    platform: process.platform,
    env: process.env,
    home: os.homedir(),
    run: runProgram,
  };
}

/** A setting that names a program, with `~` for the home directory. */
export function programSetting(key: (typeof settingKeys)[keyof typeof settingKeys]): string {
  const value = vscode.workspace.getConfiguration(settingsSection).get<unknown>(key);
  const text = typeof value === 'string' ? value.trim() : '';
  return text.startsWith('~/') ? os.homedir() + text.slice(1) : text;
}

/** The editor's own node, where it runs on one (a server); the desktop's is not usable as such. */
export const ownNode = (): string | undefined =>
  process.versions.electron === undefined ? process.execPath : undefined;
