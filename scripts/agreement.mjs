#!/usr/bin/env node
// `npm run agreement`: the whole measurement of how well our analysis of settings files agrees with the real CLI. Writes
// its table into bench/RESULTS.md. Takes some minutes; the contract lane takes a sample of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateSources, root } from './build.mjs';
import { claudeVariables, ensureClaude, oldVersion } from './claudeCli.mjs';
import { run } from './run.mjs';

const current = await ensureClaude();
const old = await ensureClaude(oldVersion);
for (const { reason } of [current, old].filter((each) => each.reason)) {
  console.error(reason);
  process.exit(1);
}
await generateSources();
const types = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: root });
if (types.code !== 0) console.error(types.output);
const home = mkdtempSync(path.join(tmpdir(), 'native-orchestrator-agreement-'));
try {
  const { code, output } = await run(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', 'out/test/contract/agreement.test.js'],
    {
      cwd: root,
      env: {
        ...process.env,
        ...claudeVariables(current, old),
        HOME: home,
        NATIVE_ORCHESTRATOR_AGREEMENT: 'full',
      },
    },
  );
  console.log(output.trim());
  process.exitCode = code === 0 ? types.code : code;
} finally {
  rmSync(home, { recursive: true, force: true });
}
