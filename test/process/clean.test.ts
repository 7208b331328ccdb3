// `clean` on the known hard case and around it: what it finds, what it says of it, and that an archive comes back whole.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  cli,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  take,
  treeOf,
} from './cliProcess.ts';
import { commit, expected, git, legacyFleet, registries, wholeTree } from './legacyFleet.ts';

after(removeScratch);

interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly successor: string | null;
  readonly why: string;
  readonly lastCommit: { readonly hash: string; readonly date: string; readonly subject: string } | null;
  readonly references: readonly { readonly file: string; readonly line: number }[];
  readonly leftAlone: string | null;
}

/** What `clean --format json` lists, by name. */
async function listed(at: Scratch, ...words: readonly string[]): Promise<Readonly<Record<string, Listed>>> {
  const answer = readJsonAnswer(await cli(at, ['clean', '--format', 'json', ...words]));
  const directories = answer.directories as readonly Listed[];
  return Object.fromEntries(directories.map((each) => [each.name, each]));
}

const [registry = ''] = registries.values();
const manifestOf = (stdout: string): string => /--undo (\S+)$/m.exec(stdout)?.[1] ?? '';
const stateOf = (at: Scratch, name: string): string =>
  fs.existsSync(path.join(at.root, 'agents', name)) ? 'there' : 'gone';

