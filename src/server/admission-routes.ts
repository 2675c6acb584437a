/** `POST /validate` and `POST /mutate`: authentication, load shedding, then the request path. */
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../admission/respond.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { enterAdmission, type EnterOptions } from './enter-admission.ts';
import { reject, sendAnswer, type HttpApp, type HttpReply } from './http-app.ts';
import { planDeadline } from './plan-deadline.ts';

export type AdmissionRouteName = 'validate' | 'mutate';

/** The request path: bytes of a review in, status and body of the answer out. Must not reject. */
export type AdmissionHandler = (
  route: AdmissionRouteName,
  body: Uint8Array,
  deadlineAtMs: MonotonicMs,
) => Promise<HttpAnswer>;

export interface AdmissionRoutesOptions extends EnterOptions {
  readonly admit: AdmissionHandler;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly requestDeadlineMs: number;
}

const ROUTES: readonly AdmissionRouteName[] = ['validate', 'mutate'];

const NOTHING = new Uint8Array();

/** Adds both routes to the application. */
export function addAdmissionRoutes(app: HttpApp, options: AdmissionRoutesOptions): void {
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  for (const route of ROUTES) {
    app.post(`/${route}`, {
      onRequest: async (request, reply) => refuseEntry(request.raw, reply, options),
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

/** Answers a review that may not enter; nothing if it may. */
async function refuseEntry(
  request: IncomingMessage,
  reply: HttpReply,
  options: AdmissionRoutesOptions,
): Promise<HttpReply | undefined> {
  const refusal = await enterAdmission(request, reply.raw, options);
  if (refusal === undefined) return undefined;
  const { code, reason, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  return reject(reply, code, { metrics: options.metrics, reason });
}

function readTimeout(query: unknown): unknown {
  return typeof query === 'object' && query !== null ? Reflect.get(query, 'timeout') : undefined;
}
