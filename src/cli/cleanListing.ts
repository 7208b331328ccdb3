// What `clean` found, for a person and for a program.
import { visibleShort } from '../findings/visible.ts';
import { obstacleOf, type Survey, type SurveyedDirectory } from '../outputs/legacy/survey.ts';
import { evidenceOf, generateCommand, searchGaps } from '../outputs/legacy/words.ts';
import { coloured } from './render.ts';
import type { Io } from './verb.ts';

const headings: readonly (readonly [string, (directory: SurveyedDirectory) => boolean])[] = [
  ['Old, with a successor', ({ kind, successor }) => kind === 'old' && successor !== undefined],
  ['Old, no single successor', ({ kind, successor }) => kind === 'old' && successor === undefined],
  ['Test artefacts', ({ kind }) => kind === 'artefact'],
  ['Kept', ({ kind }) => kind === 'kept'],
];

/** Prints a survey for a person: by what the directories are, each with its reason and evidence. */
export function printSurvey(io: Io, survey: Survey): void {
  const width = Math.max(0, ...survey.directories.map(({ name }) => visibleShort(name, 40).length + 1));
  for (const [heading, belongs] of headings) {
    const listed = survey.directories.filter(belongs);
    if (listed.length === 0) continue;
    io.out(`${heading}\n`);
    for (const directory of listed) {
      const shown = `${visibleShort(directory.name, 40)}/`.padEnd(width);
      const indent = `  ${' '.repeat(width)}  `;
      io.out(`  ${shown}  ${directory.why}\n`);
      const evidence = evidenceOf(directory, survey.history).join(' · ');
      if (evidence !== '') io.out(`${indent}${evidence}\n`);
      const obstacle = directory.kind === 'kept' ? undefined : obstacleOf(directory, false);
      if (obstacle !== undefined) io.out(`${indent}${coloured(io, 'warning', 'left alone')}: ${obstacle}\n`);
    }
  }
  const { missing } = survey;
  if (missing.length > 0) {
    const more = missing.length > 8 ? ` and ${missing.length - 8} more` : '';
    io.out(
      `Registered, no directory yet\n  ${missing.slice(0, 8).join(', ')}${more} — run: ${generateCommand(missing)}\n`,
    );
  }
  const gaps = searchGaps(survey);
  if (gaps !== undefined) io.out(`${gaps}\n`);
  if (survey.history === 'none')
    io.out('In no git repository: no last commits, and what was once registered is unknown.\n');
  if (survey.history === 'shallow')
    io.out('The history is cut off (a shallow clone): what was once registered may not be in it.\n');
}

/** A directory as JSON says it; what is not known is null. */
export const jsonOf = (directory: SurveyedDirectory): object => ({
  name: directory.name,
  path: directory.path,
  kind: directory.kind,
  rule: directory.rule,
  successor: directory.successor ?? null,
  candidates: directory.candidates,
  why: directory.why,
  lastCommit: directory.lastCommit ?? null,
  uncommitted: directory.uncommitted ?? null,
  references: directory.references,
  leftAlone: directory.kind === 'kept' ? null : (obstacleOf(directory, false) ?? null),
});
