/** Commits that gitsign's own tests have as data, with the trusted root of sigstore's public instance. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importTrustedRoot } from '../../src/signature/sigstore/import-trusted-root.ts';
import type { GitsignTrust } from '../../src/signature/gitsign/verify-gitsign-signature.ts';
import { verifyGitsignSignature } from '../../src/signature/gitsign/verify-gitsign-signature.ts';
import type { Verification } from '../../src/signature/verification.ts';
import { takeSignature } from '../support/signatures/find-signature.ts';
import { findPublicVectors, NO_VECTORS } from '../support/signatures/public-vectors.ts';

const folder = findPublicVectors();
const options = { skip: folder === undefined ? NO_VECTORS : false };

function readVector(path: string): Buffer {
  return readFileSync(join(folder ?? '', path));
}

const ISSUER = 'https://accounts.google.com';
const SUBJECT = 'billy@chainguard.dev';

function judge(commit: Buffer, trust: Partial<GitsignTrust> = {}): Verification {
  const split = takeSignature(commit);
  const reading = importTrustedRoot(readVector('cosign-bundle/trusted_root_pgi.json').toString());
  assert.equal(reading.status, 'read');
  return verifyGitsignSignature({
    ...split,
    trust: {
      roots: [reading.root],
      identities: [{ issuer: ISSUER, subject: { kind: 'exact', value: SUBJECT } }],
      committerMatch: true,
      ...trust,
    },
    committer: { name: 'Billy Lynch', email: SUBJECT },
    nowMs: Date.now(),
  });
}

function codeOf(verification: Verification): string {
  return verification.status === 'rejected' ? verification.code : verification.status;
}

test('a commit with its proof is verified', options, () => {
  assert.deepEqual(judge(readVector('gitsign/offline.commit')), {
    status: 'verified',
    signer: { scheme: 'gitsign', issuer: ISSUER, subject: SUBJECT },
  });
});

test('another issuer or subject is not accepted', options, () => {
  const commit = readVector('gitsign/offline.commit');
  for (const identity of [
    { issuer: 'https://github.com/login/oauth', subject: SUBJECT },
    { issuer: ISSUER, subject: 'billy@chainguard' },
    { issuer: ISSUER, subject: 'illy@chainguard.dev' },
  ]) {
    const { issuer, subject } = identity;
    const identities = [{ issuer, subject: { kind: 'exact', value: subject } as const }];
    assert.equal(codeOf(judge(commit, { identities })), 'identity_not_accepted');
  }
});

test('a message that was changed', options, () => {
  const commit = readVector('gitsign/offline.commit').toString('latin1');
  const changed = Buffer.from(commit.replace('12:11:17', '12:11:18'), 'latin1');
  assert.equal(codeOf(judge(changed)), 'bad_signature');
});

test('a commit that was signed online says how to sign offline', options, () => {
  assert.deepEqual(judge(readVector('gitsign/online.commit')), {
    status: 'rejected',
    code: 'transparency_log_entry_missing',
    reason:
      'The signature brings no proof from the transparency log: sign with "git config gitsign.rekorMode offline"',
  });
});

test(
  'of the trusted roots of the conformance suite, the one whose key has no start is refused',
  options,
  () => {
    const suite = 'sigstore-conformance';
    const roots = readdirSync(join(folder ?? '', suite))
      .map((name) => join(suite, name, 'trusted_root.json'))
      .filter((path) => existsSync(join(folder ?? '', path)));
    const refused = roots.filter(
      (path) => importTrustedRoot(readVector(path).toString()).status === 'refused',
    );
    assert.ok(roots.length > 1);
    assert.deepEqual(refused, [
      join(suite, 'trust-root-tlog-missing-validity-start_fail', 'trusted_root.json'),
    ]);
  },
);
