// The ladder of hooks: rows and hovers say how far each gets, fixes move it on, and firing is seen as it happens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { stateDirectoryOf } from '../../src/editor/folderState.ts';
import type { Row } from '../../src/editor/tree/row.ts';
import { type SpoolFields, spoolLine } from '../../src/protocol/spoolLine.ts';
import {
  allRows,
  diagnosticsOf,
  fileOf,
  fixesOn,
  models,
  read,
  restore,
  root,
  until,
  uriOf,
  write,
} from './workbench.ts';

const live = '.claude/settings.json';
const own = 'agents/code-agent/.claude/settings.json';

const writeIn = (relative: string, text: string, mode = 0o644): void => {
  fs.mkdirSync(path.dirname(fileOf(relative)), { recursive: true });
  fs.writeFileSync(fileOf(relative), text, { mode });
  fs.chmodSync(fileOf(relative), mode);
};

/** Settings with one hook of somebody else's. */
const settingsWith = (handler: object): string =>
  `${JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Edit|Write', hooks: [{ type: 'command', ...handler }] }] } }, null, 2)}\n`;

const codeOf = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

function rowOf(api: EditorApi, label: string): Row | undefined {
  return allRows(api.tree.rows()).find((row) => row.label === label);
}

/** The row of a hook of an agent. */
function hookRow(api: EditorApi, agent: string, label: string): Row | undefined {
  return rowOf(api, agent)
    ?.children?.find((row) => row.label === 'Hooks')
    ?.children?.find((row) => row.label === label);
}

async function hoverOn(relative: string, text: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uriOf(relative));
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(document.getText().indexOf(text) + 1),
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

async function lensesOf(relative: string): Promise<readonly string[]> {
  await vscode.workspace.openTextDocument(uriOf(relative));
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uriOf(relative),
    100,
  );
  return found.map((lens) => lens.command?.title ?? '');
}

/** Brings an open document to what is on the disk; a file that went and came back is not always read again. */
async function reloaded(relative: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uriOf(relative));
  if (document.getText() === read(relative)) return;
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

async function cleared(api: EditorApi): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  fs.rmSync(fileOf('hooks'), { recursive: true, force: true });
  await restore(api);
}

describe('hook ladder: rows, hovers and lenses', () => {
  let api: EditorApi;
  before(async () => {
    api = await models();
    await cleared(api);
  });
  after(() => cleared(api));

  it('shows our hooks as generated, the guard first, and the whole ladder in the tooltip', () => {
    const hooks = rowOf(api, 'code-agent')?.children?.find((row) => row.label === 'Hooks');
    assert.equal(hooks?.children?.[0]?.label, 'Guard · PreToolUse');
    assert.match(hooks?.children?.[0]?.description ?? '', /^as generated/);
    const tooltip = hooks?.children?.[0]?.tooltip ?? '';
    for (const words of [
      '✓ declared in',
      '✓ well\\-formed',
      '✓ its script exists',
      '✓ a regular file',
      '✓ can run',
      '✓ as generated',
    ])
      assert.ok(tooltip.includes(words), `${words}\n${tooltip}`);
    assert.match(hooks?.children?.[0]?.spoken ?? '', /6 of 8 rungs reached/);
  });

  it('says what became of a guard that somebody changed', async () => {
    write('agents/.orchestrator/guard.mjs', 'process.exit(0);\n');
    await until(api, 'the change', () =>
      /changed/.test(hookRow(api, 'code-agent', 'Guard · PreToolUse')?.description ?? ''),
    );
    assert.match(hookRow(api, 'code-agent', 'Guard · PreToolUse')?.tooltip ?? '', /✗ its script was changed/);
    const guard = 'agents/.orchestrator/guard.mjs';
    const fixes = await fixesOn(guard, () => diagnosticsOf(guard)[0]);
    const fix = fixes.find(({ title }) => /^Restore the guard/.test(title)) ?? assert.fail();
    await vscode.commands.executeCommand(fix.command?.command ?? '', ...(fix.command?.arguments ?? []));
    await until(api, 'the guard as it was', () =>
      /^as generated/.test(hookRow(api, 'code-agent', 'Guard · PreToolUse')?.description ?? ''),
    );
    assert.notEqual(read('agents/.orchestrator/guard.mjs'), 'process.exit(0);\n');
  });

  it('shows the hooks of a settings file that is live for everyone, and opens it at the hook', async () => {
    writeIn('hooks/check.sh', '#!/bin/sh\nexit 0\n', 0o755);
    writeIn(live, settingsWith({ command: '"$CLAUDE_PROJECT_DIR"/hooks/check.sh' }));
    await until(api, 'the row', () => rowOf(api, 'Hooks for everyone') !== undefined);
    const row = rowOf(api, 'Hooks for everyone')?.children?.[0];
    assert.equal(row?.label, 'PreToolUse Edit|Write');
    assert.equal(row?.description, 'can run · not ours');
    assert.match(row?.tooltip ?? '', /not ours.*top of the ladder/);
    assert.match(row?.tooltip ?? '', /fired\\: unknown/);
    await vscode.commands.executeCommand(row?.click?.command ?? '', ...(row?.click?.arguments ?? []));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, fileOf(live));
    assert.match(await hoverOn(live, 'check.sh'), /✓ can run/);
    assert.deepEqual(await lensesOf(live), ['1 hook in order']);
  });

  it('marks a hook that is broken on its row, its lens and its hover', async () => {
    fs.chmodSync(fileOf('hooks/check.sh'), 0o644);
    // No watcher reports a change of mode; coming back to the window looks at everything anew.
    api.fleets.stores[0]?.reread();
    await until(
      api,
      'the mark',
      () => rowOf(api, 'Hooks for everyone')?.description === '1 of 1 hook broken',
    );
    assert.deepEqual(await lensesOf(live), ['$(warning) 1 of 1 hook broken', '$(warning) not executable']);
    assert.match(await hoverOn(live, 'check.sh'), /✗ cannot run/);
  });
});

