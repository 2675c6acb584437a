import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatLogBody } from '../../../../src/signature/gitsign/format-log-body.ts';
import { readTrustedRoot } from '../../../../src/signature/sigstore/sigstore-library.ts';
import type { GitsignRequest } from '../../../../src/signature/gitsign/verify-gitsign-signature.ts';
import { verifyGitsignSignature } from '../../../../src/signature/gitsign/verify-gitsign-signature.ts';
import {
  CODE_SIGNING,
  emailName,
  EMAIL_PROTECTION,
  extension,
  issue,
  uriName,
  type Issued,
} from '../../../support/signatures/certificate-builder.ts';
import {
  buildSignature,
  type BuiltSignature,
  type NewSignature,
} from '../../../support/signatures/cms-builder.ts';
import { makeTag } from '../../../support/signatures/commit-samples.ts';
import { takeSignature } from '../../../support/signatures/find-signature.ts';
import { der, octets, oid, utf8 } from '../../../support/signatures/der.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const PAYLOAD = Buffer.from('tree 0\n\nChange\n');
const ISSUER = 'https://accounts.example.com';
const EMAIL = 'ada@example.com';
const LOG_ENTRY = '1.3.6.1.4.1.57264.3.1';
const TIMESTAMP = '1.2.840.113549.1.9.16.2.14';

const instance = await SigstoreInstance.start();
const reading = readTrustedRoot(instance.trustedRoot());
assert.ok(reading.status === 'read');
const { root } = reading;
const ada = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });

type Hash = 'sha256' | 'sha384';

/** What the log keeps of a signature. */
function bodyOf(
  signer: Issued,
  { value, signedBytes }: Pick<BuiltSignature, 'value' | 'signedBytes'>,
  { version = '0.0.1', hash = 'sha256' }: { version?: '0.0.1' | '0.0.2'; hash?: Hash } = {},
): Buffer {
  return formatLogBody(version, {
    certificate: signer.certificate,
    publicKey: signer.publicKey,
    signature: value,
    hash,
    digest: createHash(hash).update(signedBytes).digest(),
  });
}

function signLogged(options: Partial<NewSignature> = {}): Buffer {
  const signer = options.signer ?? ada;
  const { armored } = buildSignature({ payload: PAYLOAD, signer, ...options }, (built) => {
    const entry = instance.log(bodyOf(signer, built), '0.0.1');
    return new Map([[LOG_ENTRY, octets(entry)]]);
  });
  return armored;
}

