import assert from 'node:assert/strict';
import { generateKeyPairSync, createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { classifyPublicKey } from '../../../../src/signature/cms/classify-public-key.ts';

test('classifyPublicKey() accepts RSA of 2048 bits, the curves of NIST and Ed25519', () => {
  for (const { publicKey } of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('ed448'),
  ]) {
    assert.equal(classifyPublicKey(publicKey), undefined);
  }
});

test('classifyPublicKey() refuses the rest by name', () => {
  const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { publicKey: dsa } = generateKeyPairSync('dsa', {
    modulusLength: 1024,
    divisorLength: 160,
  });
  const { publicKey: curve } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const { publicKey: agreement } = generateKeyPairSync('x25519');
  assert.equal(classifyPublicKey(rsa)?.code, 'weak_key');
  assert.equal(classifyPublicKey(dsa)?.code, 'weak_key');
  assert.deepEqual(classifyPublicKey(curve), {
    code: 'unsupported_key',
    found: 'the curve secp256k1, which is not accepted',
  });
  assert.equal(classifyPublicKey(agreement)?.code, 'unsupported_key');
  assert.equal(classifyPublicKey(createSecretKey(Buffer.from('x')))?.code, 'unsupported_key');
});
