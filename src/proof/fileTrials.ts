// What is tried with the file tools: to edit, write and read what the registry keeps from an agent. Pure.
import { originOf } from '../outputs/settings.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { eachGlob, standIn } from './standIns.ts';
import type { StandIn, Trial, Trials } from './trial.ts';

/** Whose trials are made, and where. */
export interface Subject {
  readonly agent: Agent;
  readonly registry: Registry;
  /** As a session has it: of the launch copy, or the committed one. */
  readonly policy: Policy;
  /** Absolute path of the scratch workspace. */
  readonly root: string;
  /** Absolute path of the scratch `<state>`. */
  readonly state: string;
  /** What runs code for Bash, absolute or on PATH: `python3`, else node. */
  readonly python: string | undefined;
  readonly node: string;
  /** Whether the OS sandbox is in force in the agent's sessions. */
  readonly isSandboxed: boolean;
}

/** A word that stands in a stand-in, so that whoever was shown the file is found out. */
export const wordIn = (path: string): string => `word-of-${path.replace(/[^a-zA-Z0-9]+/g, '-')}`;

const emptyNotebook = (word: string): string =>
  JSON.stringify({
    cells: [
      {
        cell_type: 'code',
        id: 'one',
        metadata: {},
        outputs: [],
        execution_count: null,
        source: [`# ${word}`],
      },
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });

/** A stand-in; its text is right for what may read it: live settings stay valid JSON. */
export function standInAt(path: string): StandIn {
  const word = wordIn(path);
  if (path.endsWith('.ipynb')) return { path, text: emptyNotebook(word) };
  if (path.endsWith('.mcp.json'))
    return { path, text: `${JSON.stringify({ mcpServers: {}, note: word })}\n` };
  if (path.endsWith('.json')) return { path, text: `${JSON.stringify({ note: word })}\n` };
  return { path, text: `Stand-in, nothing else: ${word}\n` };
}

export const absolute = (root: string, path: string): string => `${root}/${path}`;

/** Calls that change one file each. Every stand-in has an `e`. */
export const editOf = (root: string, path: string) => ({
  tool: 'Edit',
  input: { file_path: absolute(root, path), old_string: 'e', new_string: 'E', replace_all: true },
  effect: { sign: 'bytes' as const, path },
});
export const writeOf = (root: string, path: string) => ({
  tool: 'Write',
  input: { file_path: absolute(root, path), content: 'written by the proof\n' },
  effect: { sign: 'bytes' as const, path },
});
export const readOf = (root: string, path: string) => ({
  tool: 'Read',
  input: { file_path: absolute(root, path) },
  effect: { sign: 'word' as const, word: wordIn(path) },
});
export const notebookOf = (root: string, path: string) => ({
  tool: 'NotebookEdit',
  input: {
    notebook_path: absolute(root, path),
    cell_id: 'one',
    new_source: 'proof',
    edit_mode: 'replace',
  },
  effect: { sign: 'bytes' as const, path },
});

/** The file that a protected glob is really about. */
export function protectedPath(glob: string, id: string): string | undefined {
  switch (glob) {
    case '/agents/.orchestrator/**':
      return 'agents/.orchestrator/guard.mjs';
    case 'agents/**/.claude/**':
      return `agents/${id}/.claude/settings.json`;
    case '.claude/**':
      return '.claude/settings.local.json';
    case '.git':
      return '.git/config';
    default:
      return glob.startsWith('//') || /[*?[\]\\]/.test(glob) ? undefined : glob.replace(/^\/+/, '');
  }
}

/** What one rule of a policy forbids, said the way the report and the findings name it. */
export function ruleFacts(rule: PathRule, { agent, registry }: Subject) {
  return { rule: rule.glob, origin: originOf(rule, agent, registry) };
}

const both = ['rules', 'guard'] as const;

/** A rule of the policy that no file name could be made for: said, never counted as blocked. */
function withoutStandIn(rule: PathRule, subject: Subject): Trial {
  return {
    kind: rule.from === 'cannot_read' ? 'read' : 'write',
    tool: rule.from === 'cannot_read' ? 'Read' : 'Write',
    target: rule.glob,
    expected: 'blocked',
    enforceable: true,
    note: 'no file name could be made that this glob matches',
    ...ruleFacts(rule, subject),
    input: {},
    effect: { sign: 'ran' },
    heldBy: both,
    isUntriable: true,
  };
}

function writeTrials(rule: PathRule, index: number, subject: Subject): Trials {
  const { root, agent } = subject;
  const isProtected = rule.from === 'protected';
  const facts = {
    expected: 'blocked' as const,
    enforceable: true,
    heldBy: both,
    ...ruleFacts(rule, subject),
  };
  const kindOf = (kind: Trial['kind']): Trial['kind'] => (isProtected ? 'protected' : kind);
  const named = (word: string, ending: string, isDeep = false): string | undefined =>
    standIn(rule, { word: `proof-${word}${index}`, ending, isDeep });
  const edited = isProtected ? protectedPath(rule.glob, agent.id) : named('edit', '.txt');
  if (edited === undefined) return { trials: [withoutStandIn(rule, subject)], standIns: [] };
  const fresh = named('new', '.txt');
  const deep = named('deep', '.txt', true);
  const notebook = isProtected ? undefined : named('book', '.ipynb');
  const trials: Trial[] = [
    { ...facts, kind: kindOf('edit'), target: edited, ...editOf(root, edited) },
    ...[fresh, deep]
      .filter((path) => path !== undefined)
      .map((path) => ({ ...facts, kind: kindOf('write'), target: path, ...writeOf(root, path) })),
    ...(notebook === undefined
      ? []
      : [{ ...facts, kind: 'notebook' as const, target: notebook, ...notebookOf(root, notebook) }]),
  ];
  return {
    trials,
    standIns: [edited, notebook].filter((path) => path !== undefined).map(standInAt),
  };
}

function readTrials(rule: PathRule, index: number, subject: Subject): Trials {
  const paths = [false, true]
    .map((isDeep) => standIn(rule, { word: `proof-read${index}`, ending: '.txt', isDeep }))
    .filter((path) => path !== undefined);
  if (paths.length === 0) return { trials: [withoutStandIn(rule, subject)], standIns: [] };
  return {
    trials: paths.map((path) => ({
      kind: 'read' as const,
      target: path,
      expected: 'blocked' as const,
      enforceable: true,
      heldBy: both,
      ...ruleFacts(rule, subject),
      ...readOf(subject.root, path),
    })),
    standIns: paths.map(standInAt),
  };
}

/** The state directory of a launch: neither written nor read. */
function stateTrials(subject: Subject): Trials {
  const facts = { expected: 'blocked' as const, enforceable: true, heldBy: both, kind: 'protected' as const };
  const file = `${subject.state}/proof-state.txt`;
  const origin = ['agents', subject.agent.id];
  return {
    trials: [
      {
        ...facts,
        tool: 'Write',
        target: '<state>',
        origin,
        input: { file_path: `${subject.state}/proof-new.txt`, content: 'x\n' },
        effect: { sign: 'bytes', path: `${subject.state}/proof-new.txt` },
      },
      {
        ...facts,
        tool: 'Read',
        target: '<state>',
        origin,
        input: { file_path: file },
        effect: { sign: 'word', word: wordIn('proof-state.txt') },
      },
    ],
    standIns: [{ path: file, text: standInAt('proof-state.txt').text }],
  };
}

/** Everything that the file tools must not do. */
export function fileTrials(subject: Subject, isLaunch: boolean): Trials {
  const { policy } = subject;
  const all = [
    ...eachGlob(policy.write.deny).map((rule, index) => writeTrials(rule, index, subject)),
    ...eachGlob(policy.read.deny).map((rule, index) => readTrials(rule, index, subject)),
    ...(isLaunch ? [stateTrials(subject)] : []),
  ];
  return {
    trials: all.flatMap(({ trials }) => trials),
    standIns: all.flatMap(({ standIns }) => standIns),
  };
}
