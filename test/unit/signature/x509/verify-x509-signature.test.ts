import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import { importCaBundle } from '../../../../src/signature/x509/import-ca-bundle.ts';
import { importRevocationLists } from '../../../../src/signature/x509/import-revocation-lists.ts';
import type { X509Request } from '../../../../src/signature/x509/verify-x509-signature.ts';
import { verifyX509Signature } from '../../../../src/signature/x509/verify-x509-signature.ts';
import {
  CODE_SIGNING,
  emailName,
  extension,
  issue,
  pem,
  type Issued,
  type NewCertificate,
} from '../../../support/signatures/certificate-builder.ts';
import { buildSignature, type NewSignature } from '../../../support/signatures/cms-builder.ts';
import {
  bits,
  der,
  integer,
  octets,
  oid,
  sequence,
  time,
} from '../../../support/signatures/der.ts';

const PAYLOAD = Buffer.from('tree 0\n\nChange\n');
const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-06-15T12:00:00Z');
const WINDOW = { notBeforeMs: NOW_MS - 30 * DAY_MS, notAfterMs: NOW_MS + 30 * DAY_MS };
const EMAIL = 'ada@example.com';

const root = issue({ commonName: 'Root', isAuthority: true, ...WINDOW });
const middle = issue({ commonName: 'Middle', isAuthority: true, issuer: root, ...WINDOW });

function leaf(changes: Partial<NewCertificate> = {}): Issued {
  return issue({
    commonName: 'Ada',
    issuer: middle,
    names: [emailName(EMAIL)],
    ...WINDOW,
    ...changes,
  });
}

interface Case {
  readonly signature?: Partial<NewSignature>;
  readonly trust?: Partial<X509Request['trust']>;
  readonly authorities?: readonly Buffer[];
  readonly lists?: readonly Buffer[];
  readonly email?: string;
}

function verify(signer: Issued, options: Case = {}) {
  const { authorities = [root.certificate], lists = [], email = EMAIL } = options;
  const bundle = importCaBundle(authorities.map((one) => pem(one)).join('\n'));
  assert.deepEqual(bundle.problems, []);
  const revocations = importRevocationLists(lists.map((one) => pem(one, 'X509 CRL')).join('\n'));
  if (lists.length > 0) assert.deepEqual(revocations.problems, []);
  const { armored } = buildSignature({
    payload: PAYLOAD,
    signer,
    chain: [middle.certificate],
    signingTimeMs: NOW_MS - DAY_MS,
    ...options.signature,
  });
  return verifyX509Signature({
    payload: PAYLOAD,
    signature: armored,
    trust: {
      authorities: bundle.authorities,
      revocationLists: revocations.lists,
      keyValidity: 'now',
      committerMatch: false,
      ...options.trust,
    },
    committer: { name: 'Ada', email },
    nowMs: NOW_MS,
  });
}