describe('clean: the 32 directories', () => {
  for (const [title, text] of registries)
    it(`are told apart, all of them, with ${title} registry`, async () => {
      const at = legacyFleet(text);
      // The registered ones whose names have no -agent, and one that has.
      for (const id of ['homelab-architect', 'software-architect', 'backend-agent'])
        put(at, `agents/${id}/.claude/CLAUDE.md`, `# ${id}\n`);
      commit(at, 'Some that are registered');
      const found = await listed(at);
      const verdicts = Object.entries(found).map(([name, { kind, successor }]) => [
        name,
        { kind, successor },
      ]);
      assert.deepEqual(Object.fromEntries(verdicts), expected);
      assert.equal(verdicts.length, 32);
      const head = git(at, 'rev-parse', '--short', 'HEAD~3').trim();
      for (const { name, why, lastCommit } of Object.values(found)) {
        assert.ok(why.length > 20, name);
        assert.equal(lastCommit?.hash, head, name);
        assert.equal(lastCommit?.subject, 'Agents, one folder each');
        assert.match(lastCommit?.date ?? '', /^\d{4}-\d\d-\d\dT/);
      }
      const retired = git(at, 'rev-parse', '--short', 'HEAD~1').trim();
      assert.ok(
        found.action?.why.includes(`action-agent was in the registry until ${retired}`),
        found.action?.why,
      );
    });

  it('are listed for a person, with nothing changed', async () => {
    const at = legacyFleet(registry);
    const before = treeOf(at.root);
    const { stdout, stderr } = await expectCli(at, ['clean'], 1);
    assert.equal(stderr, '');
    for (const name of Object.keys(expected)) assert.match(stdout, new RegExp(`^ {2}${name}/ `, 'm'));
    assert.match(
      stdout,
      /^ {2}erpnext\/ .*frappe-erpnext-agent is registered: the same name with "frappe" in front\.$/m,
    );
    assert.match(stdout, /last commit [0-9a-f]{7,}, \d{4}-\d\d-\d\d, "Agents, one folder each"/);
    assert.match(stdout, /23 old, 1 test artefact, 8 kept — run: native-orchestrator clean --archive\n$/);
    assert.match(
      stdout,
      /Registered, no directory yet\n {2}.* and 18 more — run: native-orchestrator generate --all/,
    );
    assert.deepEqual(treeOf(at.root), before);
  });

  it('are archived as one, and one command brings each back as it was', async () => {
    const at = legacyFleet(registry);
    const file = put(at, 'agents/backend/run.sh', '#!/bin/sh\n');
    fs.chmodSync(file, 0o751);
    fs.mkdirSync(path.join(at.root, 'agents/backend/empty/inner'), { recursive: true });
    fs.chmodSync(path.join(at.root, 'agents/backend/empty'), 0o700);
    fs.symlinkSync('../nowhere', path.join(at.root, 'agents/backend/link'));
    put(at, 'agents/backend/bytes', Buffer.from([0, 255, 10, 13]));
    commit(at, 'More of the backend');
    const before = wholeTree(at.root);
    const { stdout } = await expectCli(at, ['clean', '--archive', '--yes'], 0);
    const manifest = manifestOf(stdout);
    assert.match(manifest, /^agents\/archive\/\d{4}-\d\d-\d\d\/manifest\.json$/);
    const text = take(at, manifest);
    const value = JSON.parse(text);
    assert.deepEqual([value.format, value.what, value.directories.length], [1, 'archive', 24]);
    assert.ok(text.startsWith('{\n  "at": ') && text.endsWith('}\n'));
    for (const { from, to, tree, evidence } of value.directories) {
      const name = path.basename(from);
      assert.deepEqual([from, to], [`agents/${name}`, `${path.dirname(manifest)}/${name}`]);
      assert.match(tree, /^[0-9a-f]{64}$/);
      assert.match(evidence.lastCommit.subject, /^(Agents, one folder each|More of the backend)$/);
      assert.deepEqual([stateOf(at, name), stateOf(at, to.slice('agents/'.length))], ['gone', 'there']);
    }
    for (const [name, { kind }] of Object.entries(expected))
      if (kind === 'kept') assert.equal(stateOf(at, name), 'there');
    await expectCli(at, ['clean'], 0);
    await expectCli(at, ['generate'], 0);
    await expectCli(at, ['check'], 0);
    // What generate made is no part of the comparison.
    for (const name of fs.readdirSync(path.join(at.root, 'agents')))
      if (before[`agents/${name}`] === undefined && name !== 'archive')
        fs.rmSync(path.join(at.root, 'agents', name), { recursive: true });
    const undone = await expectCli(at, ['clean', '--undo', manifest], 0);
    assert.match(undone.stdout, /24 directories moved back/);
    assert.deepEqual(wholeTree(at.root), before);
    assert.equal(git(at, 'status', '--porcelain'), '');
  });

  it('twice on a day go to two places', async () => {
    const at = legacyFleet(registry, ['backend', 'qa', 'archive']);
    const before = wholeTree(at.root);
    const first = manifestOf((await expectCli(at, ['clean', 'backend', '--archive', '--yes'], 0)).stdout);
    const second = manifestOf((await expectCli(at, ['clean', '--archive', '--yes'], 0)).stdout);
    assert.match(second, /-2\/manifest\.json$/);
    // By its folder, from elsewhere, and by an absolute path.
    await expectCli(at, ['clean', '--undo', `../archive/${path.basename(path.dirname(first))}`], 0, {
      cwd: path.join(at.root, 'agents/archive'),
    });
    await expectCli(at, ['clean', '--undo', path.join(at.root, second)], 0);
    assert.deepEqual(wholeTree(at.root), before);
  });
});

