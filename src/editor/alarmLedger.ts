// Since when which agent of a folder is disarmed, and what of it is new. Keeps the books, says nothing itself.
import type { Cause } from '../outputs/causes.ts';

/** How an agent stands after an inspection. */
export interface Standing {
  readonly agent: string;
  readonly causes: readonly Cause[];
  /** It cannot be told now: its file is absent, or being edited and not saved. What was known stays. */
  readonly isHeld: boolean;
}

/** Since when an agent is disarmed. */
export interface Disarmed {
  /** Undefined: it was so when it was first looked at. */
  readonly since: Date | undefined;
  /** When it was first looked at, or lost its protection. */
  readonly foundAt: Date;
  /** When it was last seen whole; undefined when that is not known. */
  readonly intactAt: Date | undefined;
}

interface Known extends Disarmed {
  readonly causes: readonly Cause[];
}

export interface Turn {
  /** Agents with causes that were not there before. */
  readonly lost: readonly { readonly agent: string; readonly causes: readonly Cause[] }[];
  /** Agents that were disarmed and no longer are. */
  readonly mended: readonly string[];
}

export class AlarmLedger {
  /** By agent; those that were ever looked at. */
  readonly #known = new Map<string, Known>();
  #lastAt: Date | undefined;

  /** Takes in how the agents stand. What an agent has lost when it is first seen is no news. */
  update(standings: readonly Standing[], now: Date): Turn {
    const lost: { agent: string; causes: readonly Cause[] }[] = [];
    const mended: string[] = [];
    for (const { agent, causes, isHeld } of standings) {
      if (isHeld) continue;
      const before = this.#known.get(agent);
      if (before === undefined) {
        this.#known.set(agent, { causes, since: undefined, foundAt: now, intactAt: undefined });
        continue;
      }
      const fresh = causes.filter(({ id }) => !before.causes.some((each) => each.id === id));
      const wasWhole = before.causes.length === 0;
      if (causes.length === 0 && !wasWhole) mended.push(agent);
      if (fresh.length > 0) lost.push({ agent, causes: fresh });
      if (fresh.length === 0 && causes.length === before.causes.length) continue;
      this.#known.set(
        agent,
        wasWhole ? { causes, since: now, foundAt: now, intactAt: this.#lastAt } : { ...before, causes },
      );
    }
    this.#lastAt = now;
    return { lost, mended };
  }

  /** Since when an agent is disarmed; undefined when it is not. */
  of(agent: string): Disarmed | undefined {
    const known = this.#known.get(agent);
    return known === undefined || known.causes.length === 0 ? undefined : known;
  }

  /** What an agent has lost now. */
  causesOf(agent: string): readonly Cause[] {
    return this.#known.get(agent)?.causes ?? [];
  }

  /** Fills in, from a history, what was so before it was first looked at. */
  recall(agent: string, since: Date, intactAt: Date | undefined): void {
    const known = this.#known.get(agent);
    if (known?.since !== undefined || known === undefined || known.causes.length === 0) return;
    this.#known.set(agent, { ...known, since, intactAt });
  }
}
