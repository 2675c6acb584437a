import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { formatReview } from '../../../../src/authoring/testing/format-review.ts';
import { reviewFileSchema } from '../../../../src/authoring/testing/review-case-schema.ts';

const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };

function format(given: Readonly<Record<string, unknown>>) {
  const content = { cases: [{ name: 'case', expect: { allowed: true }, ...given }] };
  const [reviewCase] = reviewFileSchema.parse(content).cases;
  assert.ok(reviewCase !== undefined);
  return formatReview(reviewCase, 'uid-1');
}

/** Members of the request that the case makes. */
function requestOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const made = format(given);
  assert.ok(made.ok);
  return z.object({ request: z.record(z.string(), z.unknown()) }).parse(made.review).request;
}

test('formatReview() takes a whole review as it is', () => {
  assert.deepEqual(format({ review: { request: {} } }), { ok: true, review: { request: {} } });
});

test('formatReview() tells creations, updates and deletions by the objects that are there', () => {
  const created = requestOf({ object: OBJECT });
  const updated = requestOf({ object: OBJECT, oldObject: OBJECT });
  const deleted = requestOf({ oldObject: OBJECT });

  assert.deepEqual(
    [created, updated, deleted].map(({ operation, object, oldObject }) => [
      operation,
      object,
      oldObject,
    ]),
    [
      ['CREATE', OBJECT, null],
      ['UPDATE', OBJECT, OBJECT],
      ['DELETE', null, OBJECT],
    ],
  );
});

test('formatReview() says who asks, by name or whole, and puts members of the request over the others', () => {
  const account = 'system:serviceaccount:a:b';

  assert.deepEqual(requestOf({ object: OBJECT })['userInfo'], {
    username: 'developer',
    groups: ['system:authenticated'],
  });
  assert.deepEqual(requestOf({ object: OBJECT, as: account, groups: ['c'] })['userInfo'], {
    username: account,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated', 'c'],
  });
  const whole = { username: 'x', uid: '1' };
  const request = { subResource: 'scale', dryRun: true };
  const made = requestOf({ object: OBJECT, userInfo: whole, request });
  assert.deepEqual(
    [made['userInfo'], made['subResource'], made['dryRun'], made['uid']],
    [whole, 'scale', true, 'uid-1'],
  );
});

test('formatReview() says what a case lacks', () => {
  const lacks = 'a case needs a review, or an object or oldObject with apiVersion and kind';
  assert.deepEqual(format({}), { ok: false, reason: lacks });
  assert.deepEqual(format({ object: { kind: 'A' } }), { ok: false, reason: lacks });
  assert.match(
    JSON.stringify(format({ object: OBJECT, proof: 'legacy' })),
    /proof: Expected a service account/u,
  );
  assert.match(
    JSON.stringify(format({ object: OBJECT, operation: 'UPDATE' })),
    /The stored object of ConfigMap/u,
  );
});
