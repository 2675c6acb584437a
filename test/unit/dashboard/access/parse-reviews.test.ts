import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseAccessReview,
  parseTokenReview,
} from '../../../../src/dashboard/access/parse-reviews.ts';

test('parseTokenReview() has whose token it is, as the API server says', () => {
  const user = {
    username: 'system:serviceaccount:shop:reader',
    uid: 'u-1',
    groups: ['system:serviceaccounts'],
    extra: { 'authentication.kubernetes.io/pod-name': ['a'] },
  };

  assert.deepEqual(parseTokenReview({ status: { authenticated: true, user } }), {
    status: 'accepted',
    viewer: user,
  });
  assert.deepEqual(parseTokenReview({ status: { authenticated: true, user: { username: 'a' } } }), {
    status: 'accepted',
    viewer: { username: 'a', groups: [], extra: {} },
  });
});

const REJECTED: readonly [name: string, status: object][] = [
  ['not authenticated', { authenticated: false }],
  ['silent', {}],
  ['not authenticated, with a user', { authenticated: false, user: { username: 'root' } }],
  ['authenticated as nobody', { authenticated: true }],
];

for (const [name, status] of REJECTED) {
  test(`parseTokenReview() rejects what is ${name}`, () => {
    assert.deepEqual(parseTokenReview({ status }), { status: 'rejected' });
  });
}

test('parseTokenReview() lets nobody in by what is no review', () => {
  for (const body of [undefined, {}, { status: { authenticated: true, user: { username: '' } } }]) {
    assert.deepEqual(parseTokenReview(body), {
      status: 'unavailable',
      reason: 'The API server answered with no TokenReview',
    });
  }
});

const ACCESS: readonly [status: unknown, answer: string][] = [
  [{ allowed: true }, 'allowed'],
  [{ allowed: false }, 'denied'],
  [{ allowed: true, denied: true }, 'denied'],
  [{}, 'unavailable'],
  [undefined, 'unavailable'],
];

for (const [status, answer] of ACCESS) {
  test(`parseAccessReview() of ${JSON.stringify(status)} is ${answer}`, () => {
    assert.equal(parseAccessReview({ status }), answer);
  });
}
