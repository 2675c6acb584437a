import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchLoggedSigner } from '../../../../src/signature/cosign/match-logged-signer.ts';
import { makeKeys, publicPem } from '../../../support/images/image-samples.ts';
import { issue, pem } from '../../../support/signatures/certificate-builder.ts';

const { certificate } = issue({ commonName: 'signer' });
const other = issue({ commonName: 'other' }).certificate;
const keys = makeKeys();
const spki = keys.publicKey.export({ format: 'der', type: 'spki' });

function inBase64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

function match(spec: object, signer: Buffer): boolean {
  return matchLoggedSigner({ body: Buffer.from(JSON.stringify({ spec })) }, signer);
}

const PEM = inBase64(pem(certificate));
const rawBytes = inBase64(certificate);
const verifier = { x509Certificate: { rawBytes } };
/** One entry of each kind and version that is about the certificate. */
const ENTRIES: Readonly<Record<string, object>> = {
  'hashedrekord 0.0.1': { signature: { publicKey: { content: PEM } } },
  'hashedrekord 0.0.2': { hashedRekordV002: { signature: { verifier } } },
  'dsse 0.0.1': { signatures: [{ verifier: PEM }] },
  'dsse 0.0.2': { dsseV002: { signatures: [{ verifier }] } },
  'intoto 0.0.2': { content: { envelope: { signatures: [{ publicKey: PEM }] } } },
};

for (const [kind, spec] of Object.entries(ENTRIES)) {
  test(`matchLoggedSigner() reads the signer of an entry of ${kind}`, () => {
    assert.equal(match(spec, certificate), true);
    assert.equal(match(spec, other), false);
    assert.equal(match(spec, spki), false);
  });
}

test('matchLoggedSigner() reads a key', () => {
  const content = inBase64(publicPem(keys));
  assert.equal(match({ signature: { publicKey: { content } } }, spki), true);
  const publicKey = { rawBytes: inBase64(spki) };
  assert.equal(match({ hashedRekordV002: { signature: { verifier: { publicKey } } } }, spki), true);
});

test('matchLoggedSigner() matches no entry with two signers, with none, or that cannot be read', () => {
  const both = { publicKey: { rawBytes }, x509Certificate: { rawBytes } };
  for (const spec of [
    {},
    { signatures: [] },
    { signatures: [{ verifier: PEM }, { verifier: PEM }] },
    { signatures: [{ verifier: PEM }], dsseV002: { signatures: [{ verifier }] } },
    { signatures: [{ verifier: inBase64('no PEM') }] },
    { signatures: [{ verifier: 'no base64' }] },
    { hashedRekordV002: { signature: { verifier: both } } },
    { hashedRekordV002: { signature: { verifier: {} } } },
  ]) {
    assert.equal(match(spec, certificate), false, JSON.stringify(spec));
  }
  assert.equal(matchLoggedSigner({ body: Buffer.from('{') }, certificate), false);
});
