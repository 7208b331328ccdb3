// `send`: type a prompt into the session of an agent.
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { promptProblem } from '../sessions/sendPrompt.ts';
import { paneOf, pasteInto } from '../sessions/tmux.ts';
import { typingRefusal } from '../sessions/typePrompt.ts';
import { tmuxOfRecord } from '../sessions/workspaceTmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { lookAtSessions } from './liveSessions.ts';
import { ownSession } from './ownSession.ts';
import { requirePrograms } from './prepareStart.ts';
import { printJson } from './render.ts';
import { requireLive, sessionHostOf } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

export const send: Verb = {
  name: 'send',
  summary: 'type a prompt into the session of an agent',
  usage: 'id "prompt"',
  help: 'Types a prompt into the tmux session of an agent and presses Enter. Only while the session is at its prompt or works:\nwith a question on its screen, the text would answer that. claude says which it is.',
  formats: ['text', 'json'],
  options: {},
  async run({ io, root, positionals, format }) {
    const [id, prompt, ...others] = positionals;
    if (id === undefined || prompt === undefined || others.length > 0)
      throw new UsageError('Name one agent and its prompt, in quotes: native-orchestrator send <id> "…"');
    // What one agent gives another is checked against the registry and recorded.
    const own = ownSession(io);
    if (own !== undefined)
      throw new UserError(
        `This is the session of ${visibleShort(own, 64)}, and agents hand work over instead: native-orchestrator handoff ${visibleShort(own, 64)} ${visibleShort(id, 64)} --task "…"`,
      );
    const fleet = inspect(io, root);
    if (fleet.registry !== undefined) requireAgents([...fleet.registry.agents.keys()], [id]);
    const problem = promptProblem(prompt);
    if (problem !== undefined) throw new UserError(problem);
    const host = sessionHostOf(io, root);
    const { record } = await requireLive(host, id);
    const tmux = tmuxOfRecord(host, root, record);
    const pane = tmux && (await paneOf(tmux, record.launch));
    if (tmux === undefined || pane === undefined)
      throw new UserError(
        `${id} does not run in tmux, so nothing can be typed into it from here. Type it in its terminal.`,
      );
    const { claudePath } = await requirePrograms(io);
    const look = await lookAtSessions(io, root);
    const refusal = await typingRefusal(host, claudePath, record, look.sessions.get(id));
    if (refusal !== undefined)
      throw new UserError(`Nothing was typed into ${id}: ${refusal}. See: native-orchestrator attach ${id}`);
    if (
      !(await pasteInto(tmux, { agent: id, launch: record.launch, pane: record.pane ?? pane.pane }, prompt))
    )
      throw new UserError(
        `Nothing was typed into ${id}: tmux has no session of it that was started from here.`,
      );
    const message = `Typed into ${id}.`;
    if (format === 'json')
      printJson(io, { findings: [], summary: { ok: true, agent: id, launch: record.launch } });
    else io.out(`${message}\n`);
    return 0;
  },
};
