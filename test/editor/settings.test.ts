// Settings files that are not ours: marked wherever they lie in the workspace, mended by quick fixes that undo takes back and
// that are refused when they come too late, and what weakens a guard from a live file marked on its line.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { allRows, fileOf, fixesOn, models, restore, storeOf, until, uriOf } from './workbench.ts';

const put = (relative: string, text: string): void => {
  fs.mkdirSync(path.dirname(fileOf(relative)), { recursive: true });
  fs.writeFileSync(fileOf(relative), text);
};

/** Puts a settings file there and has it looked for: of one that comes together with its folder no watcher tells. */
const putSettings = async (api: EditorApi, relative: string, text: string): Promise<void> => {
  put(relative, text);
  await storeOf(api).findSettings();
};

const codeOf = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

/** Our diagnostics of a file, information included, as `line code`. */
const marksOf = (relative: string): readonly string[] =>
  vscode.languages
    .getDiagnostics(uriOf(relative))
    .filter(({ source }) => source === 'agents')
    .map((each) => `${each.range.start.line + 1} ${codeOf(each)}`)
    .sort();

const found = (relative: string, code: string): vscode.Diagnostic | undefined =>
  vscode.languages.getDiagnostics(uriOf(relative)).find((each) => codeOf(each) === code);

const handler = (members: string, event = 'PreToolUse', matcher = 'Edit'): string => `{
  "hooks": {
    "${event}": [
      {
        "matcher": "${matcher}",
        "hooks": [
          {
            "type": "command",
            "command": "true --guard"${members}
          }
        ]
      }
    ]
  }
}
`;
const rules = (...deny: readonly string[]): string =>
  `{\n  "permissions": {\n    "deny": [\n${deny.map((rule) => `      "${rule}"`).join(',\n')}\n    ]\n  }\n}\n`;

interface FixCase {
  readonly code: string;
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

const block = ',\n            "onFailure": "block"';
const cases: Readonly<Record<string, FixCase>> = {
  'makes strict JSON': {
    code: 'claude/not-json',
    title: 'Make it strict JSON (without comments and trailing commas)',
    before: '{\n  "model": "a // b", // mine\n  "env": {},\n}\n',
    after: '{\n  "model": "a // b",\n  "env": {}\n}\n',
  },
  'removes a duplicate': {
    code: 'claude/duplicate-key',
    title: 'Remove the first model, which the CLI forgets',
    before: '{\n  "model": "a",\n  "env": {},\n  "model": "b"\n}\n',
    after: '{\n  "env": {},\n  "model": "b"\n}\n',
  },
  'removes a key': {
    code: 'claude/unknown-key',
    title: 'Remove frobnicate',
    before: '{\n  "frobnicate": [1],\n  "model": "a"\n}\n',
    after: '{\n  "model": "a"\n}\n',
  },
  'removes a rule': {
    code: 'claude/unknown-tool',
    title: 'Remove Frobnicate(x)',
    before: rules('Edit(a)', 'Frobnicate(x)', 'Edit(b)'),
    after: rules('Edit(a)', 'Edit(b)'),
  },
  'removes async from a guard': {
    code: 'claude/async-guard',
    title: 'Remove async',
    before: handler(',\n            "async": true'),
    after: handler(''),
  },
  'adds onFailure': {
    code: 'claude/no-on-failure',
    title: 'Add "onFailure": "block"',
    before: handler(''),
    after: handler(block),
  },
  'removes what switches hooks off': {
    code: 'claude/hooks-disabled',
    title: 'Remove disableAllHooks',
    before: '{\n\t"disableAllHooks": true,\n\t"model": "a"\n}\n',
    after: '{\n\t"model": "a"\n}\n',
  },
  'removes a mode that nobody listens to': {
    code: 'claude/ignored-here',
    title: 'Remove defaultMode',
    before: '{\n  "permissions": {\n    "defaultMode": "auto",\n    "deny": []\n  }\n}\n',
    after: '{\n  "permissions": {\n    "deny": []\n  }\n}\n',
  },
  'writes an event as it is spelt': {
    code: 'claude/misspelt-event',
    title: 'Write it as PreToolUse',
    before: handler(block, 'preToolUse'),
    after: handler(block),
  },
  'writes a key as it is spelt': {
    code: 'claude/misspelt-key',
    title: 'Write it as deny',
    before: rules('Edit(a)').replace('"deny"', '"denny"'),
    after: rules('Edit(a)'),
  },
  'writes a rule so that it matches': {
    code: 'claude/rule-never-matches',
    title: 'Write it as Edit(tests/**)',
    before: rules('Edit(a)', 'Write(tests/**)'),
    after: rules('Edit(a)', 'Edit(tests/**)'),
  },
  'writes a matcher so that it matches': {
    code: 'claude/matcher-never-matches',
    title: 'Write it as Edit|Write',
    before: handler(block, 'PreToolUse', 'edit|Write'),
    after: handler(block, 'PreToolUse', 'Edit|Write'),
  },
};

describe('settings files of a workspace', () => {
  let api: EditorApi;
  const cleared = async (): Promise<void> => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of ['elsewhere', 'gone.py']) fs.rmSync(fileOf(name), { recursive: true, force: true });
    await restore(api);
  };
  before(async () => {
    api = await models();
    await cleared();
  });
  after(() => cleared());

