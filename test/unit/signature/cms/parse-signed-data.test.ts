import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBer } from '../../../../src/base/parse-ber.ts';
import { parseSignedData } from '../../../../src/signature/cms/parse-signed-data.ts';
import { verifySignedData } from '../../../../src/signature/cms/verify-signed-data.ts';
import { issue, pem } from '../../../support/signatures/certificate-builder.ts';
import { buildSignature } from '../../../support/signatures/cms-builder.ts';
import { der, integer, octets, oid, sequence, set } from '../../../support/signatures/der.ts';

const PAYLOAD = Buffer.from('tree 0\n');
const signer = issue({ commonName: 'Ada' });
const good = buildSignature(
  { payload: PAYLOAD, signer },
  () => new Map([['1.2.3', octets(PAYLOAD)]]),
);
const DATA = oid('1.2.840.113549.1.7.1');
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');
const DIGEST = sequence(oid('2.16.840.1.101.3.4.2.1'));
const ALGORITHM = sequence(oid('1.2.840.10045.4.3.2'));

/** Each part can be replaced. */
interface Parts {
  readonly type?: Buffer;
  readonly content?: Buffer;
  readonly attributes?: readonly Buffer[];
  readonly identifier?: Buffer;
  readonly info?: Buffer;
  readonly unsigned?: readonly Buffer[];
  readonly signers?: Buffer;
}

function attribute(id: string, ...values: readonly Buffer[]): Buffer {
  return sequence(oid(id), set(...values));
}

const CONTENT_TYPE = attribute('1.2.840.113549.1.9.3', DATA);
const MESSAGE_DIGEST = attribute('1.2.840.113549.1.9.4', octets(Buffer.alloc(32)));

function build(parts: Parts): Buffer {
  const { attributes = [CONTENT_TYPE, MESSAGE_DIGEST], unsigned = [] } = parts;
  const { identifier = sequence(sequence(), integer(1)) } = parts;
  const info =
    parts.info ??
    sequence(
      integer(1),
      identifier,
      DIGEST,
      der(0xa0, ...attributes),
      ALGORITHM,
      octets(PAYLOAD),
      der(0xa1, ...unsigned),
    );
  const { signers = set(info), content = sequence(DATA), type = SIGNED_DATA } = parts;
  return sequence(type, der(0xa0, sequence(integer(1), set(DIGEST), content, signers)));
}

function codeOf(bytes: Uint8Array): string {
  const parsed = parseSignedData(bytes);
  return 'code' in parsed ? parsed.code : 'parsed';
}

function armored(bytes: Buffer): Buffer {
  return Buffer.from(pem(bytes, 'SIGNED MESSAGE'));
}

test('parseSignedData() reads signer, attributes and certificates', () => {
  const parsed = parseSignedData(good.armored);
  assert.ok(!('code' in parsed));
  assert.deepEqual(parsed.certificates, [signer.certificate]);
  assert.deepEqual(parsed.signature, good.value);
  assert.deepEqual(parsed.attributes.signedBytes, good.signedBytes);
  assert.deepEqual([...parsed.unsignedAttributes.keys()], ['1.2.3']);
  assert.equal(codeOf(armored(build({}))), 'parsed');
  const keyId = der(0x80, Buffer.from('id'));
  assert.equal(codeOf(armored(build({ identifier: keyId }))), 'parsed');
});

