// `handoff`: give work from one agent to another that its delegates_to allows, and show what was given.
import path from 'node:path';
import { ageWords } from '../findings/age.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { deliverHandoff } from '../sessions/deliverHandoff.ts';
import {
  type HandoffMessage,
  handoffOf,
  handoffProblem,
  parseHandoff,
  taskWords,
} from '../sessions/handoff.ts';
import { readHandoffs } from '../sessions/handoffRecord.ts';
import { tmuxOf } from '../sessions/workspaceTmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { lookAtSessions } from './liveSessions.ts';
import { ownSession } from './ownSession.ts';
import { launchOf, requirePrograms, requireStartable, startOptions } from './prepareStart.ts';
import { plural, printJson } from './render.ts';
import { sessionHostOf } from './sessionHost.ts';
import { startMany } from './startMany.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

function list({ io, root, format }: VerbContext): number {
  const { handoffs, skipped } = readHandoffs(sessionHostOf(io, root));
  if (format === 'json') {
    printJson(io, { handoffs, skipped, summary: { handoffs: handoffs.length } });
    return 0;
  }
  const now = Date.parse(io.now());
  for (const { id, at, from, to, task, state, reason } of handoffs)
    io.out(
      `${id.slice(0, 8)}  ${from} → ${to}  ${state} ${ageWords(at, now)}  ${taskWords(task)}${reason === undefined ? '' : `  (${visible(reason)})`}\n`,
    );
  for (const name of skipped)
    io.err(`The handoff ${visible(name)} is not used: it is damaged, or not yours.\n`);
  io.out(handoffs.length === 0 ? 'Nothing was handed over.\n' : `${plural(handoffs.length, 'handoff')}\n`);
  return 0;
}

/** The text of the file with the message; `-` is what comes in. @throws UserError */
async function fileText({ io }: VerbContext, name: string): Promise<string> {
  if (name === '-') {
    if (io.input === undefined) throw new UserError('Nothing comes in to be read. Give --file a file.');
    return io.input();
  }
  const content = io.files.read(path.resolve(io.cwd, name));
  if (content?.text !== undefined) return content.text;
  throw new UserError(`${visible(name)} ${content === undefined ? 'does not exist' : content.unreadable}.`);
}

/** What is handed over, as the words and the file say it. @throws UserError */
async function messageOf(context: VerbContext): Promise<HandoffMessage> {
  const { positionals, option } = context;
  const accept = context.list?.('accept') ?? [];
  const [from, to, ...others] = positionals;
  const file = option('file');
  const words = ['task', 'context'].some((name) => option(name) !== undefined) || accept.length > 0;
  if (others.length > 0 || (from !== undefined && to === undefined) || (file !== undefined && words))
    throw new UsageError(
      'Name two agents and a task, or give all of it in a file: native-orchestrator handoff <from> <to> --task "…"',
    );
  if (file !== undefined) {
    const read = parseHandoff(
      await fileText(context, file),
      from === undefined || to === undefined ? {} : { from, to },
    );
    if (read.problem !== undefined) throw new UserError(read.problem);
    return read.message;
  }
  const task = option('task');
  if (from === undefined || to === undefined || task === undefined)
    throw new UsageError('Say what is to be done: native-orchestrator handoff <from> <to> --task "…"');
  const told = option('context');
  const message = handoffOf({
    from,
    to,
    task,
    ...(told === undefined ? {} : { context: told }),
    acceptance: accept,
  });
  const problem = handoffProblem(message);
  if (problem !== undefined) throw new UserError(problem);
  return message;
}

/** @throws UserError when somebody in a session speaks in the name of another agent, or would start one. */
function requireOwnName({ io, flag }: VerbContext, { from }: HandoffMessage): 'person' | 'session' {
  const own = ownSession(io);
  if (own === undefined) return 'person';
  if (own !== from)
    throw new UserError(
      `This is the session of ${visible(own)}, which cannot hand over in the name of ${from}.`,
    );
  if (flag('start'))
    throw new UserError('No session starts another one. Leave --start out, or ask the user.');
  return 'session';
}

export const handoff: Verb = {
  name: 'handoff',
  summary: 'give work from one agent to another, or show what was given',
  usage: 'from to --task "…" [--context "…"] [--accept "…"]… [--start] | [from to] --file f | list',
  help: 'Types a task into the tmux session of an agent, as data from another one whose delegates_to allows it. It is checked and\nrecorded first; where a question is open on the screen, or the agent does not run, it is refused and the record says why.\nThe agent works within its own limits, whoever hands over. list shows what was handed over and what came of it.',
  formats: ['text', 'json'],
  options: {
    task: { type: 'string', value: 'text', help: 'what is to be done' },
    context: { type: 'string', value: 'text', help: 'what one must know for it' },
    accept: {
      type: 'string',
      value: 'text',
      help: 'what must be so when it is done; as often as needed',
      isMany: true,
    },
    file: { type: 'string', value: 'f', help: 'a JSON file with all of it (- is standard input)' },
    start: { type: 'boolean', help: 'start the agent in tmux when it does not run' },
    ...startOptions,
  },
  choices: ['list'],
  async run(context) {
    const { io, root, positionals, flag, format } = context;
    if (positionals.length === 1 && positionals[0] === 'list') return list(context);
    const message = await messageOf(context);
    const sentBy = requireOwnName(context, message);
    const fleet = inspect(io, root);
    const { registry, parsed } = fleet;
    if (registry === undefined || parsed === undefined)
      throw new UserError(
        'The registry has errors, so it is unknown who may hand work to whom. See: native-orchestrator check',
      );
    const { from, to } = message;
    requireAgents([...registry.agents.keys()], [from, to]);
    const host = sessionHostOf(io, root);
    const programs = await requirePrograms(io);
    const start = async (): Promise<void> => {
      const tmux = tmuxOf(host, root);
      if (tmux === undefined)
        throw new UserError('tmux was not found (looked at PATH), so the agent cannot be started.');
      requireStartable(context, fleet, to);
      const results = await startMany(context, host, tmux, [to], (id) =>
        launchOf(context, host, { fleet, id, programs }),
      );
      for (const { message: words, isFailure } of results) if (isFailure) throw new UserError(words);
    };
    const record = await deliverHandoff({
      host,
      root,
      registry,
      lineOf: (id) => parsed.positions.at(['agents', id, 'delegates_to']).line,
      claudePath: programs.claudePath,
      message,
      sentBy,
      look: async () => (await lookAtSessions(io, root)).sessions.get(to),
      ...(flag('start') ? { start } : {}),
    });
    const isDelivered = record.state === 'delivered';
    if (format === 'json') printJson(io, { findings: [], handoff: record, summary: { ok: isDelivered } });
    else if (isDelivered) io.out(`Handed to ${to} (${record.id.slice(0, 8)}).\n`);
    else
      throw new UserError(
        `${record.reason} The handoff was recorded as refused.${record.reason?.endsWith('does not run.') === true ? ' Start it as well: --start' : ''}`,
      );
    return isDelivered ? 0 : 2;
  },
};
