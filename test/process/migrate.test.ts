// `migrate` on the command line: asked for, shown, done once, and taken back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import {
  cli,
  endOf,
  expectCli,
  leftoversOf,
  put,
  readJsonAnswer,
  removeScratch,
  scratch,
  startCli,
  take,
  treeOf,
} from './cliProcess.ts';
import { earlierFleet, earlierTooling, settingsTemplate } from './earlierFleet.ts';

after(removeScratch);

/** Real settings of earlier tooling, where they lie beside the checkout. */
const seedForm = path.resolve(earlierTooling, '../../../../shared/data/seed-form');

describe('migrate', () => {
  for (const hasTemplates of [true, false])
    it(`turns a workspace of earlier tooling into a sound one${hasTemplates ? ', its template too' : ''}`, async () => {
      const at = earlierFleet({ hasTemplates });
      await expectCli(at, ['check'], 1);
      const untouched = treeOf(at.root);
      const dry = await expectCli(at, ['migrate', '--dry-run'], 0);
      assert.match(dry.stdout, /^- .*contextFiles|^-\s+"contextFiles"/m);
      assert.match(dry.stdout, /^\+ {4}context_files: \[docs\/context\.md\]$/m);
      assert.match(dry.stdout, /would write agents\/builder\/\.claude\/settings\.json/);
      assert.deepEqual(treeOf(at.root), untouched, 'it was only shown');
      const done = await expectCli(at, ['migrate', '--yes'], 0);
      assert.match(done.stdout, /To undo this: native-orchestrator restore --backup \w{16}/);
      assert.equal(fs.existsSync(path.join(at.root, settingsTemplate)), false);
      await expectCli(at, ['check'], 0);
      const after = treeOf(at.root);
      assert.match((await expectCli(at, ['generate'], 0)).stdout, /Nothing to do/);
      assert.equal((await expectCli(at, ['migrate'], 0)).stdout, 'Nothing to migrate.\n');
      assert.deepEqual(treeOf(at.root), after);
      assert.deepEqual(leftoversOf(at.root), []);
      // Comments and quotes of the registry are as they were.
      const registry = take(at, 'agents/registry.yaml');
      for (const words of [
        '# A small workshop',
        '"engine" and its parts.   # quotes on purpose',
        '# already known',
      ])
        assert.ok(registry.includes(words), words);
      await expectCli(at, ['restore', '--undo'], 0);
      const back = treeOf(at.root);
      for (const [file, hash] of Object.entries(untouched)) assert.equal(back[file], hash, file);
    });

  it('asks nobody where there is no terminal, in any format', async () => {
    const at = earlierFleet();
    const before = treeOf(at.root);
    const refused = await cli(at, ['migrate']);
    assert.deepEqual([refused.code, /add --yes\. Nothing was changed\.\n$/.test(refused.stderr)], [2, true]);
    for (const format of ['json', 'sarif', 'github']) {
      assert.equal((await cli(at, ['migrate', '--format', format])).code, 2);
      assert.equal((await cli(at, ['migrate', '--dry-run', '--format', format])).code, 0);
    }
    const json = readJsonAnswer(await cli(at, ['migrate', '--dry-run', '--format', 'json']));
    const changes = json.changes as readonly { file: string; diff: readonly string[] }[];
    assert.ok(
      changes.some(({ file, diff }) => file === settingsTemplate && diff.every((line) => /^[-@]/.test(line))),
    );
    assert.deepEqual(treeOf(at.root), before);
    await expectCli(at, ['migrate', 'nobody', '--yes'], 2);
  });

  it('is all or nothing when it is killed, and can be run again', async () => {
    const at = earlierFleet();
    for (const wait of [150, 250, 350]) {
      const child = startCli(at, ['migrate', '--yes']);
      const ended = endOf(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), wait);
      await ended;
      clearTimeout(timer);
    }
    await expectCli(at, ['migrate', '--yes'], 0);
    // What was interrupted between two moves is for generate: it says what differs, and loses nothing.
    await expectCli(at, ['restore', '--all'], 0);
    await expectCli(at, ['check'], 0);
    assert.deepEqual(leftoversOf(at.root), []);
  });

  it('takes real settings of earlier tooling', async function () {
    if (!fs.existsSync(seedForm)) this.skip();
    const ids = fs.readdirSync(seedForm);
    const entry = (id: string): string =>
      `  ${id}:\n    name: ${id}\n    display_name: X\n    description: Y.\n    model: opus\n    tools: [Read]\n`;
    const at = scratch(`agents:\n${ids.map(entry).join('')}`);
    put(at, '.project-context.md', 'The context.\n');
    for (const id of ids)
      put(
        at,
        `agents/${id}/.claude/settings.json`,
        fs.readFileSync(path.join(seedForm, id, 'settings.json')),
      );
    await expectCli(at, ['migrate', '--yes'], 0);
    await expectCli(at, ['check'], 0);
    assert.equal(
      take(at, 'agents/registry.yaml').match(/context_files: \[\.project-context\.md\]/g)?.length,
      ids.length,
    );
    assert.equal((await expectCli(at, ['migrate'], 0)).stdout, 'Nothing to migrate.\n');
  });
});
