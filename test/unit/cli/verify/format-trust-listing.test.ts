import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatTrustListing,
  formatTrustListingJson,
} from '../../../../src/cli/verify/format-trust-listing.ts';
import type { TrustListing } from '../../../../src/compose/list-trust.ts';

const LISTING: TrustListing = {
  status: 'unusable',
  files: [
    {
      file: 'keys.asc',
      keys: [
        {
          scheme: 'openpgp',
          role: 'signer',
          fingerprint: 'AAAA',
          identities: ['Ada\n<ada@example.com>'],
          signingKeys: [
            {
              fingerprint: 'AAAA',
              algorithm: 'rsa 1024',
              validFromMs: Date.UTC(2026, 0, 1),
              validUntilMs: undefined,
              fault: { code: 'weak_key', reason: 'The key AAAA has RSA with 1024 bits' },
            },
            {
              fingerprint: 'BBBB',
              algorithm: 'ed25519',
              validFromMs: undefined,
              validUntilMs: Number.MAX_VALUE,
              fault: undefined,
            },
          ],
        },
      ],
    },
    { file: 'empty', keys: [] },
  ],
  revocations: [
    {
      file: 'krl',
      fingerprints: ['SHA256:x'],
      sha1: ['ab'],
      certificateAuthorities: [undefined, 'SHA256:y'],
    },
  ],
};

describe('the listing of keys', () => {
  it('has each key, each subkey, what is revoked, and the verdict last', () => {
    assert.deepEqual(formatTrustListing(LISTING).split('\n'), [
      'key         AAAA (openpgp, signer)',
      'file        keys.asc',
      'identity    Ada\u{FFFD}<ada@example.com>',
      'algorithm   rsa 1024',
      'valid       from 2026-01-01T00:00:00Z without end',
      'unusable    weak_key: The key AAAA has RSA with 1024 bits',
      'subkey      BBBB',
      'algorithm   ed25519',
      'valid       from the beginning until a time beyond every calendar',
      'usable      a signature that it makes now counts',
      '',
      'file        empty: no key',
      '',
      'revoked by  krl',
      'revoked     SHA256:x',
      'revoked     SHA-1 ab',
      'revoked     certificates of every authority',
      'revoked     certificates of SHA256:y',
      '',
      'unusable    1 of 1 keys can sign or certify now',
    ]);
  });

  it('says that a key has no identity that counts', () => {
    const key = {
      scheme: 'openpgp',
      role: 'signer',
      fingerprint: 'AAAA',
      identities: [],
      signingKeys: [],
    } as const;
    const listing = { ...LISTING, files: [{ file: 'keys.asc', keys: [key] }], revocations: [] };
    assert.deepEqual(formatTrustListing(listing).split('\n'), [
      'key         AAAA (openpgp, signer)',
      'file        keys.asc',
      'identity    none that counts',
      '',
      'unusable    0 of 1 keys can sign or certify now',
    ]);
  });

  it('is the same for programs', () => {
    assert.deepEqual(JSON.parse(formatTrustListingJson(LISTING)), {
      status: 'unusable',
      keys: [
        {
          file: 'keys.asc',
          scheme: 'openpgp',
          role: 'signer',
          fingerprint: 'AAAA',
          identities: ['Ada\n<ada@example.com>'],
          isUsable: true,
          signingKeys: [
            {
              fingerprint: 'AAAA',
              algorithm: 'rsa 1024',
              validFrom: '2026-01-01T00:00:00Z',
              isUsable: false,
              code: 'weak_key',
              reason: 'The key AAAA has RSA with 1024 bits',
            },
            {
              fingerprint: 'BBBB',
              algorithm: 'ed25519',
              validUntil: 'a time beyond every calendar',
              isUsable: true,
            },
          ],
        },
      ],
      revocations: [
        {
          file: 'krl',
          fingerprints: ['SHA256:x'],
          sha1: ['ab'],
          certificateAuthorities: ['any', 'SHA256:y'],
        },
      ],
    });
  });
});
