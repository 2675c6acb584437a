/**
 * Takes reviews that look as the API server sends them straight from the server's `request` event. Whatever looks otherwise goes
 * through the application, which has an answer for everything; both ways give the same answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdmissionRouteName, AdmissionRoutesOptions } from './admission-routes.ts';
import { createAnswerBatch, type AnswerBatch } from './answer-batch.ts';
import { writeAnswer } from './answer-headers.ts';
import type { Client } from './clients.ts';
import {
  planCutAnswer,
  readReview,
  refuseClient,
  takePlace,
  type AdmissionRefusal,
} from './enter-admission.ts';
import { classifyFault, planRejection, type HttpAppOptions } from './http-app.ts';
import { planDeadline } from './plan-deadline.ts';

export interface UsualReviewsOptions
  extends AdmissionRoutesOptions, Pick<HttpAppOptions, 'logger'> {
  /** From then on the application answers, which closes each connection behind its answer. */
  readonly isClosing: () => boolean;
}

/** Takes a request and returns true, or leaves it untouched. */
export type UsualReviews = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A review that this file answers. */
interface UsualReview {
  readonly route: AdmissionRouteName;
  /** The text of the query parameter. */
  readonly timeout: string | undefined;
}

/** The API server asks `/validate?timeout=10s`. No other parameter, and nothing that would have to be decoded. */
const USUAL_URL = /^\/(?<route>validate|mutate)(?:\?timeout=(?<timeout>[0-9a-z.]{1,32}))?$/;
const USUAL_LENGTH = /^[1-9]\d{0,15}$/;
/** Each of these changes how the body is read, or what becomes of the connection. */
const UNUSUAL_HEADERS = [
  'connection',
  'content-encoding',
  'expect',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const;

/** Binds the short way to the same parts as the application's routes. */
export function createUsualReviews(given: UsualReviewsOptions): UsualReviews {
  const options: BoundOptions = { ...given, answer: createAnswerBatch() };
  return (request, response) => {
    const review = options.isClosing() ? undefined : matchUsual(request, options.bodyBytesMax);
    if (review === undefined) return false;
    try {
      const refusal = refuseClient(request, options);
      if (refusal instanceof Promise) {
        const exchange = { request, response, review };
        refusal.then(
          (known) => {
            proceed(exchange, known, options);
          },
          (fault: unknown) => {
            answerFault(response, fault, options);
          },
        );
      } else {
        proceed({ request, response, review }, refusal, options);
      }
    } catch (fault) {
      answerFault(response, fault, options);
    }
    return true;
  };
}

function matchUsual(
  { method, url = '', httpVersion, headers, rawHeaders }: IncomingMessage,
  bodyBytesMax: number,
): UsualReview | undefined {
  const { groups } = USUAL_URL.exec(url) ?? {};
  const length = headers['content-length'] ?? '';
  const bodyBytes = Number(length);
  const isUsual =
    groups !== undefined &&
    method === 'POST' &&
    httpVersion === '1.1' &&
    headers['content-type'] === 'application/json' &&
    USUAL_LENGTH.test(length) &&
    bodyBytes <= bodyBytesMax &&
    UNUSUAL_HEADERS.every((name) => headers[name] === undefined) &&
    // Names and values alternate there; equal names share a key here.
    rawHeaders.length === 2 * Object.keys(headers).length;
  if (!isUsual) return undefined;
  const route = groups['route'] === 'mutate' ? 'mutate' : 'validate';
  return { route, timeout: groups['timeout'] };
}

interface BoundOptions extends UsualReviewsOptions {
  readonly answer: AnswerBatch;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly review: UsualReview;
}

function proceed(
  { request, response, review }: Exchange,
  refusal: AdmissionRefusal | undefined,
  options: BoundOptions,
): void {
  if (refusal !== undefined) {
    refuse(response, refusal, options);
    return;
  }
  readReview(request, options, {
    received: (body) => {
      if (body.kind === 'cut') {
        options.answer(response, planCutAnswer(body, options));
        return;
      }
      const client = options.clients.of(request.socket);
      const late = takePlace(response, { client, body }, options);
      if (late === undefined) void judge({ client, response, review, body: body.bytes }, options);
      else refuse(response, late, options);
    },
    failed: (fault) => {
      answerFault(response, fault, options);
    },
  });
}

interface ReceivedReview extends Omit<Exchange, 'request'> {
  readonly client: Client;
  readonly body: Uint8Array;
}

async function judge(
  { client, response, review: { route, timeout }, body }: ReceivedReview,
  options: BoundOptions,
): Promise<void> {
  const { admit, answer, clients, clock, requestDeadlineMs, spans } = options;
  try {
    const deadlineAtMs = planDeadline(timeout, { nowMs: clock.monotonicMs(), requestDeadlineMs });
    const decided = await (spans === undefined
      ? admit(route, body, deadlineAtMs)
      : spans.within(response, () => admit(route, body, deadlineAtMs)));
    clients.answered(client, decided.httpStatus);
    answer(response, decided);
  } catch (fault) {
    answerFault(response, fault, options);
  }
}

function refuse(
  response: ServerResponse,
  { code, reason, retryAfterSeconds }: AdmissionRefusal,
  options: UsualReviewsOptions,
): void {
  const retryAfter =
    retryAfterSeconds === undefined ? [] : ['retry-after', String(retryAfterSeconds)];
  writeAnswer(response, planRejection(code, { ...options, reason }), retryAfter);
}

function answerFault(response: ServerResponse, fault: unknown, options: UsualReviewsOptions): void {
  writeAnswer(response, planRejection(classifyFault(fault, options), options));
}
