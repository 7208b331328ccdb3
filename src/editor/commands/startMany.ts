// Starts a group of agents, or all: a few at a time, with progress that can be cancelled, and one message on what was refused.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import type { AgentResult } from '../../sessions/eachAgent.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import { preflight } from '../../sessions/start.ts';
import { partOfStartAll, startEach } from '../../sessions/startEach.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { FoundAgent } from '../fleets.ts';
import { sessionHostOf, startsAtOnce, wantedRunner } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { askResume, cutOff } from './askResume.ts';
import { beginSession } from './beginSession.ts';
import { generateAgents } from './generateAgents.ts';
import { outcomeOf } from './outcomeOf.ts';
import { requirePrograms } from './requirePrograms.ts';
import { isModeAgreed, type StartContext, sayWhatIsSpecial } from './startAgent.ts';

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;

/** An agent that was not started, and whether regenerating it is all that it takes. */
export interface Refused {
  readonly agent: string;
  /** One sentence or more. */
  readonly message: string;
  readonly isMended: boolean;
}

/**
 * Why an agent is not started without a question; undefined when it may be. What one alone is asked about is refused, but for
 * a mode that was agreed to.
 */
export function refusalOf(
  context: StartContext,
  found: FoundAgent,
  isModeFine = isModeAgreed(context, found),
): Refused | undefined {
  const { id: agent, permissionMode } = found.status.agent;
  const refused = preflight(found.fleet, found.status);
  if (refused?.kind === 'unguarded')
    return {
      agent,
      message: vscode.l10n.t('{0} To agree, start it by itself.', refused.message),
      isMended: false,
    };
  if (refused) return { agent, message: refused.message, isMended: refused.regenerateMends };
  if (isModeFine) return undefined;
  const message = vscode.l10n.t(
    '{0} would run in the mode {1}, which asks nobody before it acts. To agree, start it by itself.',
    agent,
    permissionMode,
  );
  return { agent, message, isMended: false };
}

/** The agents of a folder that are meant, as they are now. `group`: undefined for "start all". @throws UserError when nobody is. */
export function meantAgents(store: FleetStore, group: string | undefined): readonly string[] {
  const agents = store.fleet?.agents.map(({ agent }) => agent) ?? [];
  const ids =
    group === undefined
      ? partOfStartAll(agents)
      : agents.filter((agent) => agent.group === group).map(({ id }) => id);
  if (ids.length > 0) return ids;
  throw new UserError(
    group === undefined
      ? vscode.l10n.t('The registry has no agents to start.')
      : vscode.l10n.t('The registry has no agents in the group {0}.', group),
  );
}

/** Starts those of the agents that may be and that do not run. @throws UserError when none can begin, or the workspace is not trusted. */
export async function startMany(
  context: StartContext,
  store: FleetStore,
  ids: readonly string[],
): Promise<void> {
  requireTrust();
  // Looked at anew: what is shown may be a moment old.
  store.inspectNow();
  const host = sessionHostOf(store);
  const folder = store.folder.uri.toString();
  await Promise.all(ids.map((agent) => context.terminals.ended({ folder, agent })));
  // Of one that nobody can tell of, a start says why it is not started.
  const live = (await liveRecords(host)).filter(({ state }) => state !== 'unknown');
  const running = new Set(live.map(({ record }) => record.agent));
  const wanted = ids
    .filter((agent) => !running.has(agent))
    .flatMap((agent) => context.fleets.find({ folder, agent }) ?? []);
  const refused: Refused[] = [];
  const going: FoundAgent[] = [];
  for (const found of wanted) {
    const refusal = refusalOf(context, found);
    if (refusal) refused.push(refusal);
    else going.push(found);
  }
  const begun = going.length === 0 ? { results: [], leftOut: [] } : await begin(context, store, host, going);
  if (begun === undefined) return;
  const { results, leftOut } = begun;
  for (const { agent, message, isFailure } of results)
    if (isFailure) refused.push({ agent, message, isMended: false });
  for (const { message } of refused) context.log.warn(`not started: ${message}`);
  const started = results.filter(({ result }) => result === 'started').length;
  tell(context, store, { asked: ids.length, started, refused });
  if (started > 0 && refused.length === 0) sayWhatIsSpecial(context, count(started, 'agent'), leftOut);
}

