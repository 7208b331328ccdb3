// The hook that tells: one event of the CLI, one line in the spool. It runs asynchronously and never fails its host.
import { eventFields } from '../protocol/eventFields.ts';
import { appendToSpool } from './appendToSpool.ts';
import { readInput } from './readInput.ts';

/** A session must never wait for its reporter. */
const deadlineMs = 5000;

const input = readInput();

const end = (): never => {
  // Leaving waits for a read that is under way, and nobody can end that.
  if (input.isPending()) process.kill(process.pid, 'SIGKILL');
  process.exit(0);
};
process.on('uncaughtException', end);
process.on('unhandledRejection', end);
setTimeout(end, deadlineMs);

async function report(): Promise<void> {
  const event: unknown = JSON.parse((await input.text) ?? 'null');
  if (typeof event === 'object' && event !== null && !Array.isArray(event))
    appendToSpool(() => ({
      ...eventFields(event as Readonly<Record<string, unknown>>),
      agent: process.argv[2] ?? '',
      src: 'report',
    }));
}

report().then(end, end);
