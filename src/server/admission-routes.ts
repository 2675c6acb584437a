/**
 * `POST /validate` and `POST /mutate`: authentication, the body, load shedding, then the request path. `POST /prove` is
 * entered the same way.
 */
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../admission/respond.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { answerProof } from './answer-proof.ts';
import {
  planCutAnswer,
  readReview,
  refuseClient,
  takePlace,
  type AdmissionRefusal,
  type EnterOptions,
} from './enter-admission.ts';
import { reject, sendAnswer, type HttpApp, type HttpReply } from './http-app.ts';
import { planDeadline } from './plan-deadline.ts';
import type { ReceivedBody } from './read-body.ts';
import type { RequestSpans } from './request-spans.ts';

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
  /** Absent: requests are not traced. */
  readonly spans?: RequestSpans | undefined;
}

type Answer = (body: Uint8Array, deadlineAtMs: MonotonicMs) => Promise<HttpAnswer>;

/** Of a request without a body; there is nothing to release. */
const NOTHING: ReceivedBody = { kind: 'whole', bytes: new Uint8Array(), release: () => {} };

function listAnswers({ admit }: Pick<AdmissionRoutesOptions, 'admit'>): Record<string, Answer> {
  return {
    validate: (body, deadlineAtMs) => admit('validate', body, deadlineAtMs),
    mutate: (body, deadlineAtMs) => admit('mutate', body, deadlineAtMs),
    prove: (body) => Promise.resolve(answerProof(body)),
  };
}

/** Adds the routes to the application. */
export function addAdmissionRoutes(app: HttpApp, options: AdmissionRoutesOptions): void {
  const received = new WeakMap<IncomingMessage, ReceivedBody>();
  app.addContentTypeParser('application/json', ({ raw }, _payload, done) => {
    readReview(raw, options, {
      received: (body) => {
        received.set(raw, body);
        done(null);
      },
      failed: done,
    });
  });
  for (const [route, answerReview] of Object.entries(listAnswers(options))) {
    app.post(`/${route}`, {
      onRequest: async ({ raw }, reply) => {
        const refusal = await refuseClient(raw, options);
        return refusal && refuse(reply, refusal, options);
      },
      handler: async ({ raw, query }, reply) => {
        const body = received.get(raw) ?? NOTHING;
        if (body.kind === 'cut') return sendAnswer(reply, planCutAnswer(body, options));
        const { requestDeadlineMs, clock, clients, spans } = options;
        const client = clients.of(raw.socket);
        const refusal = takePlace(reply.raw, { client, body }, options);
        if (refusal !== undefined) return refuse(reply, refusal, options);
        const nowMs = clock.monotonicMs();
        const deadlineAtMs = planDeadline(readTimeout(query), { nowMs, requestDeadlineMs });
        const { bytes } = body;
        const answer = await (spans === undefined
          ? answerReview(bytes, deadlineAtMs)
          : spans.within(reply.raw, () => answerReview(bytes, deadlineAtMs)));
        clients.answered(client, answer.httpStatus);
        return sendAnswer(reply, answer);
      },
    });
    app.get(`/${route}`, (_request, reply) =>
      reject(reply.header('allow', 'POST'), 'method_not_allowed', options),
    );
  }
}

function refuse(
  reply: HttpReply,
  { code, reason, retryAfterSeconds }: AdmissionRefusal,
  { metrics }: AdmissionRoutesOptions,
): HttpReply {
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  return reject(reply, code, { metrics, reason });
}

function readTimeout(query: unknown): unknown {
  return typeof query === 'object' && query !== null ? Reflect.get(query, 'timeout') : undefined;
}
