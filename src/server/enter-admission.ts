/**
 * What a review passes before it is judged, on every way into the request path: authentication before its body is read, so that an
 * unauthenticated client cannot use our memory, and a place once the body is whole, so that a slow one takes nobody's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejectUnread } from '../admission/decode.ts';
import { respondRejected, type HttpAnswer } from '../admission/respond.ts';
import type { ErrorCode } from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { BodyBudget } from './body-budget.ts';
import type { ClientAuthentication, ClientAuthenticator } from './client-authentication.ts';
import type { Client, Clients } from './clients.ts';
import type { LoadShedding } from './load-shedding.ts';
import { readBody, type BodyReceiver, type CutBody, type WholeBody } from './read-body.ts';

/** Why a review is not judged. */
export interface AdmissionRefusal {
  readonly code: Extract<ErrorCode, 'client_unauthenticated' | 'server_overloaded'>;
  /** Shown instead of the meaning of the code. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

export interface EnterOptions {
  readonly authenticator: ClientAuthenticator;
  readonly shedding: LoadShedding;
  readonly clients: Clients;
  readonly bodies: BodyBudget;
  readonly bodyBytesMax: number;
}

/** The API server's client retries after this time, within its own time-out. */
const RETRY_AFTER_SECONDS = 1;

/** Runs before the body is read. Returns a promise only if the authenticator does. */
export function refuseClient(
  request: IncomingMessage,
  { authenticator, clients }: Pick<EnterOptions, 'authenticator' | 'clients'>,
): AdmissionRefusal | undefined | Promise<AdmissionRefusal | undefined> {
  const client = clients.of(request.socket);
  const known = authenticator.authenticate(request);
  return known instanceof Promise
    ? known.then((later) => refuseAs(later, client))
    : refuseAs(known, client);
}

function refuseAs(known: ClientAuthentication, client: Client): AdmissionRefusal | undefined {
  if (known.status === 'refused') return { code: 'client_unauthenticated', reason: known.reason };
  if (known.status === 'authenticated') client.prove();
  return undefined;
}

/** Receives the body of an authenticated client. */
export function readReview(
  request: IncomingMessage,
  { clients, bodies, bodyBytesMax }: Pick<EnterOptions, 'clients' | 'bodies' | 'bodyBytesMax'>,
  receiver: BodyReceiver,
): void {
  readBody(request, { client: clients.of(request.socket), budget: bodies, bodyBytesMax }, receiver);
}

/** The answer to a review whose body was not kept: a denial, where its beginning has the uid. Counted. */
export function planCutAnswer(
  { code, beginning }: CutBody,
  { metrics }: { readonly metrics: Metrics },
): HttpAnswer {
  metrics.increment('holdfast_http_rejected_total', { code });
  return respondRejected(rejectUnread(code, beginning));
}

/** Takes a place for a review whose body is whole: both are held until its response is over. */
export function takePlace(
  response: ServerResponse,
  { client, body }: { readonly client: Client; readonly body: WholeBody },
  { shedding }: Pick<EnterOptions, 'shedding'>,
): AdmissionRefusal | undefined {
  if (shedding.enter(client) !== 'entered') {
    body.release();
    return { code: 'server_overloaded', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  const leave = (): void => {
    shedding.leave(client);
    body.release();
  };
  // `close` fires once, after every response, and also if the client disconnects, which it may have done already.
  if (response.destroyed) leave();
  else response.on('close', leave);
  return undefined;
}