  it('are marked in any folder, with how far their hooks climb from there', async () => {
    const file = 'elsewhere/deep/.claude/settings.json';
    put('elsewhere/deep/hooks/here.sh', '#!/bin/sh\n');
    const hooks = [
      'sh "$CLAUDE_PROJECT_DIR"/hooks/here.sh',
      'python3 "$CLAUDE_PROJECT_DIR"/../../gone.py',
    ].map((command) => ({ type: 'command', command, onFailure: 'block' }));
    const value = { permissions: { deny: ['Write(tests/**)'] }, hooks: { PreToolUse: [{ hooks }] } };
    await putSettings(api, file, `${JSON.stringify(value, null, 2)}\n`);
    await until(api, 'its marks', () => marksOf(file).length >= 3);
    assert.deepEqual(marksOf(file), [
      '1 claude/read-from-there',
      '18 claude/script-missing',
      '4 claude/rule-never-matches',
    ]);
    assert.equal(found(file, 'claude/rule-never-matches')?.severity, vscode.DiagnosticSeverity.Warning);
    const group = allRows(api.tree.rows()).find(({ label }) => label === 'Hooks of other folders');
    assert.equal(group?.description, '1 of 2 hooks broken');
    assert.deepEqual(
      group?.children?.map(({ label, description }) => `${label}: ${description}`),
      ['PreToolUse: can run · not ours', 'PreToolUse: script missing'],
    );
    const click = group?.children?.[1]?.click;
    await vscode.commands.executeCommand(click?.command ?? '', ...(click?.arguments ?? []));
    const editor = vscode.window.activeTextEditor;
    assert.deepEqual([editor?.document.uri.fsPath, editor?.selection.active.line], [fileOf(file), 17]);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uriOf(file),
      100,
    );
    assert.ok(lenses.some(({ command }) => command?.title === '$(warning) 1 of 2 hooks broken'));
    // A script that turns up is seen, though no agent names it.
    put('gone.py', 'raise SystemExit(0)\n');
    await until(api, 'a script that is there', () => found(file, 'claude/script-missing') === undefined);
  });

  for (const [name, { code, title, before: text, after: expected }] of Object.entries(cases))
    it(`${name}; undo takes it back; too late it is refused`, async () => {
      const file = `elsewhere/${code.replace('claude/', '')}/.claude/settings.json`;
      await putSettings(api, file, text);
      await until(api, code, () => found(file, code) !== undefined);
      const fixes = await fixesOn(file, () => found(file, code));
      const fix = fixes.find((each) => each.title === title);
      assert.ok(fix?.edit, fixes.map((each) => each.title).join(', '));
      const document = await vscode.workspace.openTextDocument(uriOf(file));
      assert.equal(await vscode.workspace.applyEdit(fix.edit), true);
      assert.equal(document.getText(), expected);
      await until(api, `no ${code}`, () => found(file, code) === undefined);
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), text);
      await until(api, `${code} again`, () => found(file, code) !== undefined);

      const { range } = found(file, code) ?? assert.fail();
      // Asked before anybody had the time to inspect the text that is there now; where somebody had, once more.
      for (let isLate = false; !isLate; ) {
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), '\n');
        await vscode.workspace.applyEdit(edit);
        const late = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          range,
          vscode.CodeActionKind.QuickFix.value,
        );
        isLate = !storeOf(api).isCurrent(document);
        if (isLate)
          assert.deepEqual(
            late.map((each) => each.title),
            [],
          );
      }
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });

  it('show on the line what weakens the guards from a live file, and the agents as disarmed', async () => {
    const file = '.claude/settings.local.json';
    put(
      file,
      '{\n  "env": {\n    "NODE_ENV": "test",\n    "NODE_OPTIONS": "--require ./x.cjs"\n  },\n  "enableAllProjectMcpServers": true,\n  "disableAllHooks": true\n}\n',
    );
    await until(api, 'its marks', () => marksOf(file).length >= 4);
    assert.deepEqual(
      marksOf(file).filter((mark) => !mark.startsWith('1 ')),
      ['4 claude/weakens', '6 claude/weakens', '7 claude/hooks-disabled'],
    );
    const row = allRows(api.tree.rows()).find(({ label }) => label === 'code-agent');
    assert.match(row?.description ?? '', /hooks switched off in \.claude\/settings\.local\.json/);
    fs.rmSync(fileOf(file));
    await until(api, 'no marks', () => marksOf(file).length === 0);
    const armed = () => allRows(api.tree.rows()).find(({ label }) => label === 'code-agent');
    await until(api, 'an agent that is armed', () => !/switched off/.test(armed()?.description ?? ''));
  });
});
