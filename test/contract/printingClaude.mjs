#!/usr/bin/env node
// Stands where `native-orchestrator start` looks for claude: passes its launch line on to the real one, made to print
// and to ask nobody, so that only rules and guard can refuse. TEST_… variables say what else a test wants changed
// between our look at the workspace and the start.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const args = process.argv.slice(2);
const after = (flag) => args.indexOf(flag) + 1;

if (process.env.TEST_MODE) args[after('--permission-mode')] = process.env.TEST_MODE;

const settings = JSON.parse(readFileSync(args[after('--settings')], 'utf8'));
const [guard] = settings.hooks.PreToolUse[0].hooks;
const without = (process.env.TEST_WITHOUT ?? '').split(',');
if (without.includes('rules')) delete settings.permissions.deny;
if (without.includes('guard')) delete settings.hooks.PreToolUse;
if (without.includes('script')) rmSync(guard.args.find((each) => path.basename(each).startsWith('guard.')));
if (process.env.TEST_WITHOUT) {
  args[after('--settings')] = path.join(process.env.HOME, 'changed.json');
  writeFileSync(args[after('--settings')], JSON.stringify(settings));
}
if (process.env.TEST_LOCAL_SETTINGS) {
  mkdirSync('.claude', { recursive: true });
  writeFileSync('.claude/settings.local.json', process.env.TEST_LOCAL_SETTINGS);
}
const print = ['-p', '--output-format', 'stream-json', '--verbose'];
const prompt = args.includes('--') ? [] : ['--', 'Go on.'];
const { status } = spawnSync(process.env.TEST_CLAUDE, [...print, ...args, ...prompt], { stdio: 'inherit' });
process.exit(status ?? 1);