interface Begun {
  readonly results: readonly AgentResult[];
  /** Keys of settings that they do without, each after its agent. */
  readonly leftOut: readonly string[];
}

/** Starts them; undefined when the person changed their mind, or was told what is missing. */
async function begin(
  context: StartContext,
  store: FleetStore,
  host: SessionHost,
  going: readonly FoundAgent[],
): Promise<Begun | undefined> {
  const programs = await requirePrograms();
  if (!programs) return undefined;
  const runner = wantedRunner(host);
  const cut = await cutOff(context, host, going);
  const answer = await askResume(cut);
  if (answer === undefined) return undefined;
  const byId = new Map(going.map((found) => [found.status.agent.id, found]));
  const leftOut: string[] = [];
  let [done, shown] = [0, 0];
  const work = vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Starting {0}', count(going.length, 'agent')),
      cancellable: true,
    },
    (progress, token) =>
      startEach(host, [...byId.keys()], {
        atOnce: startsAtOnce(),
        isCancelled: () => token.isCancellationRequested,
        ways: () => ({ toEnd: vscode.l10n.t('Stop it.'), toIt: vscode.l10n.t('Open its terminal.') }),
        startedWords: (id) => vscode.l10n.t('{0} started.', id),
        start: async (id) => {
          const found = byId.get(id);
          if (!found) throw new UserError(vscode.l10n.t('{0} is not in the registry any more.', id));
          try {
            const resume = answer === 'resume' ? cut.get(id)?.sessionId : undefined;
            const wishes = { programs, runner, show: 'none', isUnguardedAgreed: false, resume } as const;
            const { result, launch } = await beginSession(context, host, found, wishes);
            for (const key of launch?.leftOut ?? []) leftOut.push(`${id} ${key}`);
            return result;
          } finally {
            done += 1;
            const percent = (done / going.length) * 100;
            progress.report({ increment: percent - shown, message: `${done}/${going.length} · ${id}` });
            shown = percent;
          }
        },
      }),
  );
  const what = { store, action: 'start', agents: [...byId.keys()], details: { runner } };
  const results = await audited(what, async () => work, outcomeOf);
  return { results, leftOut };
}

interface Outcome {
  readonly asked: number;
  readonly started: number;
  readonly refused: readonly Refused[];
}

/** One message when something was refused, which waits for nobody; else a word in the status bar. */
function tell(context: StartContext, store: FleetStore, { asked, started, refused }: Outcome): void {
  const [first, second, ...others] = refused;
  if (first === undefined) {
    const words =
      started > 0
        ? vscode.l10n.t('{0} started', count(started, 'agent'))
        : vscode.l10n.t('nothing to start: they run already');
    vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
    return;
  }
  const said = [first, ...(second ? [second] : [])].map(({ message }) => message).join(' ');
  const more =
    others.length === 0
      ? ''
      : ` ${vscode.l10n.t('Nor were: {0}.', others.map(({ agent }) => agent).join(', '))}`;
  const mended = refused.filter(({ isMended }) => isMended).map(({ agent }) => agent);
  const mend = vscode.l10n.t('Regenerate and Start');
  const show = vscode.l10n.t('Show Log');
  void vscode.window
    .showWarningMessage(
      notice(
        vscode.l10n.t(
          '{0} of {1} not started. {2}',
          String(refused.length),
          count(asked, 'agent'),
          `${said}${more}`,
        ),
      ),
      ...(mended.length > 0 ? [mend] : []),
      show,
    )
    .then(async (chosen) => {
      if (chosen === show) context.log.show();
      if (chosen !== mend) return;
      if (await generateAgents(store, context.hooks(), mended, { overEdits: true }))
        await startMany(context, store, mended);
    });
}
