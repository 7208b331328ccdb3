// What an operator of a hub in this window may do: what the editor's commands do, with the same refusals and nobody to be
// asked. Each settles after it happened. Part of dist/later.cjs.
import * as vscode from 'vscode';
import { isUserError, UserError } from '../findings/userError.ts';
import type { ControlOptions, Controls } from '../hub/hubCore.ts';
import { atWork, lossWords } from '../sessions/atWork.ts';
import { eachAgent } from '../sessions/eachAgent.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import { promptProblem } from '../sessions/sendPrompt.ts';
import { runsWords } from '../sessions/sessionWords.ts';
import { mostAtOnce } from '../sessions/startEach.ts';
import { beginSession } from './commands/beginSession.ts';
import { findPrograms } from './commands/requirePrograms.ts';
import { endAndBegin, placeOfRestart } from './commands/restartAgent.ts';
import { requireTypable, typistOf } from './commands/sendPrompt.ts';
import type { StartContext } from './commands/startAgent.ts';
import { refusalOf } from './commands/startMany.ts';
import { endAgent } from './commands/stopAgents.ts';
import type { FleetStore } from './fleetStore.ts';
import type { FoundAgent } from './fleets.ts';
import { sessionHostOf, wantedRunner } from './sessionHost.ts';
import { requireTrust } from './trust.ts';

const ways = () => ({ toEnd: vscode.l10n.t('Stop it.'), toIt: vscode.l10n.t('Open its terminal.') });

export function hubControls(context: StartContext, store: FleetStore): Controls {
  const folder = store.folder.uri.toString();

  /** The agent, looked at anew. @throws UserError */
  function find(agent: string): FoundAgent {
    store.inspectNow();
    const found = context.fleets.find({ folder, agent });
    if (!found) throw new UserError(vscode.l10n.t('{0} is not in the registry.', agent));
    return found;
  }

  function requireStartable(found: FoundAgent, { confirm }: ControlOptions): void {
    const refused = refusalOf(context, found, confirm || undefined);
    if (refused) throw new UserError(refused.message);
  }

  /** @throws UserError where work could be lost and that was not agreed to. */
  async function requireRest(ids: readonly string[], { confirm }: ControlOptions): Promise<void> {
    if (confirm || ids.length === 0) return;
    await context.sessions.look(store);
    const shown = context.sessions.ofStore(store);
    const busy = atWork(shown, ids);
    if (busy.length > 0)
      throw new UserError(
        vscode.l10n.t('{0} If that is meant, confirm it. Nothing was stopped.', lossWords(shown, busy)),
      );
  }

  async function start(agent: string, options: ControlOptions): Promise<void> {
    const found = find(agent);
    const host = sessionHostOf(store);
    await context.terminals.ended({ folder, agent });
    const [live] = await liveRecords(host, agent);
    if (live !== undefined) {
      if (live.state === 'unknown') throw new UserError(runsWords(agent, live, ways()));
      return;
    }
    requireStartable(found, options);
    await beginSession(context, host, found, {
      programs: await findPrograms(),
      runner: wantedRunner(host),
      show: 'none',
      isUnguardedAgreed: false,
      resume: undefined,
    });
  }

  async function stop(agent: string | undefined, options: ControlOptions): Promise<void> {
    const live = await liveRecords(sessionHostOf(store));
    const running = [...new Set(live.map(({ record }) => record.agent))];
    if (agent !== undefined && !running.includes(agent)) find(agent);
    const ids = agent === undefined ? running : [agent];
    await requireRest(
      ids.filter((id) => running.includes(id)),
      options,
    );
    const results = await eachAgent(ids, mostAtOnce, (id) => endAgent(context, store, id));
    const failed = results.filter(({ isFailure }) => isFailure);
    if (failed.length > 0) throw new UserError(failed.map(({ message }) => message).join(' '));
  }

  async function restart(agent: string, options: ControlOptions): Promise<void> {
    const found = find(agent);
    const host = sessionHostOf(store);
    // All that may refuse comes before anything is ended.
    requireStartable(found, options);
    const programs = await findPrograms();
    const place = placeOfRestart(host, found);
    const isLive = (await liveRecords(host, agent)).length > 0;
    await requireRest(isLive ? [agent] : [], options);
    const show = context.terminals.has({ folder, agent }) ? 'behind' : 'none';
    await endAndBegin(context, host, found, place, { programs, show, isUnguardedAgreed: false });
  }

  async function send(agent: string, text: string): Promise<void> {
    const found = find(agent);
    const problem = promptProblem(text);
    if (problem !== undefined) throw new UserError(problem);
    const host = sessionHostOf(store);
    const [live] = await liveRecords(host, agent);
    if (live === undefined) throw new UserError(vscode.l10n.t('{0} does not run. Start it first.', agent));
    const type = await typistOf(context, host, found, live.record);
    const { claudePath } = await findPrograms();
    await requireTypable(context, host, found, live.record, claudePath);
    if (!(await type(text)))
      throw new UserError(vscode.l10n.t('Nothing was typed into {0}: its session is gone.', agent));
  }

  function act(
    action: Parameters<Controls['run']>[0],
    agent: string,
    text: string,
    options: ControlOptions,
  ): Promise<void> {
    switch (action) {
      case 'start':
        return start(agent, options);
      case 'stop':
        return stop(agent, options);
      case 'restart':
        return restart(agent, options);
      case 'stop_all':
        return stop(undefined, options);
      case 'send_prompt':
        return send(agent, text);
    }
  }

  return {
    async run(action, agent, text, options) {
      try {
        requireTrust();
        await act(action, agent ?? '', text ?? '', options);
        return { ok: true };
      } catch (error) {
        if (isUserError(error)) return { ok: false, error: error.message };
        context.log.error(error instanceof Error ? error : String(error));
        const said = vscode.l10n.t('It failed for a reason that is a bug of ours; the log has it.');
        return { ok: false, error: said };
      }
    },
  };
}
