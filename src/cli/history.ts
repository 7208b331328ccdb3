// `history`: when settings files changed on this machine, what was lost, and whose sessions were known to run then.
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import type { Change } from '../outputs/history.ts';
import { readHistory } from '../outputs/historyFolder.ts';
import { inspect } from './check.ts';
import { coloured, printJson } from './render.ts';
import { stateDirectoryOf } from './state.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb } from './verb.ts';

/** Changes that are printed, the latest ones. */
const mostPrinted = 100;

function lineOf(io: Io, { at, file, kind, lost, keys, moreKeys = 0, running }: Change): string {
  const total = keys.length + moreKeys;
  const what = [kind, ...(lost.length > 0 ? [lost.join(', ')] : [])].join(': ');
  const touched =
    total === 0
      ? ''
      : `  ${keys.slice(0, 3).join(' ')}${total > 3 ? ` and ${total - Math.min(3, keys.length)} more` : ''}`;
  const ran = running.map(({ agent }) => agent).join(' ') || 'unknown';
  const shown = visibleShort(what, 100);
  const words = kind === 'lost' ? coloured(io, 'error', shown) : shown;
  return `${at}  ${visible(file)}  ${words}${visibleShort(touched, 160)}  (sessions: ${visibleShort(ran, 100)})\n`;
}

export const history: Verb = {
  name: 'history',
  summary: 'show when settings changed, what was lost, and who ran then',
  usage: '[ids…]',
  help: 'Shows the changes of settings files that the editor saw on this machine while it was open, oldest first; of some agents, with what is live for all, or of all. Sessions that it did not know of are unknown.',
  options: {},
  run({ io, root, positionals, format }) {
    const known = inspect(io, root).agents.map(({ agent }) => agent.id);
    const { workspace } = stateDirectoryOf(io, root);
    const all = readHistory(nodeAppendedFiles, workspace);
    // An agent that is gone may still have a history.
    const stranger = positionals.find((id) => !known.includes(id) && !all.some(({ agent }) => agent === id));
    if (stranger !== undefined)
      throw new UsageError(`There is no agent ${visibleShort(JSON.stringify(stranger))} in the registry.`);
    const changes = all.filter(
      ({ agent }) => positionals.length === 0 || agent === undefined || positionals.includes(agent),
    );
    if (format === 'json') {
      printJson(io, { changes, summary: { changes: changes.length } });
      return 0;
    }
    for (const change of changes.slice(-mostPrinted)) io.out(lineOf(io, change));
    const left = changes.length - mostPrinted;
    if (left > 0) io.out(`${left} earlier ones are in --format json.\n`);
    if (changes.length === 0) io.out('No change of settings was seen on this machine yet.\n');
    return 0;
  },
};
