import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signGrant } from '../../../../src/identity/grants/sign-grant.ts';
import { verifyGrant } from '../../../../src/identity/grants/verify-grant.ts';
import { makeApprover, sampleGrant } from '../../../support/grants.ts';

test('signGrant() makes an approval that counts', async () => {
  const anna = await makeApprover('anna');

  const token = await signGrant(JSON.stringify(sampleGrant()), anna.key);

  assert.deepEqual(await verifyGrant(token, { approvers: [anna], approvalsRequired: 1 }), {
    ok: true,
    grant: sampleGrant(),
    approvers: ['anna'],
  });
});
