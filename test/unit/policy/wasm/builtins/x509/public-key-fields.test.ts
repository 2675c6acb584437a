import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';

import { parseBer, type Element } from '../../../../../../src/base/parse-ber.ts';
import {
  readPublicKey,
  signatureAlgorithm,
  toNumber,
} from '../../../../../../src/policy/wasm/builtins/x509/public-key-fields.ts';
import { bits, der, oid, sequence } from '../../../../../support/signatures/der.ts';

const RSA = '1.2.840.113549.1.1.1';
const DSA = '1.2.840.10040.4.1';
const ELLIPTIC_CURVE = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const RSA_PSS = '1.2.840.113549.1.1.10';
const HASHES = '2.16.840.1.101.3.4.2';

function read(bytes: Buffer): Element {
  const element = parseBer(bytes);
  assert.ok(element !== undefined);
  return element;
}

function infoOf(key: KeyObject): Element {
  return read(key.export({ format: 'der', type: 'spki' }));
}

/** The parameters of RFC 4055, section 3.1, with this hash. */
function pss(hash: string): Buffer {
  return sequence(oid(RSA_PSS), sequence(der(0xa0, sequence(oid(hash)))));
}

test('a signature algorithm has the number that Go gives it, and 0 where Go knows none', () => {
  const rows: readonly (readonly [Buffer, number])[] = [
    [sequence(oid('1.2.840.113549.1.1.11')), 4],
    [sequence(oid('1.2.840.10045.4.3.2')), 10],
    [sequence(oid(ED25519)), 16],
    [sequence(oid('1.2.3')), 0],
    [pss(`${HASHES}.1`), 13],
    [pss(`${HASHES}.2`), 14],
    [pss(`${HASHES}.3`), 15],
    [pss(`${HASHES}.4`), 0],
    [sequence(oid(RSA_PSS)), 0],
    [sequence(oid(RSA_PSS), sequence()), 0],
    [sequence(oid(RSA_PSS), sequence(der(0xa0))), 0],
    [sequence(oid(RSA_PSS), sequence(der(0xa0, sequence()))), 0],
  ];
  for (const [algorithm, number] of rows) {
    assert.equal(signatureAlgorithm(read(algorithm)), number, algorithm.toString('hex'));
  }
});

test('keys of RSA and of curves are numbers', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const { n } = rsa.export({ format: 'jwk' });
  assert.deepEqual(readPublicKey(infoOf(rsa), RSA), { N: toNumber(n), E: 65_537 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const { x, y } = curve.export({ format: 'jwk' });
  const expected = { Curve: {}, X: toNumber(x), Y: toNumber(y) };
  assert.deepEqual(readPublicKey(infoOf(curve), ELLIPTIC_CURVE), expected);
});

test('a key of Ed25519 is its octets in base64', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const expected = Buffer.from(x, 'base64url').toString('base64');
  assert.equal(readPublicKey(infoOf(publicKey), ED25519), expected);
});

test('a key that Go does not read is null', () => {
  const { publicKey } = generateKeyPairSync('x25519');
  assert.equal(readPublicKey(infoOf(publicKey), '1.3.101.110'), null);
  assert.equal(readPublicKey(read(sequence(sequence(oid(DSA)), bits(Buffer.of(1)))), DSA), null);
});

test('a key whose octets are none of its algorithm makes the certificate malformed', () => {
  const info = read(sequence(sequence(oid(RSA)), bits(Buffer.of(1))));
  assert.throws(() => readPublicKey(info, RSA), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: invalid public key',
  });
});

test('a number of base64url has any size, and is 0 where there are no octets', () => {
  assert.equal(toNumber('AQAB'), 65_537n);
  assert.equal(toNumber('__________8'), 0xffff_ffff_ffff_ffffn);
  assert.equal(toNumber(''), 0n);
  assert.equal(toNumber(undefined), 0n);
});
