// A program of its own for tests: the hub's server with a core in memory, told what to do over the channel of a fork.

import type { Controls } from '../../src/hub/hubCore.ts';
import { hubLog } from '../../src/hub/hubLog.ts';
import { limitsWith } from '../../src/hub/limits.ts';
import { createHubServer, type HubServer } from '../../src/hub/server.ts';
import { MemoryCore } from './memoryCore.ts';

/** What a test may tell it. */
export type Order =
  | {
      readonly do: 'start';
      readonly limits: Readonly<Record<string, number>>;
      readonly viewer: string;
      readonly operator: string;
      readonly port: number;
      readonly isBare: boolean;
    }
  | {
      readonly do: 'publish';
      readonly count: number;
      readonly group?: 'agents' | 'tasks' | 'system';
      readonly isUpdate?: boolean;
      readonly agent?: string;
      readonly bytes?: number;
    }
  | { readonly do: 'forget'; readonly before: number }
  | { readonly do: 'release' }
  | { readonly do: 'memory' }
  | { readonly do: 'close' };

const core = new MemoryCore();
let server: HubServer | undefined;
let release: (() => void) | undefined;
const tell = (message: unknown): void => void process.send?.(message);

/** Says what it is asked, and comes to an end when the test says so. */
const controls: Controls = {
  async run(action, agent, text, { confirm }) {
    tell({ told: 'control', action, agent, text, confirm });
    if (agent === 'throws-agent') throw new Error('as the test wants it');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return agent === 'refused-agent' ? { ok: false, error: 'refused-agent does not run.' } : { ok: true };
  },
};

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'start': {
      const log = hubLog(
        'debug',
        () => new Date().toISOString(),
        (record) => process.stderr.write(`${JSON.stringify(record)}\n`),
      );
      if (order.isBare) core.makeBare();
      server = await createHubServer({
        core,
        ...(order.isBare ? {} : { controls }),
        port: order.port,
        viewerTokens: [order.viewer],
        operatorToken: order.operator,
        limits: limitsWith(order.limits),
        log,
        audit: (entry) => tell({ told: 'audit', entry }),
        ...(order.isBare
          ? {}
          : { marks: () => ({ sync: { 'in sync': 2 }, health: { healthy: 1, disarmed: 1 } }) }),
        onBug: (error) => tell({ told: 'bug', error: String(error) }),
      });
      return { port: server.port };
    }
    case 'publish':
      core.publishMany(order);
      return { seq: core.seq };
    case 'forget':
      core.forget(order.before);
      return {};
    case 'release':
      release?.();
      return {};
    case 'memory': {
      // What the core has is not what the server holds.
      core.forget(Number.POSITIVE_INFINITY);
      // What a buffer had is given back some time after the buffer is.
      for (let round = 0; round < 3; round++) {
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { heapUsed, external } = process.memoryUsage();
      return { bytes: heapUsed + external };
    }
    case 'close':
      await server?.close();
      return {};
  }
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: Order }) => {
  obey(order).then(
    (result) => tell({ id, result }),
    (error) => tell({ id, error: String(error?.message ?? error) }),
  );
});
process.on('disconnect', () => process.exit(0));