function judge(signature: Buffer, changes: Partial<GitsignRequest['trust']> = {}) {
  const request: GitsignRequest = {
    payload: PAYLOAD,
    signature,
    trust: {
      roots: [root],
      identities: [{ issuer: ISSUER, subject: { kind: 'exact', value: EMAIL } }],
      committerMatch: false,
      ...changes,
    },
    committer: { name: 'Ada', email: EMAIL },
    nowMs: instance.atMs,
  };
  const verification = verifyGitsignSignature(request);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

test('verifyGitsignSignature() verifies a signature with its proof of Rekor v1', () => {
  const verification = verifyGitsignSignature({
    payload: PAYLOAD,
    signature: signLogged(),
    trust: {
      roots: [root],
      identities: [{ issuer: ISSUER, subject: { kind: 'exact', value: EMAIL } }],
      committerMatch: true,
    },
    committer: { name: 'Ada', email: 'ADA@example.com' },
    nowMs: instance.atMs,
  });
  assert.deepEqual(verification, {
    status: 'verified',
    signer: { scheme: 'gitsign', issuer: ISSUER, subject: EMAIL },
  });
});

test('verifyGitsignSignature() verifies a tag', () => {
  const tag = makeTag();
  const signature = signLogged({ payload: tag });
  const parts = takeSignature(Buffer.concat([tag, signature]), 'tag');
  const identities = [{ issuer: ISSUER, subject: { kind: 'exact', value: EMAIL } as const }];
  const trust = { roots: [root], identities, committerMatch: false };
  assert.equal(
    verifyGitsignSignature({ ...parts, trust, nowMs: instance.atMs }).status,
    'verified',
  );
});

test('verifyGitsignSignature() finds the signer in a chain', () => {
  assert.equal(judge(signLogged({ chain: [instance.authorityCertificate] })), 'verified');
  assert.equal(judge(signLogged({ chain: [Buffer.from('3000', 'hex')] })), 'verified');
});

test('verifyGitsignSignature() refuses two signers', () => {
  assert.equal(judge(signLogged({ signers: 2 })), 'multiple_signatures');
});

test('verifyGitsignSignature() verifies a key on P-384 with SHA-384, as the log knows it by either hash', async () => {
  const signer = await instance.issue({
    names: [emailName(EMAIL)],
    issuer: ISSUER,
    curve: 'P-384',
  });
  for (const hash of ['sha256', 'sha384'] as const) {
    const { armored } = buildSignature({ payload: PAYLOAD, signer, hash: 'sha384' }, (built) => {
      const entry = instance.log(bodyOf(signer, built, { hash }), '0.0.1');
      return new Map([[LOG_ENTRY, octets(entry)]]);
    });
    assert.equal(judge(armored), 'verified', hash);
  }
});

test('verifyGitsignSignature() verifies an entry of Rekor v2 by a timestamp, and not without one', async () => {
  // Two passes, as a timestamp is asked for over the signature.
  const draft = buildSignature({ payload: PAYLOAD, signer: ada });
  const token = await instance.timestamp(draft.value);
  const entry = instance.log(bodyOf(ada, draft, { version: '0.0.2' }), '0.0.2');
  const proof: readonly [string, Buffer] = [LOG_ENTRY, octets(entry)];
  assert.equal(judge(withAttributes(draft, [proof, [TIMESTAMP, token]])), 'verified');
  assert.equal(judge(withAttributes(draft, [proof])), 'transparency_log_entry_invalid');
  const other = await instance.timestamp(Buffer.from('another signature'));
  assert.equal(
    judge(withAttributes(draft, [proof, [TIMESTAMP, other]])),
    'transparency_log_entry_invalid',
  );
});

/** The same signature with unsigned attributes, which change nothing that is signed. */
function withAttributes(
  draft: BuiltSignature,
  attributes: readonly (readonly [string, Buffer])[],
): Buffer {
  return buildSignature({ payload: PAYLOAD, signer: ada, given: draft }, () => new Map(attributes))
    .armored;
}

test('verifyGitsignSignature() verifies attributes out of order by their canonical order', () => {
  assert.equal(judge(signLogged({ unsorted: true })), 'verified');
});

test('verifyGitsignSignature() refuses a signature without content type', () => {
  assert.equal(judge(signLogged({ withoutContentType: true })), 'malformed_signature');
});

test('verifyGitsignSignature() refuses a signature with a content of its own', () => {
  assert.equal(judge(signLogged({ withContent: true })), 'malformed_signature');
});

test('verifyGitsignSignature() refuses a signature without proof, with the remedy', () => {
  const { armored } = buildSignature({ payload: PAYLOAD, signer: ada });
  assert.equal(judge(armored), 'transparency_log_entry_missing');
});

test('verifyGitsignSignature() refuses the proof of another signature, certificate or log', async () => {
  const other = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
  const foreign = await SigstoreInstance.start();
  const proofs: readonly ((built: Omit<BuiltSignature, 'armored'>) => Buffer)[] = [
    ({ signedBytes }) =>
      instance.log(bodyOf(ada, { value: Buffer.from('another'), signedBytes }), '0.0.1'),
    (built) => instance.log(bodyOf(other, built), '0.0.1'),
    (built) => foreign.log(bodyOf(ada, built), '0.0.1'),
    (built) => instance.log(bodyOf(ada, built), '0.0.2'),
    () => Buffer.from('ffff', 'hex'),
    () => Buffer.alloc(0),
  ];
  for (const proof of proofs) {
    const { armored } = buildSignature(
      { payload: PAYLOAD, signer: ada },
      (built) => new Map([[LOG_ENTRY, octets(proof(built))]]),
    );
    assert.equal(judge(armored), 'transparency_log_entry_invalid');
  }
});

test('verifyGitsignSignature() refuses a proof whose time was changed', () => {
  const { armored } = buildSignature({ payload: PAYLOAD, signer: ada }, (built) => {
    const entry = instance.log(bodyOf(ada, built), '0.0.1');
    // The last byte of the seconds: field 4 follows the version.
    const at = entry.indexOf('0.0.1') + 6;
    entry.writeUInt8((entry[at] ?? 0) ^ 1, at);
    return new Map([[LOG_ENTRY, octets(entry)]]);
  });
  assert.equal(judge(armored), 'transparency_log_entry_invalid');
});

test('verifyGitsignSignature() refuses a certificate of another instance', async () => {
  const foreign = await SigstoreInstance.start();
  const signer = await foreign.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
  assert.equal(judge(signLogged({ signer })), 'certificate_invalid');
  assert.equal(judge(signLogged(), { roots: [] }), 'certificate_invalid');
});

test('verifyGitsignSignature() refuses a certificate that is in no log of certificates', () => {
  const signer = issue({
    commonName: 'x',
    names: [emailName(EMAIL)],
    purposes: [CODE_SIGNING],
    extensions: [extension('1.3.6.1.4.1.57264.1.8', utf8(ISSUER))],
  });
  assert.equal(judge(signLogged({ signer })), 'certificate_invalid');
});

test('verifyGitsignSignature() refuses a certificate that is not for signing code', () => {
  for (const purposes of [[EMAIL_PROTECTION], [], null]) {
    const signer = issue({ commonName: 'x', purposes });
    assert.equal(judge(signLogged({ signer })), 'wrong_usage');
  }
  const authority = issue({ commonName: 'x', isAuthority: true, purposes: [CODE_SIGNING] });
  assert.equal(judge(signLogged({ signer: authority })), 'wrong_usage');
});

test('verifyGitsignSignature() compares issuer and subject as wholes', () => {
  const signature = signLogged();
  const subjects = ['da@example.com', 'ada@example.co', 'ADA@example.com', 'ada.example.com'];
  for (const value of subjects) {
    const identities = [{ issuer: ISSUER, subject: { kind: 'exact', value } as const }];
    assert.equal(judge(signature, { identities }), 'identity_not_accepted', value);
  }
  const pattern = { kind: 'pattern', value: '*@example.com' } as const;
  assert.equal(
    judge(signature, { identities: [{ issuer: ISSUER, subject: pattern }] }),
    'verified',
  );
  const identities = [{ issuer: `${ISSUER}.evil.org`, subject: pattern }];
  assert.equal(judge(signature, { identities }), 'identity_not_accepted');
});

test('verifyGitsignSignature() compares a URI and a user name with the name of the committer', async () => {
  const uri = 'https://git.example.com/app/.ci/release@refs/heads/main';
  const username = der(0xa0, oid('1.3.6.1.4.1.57264.1.7'), der(0xa0, utf8('ada!example.com')));
  for (const [name, subject] of [
    [uriName(uri), uri],
    [username, 'ada!example.com'],
  ] as const) {
    const signer = await instance.issue({ names: [name], issuer: ISSUER });
    const trust = {
      roots: [root],
      identities: [{ issuer: ISSUER, subject: { kind: 'exact', value: subject } as const }],
      committerMatch: true,
    };
    const request = { payload: PAYLOAD, signature: signLogged({ signer }), trust };
    const nowMs = instance.atMs;
    const match = { name: subject, email: 'ci@example.com' };
    const mismatch = { name: 'ci', email: subject };
    assert.equal(
      verifyGitsignSignature({ ...request, committer: match, nowMs }).status,
      'verified',
    );
    assert.equal(
      verifyGitsignSignature({ ...request, committer: mismatch, nowMs }).status,
      'rejected',
    );
    assert.equal(verifyGitsignSignature({ ...request, nowMs }).status, 'rejected');
  }
});

test('verifyGitsignSignature() refuses a certificate with two subjects or none', async () => {
  for (const names of [[emailName(EMAIL), emailName('eve@example.com')], []]) {
    const signer = await instance.issue({ names, issuer: ISSUER });
    assert.equal(judge(signLogged({ signer })), 'certificate_invalid');
  }
});

test('verifyGitsignSignature() refuses an entry that the log dates in the future', () => {
  const verification = verifyGitsignSignature({
    payload: PAYLOAD,
    signature: signLogged(),
    trust: { roots: [root], identities: [], committerMatch: false },
    nowMs: instance.atMs - 600_000,
  });
  assert.equal(verification.status === 'rejected' ? verification.code : '', 'future_signature');
});

test('verifyGitsignSignature() refuses a payload that was changed, and bytes that are no signature', () => {
  const signature = signLogged();
  assert.equal(
    verifyGitsignSignature({
      payload: Buffer.from('tree 1\n'),
      signature,
      trust: { roots: [root], identities: [], committerMatch: false },
      nowMs: instance.atMs,
    }).status,
    'rejected',
  );
  assert.equal(judge(Buffer.from('')), 'malformed_signature');
  assert.equal(judge(Buffer.concat([signature, signature])), 'multiple_signatures');
  assert.equal(judge(Buffer.alloc(100_000)), 'limit_exceeded');
});
