// One of each thing that an agent may do: a proof in which everything is refused shows nothing. Pure.
import type { PathRule } from '../policy/policy.ts';
import {
  absolute,
  editOf,
  notebookOf,
  readOf,
  type Subject,
  standInAt,
  wordIn,
  writeOf,
} from './fileTrials.ts';
import { bashCall, quoted } from './shellTrials.ts';
import { isUnder, standIn } from './standIns.ts';
import type { StandIn, Trial, Trials } from './trial.ts';

/** Names to look for a free one among: a registry may keep almost everything from an agent. */
const folders = ['proof-allowed/', '', 'src/proof-allowed/', 'docs/proof-allowed/', 'tests/proof-allowed/'];

/** A path that the rules leave alone; undefined when they leave none of those that are looked at. */
export function freePath(denied: readonly PathRule[], name: string): string | undefined {
  return folders.map((folder) => `${folder}${name}`).find((path) => !isUnder(denied, path));
}

/** Paths that the agent has to itself, unless its own `cannot_access` keeps it out. */
function ownPaths({ agent, policy }: Subject): readonly string[] {
  return agent.exclusiveAccess.flatMap((glob, index) => {
    const rule: PathRule = { glob, from: 'exclusive_access' };
    const path = standIn(rule, { word: `proof-own${index}`, ending: '.txt' });
    return path === undefined || isUnder(policy.write.deny, path) ? [] : [path];
  });
}

/** The positive controls of an agent, with the tools that it has. */
export function controlTrials(subject: Subject): Trials {
  const { agent, policy, root } = subject;
  const trials: Trial[] = [];
  const standIns: StandIn[] = [];
  const facts = {
    expected: 'allowed' as const,
    enforceable: true,
    heldBy: [],
    origin: ['agents', agent.id, 'tools'],
  };
  const has = (tool: string): boolean => policy.tools.includes(tool);
  const denied = [...policy.write.deny, ...policy.read.deny];
  const free = (name: string): string | undefined => freePath(denied, name);
  const withFile = (path: string | undefined, make: (path: string) => Trial): void => {
    if (path === undefined) return;
    standIns.push(standInAt(path));
    trials.push(make(path));
  };

  if (has('Read'))
    withFile(free('read.txt'), (path) => ({ ...facts, kind: 'read', target: path, ...readOf(root, path) }));
  if (has('Edit'))
    for (const path of [free('edit.txt'), ...ownPaths(subject)])
      withFile(path, (file) => ({ ...facts, kind: 'edit', target: file, ...editOf(root, file) }));
  const fresh = free('new.txt');
  if (has('Write') && fresh !== undefined)
    trials.push({ ...facts, kind: 'write', target: fresh, ...writeOf(root, fresh) });
  if (has('NotebookEdit'))
    withFile(free('book.ipynb'), (path) => ({
      ...facts,
      kind: 'notebook',
      target: path,
      ...notebookOf(root, path),
    }));
  if (has('Bash')) {
    const made = free('made.txt');
    if (made !== undefined)
      trials.push({
        ...facts,
        kind: 'shell',
        ...bashCall(`echo proof > ${quoted(made)}`),
        target: `echo proof > ${made}`,
        effect: { sign: 'bytes', path: made },
      });
    withFile(free('gone.txt'), (path) => ({
      ...facts,
      kind: 'delete',
      ...bashCall(`rm ${quoted(path)}`),
      target: path,
      effect: { sign: 'bytes', path },
    }));
  }
  // The CLI has these two only where it has no Bash.
  const searched = free('search.txt');
  if (!has('Bash') && searched !== undefined) {
    const folder = absolute(root, searched.slice(0, Math.max(searched.lastIndexOf('/'), 0)) || '.');
    if (has('Glob'))
      withFile(searched, (path) => ({
        ...facts,
        kind: 'tool',
        tool: 'Glob',
        target: 'Glob',
        input: { pattern: 'search.txt', path: folder },
        effect: { sign: 'word', word: path.slice(path.lastIndexOf('/') + 1) },
      }));
    if (has('Grep'))
      withFile(searched, (path) => ({
        ...facts,
        kind: 'tool',
        tool: 'Grep',
        target: 'Grep',
        input: { pattern: wordIn(path), path: folder },
        effect: { sign: 'word', word: 'search.txt' },
      }));
  }
  // An agent without any of them still has its bookkeeping.
  if (trials.length === 0)
    trials.push({
      ...facts,
      kind: 'tool',
      tool: 'TaskList',
      target: 'TaskList',
      input: {},
      effect: { sign: 'ran' },
    });
  return { trials, standIns };
}
