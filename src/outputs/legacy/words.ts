// A survey in words and as findings: the same for the command line and the editor.
import { type Finding, startOfFile } from '../../findings/finding.ts';
import { visible } from '../../findings/visible.ts';
import { type OutputCode, outputCodes } from '../codes.ts';
import { commitWords } from './classify.ts';
import { obstacleOf, type Survey, type SurveyedDirectory } from './survey.ts';

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Mentions that are named; of the others there is a count. */
const mentionsShown = 3;

/** What speaks for and against, each a short phrase: last commit, what is not committed, mentions elsewhere. Empty where nothing is known. */
export function evidenceOf(directory: SurveyedDirectory, history: Survey['history']): readonly string[] {
  const { lastCommit, uncommitted, references } = directory;
  const words: string[] = [];
  if (lastCommit !== undefined) words.push(`last commit ${commitWords(lastCommit)}`);
  else if (history !== 'none') words.push('never committed');
  const open = (uncommitted?.changed.length ?? 0) + (uncommitted?.deleted.length ?? 0);
  if (open > 0) words.push(`${plural(open, 'change')} not committed`);
  if (references.length > 0) {
    const places = references.slice(0, mentionsShown).map(({ file, line }) => `${visible(file)}:${line}`);
    const more = references.length - places.length;
    words.push(`mentioned in ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  return words;
}

const codeOf: Readonly<Record<SurveyedDirectory['kind'], OutputCode>> = {
  old: 'outputs/old-directory',
  artefact: 'outputs/test-artefact',
  kept: 'outputs/unowned-directory',
};

const claims: Readonly<Record<SurveyedDirectory['kind'], string>> = {
  old: 'is old',
  artefact: 'was left by a test',
  kept: 'is not in the registry, and is kept',
};

/** One finding per directory, and one for all agents that have none. */
export function surveyFindings({ directories, missing, history }: Survey): readonly Finding[] {
  const found = directories.map((directory): Finding => {
    const { kind, rule, successor, why } = directory;
    const obstacle = kind === 'kept' ? undefined : obstacleOf(directory, false);
    const evidence = evidenceOf(directory, history).join(' · ');
    const stays = obstacle === undefined ? '' : ` It would be left alone: ${obstacle}.`;
    return {
      code: codeOf[kind],
      severity: outputCodes[codeOf[kind]].severity,
      file: directory.path,
      ...startOfFile,
      args: { rule, ...(successor === undefined ? {} : { successor }) },
      message: `${visible(directory.path)} ${claims[kind]}. ${why}${evidence === '' ? '' : ` (${evidence})`}${stays}`,
    };
  });
  if (missing.length > 0)
    found.push({
      code: 'outputs/no-directory',
      severity: outputCodes['outputs/no-directory'].severity,
      file: 'agents',
      ...startOfFile,
      args: { agents: missing },
      message: `${plural(missing.length, 'registered agent')} without a directory: ${missing.join(', ')}. Run: ${generateCommand(missing)}`,
    });
  return found;
}

/** The command that makes directories for registered agents. */
export const generateCommand = (ids: readonly string[]): string =>
  `native-orchestrator generate ${ids.length > 3 ? '--all' : ids.join(' ')}`;

/** How far the search for mentions went, where it did not see everything; undefined when it did. */
export function searchGaps({ searched }: Survey): string | undefined {
  const { tooLarge, unreadable, isComplete } = searched;
  const gaps = [
    ...(tooLarge.length > 0 ? [`${plural(tooLarge.length, 'file')} over 1 MB`] : []),
    ...(unreadable.length > 0 ? [`${plural(unreadable.length, 'file')} without permission`] : []),
    ...(isComplete ? [] : ['all files after the first 50 000']),
  ];
  return gaps.length === 0 ? undefined : `Not searched for mentions: ${gaps.join(', ')}.`;
}

/** `32 directories: 23 old, 1 test artefact, 8 kept`. */
export function surveySum({ directories }: Survey): string {
  const count = (kind: SurveyedDirectory['kind']): number =>
    directories.filter((each) => each.kind === kind).length;
  const whole = directories.length === 1 ? '1 directory' : `${directories.length} directories`;
  return `${whole} not in the registry: ${count('old')} old, ${plural(count('artefact'), 'test artefact')}, ${count('kept')} kept`;
}
