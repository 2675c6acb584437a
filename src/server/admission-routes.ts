/** `POST /validate` and `POST /mutate`: authentication, load shedding, then the request path. */
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../admission/respond.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ClientAuthenticator } from './client-authentication.ts';
import { reject, sendAnswer, type HttpApp, type HttpReply } from './http-app.ts';
import type { LoadShedding } from './load-shedding.ts';
import { planDeadline } from './plan-deadline.ts';

export type AdmissionRouteName = 'validate' | 'mutate';

/** The request path: bytes of a review in, status and body of the answer out. Must not reject. */
export type AdmissionHandler = (
  route: AdmissionRouteName,
  body: Uint8Array,
  deadlineAtMs: MonotonicMs,
) => Promise<HttpAnswer>;

export interface AdmissionRoutesOptions {
  readonly admit: AdmissionHandler;
  readonly authenticator: ClientAuthenticator;
  readonly shedding: LoadShedding;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly requestDeadlineMs: number;
}

const ROUTES: readonly AdmissionRouteName[] = ['validate', 'mutate'];

/** The API server's client retries after this time, within its own time-out. */
const RETRY_AFTER_SECONDS = 1;

const NOTHING = new Uint8Array();

/** Adds both routes to the application. */
export function addAdmissionRoutes(app: HttpApp, options: AdmissionRoutesOptions): void {
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  for (const route of ROUTES) {
    app.post(`/${route}`, {
      onRequest: async (request, reply) => admitRequest(request.raw, reply, options),
      handler: async (request, reply) => {
        const { requestDeadlineMs, clock, admit } = options;
        const deadlineAtMs = planDeadline(readTimeout(request.query), {
          nowMs: clock.monotonicMs(),
          requestDeadlineMs,
        });
        const { body } = request;
        const answer = await admit(route, Buffer.isBuffer(body) ? body : NOTHING, deadlineAtMs);
        return sendAnswer(reply, answer);
      },
    });
    app.get(`/${route}`, (_request, reply) =>
      reject(reply.header('allow', 'POST'), 'method_not_allowed', options),
    );
  }
}

/** Runs before the body is read, so that an unauthenticated client cannot use our memory. */
async function admitRequest(
  request: IncomingMessage,
  reply: HttpReply,
  options: AdmissionRoutesOptions,
): Promise<HttpReply | undefined> {
  const { authenticator, shedding, metrics } = options;
  const client = await authenticator.authenticate(request);
  if (client.status === 'refused') {
    return reject(reply, 'client_unauthenticated', { metrics, reason: client.reason });
  }
  if (shedding.enter() !== 'entered') {
    return reject(reply.header('retry-after', RETRY_AFTER_SECONDS), 'server_overloaded', {
      metrics,
    });
  }
  // `close` fires after every response, and also if the client disconnects.
  reply.raw.once('close', shedding.leave);
  return undefined;
}

function readTimeout(query: unknown): unknown {
  return typeof query === 'object' && query !== null ? Reflect.get(query, 'timeout') : undefined;
}
