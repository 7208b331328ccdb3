// The whole ladder of a hook as Markdown, for tooltips and hovers. All of it escaped.
import type { Ladder } from '../claude/ladderOf.ts';
import { rungLine } from '../claude/ladderWords.ts';
import { plain } from './markdown.ts';

/** A line per rung, ticked, with the age of its evidence. `now`: milliseconds since 1970. */
export function ladderMarkdown(ladder: Ladder, now: number): string {
  return ladder.rungs.map((rung) => plain(rungLine(rung, ladder, now), 400)).join('  \n');
}
