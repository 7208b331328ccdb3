// The hooks of a fleet as `doctor` prints them: a line each, the whole ladder where an agent is named, and JSON.

import { rungLine } from '../claude/ladderWords.ts';
import { visible } from '../findings/visible.ts';
import type { ReportedHook } from '../sessions/hookReport.ts';
import { coloured } from './render.ts';
import type { Io } from './verb.ts';

const marks = { reached: '✓', failed: '✗', unknown: '?', none: '–' } as const;

/** One hook as JSON. */
export function hookJson({ agent, status, ladder, name, isBroken, findings }: ReportedHook): unknown {
  const { hook, file, project, ours, script, relative } = status;
  return {
    agent: agent ?? null,
    file,
    key: hook.pointer,
    line: hook.range.line,
    name,
    event: hook.event,
    matcher: hook.matcher,
    startsIn: project ?? '.',
    ours: ours?.kind ?? null,
    script: relative ?? script ?? null,
    reached: ladder.reached,
    isBroken,
    rungs: ladder.rungs,
    firing: ladder.firing ?? null,
    findings,
  };
}

/** Which sessions run the hooks of a file that belongs to no agent. */
const readBy = (project: string | undefined): string =>
  project === undefined ? 'live for every agent' : `for sessions that start in ${visible(project)}`;

/** Prints hooks below the agent or the file that they belong to. `isWhole`: every rung on a line of its own. */
export function printHooks(io: Io, hooks: readonly ReportedHook[], now: number, isWhole: boolean): void {
  const width = Math.max(0, ...hooks.map(({ name }) => name.length));
  let owner: string | undefined;
  for (const hook of hooks) {
    const { agent, status, ladder, name, summary } = hook;
    if ((agent ?? status.file) !== owner) {
      owner = agent ?? status.file;
      io.out(`\n${visible(owner)}${agent === undefined ? `  (${readBy(status.project)})` : ''}\n`);
    }
    const ticks = ladder.rungs.map(({ state }) => marks[state]).join('');
    const words = hook.isBroken ? coloured(io, 'warning', summary) : summary;
    io.out(`  ${name.padEnd(width)}  ${ticks}  ${words}\n`);
    if (isWhole) for (const rung of ladder.rungs) io.out(`      ${rungLine(rung, ladder, now)}\n`);
    for (const { severity, message, file, line } of hook.findings)
      if (isWhole || severity !== 'information')
        io.out(`      ${visible(file)}:${line}: ${coloured(io, severity, severity)}: ${visible(message)}\n`);
  }
}
