// Who may ask the hub: tokens of tools, one-use tickets, and the cookies that browsers get for them. Kept in memory alone.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../protocol/wsMessages.generated.ts';

/** Outstanding tickets and logged-in browsers of a role; the oldest of the same make room. */
const mostTickets = 16;
const mostCookies = 32;
/** Milliseconds that a login lasts. */
const cookieMs = 12 * 60 * 60 * 1000;

interface Secret {
  readonly hash: Buffer;
  readonly role: Role;
  /** In milliseconds of the clock; absent: as long as the hub runs. */
  readonly until?: number;
}

export interface CredentialsOptions {
  readonly viewerTokens: readonly string[];
  readonly operatorToken: string;
  readonly ticketMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
/** 256 bits that nobody can guess, fit for a URL's fragment and a cookie. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** The one that a text is. Each is compared, in a time that does not tell how much of it is right. */
function found(secrets: readonly Secret[], text: string, now: number): Secret | undefined {
  const hash = hashOf(text);
  let match: Secret | undefined;
  for (const secret of secrets) {
    const isEqual = timingSafeEqual(secret.hash, hash);
    if (isEqual && (secret.until === undefined || now < secret.until)) match = secret;
  }
  return match;
}

/** The oldest of its role goes where there are `most`: who may only look can't push out who may act. */
function withOneMore(secrets: readonly Secret[], secret: Secret, most: number): readonly Secret[] {
  const same = secrets.filter(({ role }) => role === secret.role);
  const [oldest] = same.length >= most ? same : [];
  return [...secrets.filter((each) => each !== oldest), secret];
}

export class Credentials {
  readonly #tokens: readonly Secret[];
  readonly #ticketMs: number;
  readonly #now: () => number;
  #tickets: readonly Secret[] = [];
  #cookies: readonly Secret[] = [];

  constructor({ viewerTokens, operatorToken, ticketMs, now }: CredentialsOptions) {
    this.#tokens = [
      ...viewerTokens.map((token): Secret => ({ hash: hashOf(token), role: 'viewer' })),
      { hash: hashOf(operatorToken), role: 'operator' },
    ];
    this.#ticketMs = ticketMs;
    this.#now = now;
  }

  /** What a token entitles to; undefined for none of this hub's. */
  roleOfToken(token: string): Role | undefined {
    return found(this.#tokens, token, this.#now())?.role;
  }

  /** What a browser's cookie entitles to; undefined for none, or one that is over. */
  roleOfCookie(cookie: string): Role | undefined {
    return found(this.#cookies, cookie, this.#now())?.role;
  }

  /** A ticket that `redeem` takes once, soon. */
  issueTicket(role: Role): string {
    const ticket = newSecret();
    const secret: Secret = { hash: hashOf(ticket), role, until: this.#now() + this.#ticketMs };
    this.#tickets = withOneMore(this.#tickets, secret, mostTickets);
    return ticket;
  }

  /** The cookie for a ticket; undefined when it was used, is too old, or never was one. */
  redeem(ticket: string): { readonly cookie: string; readonly role: Role } | undefined {
    const now = this.#now();
    const secret = found(this.#tickets, ticket, now);
    if (secret === undefined) return undefined;
    this.#tickets = this.#tickets.filter((each) => each !== secret);
    const cookie = newSecret();
    const { role } = secret;
    const login: Secret = { hash: hashOf(cookie), role, until: now + cookieMs };
    this.#cookies = withOneMore(this.#cookies, login, mostCookies);
    return { cookie, role };
  }
}
