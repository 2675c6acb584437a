import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUnknownSigners } from '../../../../src/signature/trust/find-unknown-signers.ts';
import { commitsSchema } from '../../../../src/signature/trust/settings.ts';
import type { AllowedSigner } from '../../../../src/signature/ssh/parse-allowed-signers.ts';

const KEY = `SHA256:${'a'.repeat(43)}`;
const OTHER = `SHA256:${'b'.repeat(43)}`;

function line(more: Partial<AllowedSigner> = {}): AllowedSigner {
  return {
    line: 1,
    principals: '*@example.com,!guest@example.com',
    key: { type: 'ssh-ed25519', fingerprint: KEY, blob: Buffer.alloc(0) },
    isAuthority: false,
    ...more,
  };
}

function unknown(signers: readonly object[], allowedSigners: readonly AllowedSigner[]) {
  const { rules } = commitsSchema.parse({
    rules: [{ name: 'a', repositories: ['**'], signers }],
  });
  return findUnknownSigners(rules, { keyrings: new Map(), allowedSigners }).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );
}

test('principals and keys that a line has are known, and patterns may match anybody', () => {
  const signers = [
    { scheme: 'ssh', principal: 'anna@example.com' },
    { scheme: 'ssh', principal: '*@elsewhere.example' },
    { scheme: 'ssh', fingerprint: KEY },
    { scheme: 'gitsign', issuer: 'https://accounts.example.com', subject: 'anna@example.com' },
    { scheme: 'x509', email: 'anna@example.com' },
  ];

  assert.deepEqual(unknown(signers, [line()]), []);
});

test('who is in no line cannot sign', () => {
  const signers = [
    { scheme: 'ssh', principal: 'guest@example.com' },
    { scheme: 'ssh', fingerprint: OTHER },
    { scheme: 'openpgp', fingerprint: 'A'.repeat(40) },
  ];

  assert.deepEqual(unknown(signers, [line()]), [
    'rules.0.signers.0 No line of the allowed signers has the principal guest@example.com',
    `rules.0.signers.1 No line of the allowed signers has the key ${OTHER}`,
    `rules.0.signers.2 No keyring has the key ${'A'.repeat(40)}`,
  ]);
});

test('an authority may certify any key', () => {
  const signers = [{ scheme: 'ssh', fingerprint: OTHER }];

  assert.deepEqual(unknown(signers, [line({ isAuthority: true })]), []);
});
