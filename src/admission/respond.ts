/**
 * The constructors of all responses: nothing else builds an AdmissionReview or an HTTP error. Sources:
 * k8s.io/api/admission/v1 types.go, k8s.io/apimachinery meta/v1 Status.
 */
import { Buffer } from 'node:buffer';
import type { JournalPlace } from '../audit/journal.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision, PolicyVerdict } from './decision.ts';
import type { RejectedReview } from './decode.ts';
import { fitWarnings } from './format-warnings.ts';

/** The HTTP response: always JSON. */
export interface HttpAnswer {
  readonly httpStatus: number;
  readonly body: string;
}

/** Reasons that clients of the API server check. Source: meta/v1 StatusReason. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'Timeout',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** The response to a decided review. */
export function respond(route: AdmissionRoute, uid: string, decision: Decision): HttpAnswer {
  if (!decision.allowed) return denied(uid, decision);
  // The API server rejects a patch from a validating webhook: it would be a bug of ours.
  if (route === 'mutate' && decision.patch.length > 0) return patched(uid, decision);
  return allowed(uid, decision);
}

/** The response to an invalid review: a denial if its uid is known, else an HTTP error. */
export function respondRejected(rejected: RejectedReview): HttpAnswer {
  const { uid, code, httpStatus } = rejected;
  if (uid === undefined) return respondError(httpStatus, rejected);
  const message = `${rejected.message} (${code})`;
  return review({ uid, allowed: false, status: failure(httpStatus, message) });
}

/** An HTTP error. The API server shows the message of a `Status` to its user. */
export function respondError(
  httpStatus: number,
  { code, message }: { readonly code: string; readonly message: string },
): HttpAnswer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {} };
  const body = { ...status, ...failure(httpStatus, `${message} (${code})`) };
  return { httpStatus, body: JSON.stringify(body) };
}

function allowed(uid: string, decision: Decision): HttpAnswer {
  if (isPlain(decision)) return plainlyAllowed(uid, decision);
  return review({
    uid,
    allowed: true,
    warnings: warningsOf(decision),
    auditAnnotations: annotate(decision),
  });
}

/** The most frequent response, so it is written without building an object. */
function plainlyAllowed(uid: string, { id }: Decision): HttpAnswer {
  return {
    httpStatus: 200,
    body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":${JSON.stringify(uid)},"allowed":true,"auditAnnotations":{"decision":${JSON.stringify(id)}}}}`,
  };
}

function denied(uid: string, decision: Decision): HttpAnswer {
  return review({
    uid,
    allowed: false,
    // The API server writes `admission webhook "…" denied the request: ` before it: the denial begins on its
    // own line.
    status: failure(decision.httpStatus, `\n${decision.message}`),
    warnings: warningsOf(decision),
    auditAnnotations: annotate(decision),
  });
}

function patched(uid: string, decision: Decision): HttpAnswer {
  return review({
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(decision.patch)).toString('base64'),
    warnings: warningsOf(decision),
    auditAnnotations: annotate(decision),
  });
}

/** JSON leaves out the fields that are undefined. */
function review(response: Readonly<Record<string, unknown>>): HttpAnswer {
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  return { httpStatus: 200, body: JSON.stringify(body) };
}

function failure(code: number, message: string): Readonly<Record<string, unknown>> {
  return { status: 'Failure', message, reason: REASONS[code] ?? 'Unknown', code };
}

function isPlain({ code, warnings, policies, place }: Decision): boolean {
  if (code !== 'allowed' || warnings.length > 0 || place !== undefined) return false;
  return policies.every(({ status }) => status === 'passed');
}

function warningsOf({ warnings }: Decision): readonly string[] | undefined {
  return warnings.length === 0 ? undefined : fitWarnings(warnings);
}

/** Written to the API server's audit log, each key prefixed with the webhook's name. */
function annotate(decision: Decision): Readonly<Record<string, string>> {
  const notable = decision.policies.filter(({ status }) => status !== 'passed');
  return {
    decision: decision.id,
    code: decision.code,
    'policy-revision': decision.policyRevision,
    // The API server's audit log then holds a copy of our chain that we cannot change.
    ...(decision.place && { record: formatPlace(decision.place) }),
    ...(decision.wouldDeny && { 'would-deny': decision.wouldDeny.code }),
    ...(notable.length > 0 && { policies: notable.map(describeVerdict).join(',') }),
  };
}

/** `<chain>:<sequence>:<hash>`, as `holdfast audit verify --anchor` reads it from an audit log. */
function formatPlace({ chain, sequence, hash }: JournalPlace): string {
  return [...(chain === undefined ? [] : [chain]), String(sequence), hash].join(':');
}

function describeVerdict({ policy, status }: PolicyVerdict): string {
  return `${policy}=${status}`;
}
