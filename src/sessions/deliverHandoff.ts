// Hands work over: checked against the registry, recorded, then typed into the target's session; what came of it is kept.
import { randomUUID } from 'node:crypto';
import { isUserError, UserError } from '../findings/userError.ts';
import type { Registry } from '../registry/model.ts';
import { type HandoffMessage, handoffOf, handoffPrompt, handoffRefusal } from './handoff.ts';
import { forgetHandoffs, type HandoffRecord, writeHandoff } from './handoffRecord.ts';
import { liveRecords } from './liveRecords.ts';
import { promptProblem } from './sendPrompt.ts';
import type { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';
import { paneOf, pasteInto } from './tmux.ts';
import { typingRefusal } from './typePrompt.ts';
import { tmuxOfRecord } from './workspaceTmux.ts';

export interface HandoffDelivery {
  readonly host: SessionHost;
  /** Of the workspace, absolute. */
  readonly root: string;
  readonly registry: Registry;
  /** Where an agent's delegates_to stands in agents/registry.yaml, 1-based. */
  readonly lineOf: (id: string) => number;
  /** Absolute path of the user's claude, which is asked whether a question is open on the target's screen. */
  readonly claudePath: string;
  /** Without a problem, between agents of the registry. */
  readonly message: HandoffMessage;
  readonly sentBy: HandoffRecord['sentBy'];
  /** The target's session as it is now. */
  readonly look: () => Promise<Parameters<typeof typingRefusal>[3]>;
  /** Types into a session that is in no tmux, where the caller can; undefined when it can't. Resolves to false when it is gone. */
  readonly typist?: (record: SessionRecord) => Promise<((text: string) => Promise<boolean>) | undefined>;
  /** Starts the target where it does not run; what it refuses by a UserError is the reason. Absent: it is not started. */
  readonly start?: () => Promise<void>;
}

/** Milliseconds that a target which was just started has for coming to its prompt, and between two looks. */
const readyWithinMs = 60_000;
const askEveryMs = 500;

/** Types the prompt. Gives why it could not, as a sentence, or undefined. */
async function typed(
  given: HandoffDelivery,
  record: SessionRecord,
  prompt: string,
  patienceMs: number,
): Promise<string | undefined> {
  const { host, root, claudePath, message, look } = given;
  const { to } = message;
  const tmux = tmuxOfRecord(host, root, record);
  const pane = tmux && (await paneOf(tmux, record.launch));
  const at = { agent: to, launch: record.launch, pane: record.pane ?? pane?.pane ?? '' };
  const type =
    tmux === undefined || pane === undefined
      ? await given.typist?.(record)
      : (text: string) => pasteInto(tmux, at, text);
  if (type === undefined) return `${to} does not run in tmux, so nothing can be typed into it from here.`;
  let refusal: string | undefined;
  for (let waited = 0; ; waited += askEveryMs) {
    refusal = await typingRefusal(host, claudePath, record, await look());
    if (refusal === undefined || waited >= patienceMs) break;
    await host.wait(askEveryMs);
  }
  if (refusal !== undefined) return `Nothing was typed into ${to}: ${refusal}.`;
  return (await type(prompt))
    ? undefined
    : `Nothing was typed into ${to}: there is no session of it any more that was started from here.`;
}

async function delivered(
  given: HandoffDelivery,
  id: string,
): Promise<Pick<HandoffRecord, 'reason' | 'launch'>> {
  const { host, registry, message, lineOf, start } = given;
  const { from, to } = message;
  const prompt = handoffPrompt(message, id);
  const refusal = handoffRefusal(registry, from, to, lineOf) ?? promptProblem(prompt);
  if (refusal !== undefined) return { reason: refusal };
  let [live] = await liveRecords(host, to);
  const isStarted = live === undefined && start !== undefined;
  if (isStarted) {
    await start();
    [live] = await liveRecords(host, to);
  }
  if (live === undefined) return { reason: `${to} does not run.` };
  const reason = await typed(given, live.record, prompt, isStarted ? readyWithinMs : 0);
  return reason === undefined ? { launch: live.record.launch } : { reason };
}

/** What keeps it from being delivered is the reason, whoever found it. */
async function deliveredOrWhy(...given: Parameters<typeof delivered>): ReturnType<typeof delivered> {
  try {
    return await delivered(...given);
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { reason: error.message };
  }
}

/**
 * Records a handoff and delivers it. A refusal is no error: the record says it, with the reason. It gives the target no right;
 * its session keeps its own policy. @throws UserError when it can't be recorded: then nothing was delivered, unless it says so.
 */
export async function deliverHandoff(given: HandoffDelivery): Promise<HandoffRecord> {
  const { host, message, sentBy } = given;
  const at = host.now();
  const id = randomUUID();
  const recorded: HandoffRecord = {
    ...handoffOf(message),
    format: 1,
    id,
    at,
    sentBy,
    state: 'recorded',
    stateAt: at,
  };
  await writeHandoff(host, recorded);
  await forgetHandoffs(host);
  const { reason, launch } = await deliveredOrWhy(given, id);
  const stateAt = host.now();
  const done: HandoffRecord =
    reason === undefined
      ? { ...recorded, state: 'delivered', stateAt, ...(launch === undefined ? {} : { launch }) }
      : { ...recorded, state: 'refused', stateAt, reason };
  try {
    await writeHandoff(host, done);
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new UserError(
      reason === undefined
        ? `The handoff was typed into ${message.to}, but that cannot be noted, since ${host.stateDirectory} cannot be written: it stays recorded. Do not send it again.`
        : `${reason} That cannot be noted either, since ${host.stateDirectory} cannot be written.`,
      { cause: error },
    );
  }
  return done;
}
