import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCredential } from '../../../../src/identity/credentials/parse-credential.ts';

const KEY = 'authentication.kubernetes.io/credential-id';
const certificate = `X509SHA256=${'ab'.repeat(32)}`;
const token = 'JTI=0b1f7c1e-6ad5-4f1e-9a3e-3f6a1d2f8f10';

test('parseCredential() tells certificates and tokens', () => {
  assert.deepEqual(parseCredential({ extra: { [KEY]: [certificate] } }), {
    status: 'shown',
    kind: 'certificate',
    id: certificate,
  });
  assert.deepEqual(parseCredential({ extra: { [KEY]: [token] } }), {
    status: 'shown',
    kind: 'token',
    id: token,
  });
});

test('parseCredential() tells who shows none', () => {
  assert.deepEqual(parseCredential({}), { status: 'absent' });
  assert.deepEqual(parseCredential({ extra: { other: ['x'] } }), { status: 'absent' });
});

test('parseCredential() believes no field that the API server would not write', () => {
  for (const values of [
    [],
    [''],
    [certificate, token],
    ['X509SHA256=abc'],
    ['X509SHA256=' + 'AB'.repeat(32)],
    ['JTI='],
    [`JTI=${'a'.repeat(10_000)}`],
    ['something'],
  ]) {
    assert.deepEqual(parseCredential({ extra: { [KEY]: values } }), { status: 'malformed' });
  }
});
