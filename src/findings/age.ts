// How long ago something was, in the few words that a row has room for.

const steps = [
  { under: 60, unit: 's', seconds: 1 },
  { under: 3600, unit: 'm', seconds: 60 },
  { under: 86_400, unit: 'h', seconds: 3600 },
  { under: Number.POSITIVE_INFINITY, unit: 'd', seconds: 86_400 },
] as const;

/**
 * `3 s ago`, `2 m ago`, `1 h ago`, `4 d ago`; `just now` for less than a second and for a clock that is ahead. `at`: ISO 8601.
 * `now`: milliseconds since 1970. A text that is no time is "at an unknown time".
 */
export function ageWords(at: string, now: number): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return 'at an unknown time';
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 1) return 'just now';
  const step = steps.find(({ under }) => seconds < under) ?? steps[3];
  return `${Math.floor(seconds / step.seconds)} ${step.unit} ago`;
}
