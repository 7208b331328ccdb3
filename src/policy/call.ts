// A tool call as the policy judges it, and the verdict.
import type { GuardCode } from './codes.ts';
import type { PathNames } from './globs.ts';
import type { Policy } from './policy.ts';

/** A path that a call names, with everything it may be called on the disk. */
export interface ResolvedPath extends PathNames {
  /** As the call wrote it. */
  readonly shown: string;
  /** True when the call takes in what lies below the path, as a search does. */
  readonly isSearched?: boolean;
  /**
   * All that lies below the path on the disk, for a call that takes every one of it in, as `rm -r` does. Throws where
   * that is too much to be looked at.
   */
  readonly below?: () => Iterable<PathNames>;
}

/** What a call does by way of a shell, beside the paths that it names. */
export interface ShellCall {
  /** Why the command cannot be taken apart; it is refused then. */
  readonly problem?: string;
  /** Parts whose effect their text does not tell. */
  readonly opaque: readonly {
    readonly what: string;
    readonly text: string;
    readonly does: 'read' | 'write';
  }[];
  /** Paths that programs are told which nobody here knows: they may change them or only read them. */
  readonly mentions: readonly ({ readonly what: string } & ResolvedPath)[];
  /** Programs that no session may start. */
  readonly starts: readonly string[];
  /** The words of each simple command. */
  readonly commands: readonly (readonly string[])[];
}

export interface Call {
  /** The tool's name as the CLI gives it, `mcp__server__tool` included. */
  readonly tool: string;
  /** The paths that the call would create, change or delete. */
  readonly writes: readonly ResolvedPath[];
  readonly reads: readonly ResolvedPath[];
  /** What there is to judge beside the paths, by the policy of each agent that the call is held to. */
  readonly beside?: (policy: Policy) => Verdict;
  /** For a call that starts a sub-agent: the type it names; absent when it names none. */
  readonly subagent?: string;
  /** The type of the sub-agent that makes the call; absent when the session's own agent makes it. */
  readonly caller?: string;
}

export interface Denial {
  readonly allow: false;
  readonly code: GuardCode;
  /** One or two sentences for the model and the person: what was refused, by which rule, and the way out. */
  readonly reason: string;
  /** The place of the rule, such as `agents.backend-agent.cannot_access`, or `protected`. */
  readonly source: string;
}

/** Let through, marked: the guard could not see all that the call does. */
export interface Mark {
  readonly code: GuardCode;
  readonly reason: string;
}

export type Verdict = ({ readonly allow: true } & Partial<Mark>) | Denial;
