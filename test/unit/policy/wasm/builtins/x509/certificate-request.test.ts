import assert from 'node:assert/strict';
import { it } from 'node:test';

import { readCertificateRequest } from '../../../../../../src/policy/wasm/builtins/x509/certificate-request.ts';
import { extension, issue } from '../../../../../support/signatures/certificate-builder.ts';
import {
  bits,
  der,
  integer,
  octets,
  oid,
  sequence,
  set,
  utf8,
} from '../../../../../support/signatures/der.ts';

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const OTHER = '1.2.840.113549.1.9.7';
const requester = issue({ commonName: 'requester' });
const key = requester.publicKey.export({ format: 'der', type: 'spki' });
const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
const names = extension('2.5.29.17', sequence(der(0x82, Buffer.from('a.example.com'))));

function request(...attributes: readonly Buffer[]): Buffer {
  const info = sequence(integer(0), requester.name, key, der(0xa0, ...attributes));
  return sequence(info, algorithm, bits(Buffer.from([1])));
}

const NO_REQUEST = {
  name: 'BuiltinError',
  message: 'asn1: structure error: no certificate request',
};

it('a request has its subject, its key and the names that it asks for', () => {
  const read = readCertificateRequest(
    request(sequence(oid(EXTENSION_REQUEST), set(sequence(names)))),
  );
  assert.deepEqual(read.Subject.CommonName, 'requester');
  assert.equal(read.Version, 0);
  assert.equal(read.Signature, 'AQ==');
  assert.equal(read.SignatureAlgorithm, 10);
  assert.equal(read.PublicKeyAlgorithm, 3);
  assert.equal(read.RawSubjectPublicKeyInfo, key.toString('base64'));
  assert.deepEqual(read.DNSNames, ['a.example.com']);
  assert.deepEqual(
    read.Extensions?.map(({ Id }) => Id),
    [[2, 5, 29, 17]],
  );
});

it('a request without attributes, or with empty ones, asks for no names', () => {
  const info = sequence(integer(0), requester.name, key);
  for (const bytes of [
    sequence(info, algorithm, bits(Buffer.from([1]))),
    request(),
    request(sequence(oid(EXTENSION_REQUEST))),
    request(sequence(oid(EXTENSION_REQUEST), set())),
    request(sequence(oid(EXTENSION_REQUEST), set(sequence()))),
  ]) {
    const { Extensions, DNSNames } = readCertificateRequest(bytes);
    assert.deepEqual({ Extensions, DNSNames }, { Extensions: null, DNSNames: null });
  }
});

it('names that are no list are not read', () => {
  const broken = extension('2.5.29.17', Buffer.from([0x30]));
  const bytes = request(sequence(oid(EXTENSION_REQUEST), set(sequence(broken))));
  assert.equal(readCertificateRequest(bytes).DNSNames, null);
});

it('attributes that are lists of names and values are told, and no others', () => {
  const pair = sequence(oid('2.5.4.3'), utf8('é'));
  const raw = sequence(oid('2.5.4.5'), octets(Buffer.from([1, 2])));
  const attributes = (...values: readonly Buffer[]) =>
    readCertificateRequest(request(sequence(oid(OTHER), ...values))).Attributes;
  const Type = [1, 2, 840, 113549, 1, 9, 7];
  assert.deepEqual(attributes(set(sequence(pair, raw))), [
    {
      Type,
      Value: [
        [
          { Type: [2, 5, 4, 3], Value: 'é' },
          { Type: [2, 5, 4, 5], Value: 'AQI=' },
        ],
      ],
    },
  ]);
  assert.deepEqual(attributes(), [{ Type, Value: [] }]);
  assert.equal(attributes(set(utf8('password'))), null);
  assert.equal(attributes(set(sequence(pair), sequence())), null);
  assert.equal(attributes(set(sequence(pair, sequence(oid('2.5.4.3'))))), null);
});

it('what is no request is refused', () => {
  const info = sequence(integer(0), requester.name, key);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('request'),
    sequence(),
    sequence(info),
    sequence(sequence(integer(0), requester.name), algorithm),
    sequence(sequence(integer(0)), algorithm),
  ]) {
    assert.throws(() => readCertificateRequest(bytes), NO_REQUEST);
  }
});

it('a request without its signature, or with an attribute without its type, is refused', () => {
  const info = sequence(integer(0), requester.name, key);
  assert.throws(() => readCertificateRequest(sequence(info, algorithm)), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: no bit string',
  });
  assert.throws(() => readCertificateRequest(request(sequence())), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: no object identifier',
  });
});
