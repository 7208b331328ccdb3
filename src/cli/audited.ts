// Notes what a verb did in the audit log of the workspace: one place for all verbs that change something.
import { isUserError } from '../findings/userError.ts';
import { type AuditEntry, audit } from '../hub/auditLog.ts';
import { stateDirectoryOf } from './state.ts';
import type { Verb, VerbContext } from './verb.ts';

const allOf = (words: readonly string[]): readonly string[] => words;
const noneOf = (): readonly string[] => [];

/** Verbs that change something, and which of their arguments are agents. */
const noted: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  generate: allOf,
  start: allOf,
  stop: allOf,
  restart: allOf,
  // What follows is the prompt.
  send: ([id]) => (id === undefined ? [] : [id]),
  handoff: (words) => words.slice(0, 2),
  worktree: (words) => words.slice(1),
  adopt: allOf,
  ignore: allOf,
  restore: allOf,
  migrate: noneOf,
  clean: noneOf,
};

/** Flags that say how far it was to go. */
const flags = ['all', 'force', 'upgrade', 'unguarded', 'yes', 'archive', 'delete', 'now'] as const;
/** With these, as with the argument `list`, nothing is changed. */
const looks = ['check', 'dry-run', 'help'] as const;

/** Runs a verb, and notes that it did if it is one of those that change something. What it gives or throws is the verb's. */
export async function audited(verb: Verb, context: VerbContext): Promise<number> {
  const of = Object.hasOwn(noted, verb.name) ? noted[verb.name] : undefined;
  const isLook = context.positionals[0] === 'list' || looks.some((name) => context.flag(name));
  if (of === undefined || isLook) return verb.run(context);
  let outcome = 'failed';
  try {
    const code = await verb.run(context);
    outcome = code === 0 ? 'done' : `exit code ${code}`;
    return code;
  } catch (error) {
    if (isUserError(error)) outcome = 'refused';
    throw error;
  } finally {
    const given = flags.filter((name) => Object.hasOwn(verb.options, name) && context.flag(name));
    const agents = of(context.positionals);
    await note(context, {
      action: verb.name,
      by: 'cli',
      outcome,
      ...(agents.length === 0 ? {} : { agents }),
      ...(given.length === 0 ? {} : { details: { flags: given.join(' ') } }),
    });
  }
}

async function note({ io, root }: VerbContext, entry: AuditEntry): Promise<void> {
  try {
    const { files, env, now } = io;
    const state = stateDirectoryOf(io, root);
    // Where nothing was ever done, what was not done either makes no folder.
    if (entry.outcome !== 'done' && files.kind(state.workspace) === undefined) return;
    const inSessionOf = env.NATIVE_ORCHESTRATOR_AGENT;
    const session = inSessionOf === undefined ? {} : { inSessionOf };
    const store = { files, stateRoot: state.root, stateDirectory: state.workspace };
    await audit(store, now(), { ...entry, ...session });
  } catch (error) {
    // Without a state directory there is nowhere to note it, and what was done is done.
    if (!isUserError(error)) throw error;
  }
}
