// Hooks in settings files: hovering one shows its whole ladder, and lenses say above them how they stand.
import path from 'node:path';
import * as vscode from 'vscode';
import type { HookEvidence } from '../../claude/hookEvidence.ts';
import type { HookStatus } from '../../claude/hookStatus.ts';
import { readJson } from '../../claude/jsonText.ts';
import { type Ladder, ladderOf } from '../../claude/ladderOf.ts';
import { hookName, isBroken, ladderSummary } from '../../claude/ladderWords.ts';
import { ageWords } from '../../findings/age.ts';
import type { Fleets } from '../fleets.ts';
import { commandIds } from '../ids.ts';
import { ladderMarkdown } from '../ladderMarkdown.ts';
import { code, plain } from '../markdown.ts';
import { toEditorRange } from '../ranges.ts';
import { covers } from '../spans.ts';
import { count } from '../words.ts';

const settingsSelector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/.claude/settings*.json' };

interface PlacedHook {
  readonly status: HookStatus;
  readonly ladder: Ladder;
}

/** The hooks of a settings file as they were last inspected; none where the document has moved on since, or is no such file. */
function hooksIn(fleets: Fleets, document: vscode.TextDocument): readonly PlacedHook[] {
  const store = fleets.storeOf(document.uri);
  const fleet = store?.fleet;
  if (!store || !fleet || !store.isCurrent(document)) return [];
  const file = path.relative(store.folder.uri.fsPath, document.uri.fsPath).replaceAll(path.sep, '/');
  const withLadder = (hooks: readonly HookStatus[], evidence: HookEvidence | undefined) =>
    hooks.map((status) => ({ status, ladder: ladderOf(status, evidence) }));
  const agent = fleet.agents.find(({ outputs }) => outputs.some((output) => output.path === file));
  if (agent) return withLadder(agent.hooks, store.evidence.of(agent.agent.id));
  const own = [...fleet.liveHooks, ...fleet.otherHooks].find((each) => each.file === file);
  return withLadder(own?.hooks ?? [], undefined);
}

function hover(hooks: readonly PlacedHook[], text: string, line: number, column: number) {
  const json = readJson(text);
  for (const { status, ladder } of hooks) {
    const range = json.rangeOfValue(status.hook.pointer);
    if (range === undefined || !covers(range, line, column)) continue;
    const words = [
      `**${plain(hookName(status))}** ${plain(ladderSummary(status, ladder, Date.now()))}`,
      ladderMarkdown(ladder, Date.now()),
      ...(status.relative === undefined ? [] : [`Runs ${code(status.relative)}.`]),
    ];
    return new vscode.Hover(new vscode.MarkdownString(words.join('\n\n')), toEditorRange(range));
  }
  return undefined;
}

/** One lens for all hooks of a file, and one for each that is broken. Titles hold our own words only: lenses render `$(name)`. */
function lenses(hooks: readonly PlacedHook[], text: string): vscode.CodeLens[] {
  const place = hooks.length === 0 ? undefined : readJson(text).rangeOfKey('/hooks');
  if (place === undefined) return [];
  const now = Date.now();
  const broken = hooks.filter(({ status, ladder }) => isBroken(status, ladder));
  const last = hooks
    .map(({ ladder }) => ladder.firing?.last ?? '')
    .sort()
    .at(-1);
  const fired = last ? ` · last fired ${ageWords(last, now)}` : '';
  const all = count(hooks.length, 'hook');
  const title =
    broken.length === 0 ? `${all} in order${fired}` : `$(warning) ${broken.length} of ${all} broken${fired}`;
  return [
    new vscode.CodeLens(toEditorRange(place), { title, command: '' }),
    ...broken.map(({ status, ladder }) => {
      const bad = status.findings.find(({ severity }) => severity !== 'information');
      return new vscode.CodeLens(toEditorRange(status.hook.range), {
        title: `$(warning) ${ladderSummary(status, ladder, now)}`,
        command: bad ? commandIds.explainFinding : '',
        ...(bad ? { arguments: [bad.code] } : {}),
      });
    }),
  ];
}

export function registerSettingsHooks(fleets: Fleets): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    fleets.onDidChange(() => changed.fire()),
    fleets.onDidChangeEvidence(() => changed.fire()),
    vscode.languages.registerHoverProvider(settingsSelector, {
      provideHover: (document, { line, character }) =>
        hover(hooksIn(fleets, document), document.getText(), line + 1, character + 1),
    }),
    vscode.languages.registerCodeLensProvider(settingsSelector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) => lenses(hooksIn(fleets, document), document.getText()),
    }),
  );
}
