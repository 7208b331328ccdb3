// The hub's log: one record per thing that happened, of a fixed set of fields. No token, no prompt, no text of a URL fits in.
import { visibleShort } from '../findings/visible.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** All that a record can tell beside its level, time and event. Texts are short names; an id of a client's is cut. */
export interface LogFields {
  readonly correlation_id?: string;
  readonly connection?: string;
  readonly type?: string;
  readonly subscription?: string;
  readonly route?: string;
  readonly role?: string;
  readonly agent?: string;
  readonly action?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly status?: number;
  readonly count?: number;
  readonly seq?: number;
  readonly ms?: number;
  readonly port?: number;
  readonly ok?: boolean;
  /** Of a bug of ours. */
  readonly stack?: string;
}

export type HubLog = (level: LogLevel, event: string, fields?: LogFields) => void;

export interface LogRecord extends LogFields {
  /** ISO 8601. */
  readonly t: string;
  readonly level: LogLevel;
  readonly event: string;
}

/** A log of that level and above. `now`: ISO 8601. `write` gets each record; texts in it have no control characters. */
export function hubLog(level: LogLevel, now: () => string, write: (record: LogRecord) => void): HubLog {
  const most = logLevels.indexOf(level);
  return (of, event, fields = {}) => {
    if (logLevels.indexOf(of) > most) return;
    const shown = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? visibleShort(value, name === 'stack' ? 2000 : 128) : value,
    ]);
    write({ t: now(), level: of, event, ...Object.fromEntries(shown) });
  };
}
