// `restart`: end a session and start the agent anew, with its conversation where the CLI still has it.
import { UserError } from '../findings/userError.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import { resumable } from '../sessions/resumable.ts';
import { readRecords } from '../sessions/sessionRecord.ts';
import { stopAgent } from '../sessions/stopAgent.ts';
import { requireNotable } from '../sessions/stopSession.ts';
import { tmuxOf } from '../sessions/workspaceTmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { lookAtSessions } from './liveSessions.ts';
import { refuseInSession } from './ownSession.ts';
import {
  launchOf,
  requirePlace,
  requirePrograms,
  requireStartable,
  startOptions,
  tellOfKey,
} from './prepareStart.ts';
import { sessionHostOf, tellSkipped } from './sessionHost.ts';
import { startHere } from './startHere.ts';
import { startMany, tellResults } from './startMany.ts';
import { confirmEnd, graceOf, stopOptions } from './stop.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

export const restart: Verb = {
  name: 'restart',
  summary: 'end the session of an agent and start it again, with its conversation',
  usage: 'id [--fresh] [--yes] [--unguarded] [--grace s]',
  help: 'Ends the session of an agent, if it has one, and starts it as the registry has it now, where it ran before: in tmux or\nin this terminal. It goes on with its last conversation; where claude has none of it any more, it says so and begins anew.',
  formats: ['text', 'json'],
  options: {
    fresh: { type: 'boolean', help: 'begin a new conversation' },
    ...startOptions,
    yes: { type: 'boolean', help: 'end what is at work, too, and start in a mode that asks nobody' },
    ...stopOptions,
  },
  async run(context) {
    const { io, root, positionals, flag } = context;
    refuseInSession(io, 'ends and starts no session');
    const [id, ...others] = positionals;
    if (id === undefined || others.length > 0)
      throw new UsageError('Name one agent: native-orchestrator restart <id>');
    const fleet = inspect(io, root);
    if (fleet.registry !== undefined) requireAgents([...fleet.registry.agents.keys()], [id]);
    // All that may refuse comes before anything is ended.
    const grace = graceOf(context);
    requireStartable(context, fleet, id);
    const programs = await requirePrograms(io);
    const host = sessionHostOf(io, root);
    tellSkipped(io, host);
    const last = readRecords(host).records.find(({ agent }) => agent === id);
    const tmux = last?.runner === 'tmux' ? tmuxOf(host, root) : undefined;
    if (last?.runner === 'tmux' && tmux === undefined)
      throw new UserError(
        `${id} ran in tmux, and tmux was not found (looked at PATH). Put it on PATH, or stop ${id} and start it here.`,
      );
    const look = await lookAtSessions(io, root);
    const [live] = await liveRecords(host, id);
    if (live !== undefined) await confirmEnd(context, look, [id]);
    const place = await requirePlace(context, fleet, id);
    if (live !== undefined) await requireNotable(host, live.record);
    const stopped = await stopAgent(host, root, id, grace);
    if (stopped.isFailure) throw new UserError(stopped.message);
    const resume =
      // Where its conversation was is where it goes on: never in another folder with other files.
      last === undefined || flag('fresh') || last.cwd !== place.cwd
        ? undefined
        : resumable(host, last, look.sessions.get(id)?.sessionIds ?? []);
    if (last !== undefined && resume === undefined && !flag('fresh'))
      io.err(`claude has no conversation of ${id} to go on with; it begins anew.\n`);
    tellOfKey(context, 1);
    const prepare = () => launchOf(context, host, { fleet, id, programs, resume });
    if (tmux === undefined) return startHere(io, host, id, prepare);
    return tellResults(context, await startMany(context, host, tmux, [id], prepare));
  },
};
