/**
 * Parses AdmissionReviews: the only file that converts the API server's bytes into a request.
 *
 * Never throws, for any input. If the uid is readable, an invalid review is answered with a denial, whose
 * message the API server shows to the user; otherwise only an HTTP status is possible.
 */
import { isRecord } from '../base/is-record.ts';
import { findText } from '../base/json-keys.ts';
import { runSteps, runStepsInTurns, type Steps } from '../base/run-steps.ts';
import { parseStrictJsonInSteps, type StrictJsonFailure } from '../base/strict-json.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { RequestOutline } from '../policy/wasm/prune-json.ts';
import { describeFaults, isAdmissionRequest, isReviewEnvelope } from './review-schema.ts';

export interface DecodeLimits {
  /** The maximum nesting depth, including the review itself. */
  readonly jsonDepthMax: number;
}

export type DecodedReview =
  | {
      readonly ok: true;
      readonly request: AdmissionRequest;
      /** The request's own JSON text, as received: a view of the body, not a copy. */
      readonly requestJson: Uint8Array;
      /** Where the request's members are; absent where they are many. */
      readonly requestOutline: RequestOutline | undefined;
    }
  | RejectedReview;

type ReviewCode = Extract<ErrorCode, `review_${string}`>;

/** Why a review was not even parsed. */
export type UnreadCode = Extract<
  ReviewCode,
  | 'review_too_large'
  | 'review_bodies_exceeded'
  | 'review_values_exceeded'
  | 'review_memory_exceeded'
>;

/** A review that cannot be decoded. With a uid it is answered with a denial, else with the HTTP status. */
export interface RejectedReview {
  readonly ok: false;
  readonly code: ReviewCode;
  readonly message: string;
  readonly httpStatus: number;
  readonly uid?: string;
}

/** The accepted form of a uid: wider than the UUIDs that API servers send. */
const UID = /^[\x21-\x7e]{1,256}$/;

/** Of the search for the uid in a beginning: enough for every kind and resource before it. */
const UID_DEPTH_MAX = 32;

/** The number of problems in a message: nobody reads thirty. */
const FAULTS_SHOWN_MAX = 3;

const JSON_CODES: Readonly<Record<StrictJsonFailure, ReviewCode>> = {
  empty: 'review_empty',
  invalid_utf8: 'review_invalid_utf8',
  byte_order_mark: 'review_malformed_json',
  malformed: 'review_malformed_json',
  nested_too_deep: 'review_nested_too_deep',
  duplicate_key: 'review_duplicate_key',
  number_out_of_range: 'review_number_out_of_range',
};

/** Decodes one AdmissionReview of admission.k8s.io/v1. */
export function decodeReview(body: Uint8Array, limits: DecodeLimits): DecodedReview {
  return runSteps(decodeInSteps(body, limits));
}

/** The same, with the same result, of a large review: others are served between the steps. */
export function decodeReviewInTurns(
  body: Uint8Array,
  limits: DecodeLimits,
): Promise<DecodedReview> {
  return runStepsInTurns(decodeInSteps(body, limits));
}

function* decodeInSteps(body: Uint8Array, limits: DecodeLimits): Steps<DecodedReview> {
  const json = yield* parseStrictJsonInSteps(body, { depthMax: limits.jsonDepthMax });
  yield;
  if (!json.ok) {
    return reject(JSON_CODES[json.code], json.message, readUid(json.code, body, limits));
  }

  const review = json.value;
  if (!isReviewEnvelope(review)) {
    return reject(
      'review_kind_unsupported',
      'Wanted kind AdmissionReview of apiVersion admission.k8s.io/v1, found another document',
    );
  }
  const request = review['request'];
  const uid = isRecord(request) ? request['uid'] : undefined;
  const range = json.memberRange('request');
  if (!isUid(uid) || range === undefined) {
    return reject('review_uid_missing', 'The review has no request.uid of 1 to 256 characters');
  }
  if (!isAdmissionRequest(request)) {
    return reject(
      'review_invalid',
      describeFaults(request).slice(0, FAULTS_SHOWN_MAX).join('; '),
      uid,
    );
  }
  const missing = findMissingState(request);
  if (missing !== undefined) {
    return reject('review_invalid', `request.${missing}: ${request.operation} needs it`, uid);
  }
  const { start, end } = range;
  const { outline } = json;
  return {
    ok: true,
    request,
    requestJson: body.subarray(start, end),
    requestOutline: outline && { outline, start },
  };
}

/** A review that is not parsed, by its beginning: the API server writes the uid first. */
export function rejectUnread(code: UnreadCode, beginning: Uint8Array): RejectedReview {
  const uid = findText(beginning, ['request', 'uid'], UID_DEPTH_MAX);
  return reject(code, ERRORS[code].meaning, isUid(uid) ? uid : undefined);
}

function reject(code: ReviewCode, message: string, uid?: string): RejectedReview {
  const { httpStatus } = ERRORS[code];
  return { ok: false, code, message, httpStatus, ...(uid !== undefined && { uid }) };
}

/** The uid of a document that is refused as a whole: sufficient to address the denial. */
function readUid(
  failure: StrictJsonFailure,
  body: Uint8Array,
  limits: DecodeLimits,
): string | undefined {
  if (ERRORS[JSON_CODES[failure]].caller !== 'deny') return undefined;
  const uid = findText(body, ['request', 'uid'], limits.jsonDepthMax);
  return isUid(uid) ? uid : undefined;
}

function isUid(uid: unknown): uid is string {
  return typeof uid === 'string' && UID.test(uid);
}

/**
 * Ownership is read from the old and the new object. A review that lacks one would be judged as if the
 * object had never been managed.
 */
function findMissingState({
  operation,
  object,
  oldObject,
}: AdmissionRequest): 'object' | 'oldObject' | undefined {
  const needsObject = operation === 'CREATE' || operation === 'UPDATE';
  if (needsObject && (object === undefined || object === null)) return 'object';
  const needsOldObject = operation === 'UPDATE' || operation === 'DELETE';
  if (needsOldObject && (oldObject === undefined || oldObject === null)) return 'oldObject';
  return undefined;
}
