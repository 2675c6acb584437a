import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { formatLogBody } from '../../../../src/signature/gitsign/format-log-body.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const LOGGED = {
  certificate: Buffer.from('certificate'),
  publicKey,
  signature: Buffer.from('signature'),
  hash: 'sha256',
  digest: Buffer.from('digest'),
} as const;

test('formatLogBody() writes an entry of Rekor v1 in canonical JSON', () => {
  const pem = `-----BEGIN CERTIFICATE-----\n${LOGGED.certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
  assert.equal(
    formatLogBody('0.0.1', LOGGED).toString(),
    `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"646967657374"}},"signature":{"content":"c2lnbmF0dXJl","publicKey":{"content":"${Buffer.from(pem).toString('base64')}"}}}}`,
  );
});

test('formatLogBody() breaks the lines of a certificate after 64 characters', () => {
  const body = formatLogBody('0.0.1', { ...LOGGED, certificate: Buffer.alloc(100) }).toString();
  const content = /"publicKey":\{"content":"(?<pem>[^"]+)"/u.exec(body)?.groups?.['pem'] ?? '';
  const lines = Buffer.from(content, 'base64').toString().split('\n');
  assert.deepEqual(
    lines.map(({ length }) => length),
    [27, 64, 64, 8, 25, 0],
  );
  assert.match(
    formatLogBody('0.0.1', { ...LOGGED, certificate: Buffer.alloc(0) }).toString(),
    /spec/u,
  );
});

test('formatLogBody() writes an entry of Rekor v2 with the algorithm of the key', () => {
  assert.equal(
    formatLogBody('0.0.2', LOGGED).toString(),
    '{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"ZGlnZXN0"},"signature":{"content":"c2lnbmF0dXJl","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"Y2VydGlmaWNhdGU="}}}}}}',
  );
  const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const { publicKey: edwards } = generateKeyPairSync('ed25519');
  for (const [key, details] of [
    [rsa, 'PKIX_RSA_PKCS1V15_3072_SHA256'],
    [edwards, 'PKIX_ED25519'],
    [createSecretKey(Buffer.from('x')), 'PKIX_ED25519'],
  ] as const) {
    const body = formatLogBody('0.0.2', { ...LOGGED, publicKey: key }).toString();
    assert.ok(body.includes(`"keyDetails":"${details}"`));
  }
});
