// What the hub answers to each message of a client.
import type {
  ClientMessage,
  ControlAgent,
  ControlAll,
  DataType,
  SendPrompt,
} from '../protocol/wsMessages.generated.ts';
import type { AuditEntry } from './auditLog.ts';
import { readClientMessage } from './clientMessage.ts';
import type { Connection } from './connection.ts';
import { contractVersion, supportedVersions } from './contract.ts';
import { countOne, type HubCounts } from './counts.ts';
import type { Unsent } from './frames.ts';
import type { Controls, HubCore } from './hubCore.ts';
import { type Group, groups } from './hubEvent.ts';
import type { HubLog } from './hubLog.ts';
import type { Limits } from './limits.ts';

type Control = ControlAgent | ControlAll | SendPrompt;

/** Writes down what was done through the hub. */
export type Audit = (entry: Omit<AuditEntry, 'by'>) => void;

export interface AnswersOptions {
  readonly core: HubCore;
  /** Absent where nothing can be done from here. */
  readonly controls?: Controls;
  readonly limits: Limits;
  readonly counts: HubCounts;
  readonly log: HubLog;
  /** ISO 8601. */
  readonly now: () => string;
  /** Writes down what an operator did: before it is tried, and what came of it. */
  readonly audit?: Audit;
}

export interface Answers {
  /** Greets a new connection, and again after `hello`. */
  greet(connection: Connection, replay: 'none' | 'complete' | 'unavailable', correlationId?: string): void;
  /** Takes one frame of a client, which has been charged for it. */
  take(connection: Connection, text: string): void;
  /** Tells the client which of the groups nothing tells of now. It gets what comes of them once something does. */
  tellSilent(connection: Connection, wanted: readonly Group[], correlationId?: string): void;
}

const ordered = (subscriptions: ReadonlySet<Group>): readonly Group[] =>
  groups.filter((group) => subscriptions.has(group));

export function createAnswers(options: AnswersOptions): Answers {
  const { core, controls, limits, counts, log, now, audit } = options;

  const greet: Answers['greet'] = (connection, replay, correlationId) =>
    connection.reply(
      {
        type: 'connection_established',
        connection_id: connection.id,
        contract_version: contractVersion,
        epoch: core.epoch,
        seq: core.seq,
        role: connection.role,
        server_time: now(),
        subscriptions: ordered(connection.subscriptions),
        replay,
      },
      correlationId,
    );

  const unavailable = (
    about: { readonly data_type: DataType } | { readonly subscription: Group },
  ): Unsent => {
    countOne(counts.errorsSent, 'unavailable');
    const [name] = Object.values(about);
    return { type: 'data_error', code: 'unavailable', message: `Nothing tells of ${name} now.`, ...about };
  };

  const tellSilent: Answers['tellSilent'] = (connection, wanted, correlationId) => {
    for (const subscription of new Set(wanted))
      if (core.sources !== undefined && !core.sources.includes(subscription))
        connection.reply(unavailable({ subscription }), correlationId);
  };

  /** Does it, and tells the client only then. Never rejects. */
  async function control(connection: Connection, message: Control, correlationId: string | undefined) {
    const { action } = message;
    const agent = 'agent' in message ? message.agent : undefined;
    const about = agent === undefined ? {} : { agent };
    if (connection.role !== 'operator') {
      connection.refuse('forbidden', 'Controls need the token of an operator.', correlationId);
      return;
    }
    if (controls === undefined) {
      connection.refuse('unavailable', 'Nothing can be started or stopped from this hub.', correlationId);
      return;
    }
    if (connection.controlsUnderWay >= limits.controlsAtOnce) {
      const said = `${limits.controlsAtOnce} controls are under way. Wait for their results.`;
      connection.refuse('rate_limited', said, correlationId);
      return;
    }
    connection.controlsUnderWay++;
    const given = {
      connection: connection.id,
      ...about,
      action,
      ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    };
    const { action: _, agent: __, ...details } = given;
    const noted = { action, ...(agent === undefined ? {} : { agents: [agent] }), details };
    const from = performance.now();
    let result: Awaited<ReturnType<Controls['run']>>;
    try {
      audit?.({ ...noted, outcome: 'asked' });
      const text = message.action === 'send_prompt' ? message.text : undefined;
      const confirm = 'confirm' in message && message.confirm === true;
      result = await controls.run(action, agent, text, { confirm });
    } catch {
      result = { ok: false, error: 'It failed for a reason that is a bug of ours; the log has it.' };
      log('error', 'control threw', given);
    }
    connection.controlsUnderWay--;
    if (result.ok) counts.controlsDone++;
    else counts.controlsFailed++;
    audit?.({ ...noted, outcome: result.ok ? 'done' : 'failed' });
    log('info', 'control', { ...given, ok: result.ok, ms: Math.round(performance.now() - from) });
    connection.reply(
      {
        type: 'control_result',
        action,
        ...about,
        ok: result.ok,
        ...(result.error === undefined ? {} : { error: result.error }),
      },
      correlationId,
    );
  }

  function answer(connection: Connection, message: ClientMessage, correlationId: string | undefined): void {
    const reply = (unsent: Unsent): void => connection.reply(unsent, correlationId);
    switch (message.type) {
      case 'hello':
        if (supportedVersions.includes(message.contract_version)) greet(connection, 'none', correlationId);
        else
          connection.refuse(
            'unsupported_version',
            `The hub speaks ${supportedVersions.join(', ')}.`,
            correlationId,
            { supported_versions: supportedVersions },
          );
        return;
      case 'ping':
        reply({ type: 'pong', server_time: now() });
        return;
      case 'subscribe': {
        if (message.subscriptions.some((group) => !connection.may.includes(group))) {
          const said = `This route has ${connection.may.join(', ')}.`;
          connection.refuse('invalid_subscription', said, correlationId);
          return;
        }
        for (const group of message.subscriptions) connection.subscriptions.add(group);
        reply({ type: 'subscription_updated', subscriptions: ordered(connection.subscriptions) });
        tellSilent(connection, message.subscriptions, correlationId);
        return;
      }
      case 'unsubscribe':
        for (const group of message.subscriptions) connection.subscriptions.delete(group);
        reply({ type: 'subscription_updated', subscriptions: ordered(connection.subscriptions) });
        return;
      case 'request_data': {
        const { data_type } = message;
        const data = core.snapshot(data_type);
        reply(
          data === undefined
            ? unavailable({ data_type })
            : { type: 'data_response', data_type, data, server_time: now() },
        );
        return;
      }
      case 'control':
        void control(connection, message, correlationId);
    }
  }

  return {
    greet,
    tellSilent,
    take(connection, text) {
      const { message, bad, correlationId } = readClientMessage(text, limits.subscriptions);
      if (bad !== undefined) {
        connection.refuse(bad.code, bad.message, correlationId);
        return;
      }
      log('debug', 'received', {
        connection: connection.id,
        type: message.type,
        ...('subscriptions' in message ? { subscription: message.subscriptions.join(',') } : {}),
        ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
      });
      answer(connection, message, correlationId);
    },
  };
}
