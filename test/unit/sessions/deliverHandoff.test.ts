// What becomes of a handoff that cannot be delivered or noted: the record and the message say it, whoever found it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../src/findings/userError.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';
import { deliverHandoff, type HandoffDelivery } from '../../../src/sessions/deliverHandoff.ts';
import { readHandoffs } from '../../../src/sessions/handoffRecord.ts';
import type { SessionHost } from '../../../src/sessions/sessionHost.ts';
import { writeRecord } from '../../../src/sessions/sessionRecord.ts';
import { memoryFiles, systemError } from '../outputs/memoryFiles.ts';
import { recordId, recordWith } from './records.ts';

const launch = recordId;
const record = recordWith({ agent: 'to-agent' });
const agent = { display_name: 'A', description: 'd', model: 'sonnet', tools: ['Read'] };
const { registry } = parseRegistry(
  JSON.stringify({
    agents: {
      'from-agent': { name: 'from-agent', ...agent, delegates_to: ['to-agent'] },
      'to-agent': { name: 'to-agent', ...agent },
    },
  }),
);

/** A target that runs in a terminal and is idle; what is typed into it. */
async function stage() {
  const files = memoryFiles({
    '/proc/sys/kernel/random/boot_id': 'boot',
    '/proc/self/stat': 'x',
    '/proc/42/stat': `42 (claude) S${' 0'.repeat(18)} 7 0`,
  });
  const listed = JSON.stringify([{ pid: 42, sessionId: launch, status: 'idle' }]);
  const host: SessionHost = {
    files,
    stateRoot: '/state',
    stateDirectory: '/state/w',
    machine: { files, platform: 'linux', env: {}, home: '/home/me', run: async () => listed },
    now: () => '2026-01-02T03:05:00.000Z',
    kill: () => assert.fail('nobody is ended'),
    wait: async () => {},
  };
  await writeRecord(host, record);
  assert.ok(registry);
  const typed: string[] = [];
  const given: HandoffDelivery = {
    host,
    root: '/w',
    registry,
    lineOf: () => 1,
    claudePath: '/claude',
    message: { from: 'from-agent', to: 'to-agent', task: 'Do it.', acceptance: [] },
    sentBy: 'person',
    look: async () => ({
      state: { state: 'idle', since: record.startedAt, source: 'hooks', evidence: '' },
    }),
    typist: async () => async (text) => typed.push(text) > 0,
  };
  return { files, host, given, typed };
}

describe('deliverHandoff', () => {
  it('is delivered once, and recorded so', async () => {
    const { host, given, typed } = await stage();
    const { state, launch: to } = await deliverHandoff(given);
    assert.deepEqual([state, to, typed.length], ['delivered', launch, 1]);
    assert.deepEqual(
      readHandoffs(host).handoffs.map((each) => each.state),
      ['delivered'],
    );
  });

  it('to a session that nobody here can type into is refused, and the record says why', async () => {
    const { host, given } = await stage();
    const typist = async (): Promise<never> => {
      throw new UserError('to-agent runs in a terminal outside of this window.');
    };
    const done = await deliverHandoff({ ...given, typist });
    assert.deepEqual(
      [done.state, done.reason],
      ['refused', 'to-agent runs in a terminal outside of this window.'],
    );
    assert.deepEqual(
      readHandoffs(host).handoffs.map(({ state, reason }) => [state, reason]),
      [[done.state, done.reason]],
    );
  });

  it('that was typed and cannot be noted any more says that it was typed', async () => {
    const { files, host, given, typed } = await stage();
    const typist = async () => async (text: string) => {
      files.onWrite = () => {
        throw systemError('ENOSPC');
      };
      return typed.push(text) > 0;
    };
    await assert.rejects(
      deliverHandoff({ ...given, typist }),
      /was typed into to-agent.*Do not send it again/,
    );
    assert.equal(typed.length, 1);
    assert.equal(readHandoffs(host).handoffs[0]?.state, 'recorded');
  });
});
