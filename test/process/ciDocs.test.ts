// The workflow and the hooks of docs/ci.md: each of their commands, run as it stands there, fails on drift and passes without.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { parse } from 'yaml';
import { cliFile, expectCli, put, removeScratch, type Scratch, scratch, take } from './cliProcess.ts';
import { commit, git } from './legacyFleet.ts';
import { sarifRun } from './sarifSchema.ts';

after(removeScratch);

const page = fs.readFileSync('docs/ci.md', 'utf8');
const settings = 'agents/code-agent/.claude/settings.json';

/** The code blocks of a language on the page. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

/** A project that has the command line among its packages, generated and committed. */
async function project(): Promise<Scratch> {
  const at = scratch();
  put(at, 'package.json', '{"name": "project", "private": true}\n');
  // npm asks for news of itself otherwise.
  put(at, '.npmrc', 'update-notifier=false\noffline=true\n');
  put(at, '.gitignore', 'node_modules\nagents.sarif\n');
  fs.mkdirSync(path.join(at.root, 'node_modules/.bin'), { recursive: true });
  fs.symlinkSync(cliFile, path.join(at.root, 'node_modules/.bin/native-orchestrator'));
  await expectCli(at, ['generate'], 0);
  git(at, 'init', '-q');
  commit(at, 'A fleet');
  return at;
}

const drift = (at: Scratch): void => {
  put(at, settings, take(at, settings).replace('"Edit(tests/**)",', ''));
};

/** Runs a line of the page in a shell, as a runner does: with next to no environment. */
function shell(at: Scratch, line: string): { readonly code: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync('sh', ['-ec', line], {
    cwd: at.root,
    encoding: 'utf8',
    env: { PATH: at.env.PATH, HOME: at.home, GITHUB_WORKSPACE: at.root, NATIVE_ORCHESTRATOR_STATE: at.state },
  });
  return { code: status, stdout };
}

describe('docs/ci.md', () => {
  const [workflow = '', hooks = ''] = blocks('yaml');
  const steps: readonly Step[] = parse(workflow).jobs.drift.steps;
  const lines = steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]));
  const [annotate = '', upload = ''] = lines;

  it('has a workflow of two steps of ours, the second whatever the first said', () => {
    assert.equal(lines.length, 2);
    assert.equal(steps.find(({ run }) => run === upload)?.if, 'always()');
  });

  it('the workflow passes without drift', async () => {
    const at = await project();
    assert.equal(shell(at, annotate).code, 0);
    assert.equal(shell(at, upload).code, 0);
    assert.deepEqual(
      sarifRun(take(at, 'agents.sarif')).results.filter(({ level }) => level !== 'note'),
      [],
    );
  });

  it('the workflow fails on drift, annotates the line, and its log is valid', async () => {
    const at = await project();
    drift(at);
    const { code, stdout } = shell(at, annotate);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`^::error file=${settings},line=\\d+,.*title=outputs/deny-lost::`, 'm'));
    assert.equal(shell(at, upload).code, 0);
    const { results } = sarifRun(take(at, 'agents.sarif'));
    assert.ok(results.some(({ level, ruleId }) => level === 'error' && ruleId === 'outputs/deny-lost'));
  });

  it('the git hook keeps drift out of a commit, and nothing else', async () => {
    const at = await project();
    const [hook = ''] = blocks('sh');
    put(at, '.git/hooks/pre-commit', hook);
    fs.chmodSync(path.join(at.root, '.git/hooks/pre-commit'), 0o755);
    put(at, 'src/main.js', '1;\n');
    commit(at, 'No drift');
    drift(at);
    assert.throws(() => commit(at, 'Drift'), /pre-commit|restore code-agent|deny-lost/);
    assert.equal(git(at, 'log', '-1', '--format=%s').trim(), 'No drift');
    await expectCli(at, ['restore', 'code-agent'], 0);
    commit(at, 'Mended');
    assert.equal(git(at, 'log', '-1', '--format=%s').trim(), 'Mended');
  });

  it('the line for pre-commit fails on drift, and looks at the files that can drift', async () => {
    const at = await project();
    const [hook] = parse(hooks).repos[0].hooks;
    assert.equal(shell(at, hook.entry).code, 0);
    drift(at);
    assert.equal(shell(at, hook.entry).code, 1);
    const files = new RegExp(hook.files);
    for (const file of [
      settings,
      'agents/registry.yaml',
      '.claude/settings.local.json',
      'a/.claude/settings.json',
    ])
      assert.match(file, files);
    assert.doesNotMatch('src/main.js', files);
  });

  it('names commands that there are', async () => {
    const at = await project();
    for (const [, words = ''] of page.matchAll(/^\|.*`native-orchestrator ([^`]*)` \|$/gm))
      await expectCli(at, words.split(' '), 0);
  });
});
