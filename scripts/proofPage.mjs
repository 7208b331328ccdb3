#!/usr/bin/env node
// `npm run proof-page`: proves the sample fleet with the real CLI and puts what is printed into docs/proof.md, between its marks.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildBundles, generateSources, root } from './build.mjs';
import { ensureClaude } from './claudeCli.mjs';
import { run } from './run.mjs';

const page = path.join(root, 'docs/proof.md');
const begin = '<!-- a real run: begin -->';
const end = '<!-- a real run: end -->';

const claude = await ensureClaude();
if (claude.path === undefined) {
  console.error(claude.reason);
  process.exit(1);
}
await generateSources();
await buildBundles();
const scratch = mkdtempSync(path.join(tmpdir(), 'native-orchestrator-page-'));
try {
  const workspace = path.join(scratch, 'work');
  cpSync(path.join(root, 'sample'), workspace, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: path.join(scratch, 'home'),
    NATIVE_ORCHESTRATOR_STATE: path.join(scratch, 'state'),
    NATIVE_ORCHESTRATOR_CLAUDE: claude.path,
  };
  const cli = (...args) =>
    run(process.execPath, [path.join(root, 'dist/cli.mjs'), ...args], { cwd: workspace, env });
  await cli('generate', '--all');
  const { code, stdout, output } = await cli('prove');
  if (code !== 0) throw new Error(output);
  const printed = stdout.replaceAll(scratch, '…').trimEnd();
  const day = new Date().toISOString().slice(0, 10);
  const made = `${begin}\nMade by \`npm run proof-page\` on ${day}, ${process.platform}-${process.arch}:\n\n\`\`\`\n$ native-orchestrator prove\n${printed}\n\`\`\`\n${end}`;
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has lost its marks.`);
  writeFileSync(page, text.slice(0, from) + made + text.slice(to + end.length));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
