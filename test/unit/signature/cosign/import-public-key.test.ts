import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { importPublicKey } from '../../../../src/signature/cosign/import-public-key.ts';
import { makeKeys, publicPem } from '../../../support/images/image-samples.ts';
import { issue, pem } from '../../../support/signatures/certificate-builder.ts';

function problemOf(text: string): string {
  const reading = importPublicKey(text);
  return reading.status === 'refused' ? reading.problem : reading.status;
}

function pemOf(publicKey: KeyObject): string {
  return publicPem({ publicKey });
}

test('importPublicKey() names a key by the digest of its DER', () => {
  const keys = makeKeys();
  const reading = importPublicKey(`\n${publicPem(keys)}\n`);
  assert.ok(reading.status === 'read');
  const der = keys.publicKey.export({ format: 'der', type: 'spki' });
  assert.equal(reading.value.fingerprint, createHash('sha256').update(der).digest('hex'));
  assert.ok(reading.value.key.equals(keys.publicKey));
});

test('importPublicKey() reads RSA keys in their own format', () => {
  const { publicKey } = makeKeys('rsa');
  const text = publicKey.export({ format: 'pem', type: 'pkcs1' }).toString();
  assert.equal(problemOf(text), 'read');
});

test('importPublicKey() says what is there instead of one public key', () => {
  const keys = makeKeys();
  const privatePem = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  assert.equal(
    problemOf(privatePem),
    'it holds a private key: give the public one, and keep the private one away',
  );
  assert.equal(
    problemOf(pem(issue({ commonName: 'a' }).certificate)),
    'it holds a certificate: give its public key',
  );
  for (const text of ['', 'ssh-ed25519 AAAA', publicPem(keys).repeat(2)]) {
    assert.equal(problemOf(text), 'it is not one public key in PEM');
  }
  const broken = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
  assert.equal(problemOf(broken), 'its public key cannot be read');
});

test('importPublicKey() refuses keys that are weak, or by which cosign does not sign', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  assert.equal(
    problemOf(pemOf(weak.publicKey)),
    'its key has RSA with 1024 bits, at least 2048 are needed',
  );
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  assert.equal(
    problemOf(pemOf(curve.publicKey)),
    'its key has the curve secp256k1, which is not accepted',
  );
  const { publicKey } = generateKeyPairSync('ed448');
  assert.equal(problemOf(pemOf(publicKey)), 'signatures of the type ed448 are not read');
});
