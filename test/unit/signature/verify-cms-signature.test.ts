import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCertificate } from '../../../src/signature/cms/parse-certificate.ts';
import {
  verifyCmsSignature,
  type CmsRequest,
} from '../../../src/signature/verify-cms-signature.ts';
import { extension, issue, type Issued } from '../../support/signatures/certificate-builder.ts';
import { buildSignature } from '../../support/signatures/cms-builder.ts';
import { utf8 } from '../../support/signatures/der.ts';

const PAYLOAD = Buffer.from('tree 0\n');
const root = issue({ commonName: 'Root', isAuthority: true });
const plain = issue({ commonName: 'Ada', issuer: root });
const fulcio = issue({
  commonName: 'Ada',
  issuer: root,
  extensions: [extension('1.3.6.1.4.1.57264.1.8', utf8('https://accounts.example.com'))],
});
const authority = parseCertificate(root.certificate);
assert.ok(authority !== undefined);
const x509 = {
  authorities: [authority],
  revocationLists: [],
  keyValidity: 'now',
  committerMatch: false,
} as const;
const gitsign = { roots: [], identities: [], committerMatch: false } as const;

function judge(signer: Issued, trust: CmsRequest['trust']): string {
  const { armored } = buildSignature({ payload: PAYLOAD, signer });
  const request = { payload: PAYLOAD, signature: armored, trust, nowMs: Date.now() };
  const verification = verifyCmsSignature(request);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

test('verifyCmsSignature() verifies certificates of authorities by the rules of X.509', () => {
  assert.equal(judge(plain, { x509, gitsign }), 'verified');
  assert.equal(judge(plain, { gitsign }), 'unsupported_signature');
});

test('verifyCmsSignature() never verifies a certificate of Fulcio by the rules of X.509', () => {
  assert.equal(judge(fulcio, { x509 }), 'unsupported_signature');
  assert.equal(judge(fulcio, { x509, gitsign }), 'wrong_usage');
});

test('verifyCmsSignature() rejects what cannot be read', () => {
  const request = { payload: PAYLOAD, trust: { x509 }, nowMs: Date.now() };
  assert.equal(verifyCmsSignature({ ...request, signature: PAYLOAD }).status, 'rejected');
  const { armored } = buildSignature({
    payload: PAYLOAD,
    signer: { ...plain, certificate: Buffer.from('3000', 'hex') },
  });
  assert.equal(verifyCmsSignature({ ...request, signature: armored }).status, 'rejected');
});
