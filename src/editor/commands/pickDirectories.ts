// The choice of folders to clean up: each with why, its last commit and its mentions; the old ones are ticked.
import * as vscode from 'vscode';
import { visible, visibleShort } from '../../findings/visible.ts';
import { obstacleOf, type Survey, type SurveyedDirectory } from '../../outputs/legacy/survey.ts';
import { evidenceOf, searchGaps } from '../../outputs/legacy/words.ts';
import type { FleetStore } from '../fleetStore.ts';
import { count } from '../words.ts';

interface Item extends vscode.QuickPickItem {
  readonly directory?: SurveyedDirectory;
  /** Generates the registered agents that have no folder. */
  readonly generates?: true;
}

export interface Picked {
  readonly directories: readonly SurveyedDirectory[];
  readonly generates: boolean;
}

/** Quick picks render `$(name)` as an icon; names of folders must not. */
const still = (text: string, most: number): string => visibleShort(text, most).replaceAll('$(', '\\$(');

const showMentions: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('references'),
  tooltip: vscode.l10n.t('Show Mentions'),
};

function itemOf(directory: SurveyedDirectory, survey: Survey): Item {
  const obstacle = directory.kind === 'kept' ? undefined : obstacleOf(directory, false);
  const { successor, likeness, why } = directory;
  const evidence = evidenceOf(directory, survey.history);
  return {
    label: `${obstacle === undefined ? '' : '$(warning) '}${still(directory.name, 60)}/`,
    description: still(obstacle ?? (successor === undefined ? '' : `→ ${successor}: ${likeness}`), 120),
    // The reason of most stands beside their names; what follows is cut off where the window is narrow.
    detail: still((successor === undefined ? [why, ...evidence] : evidence).join(' · ') || why, 400),
    picked: directory.kind !== 'kept' && obstacle === undefined,
    buttons: directory.references.length > 0 ? [showMentions] : [],
    directory,
  };
}

function itemsOf(survey: Survey): Item[] {
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const isFree = ({ usedBy, rule }: SurveyedDirectory): boolean =>
    usedBy === undefined && rule !== 'archive' && rule !== 'linked';
  const part = (title: string, belongs: (directory: SurveyedDirectory) => boolean): Item[] => {
    const items = survey.directories.filter((each) => isFree(each) && belongs(each));
    return items.length === 0 ? [] : [separator(title), ...items.map((each) => itemOf(each, survey))];
  };
  const used = survey.directories.filter(({ kind, usedBy }) => kind !== 'kept' && usedBy !== undefined);
  const { missing } = survey;
  return [
    ...part(vscode.l10n.t('Old'), ({ kind }) => kind === 'old'),
    ...part(vscode.l10n.t('Left by tests'), ({ kind }) => kind === 'artefact'),
    ...part(vscode.l10n.t('Kept: nothing says that they are old'), ({ kind }) => kind === 'kept'),
    ...(missing.length === 0
      ? []
      : [
          separator(vscode.l10n.t('Registered, without a folder')),
          {
            label: `$(sync) ${vscode.l10n.t('Generate {0}', count(missing.length, 'agent'))}`,
            detail: still(missing.join(', '), 400),
            generates: true as const,
          },
        ]),
    ...(used.length === 0
      ? []
      : [
          separator(
            vscode.l10n.t('In use, left alone: {0}', still(used.map(({ name }) => name).join(', '), 200)),
          ),
        ]),
  ];
}

/** Lets a person choose; undefined when they changed their mind. Shows mentions beside it while it is open. */
export async function pickDirectories(store: FleetStore, survey: Survey): Promise<Picked | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  try {
    const items = itemsOf(survey);
    pick.title = [vscode.l10n.t('Clean up: archive which folders of agents/?'), searchGaps(survey)]
      .filter(Boolean)
      .join(' ');
    pick.placeholder = vscode.l10n.t('They go to agents/archive, and can be brought back');
    pick.canSelectMany = true;
    // A look at a mention must not end the choice.
    pick.ignoreFocusOut = true;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.items = items;
    pick.selectedItems = items.filter(({ picked }) => picked === true);
    pick.onDidTriggerItemButton(({ item }) => item.directory && peekMentions(store, item.directory));
    return await new Promise<Picked | undefined>((resolve) => {
      pick.onDidAccept(() =>
        resolve({
          directories: pick.selectedItems.flatMap(({ directory }) => directory ?? []),
          generates: pick.selectedItems.some(({ generates }) => generates === true),
        }),
      );
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

/** Shows the places that mention a folder, in a peek of the first. */
async function peekMentions(store: FleetStore, { references }: SurveyedDirectory): Promise<void> {
  const locations = references.map(
    ({ file, line, column }) =>
      new vscode.Location(store.uriOf(file), new vscode.Position(line - 1, column - 1)),
  );
  const [first] = locations;
  if (first === undefined) return;
  await vscode.window.showTextDocument(first.uri, { selection: first.range, preview: true });
  await vscode.commands.executeCommand(
    'editor.action.peekLocations',
    first.uri,
    first.range.start,
    locations,
    'peek',
  );
}

/** What a person should know before these go: that one is not known to be old, work that is not committed, mentions. Empty when there is nothing. */
export function warningsOf(directories: readonly SurveyedDirectory[]): readonly string[] {
  return directories.flatMap((directory) => {
    const obstacle = obstacleOf(directory, false);
    const mentions = directory.references.length;
    const words = [
      ...(directory.kind === 'kept' ? ['nothing says that it is old'] : []),
      ...(obstacle === undefined ? [] : [obstacle]),
      ...(mentions === 0 ? [] : [`mentioned in ${count(mentions, 'place')}`]),
    ];
    return words.length === 0 ? [] : [`${visible(directory.name)}: ${words.join(', ')}`];
  });
}
