import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision, PolicyVerdict } from '../../../src/admission/decision.ts';
import { respond, respondError, respondRejected } from '../../../src/admission/respond.ts';

const ID = '01JD3V9K2M8Q4W6X0Y2Z4A6B8C';

function decisionOf(overrides: Partial<Decision>): Decision {
  return {
    id: ID,
    allowed: true,
    code: 'allowed',
    httpStatus: 200,
    message: '',
    warnings: [],
    patch: [],
    policies: [],
    dryRun: false,
    cluster: 'prod-eu-1',
    policyRevision: 'sha256:abc',
    decidedAtMs: 2,
    durationMs: 1,
    facts: {},
    ...overrides,
  };
}

function verdict(policy: string, status: PolicyVerdict['status']): PolicyVerdict {
  return { policy, mode: 'enforce', status, findings: [] };
}

function responseOf(answer: { readonly body: string }): unknown {
  return JSON.parse(answer.body);
}

function review(response: unknown): unknown {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

test('respond() answers a plain allow with the uid and the decision id', () => {
  const policies = [verdict('a', 'passed')];
  const answer = respond('validate', 'u"1\\', decisionOf({ policies }));
  assert.equal(answer.httpStatus, 200);
  assert.deepEqual(
    responseOf(answer),
    review({ uid: 'u"1\\', allowed: true, auditAnnotations: { decision: ID } }),
  );
});

test('respond() answers an allow with warnings and names the policies that had something to say', () => {
  const policies = [verdict('a', 'passed'), verdict('b', 'warned'), verdict('c', 'unavailable')];
  const answer = respond('validate', 'u1', decisionOf({ warnings: ['two\nlines'], policies }));
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: true,
      warnings: ['two lines'],
      auditAnnotations: {
        decision: ID,
        code: 'allowed',
        'policy-revision': 'sha256:abc',
        policies: 'b=warned,c=unavailable',
      },
    }),
  );
});

test('respond() annotates an allow that a policy only audited', () => {
  const answer = respond('validate', 'u1', decisionOf({ policies: [verdict('a', 'audited')] }));
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: true,
      auditAnnotations: {
        decision: ID,
        code: 'allowed',
        'policy-revision': 'sha256:abc',
        policies: 'a=audited',
      },
    }),
  );
});

test('respond() gives the API server the place of the record, so that its audit log holds a copy of the chain', () => {
  const place = { chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8C', sequence: 42, hash: 'a'.repeat(64) };
  const answer = respond('validate', 'u1', decisionOf({ place }));
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: true,
      auditAnnotations: {
        decision: ID,
        code: 'allowed',
        'policy-revision': 'sha256:abc',
        record: `01JD3V9K2M8Q4W6X0Y2Z4A6B8C:42:${'a'.repeat(64)}`,
      },
    }),
  );
});

test('respond() leaves the chain out of the place where the journal names none', () => {
  const answer = respond('validate', 'u1', decisionOf({ place: { sequence: 1, hash: 'b' } }));
  assert.match(answer.body, /"record":"1:b"/);
});

test('respond() annotates what would have been denied with its code alone', () => {
  const wouldDeny = { code: 'managed_object_changed', message: 'No', policies: ['a'] };
  const answer = respond('validate', 'u1', decisionOf({ wouldDeny, code: 'warned' }));
  const { auditAnnotations } = Object(Reflect.get(Object(responseOf(answer)), 'response'));
  assert.deepEqual(auditAnnotations, {
    decision: ID,
    code: 'warned',
    'policy-revision': 'sha256:abc',
    'would-deny': 'managed_object_changed',
  });
});

test('respond() annotates an allow that hides a fault', () => {
  const answer = respond('mutate', 'u1', decisionOf({ code: 'record_failed' }));
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: true,
      auditAnnotations: { decision: ID, code: 'record_failed', 'policy-revision': 'sha256:abc' },
    }),
  );
});

test('respond() answers a denial as a Failure with code, reason and message', () => {
  const answer = respond(
    'validate',
    'u1',
    decisionOf({
      allowed: false,
      code: 'managed_object_changed',
      httpStatus: 403,
      message: 'No\ndecision X',
      policies: [verdict('a', 'denied')],
    }),
  );
  assert.equal(answer.httpStatus, 200);
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: false,
      status: { status: 'Failure', message: '\nNo\ndecision X', reason: 'Forbidden', code: 403 },
      auditAnnotations: {
        decision: ID,
        code: 'managed_object_changed',
        'policy-revision': 'sha256:abc',
        policies: 'a=denied',
      },
    }),
  );
});

test('respond() answers a status without a reason word as Unknown', () => {
  const decision = decisionOf({ allowed: false, code: 'x', httpStatus: 418, message: 'm' });
  assert.match(respond('validate', 'u1', decision).body, /"reason":"Unknown","code":418/);
});

test('respond() encodes a patch for /mutate, and never for /validate', () => {
  const patch = [{ op: 'add', path: '/metadata/labels', value: { ü: '1' } }] as const;
  const answer = respond('mutate', 'u1', decisionOf({ patch }));
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      auditAnnotations: { decision: ID, code: 'allowed', 'policy-revision': 'sha256:abc' },
    }),
  );
  assert.deepEqual(
    responseOf(respond('validate', 'u1', decisionOf({ patch }))),
    review({ uid: 'u1', allowed: true, auditAnnotations: { decision: ID } }),
  );
});

test('respondRejected() denies a review whose uid is known', () => {
  const answer = respondRejected({
    ok: false,
    code: 'review_invalid',
    message: 'request.kind: expected object',
    httpStatus: 400,
    uid: 'u1',
  });
  assert.equal(answer.httpStatus, 200);
  assert.deepEqual(
    responseOf(answer),
    review({
      uid: 'u1',
      allowed: false,
      status: {
        status: 'Failure',
        message: 'request.kind: expected object (review_invalid)',
        reason: 'BadRequest',
        code: 400,
      },
    }),
  );
});

test('respondRejected() answers a review without uid with an HTTP error that carries a Status', () => {
  const answer = respondRejected({
    ok: false,
    code: 'review_empty',
    message: 'The document is empty',
    httpStatus: 400,
  });
  assert.equal(answer.httpStatus, 400);
  assert.deepEqual(responseOf(answer), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'The document is empty (review_empty)',
    reason: 'BadRequest',
    code: 400,
  });
});

test('respondError() carries the status of the table', () => {
  const answer = respondError(503, { code: 'server_overloaded', message: 'Busy' });
  assert.equal(answer.httpStatus, 503);
  assert.match(
    answer.body,
    /"message":"Busy \(server_overloaded\)","reason":"ServiceUnavailable","code":503/,
  );
});