test('parseSignedData() refuses other structures', () => {
  const time = attribute('1.2.840.113549.1.9.5', integer(1));
  const short = (...rest: readonly Buffer[]) => ({
    info: sequence(integer(1), sequence(sequence(), integer(1)), DIGEST, ...rest),
  });
  const cases: readonly (readonly [Parts, string])[] = [
    [{ type: DATA }, 'malformed_signature'],
    [{ content: sequence() }, 'malformed_signature'],
    [{ content: sequence(DATA, der(0xa0, octets(PAYLOAD))) }, 'malformed_signature'],
    [{ signers: sequence() }, 'malformed_signature'],
    [{ signers: set() }, 'malformed_signature'],
    [{ attributes: [MESSAGE_DIGEST] }, 'malformed_signature'],
    [{ attributes: [CONTENT_TYPE] }, 'malformed_signature'],
    [{ attributes: [CONTENT_TYPE, CONTENT_TYPE, MESSAGE_DIGEST] }, 'malformed_signature'],
    [{ attributes: [CONTENT_TYPE, MESSAGE_DIGEST, time] }, 'malformed_signature'],
    [{ attributes: [CONTENT_TYPE, MESSAGE_DIGEST, sequence()] }, 'malformed_signature'],
    [{ attributes: [CONTENT_TYPE, sequence(oid('1.2'), sequence())] }, 'malformed_signature'],
    [
      { attributes: [attribute('1.2.840.113549.1.9.3', DATA, DATA), MESSAGE_DIGEST] },
      'malformed_signature',
    ],
    [{ unsigned: [sequence(integer(1))] }, 'malformed_signature'],
    [{ identifier: integer(1) }, 'malformed_signature'],
    [{ identifier: sequence(sequence()) }, 'malformed_signature'],
    [{ identifier: sequence() }, 'malformed_signature'],
    [short(), 'unsupported_signature'],
    [short(ALGORITHM, octets(PAYLOAD)), 'unsupported_signature'],
    [short(der(0xa0, CONTENT_TYPE, MESSAGE_DIGEST)), 'malformed_signature'],
    [short(der(0xa0, CONTENT_TYPE, MESSAGE_DIGEST), ALGORITHM), 'malformed_signature'],
    [{ info: sequence() }, 'unsupported_signature'],
    [{ info: sequence(integer(1), sequence(), sequence(), der(0xa0)) }, 'malformed_signature'],
  ];
  for (const [parts, code] of cases) {
    assert.equal(codeOf(armored(build(parts))), code, JSON.stringify(parts));
  }
  assert.equal(codeOf(armored(sequence(SIGNED_DATA))), 'malformed_signature');
  assert.equal(codeOf(armored(integer(1))), 'malformed_signature');
  assert.equal(
    codeOf(armored(sequence(SIGNED_DATA, der(0xa0, sequence())))),
    'malformed_signature',
  );
});

test('parseSignedData() refuses other armor', () => {
  assert.equal(codeOf(Buffer.from('')), 'malformed_signature');
  assert.equal(codeOf(Buffer.from(`x\n${good.armored.toString()}`)), 'malformed_signature');
  assert.equal(codeOf(good.armored.subarray(0, 100)), 'malformed_signature');
  assert.equal(codeOf(Buffer.concat([good.armored, good.armored])), 'multiple_signatures');
  assert.equal(codeOf(Buffer.from(pem(build({}), 'CMS'))), 'unsupported_signature');
  assert.equal(codeOf(armored(Buffer.from('no ASN.1'))), 'malformed_signature');
  assert.equal(codeOf(Buffer.alloc(70_000)), 'limit_exceeded');
});

test('parseSignedData() and verifySignedData() are total, and verify nothing that was changed', () => {
  const block = good.armored.toString().replaceAll(/-----.*-----|\n/gu, '');
  const bytes = Buffer.from(block, 'base64');
  const change = fc.record({ at: fc.nat({ max: bytes.length - 1 }), value: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const copy = Buffer.from(bytes);
      for (const { at, value } of changes) copy[at] = value;
      const parsed = parseSignedData(armored(copy));
      if ('code' in parsed) return;
      const verified = verifySignedData(parsed, PAYLOAD);
      if ('code' in verified) return;
      // What is left may differ in what is not signed: lengths, certificates, unsigned attributes.
      assert.deepEqual(parsed.attributes.signedBytes, good.signedBytes);
      assert.deepEqual(verified.certificate.publicKey.equals(signer.publicKey), true);
      assert.ok(parseBer(copy) !== undefined);
    }),
    { numRuns: 500 },
  );
});
