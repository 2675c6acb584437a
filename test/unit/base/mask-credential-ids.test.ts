import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskCredentialIds } from '../../../src/base/mask-credential-ids.ts';

test('maskCredentialIds() hides the ids of certificates and tokens, wherever they stand', () => {
  const text = `["X509SHA256=${'ab'.repeat(32)}"] and JTI=0b1f7c1e-6ad5-4f1e-9a3e-3f6a1d2f8f10.`;

  assert.equal(maskCredentialIds(text), '["[credential id]"] and [credential id].');
});

test('maskCredentialIds() leaves other texts as they are', () => {
  const text = 'X509 certificates and JTI are words';

  assert.equal(maskCredentialIds(text), text);
});
