// A history of a repository in git, step by step: what was done to it, what the tree, the findings and `check` said, and
// what mended it. docs/drift-history.md is the record of this run; UPDATE_DRIFT_HISTORY=1 writes it anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'mocha';
import {
  cli,
  expectCli,
  put,
  readJsonAnswer,
  removeScratch,
  type Scratch,
  scratch,
  take,
} from './cliProcess.ts';
import { commit, git } from './legacyFleet.ts';

after(removeScratch);

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const record = path.join(checkout, 'docs/drift-history.md');

const registry = 'agents/registry.yaml';
const lock = 'agents/registry.lock.json';
const codeSettings = 'agents/code-agent/.claude/settings.json';
const testSettings = 'agents/test-agent/.claude/settings.json';

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly sync: string;
  readonly health: string;
  readonly summary: string;
}

/** Longer lines, and differences of more lines, are cut in the record. */
const longestLine = 240;
const longestDiff = 20;

/** What a step must find. */
interface Expected {
  readonly code: 0 | 1;
  /** By agent: what the tree shows of it. */
  readonly tree: Readonly<Record<string, string>>;
  /** Codes of errors and warnings, each once. */
  readonly codes: readonly string[];
}

class History {
  readonly at: Scratch;
  readonly #text: string[] = [];
  #step = 0;

  constructor() {
    this.at = scratch();
    git(this.at, 'init', '-q');
  }

  say(...lines: readonly string[]): void {
    this.#text.push(...lines, '');
  }

  begin(title: string, what: string): void {
    this.#step++;
    this.say(`## ${this.#step}. ${title}`, '', what);
  }

  #block(kind: string, text: string): void {
    // What hangs on the bytes of the hooks, or on the machine, is no part of the record; what is long is cut.
    const lines = text
      .replaceAll(this.at.folder, '…')
      .replace(/(?<![\w.])[0-9a-f]{10,}\b/g, '<hash>')
      .replace(/^(What was there before is kept in ).*$/gm, '$1…')
      .trimEnd()
      .split('\n')
      .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
    const isDiff = (line: string): boolean => /^[-+ ]/.test(line) && !/^(---|\+\+\+) /.test(line);
    const diff = lines.filter(isDiff).length;
    const first = lines.findIndex(isDiff);
    if (diff > longestDiff)
      lines.splice(first, diff, '… (the difference, in which the order of the keys turns again)');
    this.say(`\`\`\`${kind}`, ...lines, '```');
  }

  /** Runs a command, which must end so, and records what it said. */
  async run(words: readonly string[], code: number): Promise<string> {
    const { text } = await expectCli(this.at, words, code);
    this.#block('console', `$ native-orchestrator ${words.join(' ')}\n${text}`);
    return text;
  }

  /** Runs git, and records that. */
  git(...words: readonly string[]): void {
    git(this.at, ...words);
    this.#block('console', `$ git ${words.filter((word) => word !== '-q').join(' ')}`);
  }

  /** Looks at everything and holds it against what is expected. */
  async look({ code, tree, codes }: Expected): Promise<void> {
    const listed = readJsonAnswer(await cli(this.at, ['list', '--format', 'json']));
    const agents = listed.agents as readonly Listed[] | undefined;
    const seen = (agents ?? []).map(({ id, health, sync, summary }) => [
      id,
      summary === '' ? 'in order' : summary,
      sync,
      health,
    ]);
    if (seen.length === 0) this.say('The tree: no agents, since the registry cannot be used.');
    else
      this.say(
        'The tree:',
        '',
        '| agent | beside its name | sync | health |',
        '|---|---|---|---|',
        ...seen.map((row) => `| ${row.join(' | ')} |`),
      );
    const { findings } = readJsonAnswer(await expectCli(this.at, ['check', '--format', 'json'], code));
    const serious = findings.filter(({ severity }) => severity !== 'information');
    const notes = findings.length - serious.length;
    this.say(
      'Diagnostics:',
      '',
      ...(serious.length === 0 ? ['- none'] : []),
      ...serious.map(
        ({ severity, file, line, code: id, key }) =>
          `- ${String(severity)} at \`${String(file)}:${String(line)}\`${key === undefined ? '' : ` (\`${String(key)}\`)`}: ${String(id)}`,
      ),
      ...(notes === 0 ? [] : [`- and ${notes} ${notes === 1 ? 'note' : 'notes'}`]),
    );
    const text = await this.run(['check'], code);
    this.say(`\`check\` exits ${code}.`);
    assert.deepEqual(Object.fromEntries(seen.map(([id, words]) => [id, words])), tree, text);
    assert.deepEqual([...new Set(serious.map(({ code: id }) => String(id)))].sort(), [...codes].sort(), text);
  }

  get text(): string {
    return `${this.#text.join('\n').trimEnd()}\n`;
  }
}

const inOrder: Expected = {
  code: 0,
  tree: { 'code-agent': 'in order', 'test-agent': 'in order' },
  codes: [],
};

const head = `<!-- Made by test/process/driftHistory.test.ts, which also checks it: UPDATE_DRIFT_HISTORY=1 writes it anew. -->
# How drift is found and mended: a recorded history

A repository with two agents: \`code-agent\` writes the program and may not touch \`tests/**\`, which \`test-agent\` owns.
At each step: what was done, what the tree shows, what the diagnostics are, what \`check\` says, and what mended it.
`;

