import assert from 'node:assert/strict';
import { it } from 'node:test';

import { parseBer, type Element } from '../../../../../../src/base/parse-ber.ts';
import {
  findTagged,
  readArcs,
  readBits,
  readIdentifier,
  readInteger,
  readText,
} from '../../../../../../src/policy/wasm/builtins/x509/der-values.ts';
import {
  bits,
  der,
  integer,
  octets,
  oid,
  sequence,
} from '../../../../../support/signatures/der.ts';

function parse(bytes: Buffer): Element {
  const parsed = parseBer(bytes);
  assert.ok(parsed !== undefined);
  return parsed;
}

function element(tag: number, ...content: readonly number[]): Element {
  return parse(der(tag, Buffer.from(content)));
}

const refusal = (what: string) => ({
  name: 'BuiltinError',
  message: `x509: malformed certificate: ${what}`,
});

it('whole numbers have a sign and any size', () => {
  assert.equal(readInteger(parse(integer(0))), 0n);
  assert.equal(readInteger(element(0x02, 0x7f)), 127n);
  assert.equal(readInteger(element(0x02, 0x00, 0x80)), 128n);
  assert.equal(readInteger(element(0x02, 0x80)), -128n);
  assert.equal(readInteger(element(0x02, 0xff, 0x7f)), -129n);
  assert.equal(readInteger(element(0x02, 0x01, ...Buffer.alloc(20))), 1n << 160n);
});

it('what is no whole number, no bit string and no object identifier is refused', () => {
  for (const wrong of [undefined, parse(octets(Buffer.from([1]))), element(0x02), element(0x03)]) {
    assert.throws(() => readInteger(wrong), refusal('no integer'));
    assert.throws(() => readBits(wrong), refusal('no bit string'));
    assert.throws(() => readIdentifier(wrong), refusal('no object identifier'));
    assert.throws(() => readArcs(wrong), refusal('no object identifier'));
  }
});

it('a bit string has its octets without the count of unused bits', () => {
  assert.deepEqual(readBits(parse(bits(Buffer.from([1, 2])))), Buffer.from([1, 2]));
  assert.deepEqual(readBits(element(0x03, 0)), Buffer.alloc(0));
});

it('an object identifier is dotted, or its numbers', () => {
  assert.equal(readIdentifier(parse(oid('2.5.29.14'))), '2.5.29.14');
  assert.deepEqual(readArcs(parse(oid('2.5.29.14'))), [2, 5, 29, 14]);
});

it('a text is read by the alphabet of its tag', () => {
  assert.equal(readText(element(0x0c, 0xc3, 0xa9)), 'é');
  assert.equal(readText(element(0x13, 0x61, 0xe9)), 'aé');
  assert.equal(readText(element(0x1e, 0x00, 0xe9, 0x20, 0xac)), 'é€');
  assert.equal(readText(element(0x1e, 0x00, 0x61, 0x00, 0x00)), 'a');
  assert.equal(readText(element(0x1e)), '');
});

it('a BMPString of an odd length is refused', () => {
  assert.throws(() => readText(element(0x1e, 0x00, 0x61, 0x00)), refusal('invalid BMPString'));
});

it('an element is found under a tag of its context, whether it holds others or not', () => {
  const holder = parse(sequence(integer(1), der(0x80, Buffer.from([1])), der(0xa1, integer(2))));
  assert.equal(findTagged(holder, 0), holder.children[1]);
  assert.equal(findTagged(holder, 1), holder.children[2]);
  assert.equal(findTagged(holder, 2), undefined);
  assert.equal(findTagged(undefined, 0), undefined);
});
