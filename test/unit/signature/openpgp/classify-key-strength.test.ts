import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyKeyStrength } from '../../../../src/signature/openpgp/classify-key-strength.ts';

test('classifyKeyStrength() accepts RSA of 2048 bits, the curves of NIST and Brainpool, and Edwards curves', () => {
  const name = 'x';
  for (const algorithm of [
    { id: 1, name, bits: 2047 },
    { id: 3, name, bits: 4096 },
    { id: 19, name, curve: 'nistP256' },
    { id: 19, name, curve: 'brainpoolP512r1' },
    { id: 22, name, curve: 'ed25519Legacy' },
    { id: 27, name },
    { id: 28, name },
  ]) {
    assert.equal(classifyKeyStrength(algorithm), undefined);
  }
});

test('classifyKeyStrength() refuses the rest by name', () => {
  const cases = [
    [{ id: 1, name: 'rsa', bits: 1024 }, 'weak_key'],
    [{ id: 1, name: 'rsa' }, 'weak_key'],
    [{ id: 1, name: 'rsa', bits: 20_000 }, 'unsupported_key'],
    [{ id: 17, name: 'dsa', bits: 2048 }, 'weak_key'],
    [{ id: 19, name: 'ecdsa', curve: 'secp256k1' }, 'unsupported_key'],
    [{ id: 19, name: 'ecdsa' }, 'unsupported_key'],
    [{ id: 16, name: 'elgamal' }, 'unsupported_key'],
  ] as const;
  for (const [algorithm, code] of cases) {
    assert.equal(classifyKeyStrength(algorithm)?.code, code);
  }
});
