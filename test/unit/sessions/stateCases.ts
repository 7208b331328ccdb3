// The words that the tables of states are written in: what the hooks told, what the list said → state, source, since.
import assert from 'node:assert/strict';
import { it } from 'mocha';
import type { SpoolFields, SpoolLine } from '../../../src/protocol/spoolLine.ts';
import type { ListedSession } from '../../../src/sessions/agentsList.ts';
import { crossCheck, type Evidence, type SessionState } from '../../../src/sessions/crossCheck.ts';
import { type Heard, reduce } from '../../../src/sessions/sessionState.ts';

/** When the launch began. Milliseconds since 1970. */
const start = Date.UTC(2026, 0, 2, 3);
/** So many seconds after the launch. */
export const at = (second: number): string => new Date(start + second * 1000).toISOString();

type Told = Partial<SpoolFields>;
/** `[second, what the line says]` */
type Lines = readonly (readonly [number, Told])[];

export function heardOf(lines: Lines): Heard | undefined {
  let heard: Heard | undefined;
  lines.forEach(([second, told], index) => {
    const line: SpoolLine = {
      v: 1,
      t: at(second),
      id: `i${index}`,
      n: 1,
      launch: 'l',
      agent: 'a',
      session: 's1',
      src: told.event === 'PreToolUse' ? 'guard' : 'report',
      event: '',
      ...told,
    };
    heard = reduce(heard, line);
  });
  return heard;
}

interface Case {
  readonly title: string;
  readonly lines?: Lines;
  /** What the CLI's list says of it, and the second when it was asked; `null`: it lists no such session. */
  readonly list?: readonly [number, Partial<ListedSession> | null];
  readonly process?: Evidence['process'];
  readonly record?: Partial<Evidence['record']>;
  readonly goneFor?: number;
  /** Default: a second after the last thing. */
  readonly now?: number;
  /** `state`, `needsYou/need` or `needsYou/need/tool`. */
  readonly state: string;
  readonly source: SessionState['source'];
  /** Seconds after the launch. */
  readonly since: number;
}

const words = ({ state, need, tool }: SessionState): string =>
  [state, need, tool].filter((part) => part !== undefined).join('/');

/** One test for each case. */
export function check(cases: readonly Case[]): void {
  for (const { title, lines = [], list, process = 'running', record, goneFor, now, ...expected } of cases)
    it(title, () => {
      const heard = heardOf(lines);
      const [asked, session] = list ?? [0, undefined];
      const listed: ListedSession | undefined = session ? { pid: 7, sessionId: 's1', ...session } : undefined;
      const state = crossCheck({
        record: { startedAt: at(0), phase: 'running', ...record },
        ...(heard === undefined ? {} : { heard }),
        ...(list === undefined
          ? {}
          : { listing: { at: start + asked * 1000, ...(listed ? { session: listed } : {}) } }),
        process,
        now: start + 1000 * (now ?? 1 + Math.max(asked, ...lines.map(([second]) => second))),
        ...(goneFor === undefined ? {} : { goneFor }),
      });
      assert.deepEqual(
        { state: words(state), source: state.source, since: state.since },
        { state: expected.state, source: expected.source, since: at(expected.since) },
      );
    });
}

export const begin: Told = { event: 'SessionStart', source: 'startup' };
export const prompt: Told = { event: 'UserPromptSubmit' };
export const stop = (background = 0): Told => ({ event: 'Stop', background });
export const use = (tool: string, toolUseId: string, more: Told = {}): Told => ({
  event: 'PreToolUse',
  verdict: 'allow',
  tool,
  toolUseId,
  ...more,
});
export const asked = (tool: string, more: Told = {}): Told => ({ event: 'PermissionRequest', tool, ...more });
export const used = (tool: string, toolUseId: string, more: Told = {}): Told => ({
  event: 'PostToolUse',
  tool,
  toolUseId,
  ...more,
});
export const helper: Told = { subagent: 'helper' };
export const end = (reason: string): Told => ({ event: 'SessionEnd', reason });
export const note = (notification: string): Told => ({ event: 'Notification', notification });

/** Asks for Bash at second 4. */
export const asking: Lines = [
  [1, begin],
  [2, prompt],
  [3, use('Bash', 't1')],
  [4, asked('Bash')],
];
export const turn: Lines = [
  [1, begin],
  [2, prompt],
  [5, stop()],
];
