import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { TokenRequests } from '../../../../src/identity/credentials/token-requests.ts';

const account = 'system:serviceaccount:kube-system:job-controller';
const real = { username: 'system:kube-controller-manager', id: 'real' };
const other = { username: 'system:kube-controller-manager', id: 'other' };
const HOUR_MS = 3_600_000;

function startWorld() {
  const known = new Set(['real']);
  let nowMs = 1_000_000;
  const requests = new TokenRequests({
    clock: { wallMs: () => nowMs, monotonicMs: () => monotonicMs(nowMs) },
    isMinterKnown: ({ id }) => known.has(id),
  });
  return {
    requests,
    known,
    pass: (ms: number) => {
      nowMs += ms;
    },
    claim: (fingerprint: string, firstSeenMs = nowMs) =>
      requests.claim(account, { fingerprint, firstSeenMs }),
  };
}

test('a token claims a request of a known minter, and no other one', () => {
  const { requests, claim } = startWorld();

  assert.equal(claim('a'), undefined);
  requests.add(account, HOUR_MS, other);
  assert.equal(claim('a'), undefined);
  requests.add(account, HOUR_MS, real);
  assert.deepEqual(claim('a'), { status: 'requested' });
});

test('a second token for one request makes the first one doubtful, once', () => {
  const { requests, claim } = startWorld();
  requests.add(account, HOUR_MS, real);
  claim('a');

  assert.equal(claim('a'), undefined);
  assert.deepEqual(claim('b'), { status: 'doubted', fingerprint: 'a' });
  assert.equal(claim('c'), undefined);
});

test('each request brings one token', () => {
  const { requests, claim } = startWorld();
  requests.add(account, HOUR_MS, real);
  requests.add(account, HOUR_MS, real);

  assert.deepEqual(
    ['a', 'b', 'c'].map((fingerprint) => claim(fingerprint)?.status),
    ['requested', 'requested', 'doubted'],
  );
});

test('a token that is older than the request claims nothing', () => {
  const { requests, claim, pass } = startWorld();
  requests.add(account, HOUR_MS, real);

  assert.equal(claim('a', 1_000_000 - 1000), undefined);
  pass(5000);
  // Stored times are whole seconds.
  assert.deepEqual(claim('b', 1_000_000 - 999), { status: 'requested' });
});

test('what was asked for and is not used in time is forgotten', () => {
  const { requests, claim, pass } = startWorld();
  requests.add(account, HOUR_MS, real);

  pass(HOUR_MS);

  assert.equal(claim('a'), undefined);
});

test('requests under a forged id push out none of the real minter', () => {
  const { requests, claim, known } = startWorld();
  requests.add(account, HOUR_MS, real);

  for (let count = 0; count < 100; count += 1) requests.add(account, HOUR_MS, other);

  assert.deepEqual(claim('a'), { status: 'requested' });
  known.add('other');
  assert.deepEqual(
    ['b', 'c', 'd', 'e', 'f'].map((fingerprint) => claim(fingerprint)?.status),
    ['requested', 'requested', 'requested', 'requested', 'doubted'],
  );
});

test('the accounts that are followed are bounded', () => {
  const { requests } = startWorld();

  for (let count = 0; count <= 1000; count += 1) requests.add(String(count), HOUR_MS, real);

  assert.equal(requests.usernames.length, 1000);
  assert.equal(requests.usernames[0], '1');
});