function judge(signer: Issued, options: Case = {}): string {
  const verification = verify(signer, options);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

test('verifyX509Signature() verifies a chain to a trusted authority', () => {
  const signer = leaf();
  const verification = verify(signer);
  assert.equal(verification.status, 'verified');
  assert.deepEqual(
    { ...verification.signer, fingerprint: '' },
    {
      scheme: 'x509',
      subject: 'CN=Ada,O=Example',
      issuer: 'CN=Middle,O=Example',
      fingerprint: '',
      emails: [EMAIL],
    },
  );
});

test('verifyX509Signature() verifies SHA-384, code signing, and certificates without purposes', () => {
  assert.equal(judge(leaf({ curve: 'P-384' }), { signature: { hash: 'sha384' } }), 'verified');
  assert.equal(judge(leaf({ purposes: [CODE_SIGNING] })), 'verified');
  assert.equal(judge(leaf({ purposes: null, keyUsage: null })), 'verified');
  assert.equal(judge(leaf(), { authorities: [middle.certificate] }), 'verified');
});

test('verifyX509Signature() refuses a chain that does not lead to a trusted authority', () => {
  assert.equal(judge(leaf(), { signature: { chain: [] } }), 'certificate_invalid');
  const impostor = issue({ commonName: 'Root', isAuthority: true, ...WINDOW });
  const below = issue({ commonName: 'Middle', isAuthority: true, issuer: impostor, ...WINDOW });
  const options = { signature: { chain: [below.certificate, impostor.certificate] } };
  assert.equal(judge(leaf({ issuer: below }), options), 'certificate_invalid');
});

test('verifyX509Signature() refuses certificates for other uses', () => {
  assert.equal(judge(leaf({ purposes: ['1.3.6.1.5.5.7.3.1'] })), 'wrong_usage');
  assert.equal(judge(leaf({ keyUsage: 0x20 })), 'wrong_usage');
  assert.equal(judge(middle, { signature: { chain: [] } }), 'wrong_usage');
});

test('verifyX509Signature() refuses authorities that may not issue', () => {
  const cases: readonly Partial<NewCertificate>[] = [
    { isAuthority: false },
    { isAuthority: true, keyUsage: 0x02 },
    { isAuthority: true, purposes: ['1.3.6.1.5.5.7.3.1'] },
    { isAuthority: true, extensions: [extension('2.5.29.30', sequence())] },
    { isAuthority: true, extensions: [extension('1.2.3.4', sequence(), true)] },
    { isAuthority: true, notAfterMs: NOW_MS - DAY_MS / 2 },
    { isAuthority: true, notBeforeMs: NOW_MS + DAY_MS },
  ];
  for (const changes of cases) {
    const issuer = issue({ commonName: 'Odd', issuer: root, ...WINDOW, ...changes });
    const options = { signature: { chain: [issuer.certificate] } };
    assert.equal(judge(leaf({ issuer }), options), 'certificate_invalid');
  }
});

test('verifyX509Signature() keeps to the path length of an authority', () => {
  const short = issue({ commonName: 'Short', isAuthority: true, pathLength: 0, ...WINDOW });
  const below = issue({ commonName: 'Below', isAuthority: true, issuer: short, ...WINDOW });
  const options = {
    authorities: [short.certificate],
    signature: { chain: [below.certificate] },
  };
  assert.equal(judge(leaf({ issuer: below }), options), 'certificate_invalid');
  assert.equal(judge(leaf({ issuer: short }), options), 'verified');
});

test('verifyX509Signature() refuses weak keys and hashes', () => {
  assert.equal(judge(leaf(), { signature: { hash: 'sha1' } }), 'weak_hash');
  assert.equal(judge(leaf({ hash: 'sha1' })), 'weak_hash');
  assert.equal(judge(leaf({ curve: 'secp256k1' })), 'unsupported_key');
  const issuer = issue({
    commonName: 'Odd',
    isAuthority: true,
    issuer: root,
    curve: 'secp256k1',
    ...WINDOW,
  });
  const options = { signature: { chain: [issuer.certificate] } };
  assert.equal(judge(leaf({ issuer }), options), 'unsupported_key');
});

test('verifyX509Signature() asks whether the certificate is valid today or was when it signed', () => {
  const expired = leaf({ notAfterMs: NOW_MS - DAY_MS / 2 });
  assert.equal(judge(expired), 'key_expired');
  assert.equal(judge(expired, { trust: { keyValidity: 'atSigning' } }), 'verified');
  const signature = { signingTimeMs: NOW_MS - DAY_MS / 4 };
  const trust = { keyValidity: 'atSigning' } as const;
  assert.equal(judge(expired, { signature, trust }), 'key_expired');
  assert.equal(judge(leaf({ notBeforeMs: NOW_MS + DAY_MS })), 'key_not_valid');
  assert.equal(
    judge(leaf(), { signature: { signingTimeMs: NOW_MS + DAY_MS } }),
    'future_signature',
  );
  assert.equal(
    judge(leaf(), { signature: { signingTimeMs: NOW_MS - 60 * DAY_MS } }),
    'key_not_valid',
  );
  assert.equal(judge(leaf(), { signature: { signingTimeMs: null } }), 'verified');
  const early = leaf({ notBeforeMs: NOW_MS + DAY_MS });
  assert.equal(judge(early, { signature: { signingTimeMs: null } }), 'key_not_valid');
  assert.equal(judge(leaf(), { signature: { signingTimeMs: null }, trust }), 'key_not_valid');
});

test('verifyX509Signature() compares the committer where that is asked', () => {
  const trust = { committerMatch: true };
  assert.equal(judge(leaf(), { trust }), 'verified');
  assert.equal(judge(leaf(), { trust, email: 'eve@example.com' }), 'identity_not_accepted');
  assert.equal(judge(leaf({ names: [] }), { trust }), 'identity_not_accepted');
});

test('verifyX509Signature() refuses malformed and ambiguous signatures', () => {
  const signer = leaf();
  assert.equal(judge(signer, { signature: { signers: 2 } }), 'multiple_signatures');
  assert.equal(judge(signer, { signature: { signers: 0 } }), 'malformed_signature');
  assert.equal(judge(signer, { signature: { withoutContentType: true } }), 'malformed_signature');
  assert.equal(judge(signer, { signature: { withContent: true } }), 'malformed_signature');
  assert.equal(judge(signer, { signature: { payload: Buffer.from('x') } }), 'bad_signature');
  const many = Array.from({ length: 10 }, () => middle.certificate);
  assert.equal(judge(signer, { signature: { chain: many } }), 'limit_exceeded');
});

/** A list that revokes certificates. */
function revoke(
  issuer: Issued,
  revoked: readonly { readonly serial: number; readonly atMs: number; readonly reason?: number }[],
  options: { readonly nextUpdateMs?: number; readonly signer?: Issued } = {},
): Buffer {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const entries = revoked.map(({ serial, atMs, reason }) => {
    const extensions =
      reason === undefined
        ? []
        : [sequence(sequence(oid('2.5.29.21'), octets(der(0x0a, Buffer.from([reason])))))];
    return sequence(integer(serial), time(atMs), ...extensions);
  });
  const tbs = sequence(
    integer(1),
    algorithm,
    issuer.name,
    time(NOW_MS - DAY_MS),
    time(options.nextUpdateMs ?? NOW_MS + DAY_MS),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
  );
  const { privateKey } = options.signer ?? issuer;
  return sequence(tbs, algorithm, bits(sign('sha256', tbs, privateKey)));
}

test('verifyX509Signature() refuses what a list revokes', () => {
  const signer = leaf();
  const other = leaf();
  const { serial } = signer;
  const lists = [revoke(middle, [{ serial, atMs: NOW_MS - DAY_MS / 2 }])];
  assert.equal(judge(signer, { lists }), 'key_revoked');
  assert.equal(judge(other, { lists }), 'verified');
  const above = [revoke(root, [{ serial: middle.serial, atMs: NOW_MS - DAY_MS / 2 }])];
  assert.equal(judge(signer, { lists: above }), 'key_revoked');
});

test('verifyX509Signature() lets what was superseded later count where keys are judged at signing', () => {
  const signer = leaf();
  const { serial } = signer;
  const trust = { keyValidity: 'atSigning' } as const;
  const superseded = [revoke(middle, [{ serial, atMs: NOW_MS - DAY_MS / 2, reason: 4 }])];
  assert.equal(judge(signer, { lists: superseded }), 'key_revoked');
  assert.equal(judge(signer, { lists: superseded, trust }), 'verified');
  const before = [revoke(middle, [{ serial, atMs: NOW_MS - 2 * DAY_MS, reason: 4 }])];
  assert.equal(judge(signer, { lists: before, trust }), 'key_revoked');
  const stolen = [revoke(middle, [{ serial, atMs: NOW_MS - DAY_MS / 2, reason: 1 }])];
  assert.equal(judge(signer, { lists: stolen, trust }), 'key_revoked');
});

test('verifyX509Signature() cannot tell with a list that is overdue or forged', () => {
  const signer = leaf();
  const { serial } = signer;
  const overdue = [revoke(middle, [], { nextUpdateMs: NOW_MS - 1 })];
  assert.equal(judge(signer, { lists: overdue }), 'unavailable');
  const forged = [revoke(middle, [{ serial, atMs: NOW_MS - DAY_MS }], { signer: root })];
  assert.equal(judge(signer, { lists: forged }), 'unavailable');
  const late = [revoke(middle, [{ serial, atMs: NOW_MS - DAY_MS }], { nextUpdateMs: NOW_MS - 1 })];
  assert.equal(judge(signer, { lists: late }), 'key_revoked');
});
