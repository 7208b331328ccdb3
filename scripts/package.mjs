#!/usr/bin/env node
// Builds and packs the extension as native-orchestrator-<version>.vsix, or as the file that `--out` names: same sources,
// same bytes. `--no-build` packs what is built already.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBundles, generateSources, root } from './build.mjs';
import { run } from './run.mjs';

/** The time of the last commit in seconds, so that the same commit packs to the same bytes; 0 outside a checkout. */
async function sourceDate() {
  const { code, stdout } = await run('git', ['log', '-1', '--format=%ct'], { cwd: root });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : '0';
}

/** Packs to `target`, or to the root; returns the file. Throws with the reason when it can't. */
async function packageExtension(target, isBuilt) {
  if (!isBuilt) {
    await generateSources();
    await buildBundles();
  }
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const packagePath = target ?? path.join(root, `native-orchestrator-${version}.vsix`);
  process.env.SOURCE_DATE_EPOCH ??= await sourceDate();
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: root,
    packagePath,
    // Everything we use is in the bundles.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    followSymlinks: false,
  });
  return packagePath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: { out: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
    });
    await packageExtension(values.out && path.resolve(values.out), values['no-build']);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
