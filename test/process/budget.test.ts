// The sizes of what is shipped: every kilobyte is read before the first line of ours runs.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'mocha';

/** In KB of 1 024 bytes. The hooks start once for every tool call of every agent. */
const budgets = {
  'dist/extension.cjs': 400,
  'dist/later.cjs': 700,
  // Some 50 of it are the verbs of sessions.
  'dist/cli.mjs': 660,
  // Loaded where a hub is asked for: two libraries, and the validators of its frames.
  'dist/hub.mjs': 240,
  'dist/hub.cjs': 240,
  // Two kilobytes of it find the paths in the input of MCP tools.
  'dist/hooks/guard.cjs': 34,
  'dist/hooks/guard.mjs': 34,
  // Loaded for shell commands only: the parser is some 100 KB of it.
  'dist/hooks/bash.cjs': 256,
  'dist/hooks/bash.mjs': 256,
  'dist/hooks/report.cjs': 8,
  'dist/hooks/report.mjs': 8,
};

describe('bundles', () => {
  for (const [file, budget] of Object.entries(budgets)) {
    it(`${file} stays within ${budget} KB`, () => {
      const size = statSync(file).size / 1024;
      assert.ok(size > 0 && size <= budget, `${file} has ${size.toFixed(1)} KB`);
    });
  }
});
