import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDer,
  formatSequence,
  formatSetOf,
  parseBer,
  readObjectIdentifier,
  readOctetString,
  readTimeMs,
} from '../../../src/base/parse-ber.ts';
import { der, integer, octets, oid, sequence, set } from '../../support/signatures/der.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

test('parseBer() reads DER, and formatDer() writes it again', () => {
  const long = octets(Buffer.alloc(300));
  const bytes = sequence(integer(1), set(oid('1.2.840.113549')), long, sequence());
  const element = parseBer(bytes);
  assert.ok(element !== undefined);
  assert.equal(element.children.length, 4);
  assert.deepEqual(element.raw, bytes);
  assert.deepEqual(formatDer(element), bytes);
});

test('formatDer() writes indefinite and long lengths as short ones, and puts sets in order', () => {
  const element = parseBer(hex('30 80 31 06 02 01 02 02 01 01 04 81 01 ff 00 00'));
  assert.ok(element !== undefined);
  assert.deepEqual(formatDer(element), hex('30 0b 31 06 02 01 01 02 01 02 04 01 ff'));
  assert.deepEqual(formatSetOf(element.children), hex('31 0b 04 01 ff 31 06 02 01 01 02 01 02'));
  assert.deepEqual(formatSequence([hex('0500'), hex('0500')]), hex('30 04 05 00 05 00'));
});

test('parseBer() refuses what is broken, has more behind it, or is too deep', () => {
  for (const bytes of [
    '',
    '30',
    '02 02 01',
    '02 01 01 00',
    '1f 01 00',
    '02 85 01 01 01 01 01',
    '02 84',
    '04 80 00 00',
    '30 80 02 01 01',
    '30 80 02 05 00 00',
    '30 03 02 05 01',
    '30 04 02 03 01 02',
  ]) {
    assert.equal(parseBer(hex(bytes)), undefined, bytes);
  }
  let deep = sequence();
  for (let level = 0; level < 48; level += 1) deep = sequence(deep);
  assert.notEqual(parseBer(deep), undefined);
  assert.equal(parseBer(sequence(deep)), undefined);
});

test('readOctetString() joins the pieces of a constructed string', () => {
  assert.deepEqual(readOctetString(parseBer(hex('04 02 01 02'))), hex('0102'));
  assert.deepEqual(readOctetString(parseBer(hex('24 80 04 01 01 04 01 02 00 00'))), hex('0102'));
  assert.equal(readOctetString(parseBer(hex('24 03 02 01 01'))), undefined);
  assert.equal(readOctetString(parseBer(hex('02 01 01'))), undefined);
  assert.equal(readOctetString(undefined), undefined);
});

test('readObjectIdentifier() reads every root, and refuses what is none', () => {
  for (const dotted of [
    '0.9.2342',
    '1.2.840.113549.1.7.2',
    '2.16.840.1.101.3.4.2.1',
    '2.5.29.17',
  ]) {
    assert.equal(readObjectIdentifier(parseBer(oid(dotted))), dotted);
  }
  assert.equal(readObjectIdentifier(parseBer(hex('06 02 88 37'))), '2.999');
  assert.equal(readObjectIdentifier(parseBer(hex('06 00'))), undefined);
  assert.equal(readObjectIdentifier(parseBer(hex('06 01 80'))), undefined);
  assert.equal(readObjectIdentifier(parseBer(der(0x06, Buffer.alloc(65, 1)))), undefined);
  assert.equal(readObjectIdentifier(parseBer(hex('02 01 01'))), undefined);
  assert.equal(readObjectIdentifier(undefined), undefined);
});

test('readTimeMs() reads both forms of time in UTC, and refuses others', () => {
  const read = (tag: number, text: string) => readTimeMs(parseBer(der(tag, Buffer.from(text))));
  assert.equal(read(0x17, '260615120000Z'), Date.parse('2026-06-15T12:00:00Z'));
  assert.equal(read(0x17, '990615120000Z'), Date.parse('1999-06-15T12:00:00Z'));
  assert.equal(read(0x18, '20500615120000Z'), Date.parse('2050-06-15T12:00:00Z'));
  assert.equal(read(0x18, '20501315120000Z'), undefined);
  assert.equal(read(0x18, '20500615120000+0100'), undefined);
  assert.equal(read(0x0c, '20500615120000Z'), undefined);
  assert.equal(readTimeMs(undefined), undefined);
});

test('parseBer() is total, and formatDer() of what it reads is stable', () => {
  const element: fc.Arbitrary<Buffer> = fc.letrec<{ element: Buffer; leaf: Buffer }>((tie) => ({
    leaf: fc
      .record({ tag: fc.constantFrom(2, 4, 6, 12), content: fc.uint8Array({ maxLength: 20 }) })
      .map(({ tag, content }) => der(tag, content)),
    element: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc
        .record({
          tag: fc.constantFrom(0x30, 0x31, 0xa0),
          parts: fc.array(tie('element'), { maxLength: 4 }),
        })
        .map(({ tag, parts }) => der(tag, ...parts)),
    ),
  })).element;
  const damaged = fc
    .record({ bytes: element, at: fc.nat(), value: fc.nat({ max: 255 }) })
    .map(({ bytes, at, value }) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = value;
      return copy;
    });
  const any = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(element, damaged, any), (bytes) => {
      const read = parseBer(bytes);
      if (read === undefined) return;
      const again = parseBer(formatDer(read));
      assert.ok(again !== undefined);
      assert.deepEqual(formatDer(again), formatDer(read));
    }),
    { numRuns: 500 },
  );
});
