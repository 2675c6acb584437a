import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { matchRevocation } from '../../../../src/signature/ssh/match-revocation.ts';
import { parseCertificate } from '../../../../src/signature/ssh/parse-certificate.ts';
import {
  NOTHING_REVOKED,
  type RevokedCertificates,
} from '../../../../src/signature/ssh/revoked-keys.ts';
import { makeSshCertificate, makeSshKey } from '../../../support/signatures/ssh-samples.ts';

const [key, authority] = [makeSshKey('ed25519'), makeSshKey('ed25519')];

function certify(serial: bigint) {
  const certificate = parseCertificate(
    makeSshCertificate(key, authority, { serial, keyId: 'alice' }),
  );
  assert.ok(certificate.status === 'parsed');
  return certificate.value;
}

const NO_CERTIFICATES: RevokedCertificates = {
  authority: undefined,
  ranges: [],
  bitmaps: [],
  keyIds: new Set(),
};

function match(serial: bigint, list: Partial<RevokedCertificates>): boolean {
  const certificate = certify(serial);
  const revoked = { ...NOTHING_REVOKED, certificates: [{ ...NO_CERTIFICATES, ...list }] };
  return matchRevocation(revoked, certificate.key, certificate) !== undefined;
}

function sha1(blob: Buffer): string {
  return createHash('sha1').update(blob).digest('hex');
}

describe('matchRevocation()', () => {
  it('finds nothing where nothing was revoked', () => {
    const certificate = certify(1n);

    assert.deepEqual(
      [
        matchRevocation(NOTHING_REVOKED, certificate.key, undefined),
        matchRevocation(NOTHING_REVOKED, certificate.key, certificate),
        matchRevocation(
          { ...NOTHING_REVOKED, sha1: new Set(['00']) },
          certificate.key,
          certificate,
        ),
      ],
      [undefined, undefined, undefined],
    );
  });

  it('finds the key by either fingerprint, with a certificate or without', () => {
    const certificate = certify(1n);
    const expected = `The key ${key.fingerprint} was revoked`;

    assert.deepEqual(
      [
        { ...NOTHING_REVOKED, fingerprints: new Set([key.fingerprint]) },
        { ...NOTHING_REVOKED, sha1: new Set([sha1(key.blob)]) },
      ].flatMap((revoked) => [
        matchRevocation(revoked, certificate.key, undefined),
        matchRevocation(revoked, certificate.key, certificate),
      ]),
      [expected, expected, expected, expected],
    );
  });

  it('finds the authority of a certificate', () => {
    const certificate = certify(1n);
    const revoked = { ...NOTHING_REVOKED, sha1: new Set([sha1(authority.blob)]) };

    assert.deepEqual(
      [
        matchRevocation(revoked, certificate.key, certificate),
        matchRevocation(revoked, certificate.key, undefined),
      ],
      [`The authority of the SSH certificate, ${authority.fingerprint}, was revoked`, undefined],
    );
  });

  it('says which certificate was revoked', () => {
    const certificate = certify(7n);
    const certificates = [{ ...NO_CERTIFICATES, ranges: [[7n, 7n] as const] }];

    assert.equal(
      matchRevocation({ ...NOTHING_REVOKED, certificates }, certificate.key, certificate),
      'The SSH certificate with the serial number 7 was revoked',
    );
  });

  it('compares serial numbers with ranges, both ends included', () => {
    const ranges = [[5n, 7n] as const];

    assert.deepEqual(
      [4n, 5n, 7n, 8n].map((serial) => match(serial, { ranges })),
      [false, true, true, false],
    );
  });

  it('compares serial numbers with bitmaps, whose last bit is the first number', () => {
    const bitmaps = [{ offset: 100n, bits: Buffer.from([0b0000_0001, 0b0000_0101]) }];

    assert.deepEqual(
      [99n, 100n, 101n, 102n, 107n, 108n, 115n, 116n].map((serial) => match(serial, { bitmaps })),
      [false, true, false, true, false, true, false, false],
    );
  });

  it('takes the serial number zero for none, and then looks at the key ID', () => {
    assert.deepEqual(
      [
        match(0n, { ranges: [[0n, 9n]] }),
        match(0n, { keyIds: new Set(['alice']) }),
        match(1n, { keyIds: new Set(['ben']) }),
      ],
      [false, true, false],
    );
  });

  it('looks at lists of this authority and of all, and at no others', () => {
    const ranges = [[1n, 1n] as const];

    assert.deepEqual(
      [
        match(1n, { ranges, authority: authority.fingerprint }),
        match(1n, { ranges, authority: key.fingerprint }),
      ],
      [true, false],
    );
  });
});
