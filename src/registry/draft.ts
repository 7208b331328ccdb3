// A finding whose places are still offsets into a text, so that a cached one can move with its block.
import type { FindingArg } from '../findings/finding.ts';
import type { RegistryCode } from './codes.ts';

/** A half-open span of offsets, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Draft {
  readonly code: RegistryCode;
  readonly span: Span;
  /** The agent it concerns; absent when the place decides, or when it concerns the fleet. */
  readonly agent?: string;
  readonly args: Readonly<Record<string, FindingArg>>;
  readonly message: string;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

export function moved(span: Span, by: number): Span {
  return by === 0 ? span : { start: span.start + by, end: span.end + by };
}

/** The draft as it stands when its text begins `by` further on. */
export function movedDraft(draft: Draft, by: number): Draft {
  if (by === 0) return draft;
  const related = draft.related?.map((other) => ({ ...other, span: moved(other.span, by) }));
  return { ...draft, span: moved(draft.span, by), ...(related === undefined ? {} : { related }) };
}
