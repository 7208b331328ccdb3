// What is seen without being asked: a checkout of hundreds of files, folders that go and come, links, saves of the registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { soon } from './standIn.ts';
import {
  diagnosticsOf,
  fileOf,
  models,
  read,
  restore,
  root,
  storeOf,
  until,
  uriOf,
  write,
} from './workbench.ts';

const registry = 'agents/registry.yaml';
const settings = 'agents/code-agent/.claude/settings.json';
const longest = 5_000;
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: root, stdio: 'pipe' });
}

describe('watch', () => {
  let api: EditorApi;
  const alarms: string[] = [];
  const texts: string[] = [];
  const words: string[] = [];
  const { showErrorMessage, createStatusBarItem, setStatusBarMessage } = vscode.window;
  const isWell = () => api.statusItem.text === '$(shield) 2 agents';
  before(async () => {
    api = await models();
    Object.assign(vscode.window, {
      showErrorMessage: async (text: string) => {
        if (/ is disarmed/.test(text)) alarms.push(text);
      },
      createStatusBarItem: (...args: Parameters<typeof createStatusBarItem>) => {
        const item = createStatusBarItem(...args);
        const show = item.show.bind(item);
        item.show = () => {
          texts.push(item.text);
          show();
        };
        return item;
      },
      setStatusBarMessage: (text: string, milliseconds: number) => {
        words.push(text);
        return setStatusBarMessage(text, milliseconds);
      },
    });
  });
  after(() => {
    Object.assign(vscode.window, { showErrorMessage, createStatusBarItem, setStatusBarMessage });
  });
  beforeEach(async () => {
    await restore(api);
    await until(api, 'all well', isWell);
    await wait(700);
    for (const list of [alarms, texts, words]) list.length = 0;
  });
  afterEach(() => {
    fs.rmSync(fileOf('.git'), { recursive: true, force: true });
    fs.rmSync(fileOf('agents.away'), { recursive: true, force: true });
  });

  /** How often the folder is inspected while something happens, until that is seen and nothing more comes. */
  async function inspections(work: () => void, what: string, isSeen: () => boolean): Promise<number> {
    let count = 0;
    const counting = storeOf(api).onDidChange(() => count++);
    work();
    await until(api, what, isSeen);
    for (let before = -1; before !== count; await wait(1500)) before = count;
    counting.dispose();
    return count;
  }

  it('makes one refresh of a checkout that changes hundreds of files, and tells of it once', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `many-${index}`);
    const entry = (id: string) =>
      `  ${id}:\n    name: ${id}\n    display_name: ${id}\n    description: One of many\n    model: sonnet\n    tools: [Read, Edit]\n    cannot_access: [tests/**]\n`;
    write(registry, `agents:\n${ids.map(entry).join('')}`);
    storeOf(api).inspectNow();
    await vscode.commands.executeCommand('nativeOrchestrator.generateAll');
    git('init', '-q', '-b', 'whole');
    git('add', 'agents');
    git('commit', '-qm', 'whole');
    git('checkout', '-qb', 'less');
    for (const id of ids) {
      const file = `agents/${id}/.claude/settings.json`;
      const value = JSON.parse(read(file));
      Reflect.deleteProperty(value.hooks, 'PreToolUse');
      write(file, JSON.stringify(value));
      for (const other of ['CLAUDE.md', 'policy.json'])
        fs.appendFileSync(fileOf(`agents/${id}/.claude/${other}`), '\n');
    }
    git('commit', '-qam', 'less');
    const isLess = () => /^\$\(error\) 150 disarmed/.test(api.statusItem.text);
    const isWhole = () => !/disarmed/.test(api.statusItem.text);
    await until(api, 'all disarmed', isLess);
    git('checkout', '-q', 'whole');
    await until(api, 'none disarmed', isWhole);
    await wait(1500);
    alarms.length = 0;

    const less = await inspections(() => git('checkout', '-q', 'less'), 'all disarmed', isLess);
    await soon('an alarm', () => alarms.length > 0);
    const whole = await inspections(() => git('checkout', '-q', 'whole'), 'none disarmed', isWhole);
    // One each, where git has a processor for itself; it may pause for longer than a flood is waited for.
    assert.ok(less < 10 && whole < 10, `${less}, ${whole}`);
    assert.equal(alarms.length, 1, alarms.join('\n'));
    assert.match(alarms[0] ?? '', /So are 149 more agents\.$/);
  });

  it('follows agents/ away and back, without alarm', async () => {
    fs.renameSync(fileOf('agents'), fileOf('agents.away'));
    await until(api, 'no registry', () => storeOf(api).fleet?.registryFile === undefined, longest);
    fs.renameSync(fileOf('agents.away'), fileOf('agents'));
    await until(api, 'all well again', () => storeOf(api).fleet?.agents.length === 2 && isWell(), longest);
    await wait(700);
    assert.deepEqual(alarms, []);
  });

  it('sees the folder of an agent go and come', async () => {
    fs.renameSync(fileOf('agents/code-agent'), fileOf('agents.away'));
    await until(api, 'one not generated', () => /1 not generated/.test(api.statusItem.text), longest);
    fs.renameSync(fileOf('agents.away'), fileOf('agents/code-agent'));
    await until(api, 'all well again', isWell, longest);
    await wait(700);
    assert.deepEqual(alarms, []);
  });

  it('sees a file replaced by a link, and the link by another', async () => {
    const whole = read(settings);
    write('agents/whole.json', whole);
    write('agents/less.json', '{}\n');
    const link = (to: string) => {
      fs.symlinkSync(fileOf(to), fileOf('agents/new-link'));
      fs.renameSync(fileOf('agents/new-link'), fileOf(settings));
    };
    link('agents/less.json');
    await until(api, 'red', () => /1 disarmed/.test(api.statusItem.text), longest);
    link('agents/whole.json');
    await until(api, 'no longer red', () => !/disarmed/.test(api.statusItem.text), longest);
  });

  it('says after a save how many agents differ, and no more than that', async () => {
    const before = read(settings);
    await save('cannot_access: [tests/**]', 'cannot_access: [tests/**, docs/**]');
    await until(api, 'drift', () => /1 drifted/.test(api.statusItem.text), longest);
    await soon('it is said', () => texts.length > 0);
    assert.deepEqual(texts, ['$(diff) 1 agent now differs from the registry: Regenerate']);
    assert.equal(read(settings), before);
    await vscode.commands.executeCommand('nativeOrchestrator.regenerateBehind');
    await until(api, 'all well', isWell, longest);
  });

  describe('with regenerateOnSave', () => {
    const section = () => vscode.workspace.getConfiguration('nativeOrchestrator', uriOf(''));
    before(() => section().update('regenerateOnSave', true, vscode.ConfigurationTarget.Global));
    after(() => section().update('regenerateOnSave', undefined, vscode.ConfigurationTarget.Global));

    it('writes what the registry now says', async () => {
      await save('cannot_access: [tests/**]', 'cannot_access: [tests/**, docs/**]');
      await until(api, 'written', () => /docs/.test(read(settings)) && isWell(), longest);
      await soon('it is said', () => words.includes('$(check) 1 agent regenerated'));
      assert.deepEqual(texts, []);
    });

    it('leaves what somebody edited', async () => {
      write(settings, read(settings).replace('"permissions"', '"mine": 1, "model": "haiku", "permissions"'));
      const memory = 'agents/code-agent/.claude/CLAUDE.md';
      write(memory, read(memory).replace('Writes the program', 'Writes poems'));
      await until(api, 'an edit', () => /1 drifted/.test(api.statusItem.text), longest);
      const [mine, poems] = [read(settings), read(memory)];
      await save('cannot_access: [tests/**]', 'cannot_access: [tests/**, docs/**]');
      await soon('it is said', () => words.length > 0);
      assert.deepEqual(words, ['$(warning) Nothing regenerated, 1 agent edited and left alone']);
      assert.deepEqual([read(settings), read(memory)], [mine, poems]);
    });

    it('writes nothing while the registry has errors', async () => {
      const before = read(settings);
      await save('delegates_to: [test-agent]', 'delegates_to: [nobody-here]');
      await until(api, 'an error', () => diagnosticsOf(registry).length > 0, longest);
      await soon('it is said', () => words.length > 0);
      assert.deepEqual(words, ['$(warning) Nothing regenerated: the registry has errors']);
      assert.equal(read(settings), before);
    });
  });

  /** Changes the registry in its editor, and saves. */
  async function save(from: string, to: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uriOf(registry));
    const at = document.getText().indexOf(from);
    assert.ok(at >= 0, from);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(
      document.uri,
      new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)),
      to,
    );
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await document.save());
  }
});
