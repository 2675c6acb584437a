import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from '../../../../src/dashboard/access/sessions.ts';
import type { TokenVerdict } from '../../../../src/dashboard/access/viewer.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const ALICE = { username: 'alice', groups: [], extra: {} };
const MINUTE_MS = 60_000;

function stage() {
  const state: { nowMs: number; verdict: TokenVerdict; reviews: number } = {
    nowMs: 0,
    verdict: { status: 'accepted', viewer: ALICE },
    reviews: 0,
  };
  const sessions = new Sessions({
    clock: clockOf(() => state.nowMs),
    lifeMs: 10 * MINUTE_MS,
    reviewToken: () => {
      state.reviews += 1;
      return Promise.resolve(state.verdict);
    },
  });
  return { sessions, state };
}

test('Sessions finds one by its id, and by no other', async () => {
  const { sessions } = stage();
  const id = sessions.begin('token', ALICE);

  assert.match(id, /^[\w-]{43}$/u);
  assert.deepEqual((await sessions.find(id))?.viewer, ALICE);
  assert.equal(await sessions.find('x'.repeat(43)), undefined);
});

test('Sessions asks each minute whose token it is, and ends with the token', async () => {
  const { sessions, state } = stage();
  const id = sessions.begin('token', ALICE);
  await sessions.find(id);
  assert.equal(state.reviews, 0);
  state.nowMs = MINUTE_MS;
  state.verdict = { status: 'accepted', viewer: { ...ALICE, groups: ['new'] } };
  assert.deepEqual((await sessions.find(id))?.viewer.groups, ['new']);
  state.nowMs = 2 * MINUTE_MS;
  state.verdict = { status: 'rejected' };

  assert.equal(await sessions.find(id), undefined);
  state.verdict = { status: 'accepted', viewer: ALICE };
  assert.equal(await sessions.find(id), undefined);
  assert.equal(sessions.size, 0);
});

test('Sessions lets nobody on while nobody can tell, and goes on afterwards', async () => {
  const { sessions, state } = stage();
  const id = sessions.begin('token', ALICE);
  state.nowMs = MINUTE_MS;
  state.verdict = { status: 'unavailable', reason: 'It is away' };
  await assert.rejects(sessions.find(id), {
    code: 'dashboard_access_unavailable',
    message: 'It is away',
  });
  state.verdict = { status: 'accepted', viewer: ALICE };

  assert.deepEqual((await sessions.find(id))?.viewer, ALICE);
});

test('Sessions end after their time, when somebody signs out, and even while the token is asked about', async () => {
  const { sessions, state } = stage();
  const [old, left, racing] = ['a', 'b', 'c'].map((token) => sessions.begin(token, ALICE));
  assert.ok(old !== undefined && left !== undefined && racing !== undefined);
  sessions.end(left);
  assert.equal(await sessions.find(left), undefined);
  state.nowMs = MINUTE_MS;
  const finding = sessions.find(racing);
  sessions.end(racing);
  assert.equal(await finding, undefined);
  state.nowMs = 10 * MINUTE_MS;

  assert.equal(await sessions.find(old), undefined);
});

test('Sessions are at most so many: the one that was not used for longest goes, the ended ones first', async () => {
  const { sessions, state } = stage();
  const first = sessions.begin('first', ALICE);
  const second = sessions.begin('second', ALICE);
  for (let count = 2; count < 500; count += 1) sessions.begin('more', ALICE);
  await sessions.find(first);
  sessions.begin('one more', ALICE);

  assert.equal(sessions.size, 500);
  assert.equal(await sessions.find(second), undefined);
  assert.notEqual(await sessions.find(first), undefined);
  state.nowMs = 10 * MINUTE_MS;
  sessions.begin('late', ALICE);
  assert.equal(sessions.size, 1);
});
