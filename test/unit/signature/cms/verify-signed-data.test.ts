import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import {
  parseSignedData,
  type SignedData,
} from '../../../../src/signature/cms/parse-signed-data.ts';
import {
  findSignatureScheme,
  isSignatureOver,
  verifySignedData,
} from '../../../../src/signature/cms/verify-signed-data.ts';
import { extension, issue } from '../../../support/signatures/certificate-builder.ts';
import { buildSignature } from '../../../support/signatures/cms-builder.ts';
import { octets } from '../../../support/signatures/der.ts';

const PAYLOAD = Buffer.from('tree 0\n');
const KEY_ID = Buffer.from('key id');
const signer = issue({
  commonName: 'Ada',
  extensions: [extension('2.5.29.14', octets(KEY_ID))],
});

function build(): SignedData {
  const parsed = parseSignedData(buildSignature({ payload: PAYLOAD, signer }).armored);
  assert.ok(!('code' in parsed));
  return parsed;
}

function judge(changes: Partial<SignedData>, payload: Uint8Array = PAYLOAD): string {
  const verified = verifySignedData({ ...build(), ...changes }, payload);
  return 'code' in verified ? verified.code : 'verified';
}

const ALGORITHM = { parameters: undefined };

test('verifySignedData() accepts the algorithms that signers write for one key', () => {
  assert.equal(judge({}), 'verified');
  assert.equal(
    judge({ signatureAlgorithm: { id: '1.2.840.10045.2.1', ...ALGORITHM } }),
    'verified',
  );
});

test('verifySignedData() finds the signer by either identifier, and no other', () => {
  assert.equal(judge({ signer: { kind: 'subject-key-id', keyId: KEY_ID } }), 'verified');
  const other = { kind: 'subject-key-id', keyId: Buffer.from('x') } as const;
  assert.equal(judge({ signer: other }), 'malformed_signature');
  const plain = issue({ commonName: 'Ada' });
  assert.equal(judge({ signer: other, certificates: [plain.certificate] }), 'malformed_signature');
  assert.equal(judge({ certificates: [] }), 'malformed_signature');
  assert.equal(judge({ certificates: [Buffer.from('x')] }), 'malformed_signature');
});

test('verifySignedData() refuses weak and unknown algorithms', () => {
  assert.equal(judge({ digestAlgorithm: '1.3.14.3.2.26' }), 'weak_hash');
  assert.equal(judge({ digestAlgorithm: '1.2.840.113549.2.5' }), 'weak_hash');
  assert.equal(judge({ digestAlgorithm: '1.2.3' }), 'unsupported_signature');
  for (const [id, code] of [
    ['1.2.840.10045.4.1', 'weak_hash'],
    ['1.2.840.113549.1.1.5', 'weak_hash'],
    ['1.2.840.113549.1.1.10', 'weak_hash'],
    ['1.2.3', 'unsupported_signature'],
    ['1.2.840.10045.4.3.3', 'bad_signature'],
    ['1.3.101.112', 'bad_signature'],
  ] as const) {
    assert.equal(judge({ signatureAlgorithm: { id, ...ALGORITHM } }), code);
  }
});

test('verifySignedData() refuses another content, digest or signature', () => {
  assert.equal(judge({}, Buffer.from('tree 1\n')), 'bad_signature');
  assert.equal(judge({ signature: Buffer.from('x') }), 'bad_signature');
  const { attributes } = build();
  const shorter = { ...attributes, messageDigest: attributes.messageDigest.subarray(1) };
  assert.equal(judge({ attributes: shorter }), 'bad_signature');
});

test('findSignatureScheme() knows strong algorithms alone, and isSignatureOver() never throws', () => {
  assert.deepEqual(findSignatureScheme('1.3.101.112'), { hash: null, isPss: false });
  assert.deepEqual(findSignatureScheme('1.2.840.113549.1.1.13'), { hash: 'sha512', isPss: false });
  assert.equal(findSignatureScheme('1.2.840.113549.1.1.5'), undefined);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, PAYLOAD, privateKey);
  const scheme = { hash: null, isPss: false };
  assert.equal(isSignatureOver(PAYLOAD, { key: publicKey, scheme, signature }), true);
  const wrong = { key: publicKey, scheme: { hash: 'sha256', isPss: true } as const, signature };
  assert.equal(isSignatureOver(PAYLOAD, wrong), false);
});