describe('a history of drift', () => {
  it('is found and mended at each step, and the record says so', async () => {
    const history = new History();
    const { at } = history;
    const edit = (file: string, change: (text: string) => string): void => {
      const before = take(at, file);
      const after = change(before);
      assert.notEqual(after, before, `nothing to change in ${file}`);
      put(at, file, after);
    };

    history.begin('Generate', 'The registry is written, and nothing else is there.');
    await history.look({
      code: 1,
      tree: { 'code-agent': 'no settings yet', 'test-agent': 'no settings yet' },
      codes: ['outputs/missing'],
    });
    await history.run(['generate'], 0);
    await history.look(inOrder);

    history.begin('Commit', 'What was generated goes into version control, the lock with it.');
    git(at, 'add', '-A');
    history.git('commit', '-q', '-m', 'A fleet of two');
    await history.look(inOrder);

    history.begin('A hand edit', `Somebody gives \`test-agent\` another model, in \`${testSettings}\`.`);
    edit(testSettings, (text) => text.replace('"model": "sonnet"', '"model": "haiku"'));
    await history.look({
      code: 1,
      tree: { 'code-agent': 'in order', 'test-agent': 'settings edited (1 key)' },
      codes: ['outputs/edited'],
    });
    history.say('Generate would not write over it, and `start` refuses:');
    await history.run(['generate', '--check'], 1);
    await history.run(['start', 'test-agent'], 2);
    history.say('The edit was meant, so it goes into the registry:');
    await history.run(['adopt', 'test-agent', '--key', '/model'], 0);
    await history.look(inOrder);
    commit(at, 'The tests get by with a smaller model');

    history.begin(
      'A tool rewrites the file',
      `Something writes \`${codeSettings}\` anew: keys in another order, the hooks dropped, a key added that nobody knows.`,
    );
    edit(codeSettings, (text) => {
      const { hooks: _, ...rest } = JSON.parse(text);
      const turned = Object.fromEntries(Object.entries(rest).reverse());
      return JSON.stringify({ ...turned, lastTipShown: 42 }, null, 4);
    });
    await history.look({
      code: 1,
      tree: {
        'code-agent': 'disarmed: guard hook missing',
        'test-agent': 'in order',
      },
      codes: ['outputs/edited', 'outputs/guard-lost'],
    });
    history.say('The agent does not start:');
    const refused = await history.run(['start', 'code-agent'], 2);
    assert.match(refused, /disarmed.*Run: native-orchestrator restore code-agent/);
    await history.run(['restore', 'code-agent'], 0);
    assert.equal(JSON.parse(take(at, codeSettings)).lastTipShown, 42);
    history.say('The hooks are back, and the key that is not ours is still there. It is no drift:');
    await history.look(inOrder);
    commit(at, 'Settings as a tool left them, with the hooks back');

    history.begin(
      'The registry changes on another branch',
      'On `review`, `code-agent` may look things up on the web; the outputs are generated there.',
    );
    history.git('checkout', '-q', '-b', 'review');
    edit(registry, (text) =>
      text.replace('[Read, Edit, Write, Bash, Task]', '[Read, Edit, Write, Bash, Task, WebSearch]'),
    );
    await history.look({
      code: 1,
      tree: { 'code-agent': 'registry is newer', 'test-agent': 'in order' },
      codes: ['outputs/stale'],
    });
    await history.run(['generate'], 0);
    await history.look(inOrder);
    commit(at, 'The program may be looked up');

    history.begin(
      'Meanwhile, on the first branch',
      '`code-agent` gets another model there, which is generated and committed, too.',
    );
    history.git('checkout', '-q', 'main');
    await history.look(inOrder);
    edit(registry, (text) => text.replace('model: opus', 'model: sonnet'));
    await history.run(['generate'], 0);
    commit(at, 'A smaller model for the program');
    await history.look(inOrder);

    history.begin(
      'Merge',
      'Both branches changed neighbouring lines of the registry, and the line of the same file in the lock, so git leaves a conflict in each.',
    );
    assert.throws(() => git(at, 'merge', '-q', 'review'));
    const open = git(at, 'diff', '--name-only', '--diff-filter=U').trim().split('\n');
    assert.deepEqual(open, [lock, registry]);
    history.say(
      `\`git merge review\` stops with conflicts in ${open.map((file) => `\`${file}\``).join(' and ')}.`,
    );
    await history.look({ code: 1, tree: {}, codes: ['outputs/lock-damaged', 'registry/merge-conflict'] });
    history.say('In the registry both sides are wanted, so a person settles it:');
    edit(registry, (text) =>
      text.replace(/<{7}.*\n(.*model: sonnet\n)[\s\S]*?={7}\n[\s\S]*?(.*WebSearch.*\n)>{7}.*\n/, '$1$2'),
    );
    assert.match(
      take(at, registry),
      /model: sonnet\n {4}tools: \[Read, Edit, Write, Bash, Task, WebSearch\]\n/,
    );
    await history.look({ code: 1, tree: inOrder.tree, codes: ['outputs/lock-damaged'] });
    history.say('Nothing in the lock is to be settled by hand: generating writes it anew.');
    await history.run(['generate'], 0);
    await history.look(inOrder);
    git(at, 'add', '-A');
    history.git('commit', '-q', '-m', 'Merge review');
    const settings = JSON.parse(take(at, codeSettings));
    assert.equal(settings.model, 'sonnet');
    assert.doesNotMatch(take(at, lock), /^[<=>]{7}/m);
    history.say('Both changes are in what was generated; a generate has nothing left to do:');
    await history.run(['generate', '--check'], 0);

    const text = `${head}\n${history.text}`;
    if (process.env.UPDATE_DRIFT_HISTORY === '1') fs.writeFileSync(record, text);
    assert.equal(
      text,
      fs.readFileSync(record, 'utf8'),
      'docs/drift-history.md is another; see its first line',
    );
  });
});
