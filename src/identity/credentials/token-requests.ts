/**
 * Tokens of control-plane accounts that were asked for, and which token each request brought.
 *
 * A review shows that a token is asked for, and never its id. So a token is believed if a minter that is known asked for one
 * and it is the only new one since: one request, one token. Where two claim the same request, neither is believed, because
 * one of the two was forged and nobody can tell which.
 */
import { addMs, type Clock, type MonotonicMs, type WallMs } from '../../base/clock.ts';

/** Who asked for a token. The id stays in memory. */
export interface TokenMinter {
  readonly username: string;
  readonly id: string;
}

/** An unknown token of an account. */
export interface UnknownToken {
  readonly fingerprint: string;
  readonly firstSeenMs: WallMs;
}

/** What a token is to a request: the one that was asked for, or the second one for it. */
export type TokenClaim =
  | { readonly status: 'requested' }
  /** `fingerprint` is of the token that was believed to be the one. */
  | { readonly status: 'doubted'; readonly fingerprint: string };

export interface TokenRequestsOptions {
  readonly clock: Clock;
  /** Asked when a token claims a request: a minter may have become known since. */
  readonly isMinterKnown: (minter: TokenMinter) => boolean;
}

interface TokenRequest {
  readonly minter: TokenMinter;
  readonly until: MonotonicMs;
  readonly requestedMs: WallMs;
  /** The token that it brought; `null` where two claimed it. */
  readonly fingerprint?: string | null;
}

/** Accounts whose tokens are followed: a control plane has about fifty. */
const ACCOUNTS_MAX = 1000;
/** For each account, of minters that are known and of others: a controller asks again every hour. */
const REQUESTS_MAX = 4;
/** Times are stored in whole seconds. */
const PRECISION_MS = 1000;

/** In memory: a token that was asked for before a restart is unknown after it, unless it was seen in between. */
export class TokenRequests {
  readonly #options: TokenRequestsOptions;
  readonly #requests = new Map<string, readonly TokenRequest[]>();

  constructor(options: TokenRequestsOptions) {
    this.#options = options;
  }

  /** The accounts for which a token was asked. */
  get usernames(): readonly string[] {
    return [...this.#requests.keys()];
  }

  /** A token of this account was asked for, and is waited for during `lifeMs`. */
  add(username: string, lifeMs: number, minter: TokenMinter): void {
    const { clock } = this.#options;
    const until = addMs(clock.monotonicMs(), lifeMs);
    const all = [...this.#unexpired(username), { minter, until, requestedMs: clock.wallMs() }];
    // Apart: whoever forges an id of the minter does not push out what the real one asked for.
    const kept = new Set([
      ...all.filter((request) => this.#isOfKnown(request)).slice(-REQUESTS_MAX),
      ...all.filter((request) => !this.#isOfKnown(request)).slice(-REQUESTS_MAX),
    ]);
    this.#requests.delete(username);
    this.#requests.set(
      username,
      all.filter((request) => kept.has(request)),
    );
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > ACCOUNTS_MAX && oldest !== undefined) this.#requests.delete(oldest);
  }

  /** What a token that is not known is to what was asked for; `undefined`: nobody who is known asked for it. */
  claim(username: string, { fingerprint, firstSeenMs }: UnknownToken): TokenClaim | undefined {
    // Stops an invented id that was shown before anybody asked: no real token is older than its request.
    const open = this.#unexpired(username).filter(
      (request) => this.#isOfKnown(request) && firstSeenMs > request.requestedMs - PRECISION_MS,
    );
    const waiting = open.find((request) => request.fingerprint === undefined);
    if (waiting !== undefined) {
      this.#replace(username, waiting, { ...waiting, fingerprint });
      return { status: 'requested' };
    }
    const last = open.at(-1);
    if (typeof last?.fingerprint !== 'string' || last.fingerprint === fingerprint) return undefined;
    this.#replace(username, last, { ...last, fingerprint: null });
    return { status: 'doubted', fingerprint: last.fingerprint };
  }

  #replace(username: string, request: TokenRequest, by: TokenRequest): void {
    const requests = this.#unexpired(username).map((each) => (each === request ? by : each));
    this.#requests.set(username, requests);
  }

  #isOfKnown({ minter }: TokenRequest): boolean {
    return this.#options.isMinterKnown(minter);
  }

  #unexpired(username: string): readonly TokenRequest[] {
    const nowMs = this.#options.clock.monotonicMs();
    return (this.#requests.get(username) ?? []).filter(({ until }) => until > nowMs);
  }
}
