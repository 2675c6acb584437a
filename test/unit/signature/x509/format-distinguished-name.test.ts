import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDistinguishedName } from '../../../../src/signature/x509/format-distinguished-name.ts';
import { der, integer, oid, sequence, set, utf8 } from '../../../support/signatures/der.ts';

const CN = '2.5.4.3';

function part(id: string, value: Buffer): Buffer {
  return sequence(oid(id), value);
}

test('formatDistinguishedName() writes the last part first', () => {
  const name = sequence(
    set(part('2.5.4.6', der(0x13, Buffer.from('DE')))),
    set(part('2.5.4.10', utf8('Example'))),
    set(part(CN, utf8('Ada')), part('0.9.2342.19200300.100.1.1', utf8('ada'))),
  );
  assert.equal(formatDistinguishedName(name), 'CN=Ada+UID=ada,O=Example,C=DE');
});

test('formatDistinguishedName() escapes what has a meaning, and writes other values in hexadecimal', () => {
  const write = (id: string, value: Buffer) =>
    formatDistinguishedName(sequence(set(part(id, value))));
  assert.equal(write(CN, utf8('A, "B" + C\\')), 'CN=A\\, \\"B\\" \\+ C\\\\');
  assert.equal(write(CN, utf8('#A ')), 'CN=\\#A\\ ');
  assert.equal(write(CN, utf8('A\nB')), 'CN=#0c03410a42');
  assert.equal(write(CN, der(0x1e, Buffer.from([0, 65]))), 'CN=#1e020041');
  assert.equal(write('1.2.3', utf8('x')), '1.2.3=#0c0178');
});

test('formatDistinguishedName() writes nothing for what is no name', () => {
  assert.equal(formatDistinguishedName(Buffer.alloc(0)), '');
  assert.equal(formatDistinguishedName(sequence()), '');
  assert.equal(formatDistinguishedName(sequence(set(integer(1)))), '=#');
  assert.equal(formatDistinguishedName(sequence(set(sequence(oid(CN))))), 'CN=#');
});
