import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClaim } from '../../../../src/signature/cosign/parse-claim.ts';
import { IN_TOTO, simpleSigning, statement } from '../../../support/images/image-samples.ts';

function readStatement(value: object, payloadType = IN_TOTO) {
  return parseClaim({ kind: 'envelope', payloadType, payload: Buffer.from(JSON.stringify(value)) });
}

function codeOf(result: ReturnType<typeof parseClaim>): string {
  return result.status === 'rejected' ? result.code : result.status;
}

const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://example.com/p',
  subject: [{ digest: { sha256: 'aa' } }, { digest: { sha512: 'bb', sha1: 'cc' } }],
};

test('parseClaim() reads the payload of simple signing', () => {
  assert.deepEqual(parseClaim({ kind: 'simple-signing', payload: simpleSigning('sha256:aa') }), {
    status: 'parsed',
    value: {
      kind: 'signature',
      digests: ['sha256:aa'],
      reference: 'registry.example.com/shop',
    },
  });
});

test('parseClaim() reads the statement that says "signed"', () => {
  const payload = statement('sha256:aa');
  assert.deepEqual(parseClaim({ kind: 'envelope', payloadType: IN_TOTO, payload }), {
    status: 'parsed',
    value: { kind: 'signature', digests: ['sha256:aa'] },
  });
});

test('parseClaim() reads any other statement as an attestation, with all its subjects', () => {
  assert.deepEqual(readStatement(STATEMENT), {
    status: 'parsed',
    value: {
      kind: 'attestation',
      digests: ['sha256:aa', 'sha512:bb', 'sha1:cc'],
      predicateType: 'https://example.com/p',
      predicate: undefined,
    },
  });
  const withPredicate = readStatement({ ...STATEMENT, predicate: { a: [1] } });
  assert.ok(withPredicate.status === 'parsed' && withPredicate.value.kind === 'attestation');
  assert.deepEqual(withPredicate.value.predicate, { a: [1] });
  const old = { ...STATEMENT, _type: 'https://in-toto.io/Statement/v0.1' };
  assert.equal(codeOf(readStatement(old)), 'parsed');
});

test('parseClaim() refuses a payload of simple signing that names no image', () => {
  assert.equal(
    codeOf(parseClaim({ kind: 'simple-signing', payload: Buffer.from('{}') })),
    'malformed_signature',
  );
});

test('parseClaim() refuses other types of payloads and statements', () => {
  assert.equal(codeOf(readStatement(STATEMENT, 'application/json')), 'wrong_usage');
  for (const changed of [
    { _type: 'https://in-toto.io/Statement/v2' },
    { subject: [] },
    { subject: [{ name: 'shop' }] },
    { predicateType: '' },
    { predicateType: undefined },
    { subject: Array.from({ length: 1025 }, () => ({ digest: {} })) },
  ]) {
    assert.equal(codeOf(readStatement({ ...STATEMENT, ...changed })), 'malformed_signature');
  }
});