describe('clean: what it looks at', () => {
  it('mentions elsewhere, as paths and not as words', async () => {
    const at = legacyFleet(registry, ['backend', 'qa']);
    put(at, 'docs/setup.md', 'The backend is old.\nIt was agents/backend/, now agents/backend-agent/.\n');
    put(at, 'scripts/run.sh', 'cd "$ROOT/agents/backend"\n');
    put(at, '.github/workflows/ci.yml', 'paths: [agents/backend/**]\n');
    put(at, 'compose.yaml', 'volumes: ["./agents/backend:/app"]\n');
    put(at, '.vscode/settings.json', '{"files.exclude": {"agents/backend": true}}\n');
    put(at, 'agents/qa/notes.md', 'See ../backend/.\n'); // leaves with it
    put(at, 'node_modules/x/readme.md', 'agents/backend\n');
    put(at, '.gitignore', 'build\n');
    put(at, 'build/out.txt', 'agents/backend\n');
    put(at, 'picture.bin', Buffer.from('agents/backend\0'));
    put(at, 'huge.txt', `agents/backend ${'x'.repeat(1024 * 1024)}`);
    commit(at, 'Mentions');
    const { backend } = await listed(at);
    assert.deepEqual(
      backend?.references.map(({ file, line }) => `${file}:${line}`),
      [
        '.github/workflows/ci.yml:1',
        '.vscode/settings.json:1',
        'compose.yaml:1',
        'docs/setup.md:2',
        'scripts/run.sh:1',
      ],
    );
    const { stdout } = await cli(at, ['clean', 'backend']);
    assert.match(stdout, /mentioned in \.github\/workflows\/ci\.yml:1, .* and 2 more$/m);
    assert.match(stdout, /Not searched for mentions: 1 file over 1 MB\./);
  });

  it('what would break, and leaves that alone', async () => {
    const at = legacyFleet(registry, ['backend', 'planning', 'qa']);
    put(
      at,
      'agents/registry.yaml',
      `${registry.trimEnd()}\n  x-agent: {name: x-agent, display_name: X, description: X, model: opus, tools: [Read], persona: agents/backend/backend-agent.md}\n`,
    );
    const hook = { type: 'command', command: '$CLAUDE_PROJECT_DIR/agents/planning/hook.py' };
    put(
      at,
      '.claude/settings.json',
      JSON.stringify({
        permissions: { deny: ['Edit(agents/qa/**)'] },
        hooks: { PreToolUse: [{ matcher: '*', hooks: [hook] }] },
      }),
    );
    commit(at, 'In use');
    const found = await listed(at);
    assert.match(found.backend?.leftAlone ?? '', /in use: x-agent uses agents\/backend\/backend-agent\.md/);
    assert.match(found.planning?.leftAlone ?? '', /in use: \.claude\/settings\.json/);
    assert.equal(found.qa?.leftAlone, null);
    const { stderr } = await expectCli(at, ['clean', '--archive', '--yes', '--uncommitted'], 1);
    assert.match(stderr, /left alone: agents\/backend: in use/);
    assert.deepEqual(
      ['backend', 'planning', 'qa'].map((name) => stateOf(at, name)),
      ['there', 'there', 'gone'],
    );
  });

  it('work that is not committed, and leaves that alone until it is told', async () => {
    const at = legacyFleet(registry, ['backend', 'devops', 'docker', 'qa', 'seo']);
    put(at, 'agents/backend/new.md', 'untracked\n');
    put(at, 'agents/devops/devops-agent.md', 'changed\n');
    put(at, 'agents/docker/staged.md', 'staged\n');
    git(at, 'add', 'agents/docker');
    fs.rmSync(path.join(at.root, 'agents/seo/seo-agent.md'));
    const found = await listed(at);
    for (const name of ['backend', 'devops', 'docker', 'seo'])
      assert.equal(found[name]?.leftAlone, '1 change in it is not committed');
    const { stderr } = await expectCli(at, ['clean', '--archive', '--yes'], 1);
    assert.equal(stderr.match(/left alone/g)?.length, 4);
    assert.deepEqual([stateOf(at, 'backend'), stateOf(at, 'qa')], ['there', 'gone']);
    await expectCli(at, ['clean', '--archive', '--yes', '--uncommitted'], 0);
    assert.equal(stateOf(at, 'backend'), 'gone');
  });

  it('a workspace that is a part of a repository, or in none', async () => {
    const at = legacyFleet(registry, ['backend', 'action']);
    const inner = { ...at, root: path.join(at.root, 'part') };
    fs.mkdirSync(inner.root);
    fs.renameSync(path.join(at.root, 'agents'), path.join(inner.root, 'agents'));
    commit(at, 'Everything in a part');
    put(inner, 'agents/backend/new.md', 'x\n');
    const part = await listed(inner);
    assert.equal(part.backend?.lastCommit?.subject, 'Everything in a part');
    assert.match(part.backend?.leftAlone ?? '', /1 change/);
    fs.rmSync(path.join(at.root, '.git'), { recursive: true });
    const none = await listed(inner);
    assert.deepEqual(
      [none.backend?.lastCommit, none.backend?.leftAlone, none.action?.kind],
      [null, null, 'kept'],
    );
    const { stdout } = await expectCli(inner, ['clean'], 1);
    assert.match(stdout, /In no git repository: no last commits/);
    const before = wholeTree(inner.root);
    const { stdout: archived } = await expectCli(inner, ['clean', '--archive', '--yes'], 0);
    await expectCli(inner, ['clean', '--undo', manifestOf(archived)], 0);
    assert.deepEqual(wholeTree(inner.root), before);
  });

  it('names that are given, kept ones too', async () => {
    const at = legacyFleet(registry, ['backend', 'dragonfly', 'archive']);
    const { dragonfly } = await listed(at, 'agents/dragonfly/');
    assert.equal(dragonfly?.kind, 'kept');
    await expectCli(at, ['clean', 'dragonfly'], 0);
    await expectCli(at, ['clean', 'archive', '--archive', '--yes'], 0);
    await expectCli(at, ['clean', './agents/dragonfly', '--archive', '--yes'], 0);
    assert.deepEqual(
      ['dragonfly', 'backend', 'archive'].map((name) => stateOf(at, name)),
      ['gone', 'there', 'there'],
    );
  });
});

