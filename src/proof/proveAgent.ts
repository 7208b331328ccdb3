// The proof of one agent: its sessions, one after the other, each in a scratch copy of its own.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { visibleShort } from '../findings/visible.ts';
import type { Agent } from '../registry/model.ts';
import {
  attackSettings,
  attacks,
  attackTarget,
  changeLive,
  guardGone,
  isForbiddenWrite,
  liveAttack,
  underAttack,
} from './attacks.ts';
import { judge } from './judge.ts';
import { type Act, Play } from './play.ts';
import type { Attempt } from './proofRecord.ts';
import { type ClaudeEnd, runClaude } from './runClaude.ts';
import { putStandIns } from './scratch.ts';
import { type Bench, prepareSession, type Session, type SessionKind } from './session.ts';
import { SharedGuard } from './sharedGuard.ts';
import { refusedCalls } from './spoolVerdicts.ts';
import { trialsOf } from './trialSets.ts';

export interface AgentProof {
  readonly attempts: readonly Attempt[];
  /** Sorted, each once. */
  readonly notCovered: readonly string[];
}

/** A session came to nothing: the model was never asked. Its message says why. */
export class SessionFailure extends Error {
  override readonly name = 'SessionFailure';
}

/** A run with everything that is tried takes some seconds; one that takes this long hangs. Milliseconds. */
const sessionTimeoutMs = 120_000;

function failureOf(end: ClaudeEnd, { form, carrier }: SessionKind): string {
  const which = `The session with the ${form === 'launch' ? 'launch copy' : 'committed settings'}${carrier === 'all' ? '' : ` and ${carrier} alone`}`;
  if (end.failure !== undefined) return `claude could not be started: ${visibleShort(end.failure)}`;
  if (end.isTimedOut) return `${which} did not end in ${sessionTimeoutMs / 1000} s.`;
  const said =
    end.errors.trim() === '' ? 'It said nothing.' : `It said: ${visibleShort(end.errors.trim(), 300)}`;
  return `${which} ended before it began (exit code ${end.code ?? 'none'}). ${said}`;
}

/** Plays the acts in a session, and says what came of each trial. @throws SessionFailure */
async function playIn(
  bench: Bench,
  session: Session,
  acts: (isOver: () => boolean) => readonly Act[],
): Promise<readonly Attempt[]> {
  let isOver = false;
  const all = acts(() => isOver || bench.signal.aborted);
  const play = new Play(session.scratch.root, all);
  const conversation = bench.model.converse(play.script);
  const end = await runClaude({
    claude: bench.claude,
    args: session.args,
    scratch: session.scratch,
    modelUrl: conversation.url,
    searchPath: bench.searchPath,
    env: { ...bench.quick, ...session.env },
    signal: bench.signal,
    timeoutMs: sessionTimeoutMs,
  });
  isOver = true;
  conversation.end();
  if (!play.wasAsked) throw new SessionFailure(failureOf(end, session));
  const witness = {
    form: session.form,
    carrier: session.carrier,
    refusedByGuard: refusedCalls(session.spool),
    isSandboxed: session.subject.isSandboxed,
    folder: path.dirname(session.scratch.root),
  };
  return (
    [...play.outcomes()]
      .map(([trial, outcome]) => judge(trial, outcome, witness))
      // The CLI has no such tool at all, so nothing is seen of a carrier that stands alone.
      .filter(({ carrier, by }) => carrier === 'all' || by !== 'tool-list')
  );
}

/**
 * All of an agent's sessions: everything in force, then each carrier alone, in both forms of its settings. `shared` is
 * given for an agent that is in step with the registry: its session with the committed guard may be another's.
 */
export async function proveAgent(
  bench: Bench,
  agent: Agent,
  shared = new SharedGuard(),
): Promise<AgentProof> {
  const attempts: Attempt[] = [];
  const notCovered = new Set<string>();
  let count = 0;
  const withSession = async (kind: SessionKind, play: (session: Session) => Promise<readonly Attempt[]>) => {
    const name = `${agent.id}-${count++}`;
    const session = await prepareSession(bench, agent, kind, name);
    for (const what of session.notCovered) notCovered.add(what);
    const found = await play(session);
    await rm(path.join(bench.base, name), { recursive: true, force: true, maxRetries: 5 });
    return found;
  };
  const plain = async (session: Session): Promise<readonly Attempt[]> => {
    const { trials, standIns } = trialsOf(session.subject, session.form, session.carrier);
    await putStandIns(session.scratch.root, standIns);
    const isAlone = session.form === 'committed' && session.carrier === 'guard';
    return playIn(bench, session, () => [{ trials }, ...(isAlone ? [guardGone(session)] : [])]);
  };
  /** The guard of the launch copy, with every attack in place from before the start. */
  const attacked = async (session: Session): Promise<readonly Attempt[]> => {
    const { trials, standIns } = trialsOf(session.subject, session.form, session.carrier);
    await attackSettings(session, attacks, 'from before the start');
    await putStandIns(session.scratch.root, standIns);
    return playIn(bench, session, (isOver) => [
      // The CLI waits a second before it looks at a changed file; meanwhile the others are tried.
      { trials: underAttack(session, trials, attacks), before: () => changeLive(session) },
      liveAttack(session, isOver),
      guardGone(session),
    ]);
  };

  /** Which of the attacks it was that got something through: each by itself. */
  const oneByOne = async (together: readonly Attempt[]): Promise<readonly Attempt[]> => {
    const names = new Set(attacks.map(attackTarget));
    const isFromStart = ({ kind, target }: Attempt): boolean => kind === 'attack' && names.has(target);
    if (!together.some((attempt) => isFromStart(attempt) && attempt.got === 'allowed')) return together;
    const alone: Attempt[] = [];
    for (const attack of attacks)
      alone.push(
        ...(await withSession({ form: 'launch', carrier: 'guard' }, async (session) => {
          await attackSettings(session, [attack], 'from before the start');
          const { trials } = trialsOf(session.subject, session.form, session.carrier);
          const forbidden = trials.filter(isForbiddenWrite).slice(0, 1);
          return playIn(bench, session, () => [{ trials: underAttack(session, forbidden, [attack]) }]);
        })),
      );
    return [...alone, ...together.filter((attempt) => !isFromStart(attempt))];
  };

  attempts.push(...(await withSession({ form: 'launch', carrier: 'all' }, plain)));
  attempts.push(...(await oneByOne(await withSession({ form: 'launch', carrier: 'guard' }, attacked))));
  attempts.push(...(await withSession({ form: 'committed', carrier: 'rules' }, plain)));
  const guard = await shared.attempts(agent.id, () =>
    withSession({ form: 'committed', carrier: 'guard' }, plain),
  );
  attempts.push(...guard.attempts);
  if (guard.triedWith !== undefined)
    notCovered.add(
      `The committed guard alone was tried with ${guard.triedWith}: its script is one file, and the hook entries are the same but for the name.`,
    );
  return { attempts, notCovered: [...notCovered].sort() };
}
