import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSignature } from '../../../../src/sinks/webhook/format-signature.ts';

// The hash was computed with: printf '1767600000.[]' | openssl dgst -sha256 -hmac key
test('formatSignature() signs the time and the body', () => {
  assert.equal(
    formatSignature('[]', 'key', 1_767_600_000_999),
    't=1767600000,v1=185d7f61df8baabd1ab3fb6acfe363ecc8bc5d6353ef2dd1003d88a29745d710',
  );
});

test('formatSignature() is another one for another time, body or key', () => {
  const signatures = [
    formatSignature('[]', 'key', 1000),
    formatSignature('[]', 'key', 2000),
    formatSignature('[1]', 'key', 1000),
    formatSignature('[]', 'other', 1000),
  ];

  assert.equal(new Set(signatures).size, signatures.length);
});
