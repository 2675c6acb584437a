import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllowedSigners } from '../../../../src/signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../../../../src/signature/ssh/parse-revoked-keys.ts';
import {
  verifySshSignature,
  type SshVerificationOptions,
} from '../../../../src/signature/ssh/verify-ssh-signature.ts';
import {
  armor,
  makeSshCertificate,
  makeSshKey,
  makeSshSignature,
} from '../../../support/signatures/ssh-samples.ts';

const PAYLOAD = Buffer.from('tree …\n\nRelease\n');
const COMMITTED_AT = Date.UTC(2026, 0, 1);
const NOW = Date.UTC(2026, 5, 1);
const key = makeSshKey('ed25519');
const authority = makeSshKey('nistp384');

interface Options extends Partial<SshVerificationOptions> {
  readonly lines?: string;
  readonly revoked?: string;
  readonly keyValidity?: 'now' | 'atSigning';
  readonly committerMatch?: boolean;
}

function verify({ lines = `alice@example.com ${key.text}`, ...options }: Options = {}) {
  const allowedSigners = parseAllowedSigners(Buffer.from(lines));
  const revoked = parseRevokedKeys(Buffer.from(options.revoked ?? ''));
  assert.ok(allowedSigners.status === 'read' && revoked.status === 'read');
  return verifySshSignature({
    payload: PAYLOAD,
    signature: makeSshSignature(key, PAYLOAD),
    trust: {
      allowedSigners: allowedSigners.value,
      revoked: revoked.value,
      keyValidity: options.keyValidity ?? 'now',
      committerMatch: options.committerMatch ?? false,
    },
    committer: { email: 'alice@example.com' },
    committedAtMs: COMMITTED_AT,
    nowMs: NOW,
    ...options,
  });
}

describe('verifySshSignature()', () => {
  it('says who signed, and with which key', () => {
    assert.deepEqual(verify(), {
      status: 'verified',
      signer: {
        scheme: 'ssh',
        principal: 'alice@example.com',
        fingerprint: key.fingerprint,
        authorityFingerprint: undefined,
      },
    });
  });

  it('names the authority of a certificate', () => {
    const certificate = makeSshCertificate(key, authority);

    assert.deepEqual(
      verify({
        lines: `*@example.com cert-authority ${authority.text}`,
        signature: makeSshSignature(key, PAYLOAD, { certificate }),
      }),
      {
        status: 'verified',
        signer: {
          scheme: 'ssh',
          principal: 'alice@example.com',
          fingerprint: key.fingerprint,
          authorityFingerprint: authority.fingerprint,
        },
      },
    );
  });

  const other = makeSshKey('ed25519');
  const refused: readonly (readonly [string, Options, string, string])[] = [
    [
      'armor that is none',
      { signature: Buffer.from('hello') },
      'malformed_signature',
      'The SSH signature cannot be read: the armor has no first or last line',
    ],
    [
      'another namespace',
      { signature: makeSshSignature(key, PAYLOAD, { namespace: 'file' }) },
      'wrong_namespace',
      'The signature is for the namespace "file", not for "git"',
    ],
    [
      'other content',
      { payload: Buffer.from('other') },
      'bad_signature',
      'The signature does not fit the content and the key',
    ],
    [
      'an unknown key',
      { lines: `alice@example.com ${other.text}` },
      'unknown_key',
      `No line of allowed_signers has the key ${key.fingerprint}`,
    ],
    [
      'a revoked key',
      { revoked: key.text },
      'key_revoked',
      `The key ${key.fingerprint} was revoked`,
    ],
    [
      'a line whose times are over, though the commit is older',
      { lines: `a valid-before="20260201Z" ${key.text}` },
      'key_not_valid',
      'The times of line 1 of allowed_signers do not include now, 2026-06-01T00:00:00.000Z',
    ],
    [
      'a line whose times begin after the commit',
      { lines: `a valid-after="20260201Z" ${key.text}`, keyValidity: 'atSigning' },
      'key_not_valid',
      'The times of line 1 of allowed_signers do not include the time of the commit, 2026-01-01T00:00:00.000Z',
    ],
  ];
  for (const [what, options, code, reason] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(verify(options), { status: 'rejected', code, reason });
    });
  }

  it('looks at the claimed time alone where keys must be valid at signing', () => {
    const lines = `a valid-before="20260201Z" ${key.text}`;

    assert.equal(verify({ lines, keyValidity: 'atSigning' }).status, 'verified');
  });

  it('asks for the address of the committer where it must be one of the signer', () => {
    const lines = `*@example.com,ben ${key.text}`;
    const verdicts = ['alice@example.com', 'alice@example.org'].map((email) =>
      verify({ lines, committerMatch: true, committer: { email } }),
    );

    assert.partialDeepStrictEqual(verdicts, [
      { status: 'verified', signer: { principal: 'alice@example.com' } },
      {
        status: 'rejected',
        code: 'identity_not_accepted',
        reason:
          'The key is not for the committer "alice@example.org" and one of "*@example.com,ben", line 1 of allowed_signers',
      },
    ]);
  });

  it('refuses critical options that it does not know', () => {
    const certificate = makeSshCertificate(key, authority, {
      criticalOptions: [['force-command', '/bin/true']],
    });

    assert.deepEqual(
      verify({
        lines: `* cert-authority ${authority.text}`,
        signature: makeSshSignature(key, PAYLOAD, { certificate }),
      }),
      {
        status: 'rejected',
        code: 'certificate_invalid',
        reason:
          'The SSH certificate has the critical option "force-command", which does not allow signing',
      },
    );
  });

  it('follows verify-required', () => {
    const securityKey = makeSshKey('sk-ed25519');
    const certificate = makeSshCertificate(securityKey, authority, {
      criticalOptions: [['verify-required', '']],
    });
    const verdicts = [0x01, 0x05].map((flags) =>
      verify({
        lines: `* cert-authority ${authority.text}`,
        signature: makeSshSignature(securityKey, PAYLOAD, { certificate, flags }),
      }),
    );

    assert.deepEqual(
      verdicts.map((verdict) => (verdict.status === 'rejected' ? verdict.code : verdict.status)),
      ['user_presence_missing', 'verified'],
    );
  });

  it('verifies nothing that was mangled, and never throws', () => {
    const blob = Buffer.from(
      makeSshSignature(key, PAYLOAD).toString().split('\n').slice(1, -2).join(''),
      'base64',
    );
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const mangled = Buffer.from(blob);
        mangled.writeUInt8((mangled[at] ?? 0) ^ bits, at);

        assert.equal(verify({ signature: armor(mangled) }).status, 'rejected');
      }),
    );
  });
});
