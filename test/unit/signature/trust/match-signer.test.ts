import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addressesOf,
  identityOf,
  isAccepted,
} from '../../../../src/signature/trust/match-signer.ts';
import type { AcceptedSigner } from '../../../../src/signature/trust/settings.ts';
import type { Signer } from '../../../../src/signature/verification.ts';

const PRIMARY = 'A'.repeat(40);
const SUBKEY = 'B'.repeat(40);
const SIGNERS = {
  openpgp: {
    scheme: 'openpgp',
    fingerprint: PRIMARY,
    signingKeyFingerprint: SUBKEY,
    userIds: ['Alice <Alice@example.com>', 'alice@example.org'],
  },
  ssh: { scheme: 'ssh', principal: 'alice@example.com', fingerprint: 'SHA256:abc' },
  gitsign: {
    scheme: 'gitsign',
    issuer: 'https://accounts.example.com',
    subject: 'https://forge.example.com/acme/shop/.forge/build.yaml@refs/heads/main',
  },
  x509: {
    scheme: 'x509',
    subject: 'CN=Alice',
    issuer: 'CN=Example CA',
    fingerprint: 'c'.repeat(64),
    emails: ['alice@example.com'],
  },
  cosign: { scheme: 'cosign', method: 'key', fingerprint: 'd'.repeat(64) },
} as const satisfies Record<Signer['scheme'], Signer>;
const KEYRINGS = new Map([['platform', new Set([PRIMARY])]]);

const ACCEPTING: readonly AcceptedSigner[] = [
  { scheme: 'openpgp', fingerprint: PRIMARY },
  { scheme: 'openpgp', fingerprint: SUBKEY },
  { scheme: 'openpgp', keyring: 'platform' },
  { scheme: 'ssh', principal: '*@example.com' },
  { scheme: 'ssh', fingerprint: 'SHA256:abc' },
  {
    scheme: 'gitsign',
    issuer: 'https://accounts.example.com',
    subject: 'https://forge.example.com/acme/**',
  },
  { scheme: 'x509', email: 'alice@example.com' },
  { scheme: 'x509', fingerprint: 'c'.repeat(64) },
];

const OTHERS: readonly AcceptedSigner[] = [
  { scheme: 'openpgp', fingerprint: 'C'.repeat(40) },
  { scheme: 'openpgp', keyring: 'absent' },
  { scheme: 'ssh', principal: 'bob@example.com' },
  { scheme: 'ssh', fingerprint: 'SHA256:abd' },
  {
    scheme: 'gitsign',
    issuer: 'https://accounts.example.com/',
    subject: 'https://forge.example.com/acme/**',
  },
  {
    scheme: 'gitsign',
    issuer: 'https://accounts.example.com',
    subject: 'https://forge.example.com/acme/shop',
  },
  { scheme: 'x509', email: '*@example.org' },
  { scheme: 'x509', fingerprint: 'd'.repeat(64) },
];

describe('accepted signers', () => {
  it('each entry accepts the signer of its scheme that it names, and no other', () => {
    for (const entry of ACCEPTING) {
      for (const signer of Object.values(SIGNERS)) {
        const expected = signer.scheme === entry.scheme;
        assert.equal(isAccepted(signer, [entry], KEYRINGS), expected, JSON.stringify(entry));
      }
    }
  });

  it('an entry for somebody else accepts nobody here', () => {
    for (const signer of Object.values(SIGNERS)) {
      assert.equal(isAccepted(signer, OTHERS, KEYRINGS), false);
    }
  });

  it('a signer is one identity, whichever of its keys signs', () => {
    const rotated = { ...SIGNERS.openpgp, signingKeyFingerprint: 'E'.repeat(40) };
    assert.equal(identityOf(rotated), identityOf(SIGNERS.openpgp));
    assert.equal(
      identityOf({ ...SIGNERS.ssh, fingerprint: 'SHA256:new' }),
      identityOf(SIGNERS.ssh),
    );
    assert.equal(new Set(Object.values(SIGNERS).map(identityOf)).size, 5);
    const keyless = { scheme: 'cosign', method: 'certificate', issuer: 'i', subject: 's' } as const;
    assert.equal(identityOf(keyless), 'cosign i s');
    assert.equal(identityOf({ ...SIGNERS.x509, emails: [] }), `x509 ${'c'.repeat(64)}`);
  });

  it('the addresses of a signer are those of its key or certificate, in lower case', () => {
    assert.deepEqual(
      Object.values(SIGNERS).map((signer) => [...addressesOf(signer)]),
      [
        ['alice@example.com', 'alice@example.org'],
        ['alice@example.com'],
        ['https://forge.example.com/acme/shop/.forge/build.yaml@refs/heads/main'],
        ['alice@example.com'],
        [],
      ],
    );
  });
});