interface FixCase {
  readonly name: string;
  readonly handler: object;
  readonly files: Readonly<Record<string, readonly [string, number]>>;
  readonly code: string;
  readonly title: string;
  /** The handler afterwards; absent: as it was. */
  readonly after?: object;
  /** The scripts afterwards. */
  readonly scripts?: Readonly<Record<string, RegExp>>;
}

describe('hook ladder: fixes', () => {
  let api: EditorApi;
  before(async function () {
    if (process.platform === 'win32') this.skip();
    api = await models();
  });
  beforeEach(() => cleared(api));
  after(() => cleared(api));

  // biome-ignore lint/suspicious/noTemplateCurlyInString: the CLI's own placeholder
  const project = '${CLAUDE_PROJECT_DIR}';
  const sh = '#!/bin/sh\nexit 0\n';
  const cases: readonly FixCase[] = [
    {
      name: 'quotes a path',
      handler: { command: '$CLAUDE_PROJECT_DIR/hooks/a.sh' },
      files: { 'hooks/a.sh': [sh, 0o755] },
      code: 'claude/unquoted-path',
      title: 'Put the path in double quotes',
      after: { command: '"$CLAUDE_PROJECT_DIR"/hooks/a.sh' },
    },
    {
      name: 'does without a shell',
      handler: { command: 'sh $CLAUDE_PROJECT_DIR/hooks/a.sh "b c"' },
      files: { 'hooks/a.sh': [sh, 0o644] },
      code: 'claude/unquoted-path',
      title: 'Run it without a shell (command and args)',
      after: { command: 'sh', args: [`${project}/hooks/a.sh`, 'b c'] },
    },
    {
      name: 'begins a path at the project',
      handler: { command: 'sh hooks/a.sh' },
      files: { 'hooks/a.sh': [sh, 0o644] },
      code: 'claude/relative-script',
      title: 'Begin the path with $CLAUDE_PROJECT_DIR',
      after: { command: 'sh "$CLAUDE_PROJECT_DIR"/hooks/a.sh' },
    },
    {
      name: 'corrects a path that a search finds',
      handler: { command: 'sh "$CLAUDE_PROJECT_DIR"/moved.sh' },
      files: { 'hooks/deep/moved.sh': [sh, 0o644] },
      code: 'claude/script-missing',
      title: 'Correct the path to hooks/deep/moved.sh',
      after: { command: 'sh "$CLAUDE_PROJECT_DIR"/hooks/deep/moved.sh' },
    },
    {
      name: 'creates a script that may be executed',
      handler: { command: '"$CLAUDE_PROJECT_DIR"/hooks/new.sh' },
      files: {},
      code: 'claude/script-missing',
      title: 'Create hooks/new.sh, a script that does nothing yet',
      scripts: { 'hooks/new.sh': /^#!\/bin\/sh\n# Runs on PreToolUse Edit\|Write.*\n.*\nexit 0\n$/ },
    },
    {
      name: 'names an interpreter',
      handler: { command: '"$CLAUDE_PROJECT_DIR"/hooks/a.sh' },
      files: { 'hooks/a.sh': [sh, 0o644] },
      code: 'claude/not-executable',
      title: 'Run it with sh',
      after: { command: 'sh "$CLAUDE_PROJECT_DIR"/hooks/a.sh' },
    },
    {
      name: 'adds a #! line',
      handler: { command: `${project}/hooks/a.mjs`, args: [] },
      files: { 'hooks/a.mjs': ['process.exit(0);\n', 0o755] },
      code: 'claude/no-shebang',
      title: 'Add a #! line for node to hooks/a.mjs',
      scripts: { 'hooks/a.mjs': /^#!\/usr\/bin\/env node\nprocess\.exit\(0\);\n$/ },
    },
    {
      name: 'saves with LF line ends',
      handler: { command: '"$CLAUDE_PROJECT_DIR"/hooks/a.sh' },
      files: { 'hooks/a.sh': ['#!/bin/sh\r\nexit 0\r\n', 0o755] },
      code: 'claude/shebang-crlf',
      title: 'Save hooks/a.sh with LF line ends',
      scripts: { 'hooks/a.sh': /^#!\/bin\/sh\nexit 0\n$/ },
    },
    {
      name: 'uses another interpreter',
      handler: { command: 'dash2 x' },
      files: { 'hooks/a.sh': ['#!/usr/bin/env nodejs2\n', 0o755] },
      code: 'claude/interpreter-not-found',
      title: '',
    },
  ];
  for (const { name, handler, files, code, title, after: expected, scripts } of cases)
    it(name, async () => {
      for (const [file, [text, mode]] of Object.entries(files)) writeIn(file, text, mode);
      const before = settingsWith(handler);
      writeIn(live, before);
      const squiggle = () =>
        vscode.languages.getDiagnostics(uriOf(live)).find((each) => codeOf(each) === code);
      await reloaded(live);
      await until(api, code, () => squiggle() !== undefined);
      const fixes = await fixesOn(live, squiggle);
      // On the same line may be others, for what else is to be said of the hook.
      const isOfThis = ({ diagnostics = [] }: vscode.CodeAction): boolean =>
        diagnostics.some((each) => codeOf(each) === code);
      const ours = fixes.filter((each) => each.edit !== undefined && isOfThis(each));
      if (title === '') {
        assert.deepEqual(ours, [], 'nothing stands in for a program that nobody knows');
        return;
      }
      const fix = fixes.find((each) => each.title === title);
      assert.ok(fix, fixes.map((each) => each.title).join(', '));
      if (fix.edit) assert.equal(await vscode.workspace.applyEdit(fix.edit), true);
      if (fix.command)
        await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
      await until(api, 'the squiggle is gone', () => squiggle() === undefined);
      const document = await vscode.workspace.openTextDocument(uriOf(live));
      assert.equal(
        JSON.stringify(JSON.parse(document.getText())),
        JSON.stringify(JSON.parse(settingsWith(expected ?? handler))),
      );
      for (const [file, text] of Object.entries(scripts ?? {})) {
        assert.match(read(file), text);
        assert.ok((fs.statSync(fileOf(file)).mode & 0o111) !== 0, `${file} may be executed`);
      }
      if (expected === undefined) return;
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before, 'undone');
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });

  it('is refused while the document has moved on', async () => {
    writeIn('hooks/a.sh', sh, 0o755);
    writeIn(live, settingsWith({ command: '$CLAUDE_PROJECT_DIR/hooks/a.sh' }));
    const squiggle = () =>
      vscode.languages.getDiagnostics(uriOf(live)).find((each) => codeOf(each) === 'claude/unquoted-path');
    await until(api, 'the squiggle', () => squiggle() !== undefined);
    const range = squiggle()?.range ?? assert.fail();
    const document = await vscode.workspace.openTextDocument(uriOf(live));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '\n');
    await vscode.workspace.applyEdit(edit);
    // Asked before anybody had the time to inspect the text that is there now.
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.deepEqual(actions, []);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});

describe('hook ladder: firing', () => {
  let api: EditorApi;
  const spool = path.join(stateDirectoryOf(root), 'spool');
  const file = path.join(spool, 'a3f1c2d4-0000-4000-8000-000000000001.jsonl');
  let lines = 0;
  const append = (fields: Partial<SpoolFields>): void => {
    fs.mkdirSync(spool, { recursive: true, mode: 0o700 });
    const id = `00000000-0000-4000-8000-${String(++lines).padStart(12, '0')}`;
    const line = spoolLine({
      t: new Date().toISOString(),
      id,
      n: 1,
      launch: 'l1',
      agent: 'code-agent',
      session: 's1',
      src: 'report',
      event: 'SessionStart',
      ...fields,
    });
    fs.appendFileSync(file, line, { mode: 0o600 });
  };
  const description = (label: string): string => hookRow(api, 'code-agent', label)?.description ?? '';
  before(async () => {
    api = await models();
    await cleared(api);
    fs.rmSync(spool, { recursive: true, force: true });
    api.fleets.stores[0]?.inspectNow();
  });
  after(async () => {
    fs.rmSync(spool, { recursive: true, force: true });
    api.fleets.stores[0]?.reread();
    await until(api, 'nothing fired', () => !/fired [^·]* ago/.test(description('Guard · PreToolUse')));
    await cleared(api);
  });

  it('is seen of the first session, whose spool was not there before', async () => {
    append({ event: 'SessionStart', source: 'startup' });
    await until(api, 'the start', () => / fired /.test(description('Report · SessionStart')), 15_000);
    assert.match(description('Guard · PreToolUse'), /not seen to fire/);
  });

  it('is seen as each line is appended', async () => {
    append({ src: 'guard', event: 'PreToolUse', tool: 'Edit', toolUseId: 't1', verdict: 'allow', ms: 40 });
    append({ event: 'PostToolUse', tool: 'Edit', toolUseId: 't1' });
    await until(api, 'the guard', () => / · fired /.test(description('Guard · PreToolUse')));
    const once = hookRow(api, 'code-agent', 'Guard · PreToolUse')?.tooltip ?? '';
    assert.match(once, /✓ fired, .*once, p50 40 ms, p95 40 ms/);
    append({
      src: 'guard',
      event: 'PreToolUse',
      tool: 'Write',
      toolUseId: 't2',
      verdict: 'deny',
      code: 'guard/write-denied',
    });
    await until(api, 'the second call', () =>
      /2 times, 1 refused/.test(hookRow(api, 'code-agent', 'Guard · PreToolUse')?.tooltip ?? ''),
    );
    assert.match((await lensesOf(own))[0] ?? '', /^15 hooks in order · last fired /);
  });

  it('warns of a guard that was silent while a tool was used', async () => {
    append({ event: 'PostToolUse', tool: 'Write', toolUseId: 't3' });
    await until(api, 'the warning', () =>
      diagnosticsOf(own).some((each) => codeOf(each) === 'claude/hook-silent'),
    );
    assert.match(description('Guard · PreToolUse'), /^silent /);
    assert.equal(api.fleets.stores[0]?.fleet?.agents[0]?.health, 'degraded');
    assert.equal(rowOf(api, 'code-agent')?.description, 'a hook is silent');
    assert.equal(rowOf(api, 'test-agent')?.description, '');
  });

  it('takes the warning back when the guard tells again', async () => {
    append({ src: 'guard', event: 'PreToolUse', tool: 'Edit', toolUseId: 't4', verdict: 'allow' });
    append({ event: 'PostToolUse', tool: 'Edit', toolUseId: 't4' });
    await until(
      api,
      'no warning',
      () => !diagnosticsOf(own).some((each) => codeOf(each) === 'claude/hook-silent'),
    );
    assert.equal(api.fleets.stores[0]?.fleet?.agents[0]?.health, 'healthy');
  });

  it('shows hostile lines as text', async () => {
    const hostile = '[x](command:evil) <img src=x> $(trash)\u202e';
    append({ event: 'PostToolUse', tool: hostile, toolUseId: 'none' });
    await until(api, 'the warning', () => description('Guard · PreToolUse').startsWith('silent'));
    const row = hookRow(api, 'code-agent', 'Guard · PreToolUse');
    assert.doesNotMatch(row?.tooltip ?? '', /(?<!\\)\]\(|(?<!\\)<img|(?<!\\)\$\(|\u202e/);
    assert.doesNotMatch(row?.description ?? '', /evil/);
  });
});
