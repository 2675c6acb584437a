import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import {
  isCertificateType,
  parseCertificate,
} from '../../../../src/signature/ssh/parse-certificate.ts';
import {
  makeSshCertificate,
  makeSshKey,
  type SampleCertificateOptions,
  type SampleKeyKind,
} from '../../../support/signatures/ssh-samples.ts';

const key = makeSshKey('ed25519');
const authority = makeSshKey('nistp256');

function judge(blob: Buffer): string {
  const result = parseCertificate(blob);
  return result.status === 'rejected' ? result.code : result.status;
}

describe('parseCertificate()', () => {
  it('reads what the authority has certified', () => {
    const blob = makeSshCertificate(key, authority, {
      serial: 7n,
      keyId: 'alice 1',
      principals: ['alice@example.com', 'alice'],
      validAfter: 1_767_225_600n,
      criticalOptions: [['verify-required', '']],
    });
    const result = parseCertificate(blob);

    assert.partialDeepStrictEqual(result, {
      status: 'parsed',
      value: {
        key: { fingerprint: key.fingerprint, blob: key.blob },
        authority: { fingerprint: authority.fingerprint },
        serial: 7n,
        keyId: 'alice 1',
        principals: ['alice@example.com', 'alice'],
        validAfterMs: 1_767_225_600_000,
        validBeforeMs: 8_640_000_000_000_000,
        criticalOptions: ['verify-required'],
      },
    });
  });

  for (const kind of [
    'nistp521',
    'rsa',
    'sk-ed25519',
    'sk-ecdsa',
  ] as const satisfies readonly SampleKeyKind[]) {
    it(`reads a certificate for ${kind}`, () => {
      assert.equal(judge(makeSshCertificate(makeSshKey(kind), authority)), 'parsed');
    });
  }

  const count = SIGNATURE_LIMITS['signature.ssh.principalsMax'].default;
  const table: readonly (readonly [string, SampleCertificateOptions, string])[] = [
    ['a certificate of a host', { kind: 2 }, 'certificate_invalid'],
    [
      'a signature for other bytes',
      { signature: authority.sign(Buffer.from('x')) },
      'certificate_invalid',
    ],
    ['a signature that is none', { signature: Buffer.from('x') }, 'certificate_invalid'],
    ['trailing bytes', { trailing: 'x' }, 'malformed_signature'],
    [
      'options out of order',
      {
        criticalOptions: [
          ['b', ''],
          ['a', ''],
        ],
      },
      'malformed_signature',
    ],
    [
      'an option twice',
      {
        criticalOptions: [
          ['a', ''],
          ['a', ''],
        ],
      },
      'malformed_signature',
    ],
    ['a principal with NUL', { principals: ['a\0b'] }, 'malformed_signature'],
    [
      'as many principals as allowed',
      { principals: Array.from({ length: count }, String) },
      'parsed',
    ],
    [
      'too many principals',
      { principals: Array.from({ length: count + 1 }, String) },
      'limit_exceeded',
    ],
  ];
  for (const [what, options, expected] of table) {
    it(`says ${expected} of ${what}`, () => {
      assert.equal(judge(makeSshCertificate(key, authority, options)), expected);
    });
  }

  it('refuses authorities that sign with SHA-1 or have short keys', () => {
    const strong = makeSshKey('rsa');
    const weak = makeSshKey('rsa', { bits: 1024 });

    assert.deepEqual(
      [
        parseCertificate(makeSshCertificate(key, strong, { algorithm: 'ssh-rsa' })),
        parseCertificate(makeSshCertificate(key, weak)),
        judge(makeSshCertificate(key, strong, { algorithm: 'rsa-sha2-256' })),
      ],
      [
        {
          status: 'rejected',
          code: 'certificate_invalid',
          reason:
            'The authority of the SSH certificate: The signature is "ssh-rsa", which is RSA with SHA-1',
        },
        {
          status: 'rejected',
          code: 'certificate_invalid',
          reason:
            'The authority of the SSH certificate: The RSA key has 1024 bits, at least 2048 are wanted',
        },
        'parsed',
      ],
    );
  });

  it('says weak_key of a certified key that is weak', () => {
    assert.equal(
      judge(makeSshCertificate(makeSshKey('rsa', { bits: 1024 }), authority)),
      'weak_key',
    );
  });

  it('reads whatever bytes without a fault, and takes no mangled certificate', () => {
    const blob = makeSshCertificate(key, authority);
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const mangled = Buffer.from(blob);
        mangled.writeUInt8((mangled[at] ?? 0) ^ bits, at);

        assert.notEqual(judge(mangled), 'parsed');
      }),
    );
  });
});

it('isCertificateType() knows the types of certificates', () => {
  assert.deepEqual(
    ['ssh-ed25519-cert-v01@openssh.com', 'ssh-ed25519', 'ssh-rsa-cert-v00@openssh.com'].map(
      isCertificateType,
    ),
    [true, false, false],
  );
});
