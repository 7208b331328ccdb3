// Notes what a verb did in the audit log of the workspace: one place for all verbs that change something.
import { isUserError } from '../findings/userError.ts';
import { type AuditEntry, audit } from '../hub/auditLog.ts';
import { stateDirectoryOf } from './state.ts';
import type { Verb, VerbContext } from './verb.ts';

interface Noted {
  /** Those of its arguments that are agents. */
  readonly agents: (words: readonly string[]) => readonly string[];
  /** Whether it changes nothing as it was called; the flags of `looks` do that for every verb. */
  readonly isLook?: (context: VerbContext) => boolean;
}

const allOf = (words: readonly string[]): readonly string[] => words;
const noneOf = (): readonly string[] => [];

/** Verbs that change something. `hub` is not among them: a hub itself notes that it starts and ends, wherever it runs. */
const noted: Readonly<Record<string, Noted>> = {
  generate: { agents: allOf },
  start: { agents: allOf },
  stop: { agents: allOf },
  restart: { agents: allOf },
  // What follows is the prompt.
  send: { agents: ([id]) => (id === undefined ? [] : [id]) },
  handoff: {
    agents: (words) => words.slice(0, 2),
    isLook: ({ positionals }) => positionals.length === 1 && positionals[0] === 'list',
  },
  worktree: { agents: (words) => words.slice(1), isLook: ({ positionals }) => positionals[0] !== 'remove' },
  adopt: { agents: allOf },
  ignore: { agents: allOf },
  restore: { agents: allOf, isLook: ({ flag }) => flag('list') },
  migrate: { agents: noneOf },
  clean: {
    agents: noneOf,
    isLook: ({ flag, option }) => !flag('archive') && !flag('delete') && option('undo') === undefined,
  },
};
export const notedVerbs: readonly string[] = Object.keys(noted);

/** Flags that say how far it was to go. */
const flags: readonly string[] = [
  'all',
  'force',
  'upgrade',
  'unguarded',
  'yes',
  'archive',
  'delete',
  'uncommitted',
  'now',
  'undo',
  'on-agent',
  'start',
];
/** Options that say what it was about. */
const places = ['key', 'file', 'undo', 'backup'] as const;
/** With these nothing is changed. */
const looks = ['check', 'dry-run', 'help'] as const;

/** Runs a verb, and notes that it did if it is one of those that change something. What it gives or throws is the verb's. */
export async function audited(verb: Verb, context: VerbContext): Promise<number> {
  const how = Object.hasOwn(noted, verb.name) ? noted[verb.name] : undefined;
  const isLook = how?.isLook?.(context) === true || looks.some((name) => context.flag(name));
  if (how === undefined || isLook) return verb.run(context);
  let outcome = 'failed';
  try {
    const code = await verb.run(context);
    outcome = code === 0 ? 'done' : `exit code ${code}`;
    return code;
  } catch (error) {
    if (isUserError(error)) outcome = 'refused';
    throw error;
  } finally {
    const agents = how.agents(context.positionals);
    const details = detailsOf(verb, context);
    await note(context, {
      action: verb.name,
      by: 'cli',
      outcome,
      ...(agents.length === 0 ? {} : { agents }),
      ...(Object.keys(details).length === 0 ? {} : { details }),
    });
  }
}

function detailsOf(verb: Verb, { flag, option }: VerbContext): Readonly<Record<string, string>> {
  const given = flags.filter((name) => Object.hasOwn(verb.options, name) && flag(name));
  const about = places.flatMap((name): readonly (readonly [string, string])[] => {
    const value = Object.hasOwn(verb.options, name) ? option(name) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return { ...(given.length === 0 ? {} : { flags: given.join(' ') }), ...Object.fromEntries(about) };
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
