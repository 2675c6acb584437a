import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatGuardLists } from '../../../src/registration/format-guard.ts';

it('formatGuardLists keeps people apart from accounts, which must show a token', () => {
  const [people, accounts] = formatGuardLists({
    allowedUsernames: ['system:serviceaccount:a:b', 'alice', 'system:serviceaccount:a', 'alice'],
  });
  assert.deepEqual(people, { name: 'people', expression: "['alice', 'system:serviceaccount:a']" });
  assert.deepEqual(accounts, { name: 'accounts', expression: "['system:serviceaccount:a:b']" });
});
