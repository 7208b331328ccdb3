// Whether a request may be answered at all: its Host, its Origin, its token or cookie. Pure but for the credentials.
import type { IncomingHttpHeaders } from 'node:http';
import type { Role } from '../protocol/wsMessages.generated.ts';
import type { Credentials } from './credentials.ts';

/** The one address that is bound, and the name that people type for it. */
const hosts = ['127.0.0.1', 'localhost'] as const;

/** Cookies know no ports: the name keeps the hubs of several workspaces apart. */
export const cookieName = (port: number): string => `native_orchestrator_hub_${port}`;

export interface AskedAccess {
  readonly headers: IncomingHttpHeaders;
  /** How many Host headers there are: of several, two readers could take two different ones. */
  readonly hostCount: number;
  /** Whether it only reads, and is no upgrade. */
  readonly isPlainRead: boolean;
}

export type Refusal = 'host' | 'origin' | 'token';
export type Access =
  | { readonly role: Role; readonly refused?: never }
  | { readonly refused: Refusal; readonly role?: never };

/** Whether a hub that listens on a port answers to that Host: exactly its own, or a name that is bound anew could stand for it. */
export function isOwnHost(host: string, port: number): boolean {
  return hosts.some((own) => host === `${own}:${port}` || (port === 80 && host === own));
}

/** Whether Host and Origin are this hub's own. An Origin may be absent: tools send none. */
export function checkSource(
  { headers, hostCount }: AskedAccess,
  port: number,
): Exclude<Refusal, 'token'> | undefined {
  const { host, origin } = headers;
  if (hostCount !== 1 || host === undefined || !isOwnHost(host, port)) return 'host';
  return origin === undefined || origin === `http://${host}` ? undefined : 'origin';
}

const bearerOf = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^Bearer ([\w.~+/=-]{1,512})$/i.exec(header)?.[1];

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/**
 * What a request is entitled to, or why it is refused. A cookie counts only from the hub's own pages: other servers of
 * this machine are the same site to a browser. So whatever acts, and every upgrade, must name the exact Origin.
 */
export function checkAccess(asked: AskedAccess, port: number, credentials: Credentials): Access {
  const refused = checkSource(asked, port);
  if (refused !== undefined) return { refused };
  const { headers, isPlainRead } = asked;
  // A wrong token is not made good by a cookie.
  if (headers.authorization !== undefined) {
    const token = bearerOf(headers.authorization);
    const role = token === undefined ? undefined : credentials.roleOfToken(token);
    return role === undefined ? { refused: 'token' } : { role };
  }
  const cookie = cookieOf(headers.cookie, cookieName(port));
  const role = cookie === undefined ? undefined : credentials.roleOfCookie(cookie);
  if (role === undefined) return { refused: 'token' };
  const site = headers['sec-fetch-site'];
  const isOwnPage = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwnPage || (!isPlainRead && headers.origin === undefined)) return { refused: 'origin' };
  return { role };
}
