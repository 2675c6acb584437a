/**
 * The answer of `POST /prove`: a refusal of every review. One that comes through the API server proves that it reaches
 * Holdfast, and trusts it. What never allows needs no policy, and nobody gains by calling it.
 */
import { respondRejected, type HttpAnswer } from '../admission/respond.ts';
import { isRecord } from '../base/is-record.ts';
import { parseStrictJson } from '../base/strict-json.ts';
import { ERRORS } from '../errors.ts';

// As admission/decode.ts reads uids.
const UID_CHARS_MAX = 256;
// The Lease of the probe is not half as deep.
const DEPTH_MAX = 32;

/** A denial that names the review's uid; without one, an HTTP error. */
export function answerProof(body: Uint8Array): HttpAnswer {
  const { httpStatus, meaning } = ERRORS.review_proof;
  const uid = readUid(body);
  return respondRejected({
    ok: false,
    code: 'review_proof',
    message: meaning,
    httpStatus,
    ...(uid !== undefined && { uid }),
  });
}

function readUid(body: Uint8Array): string | undefined {
  const parsed = parseStrictJson(body, { depthMax: DEPTH_MAX });
  const review = parsed.ok ? parsed.value : undefined;
  const request = isRecord(review) ? review['request'] : undefined;
  const uid = isRecord(request) ? request['uid'] : undefined;
  return typeof uid === 'string' && uid.length <= UID_CHARS_MAX ? uid : undefined;
}
