// The package as somebody gets it: packed, and run through npx in an empty folder.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'mocha';
import { put, removeScratch, scratch, twoAgents } from './cliProcess.ts';

after(removeScratch);

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

describe('the package', function () {
  this.timeout(120_000);

  it('packs what it needs and nothing else, and runs through npx', function () {
    if (spawnSync('npm', ['--version']).status !== 0) this.skip();
    const at = scratch(null);
    const env = {
      ...at.env,
      npm_config_cache: path.join(at.folder, 'cache'),
      npm_config_update_notifier: 'false',
    };
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', at.folder], {
        cwd: checkout,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    const files: readonly string[] = packed[0].files.map((file: { path: string }) => file.path);
    const hooks = ['guard', 'bash', 'report'].flatMap((name) => [
      `dist/hooks/${name}.mjs`,
      `dist/hooks/${name}.cjs`,
    ]);
    for (const needed of ['dist/cli.mjs', 'dist/hub.mjs', ...hooks, 'package.json'])
      assert.ok(files.includes(needed), needed);
    assert.deepEqual(
      files.filter(
        (file) =>
          !/^(dist\/(cli\.mjs|hub\.mjs|hooks\/\w+\.[cm]js)|schemas\/[\w.-]+\.json|package\.json|[A-Z]+(\.md)?)$/.test(
            file,
          ),
      ),
      [],
    );

    const tarball = path.join(at.folder, packed[0].filename);
    const npx = (...words: string[]) =>
      spawnSync('npx', ['--yes', '--offline', '--package', tarball, '--', ...words], {
        cwd: at.root,
        env,
        encoding: 'utf8',
      });
    const help = npx('native-orchestrator', '--help');
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /^native-orchestrator \d+\.\d+\.\d+: /);
    put(at, 'agents/registry.yaml', twoAgents);
    const generate = npx('claude-agent', 'generate');
    assert.equal(generate.status, 0, generate.stderr);
    assert.ok(fs.existsSync(path.join(at.root, 'agents/code-agent/.claude/settings.json')));
    assert.equal(npx('native-orchestrator', 'check').status, 0);
  });
});
