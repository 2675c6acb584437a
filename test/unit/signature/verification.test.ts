import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rejected, verifiedBy, type Signer } from '../../../src/signature/verification.ts';

it('verifiedBy() and rejected() build the verdicts', () => {
  const signer: Signer = { scheme: 'ssh', principal: 'alice', fingerprint: 'SHA256:…' };

  assert.deepEqual(
    [verifiedBy(signer), rejected('unsigned', 'The commit has no signature')],
    [
      { status: 'verified', signer },
      { status: 'rejected', code: 'unsigned', reason: 'The commit has no signature' },
    ],
  );
});
