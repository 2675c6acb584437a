/** What happens to a review before its body is read, on every way into the request path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.ts';
import type { ClientAuthentication, ClientAuthenticator } from './client-authentication.ts';
import type { LoadShedding } from './load-shedding.ts';

/** Why a review is not read. */
export interface AdmissionRefusal {
  readonly code: Extract<ErrorCode, 'client_unauthenticated' | 'server_overloaded'>;
  /** Shown instead of the meaning of the code. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

export interface EnterOptions {
  readonly authenticator: ClientAuthenticator;
  readonly shedding: LoadShedding;
}

/** The API server's client retries after this time, within its own time-out. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Runs before the body is read, so that an unauthenticated client cannot use our memory. Whoever enters leaves when the
 * response is over. Returns a promise only if the authenticator does.
 */
export function enterAdmission(
  request: IncomingMessage,
  response: ServerResponse,
  { authenticator, shedding }: EnterOptions,
): AdmissionRefusal | undefined | Promise<AdmissionRefusal | undefined> {
  const client = authenticator.authenticate(request);
  return client instanceof Promise
    ? client.then((known) => enterAs(known, response, shedding))
    : enterAs(client, response, shedding);
}

function enterAs(
  client: ClientAuthentication,
  response: ServerResponse,
  shedding: LoadShedding,
): AdmissionRefusal | undefined {
  if (client.status === 'refused') {
    return { code: 'client_unauthenticated', reason: client.reason };
  }
  if (shedding.enter() !== 'entered') {
    return { code: 'server_overloaded', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  // `close` fires once, after every response, and also if the client disconnects: it may have, while it was authenticated.
  if (response.destroyed) shedding.leave();
  else response.on('close', shedding.leave);
  return undefined;
}
