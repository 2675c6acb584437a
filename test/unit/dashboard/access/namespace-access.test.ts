import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NamespaceAccess } from '../../../../src/dashboard/access/namespace-access.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const ALICE = { username: 'alice', groups: [], extra: {} };
const BOB = { username: 'bob', groups: [], extra: {} };

function stage(allowed: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const state = { nowMs: 0, isAway: false };
  const access = new NamespaceAccess(
    ({ username }, namespace = '*') => {
      asked.push(`${username} ${namespace}`);
      if (state.isAway) return Promise.resolve('unavailable');
      return Promise.resolve(
        allowed[username]?.includes(namespace) === true ? 'allowed' : 'denied',
      );
    },
    clockOf(() => state.nowMs),
  );
  return { access, asked, state };
}

test('NamespaceAccess asks for all namespaces first, then for the one, and once a minute', async () => {
  const { access, asked, state } = stage({ alice: ['shop'] });

  assert.deepEqual(
    [
      await access.maySee(ALICE, 'shop'),
      await access.maySee(ALICE, 'shop'),
      await access.maySee(ALICE, 'billing'),
      await access.maySee(BOB, 'shop'),
    ],
    [true, true, false, false],
  );
  assert.deepEqual(asked, ['alice *', 'alice shop', 'alice billing', 'bob *', 'bob shop']);
  state.nowMs = 60_001;
  await access.maySee(ALICE, 'shop');
  assert.deepEqual(asked.slice(5), ['alice *', 'alice shop']);
});

test('NamespaceAccess shows what has no namespace, or several, only to who may see all', async () => {
  const { access, asked } = stage({ alice: ['shop', '', 'team-*'], bob: ['*'] });

  for (const namespace of ['', '*', 'team-*', '../shop', 'Shop']) {
    assert.equal(await access.maySee(ALICE, namespace), false, namespace);
    assert.equal(await access.maySee(BOB, namespace), true, namespace);
  }
  assert.deepEqual(asked, ['alice *', 'bob *']);
});

test('NamespaceAccess shows nothing where nobody can tell, and asks again at once', async () => {
  const { access, state } = stage({ alice: ['shop'] });
  state.isAway = true;
  await assert.rejects(access.maySee(ALICE, 'shop'), { code: 'dashboard_access_unavailable' });
  state.isAway = false;

  assert.equal(await access.maySee(ALICE, 'shop'), true);
});

test('NamespaceAccess tells two apart who differ in a group or in an extra', async () => {
  const { access, asked } = stage({});
  await access.maySeeAll(ALICE);
  await access.maySeeAll({ ...ALICE, groups: ['admins'] });
  await access.maySeeAll({ ...ALICE, extra: { scopes: ['read'] } });

  assert.equal(asked.length, 3);
});
