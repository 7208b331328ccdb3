// Times processes and functions side by side: A B A B, so that what else the machine does hits all alike.
import { spawnSync } from 'node:child_process';

export const median = (numbers) => quantile(numbers, 0.5);

export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Runs a program once and gives its milliseconds, from before its start until it is gone. Throws when it fails. */
export function timeProcess({ command = process.execPath, args, input = '', env }) {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    input,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    maxBuffer: 2 ** 28,
  });
  const took = performance.now() - started;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}

/**
 * Runs every case `runs` times in turn, after one turn that does not count. A case is `{ run, before? }`; `run` gives
 * milliseconds. Answers with the samples by name.
 */
export async function interleaved(cases, runs) {
  const samples = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let turn = -1; turn < runs; turn++)
    for (const [name, { run, before }] of Object.entries(cases)) {
      await before?.();
      const took = await run();
      if (turn >= 0) samples[name].push(took);
    }
  return samples;
}

/** The median of the ratios of each turn, so that a slow turn is slow on both sides. */
export function ratio(over, under) {
  return median(over.map((value, turn) => value / under[turn]));
}

/** The median of the differences of each turn, in milliseconds. */
export function difference(over, under) {
  return median(over.map((value, turn) => value - under[turn]));
}
