// Percentiles by the nearest rank: always one of the values that were measured.

/** The value that at least `percent` % of the values do not exceed; undefined for none. */
export function nearestRank(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