describe('clean --delete', () => {
  it('deletes what git has, by a commit that can bring it back', async () => {
    const at = legacyFleet(registry, ['backend', 'qa', 'dragonfly']);
    const before = wholeTree(at.root);
    const { stdout } = await expectCli(at, ['clean', '--delete', '--yes'], 0);
    assert.deepEqual(
      ['backend', 'qa', 'dragonfly'].map((name) => stateOf(at, name)),
      ['gone', 'gone', 'there'],
    );
    assert.match(stdout, /git restore --source=HEAD --staged --worktree agents\/<name>/);
    git(at, 'restore', '--source=HEAD', '--staged', '--worktree', 'agents/backend', 'agents/qa');
    assert.deepEqual(wholeTree(at.root), before);
  });

  const refuses = (title: string, says: RegExp, spoil: (at: Scratch) => void): unknown =>
    it(`refuses ${title}`, async () => {
      const at = legacyFleet(registry, ['backend']);
      spoil(at);
      const before = wholeTree(at.root);
      const { stderr } = await expectCli(at, ['clean', '--delete', '--yes'], 1);
      assert.match(stderr, says);
      assert.match(stderr, /Archive it instead/);
      assert.deepEqual(wholeTree(at.root), before);
    });
  refuses('what is untracked', /1 file in it is not committed/, (at) => put(at, 'agents/backend/new', 'x'));
  refuses('what is ignored', /1 file in it is not committed/, (at) => {
    put(at, '.gitignore', '*.env\n');
    put(at, 'agents/backend/.env', 'SECRET=1\n');
  });
  refuses('what git is told not to compare', /1 file in it is not committed/, (at) => {
    git(at, 'update-index', '--assume-unchanged', 'agents/backend/backend-agent.md');
    put(at, 'agents/backend/backend-agent.md', 'changed unseen\n');
  });
  refuses('a repository of its own', /a git repository of its own/, (at) => {
    git({ ...at, root: path.join(at.root, 'agents/backend') }, 'init', '-q');
  });
  refuses('in no repository', /in no git repository/, (at) =>
    fs.rmSync(path.join(at.root, '.git'), { recursive: true }),
  );
});
