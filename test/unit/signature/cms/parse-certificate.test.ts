import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBer } from '../../../../src/base/parse-ber.ts';
import {
  parseCertificate,
  readExtensions,
} from '../../../../src/signature/cms/parse-certificate.ts';
import { extension, issue } from '../../../support/signatures/certificate-builder.ts';
import { der, integer, octets, oid, sequence } from '../../../support/signatures/der.ts';

const MS = Date.parse('2026-06-15T12:00:00Z');

test('parseCertificate() reads names, dates, serial number and extensions', () => {
  const authority = issue({ commonName: 'Root', isAuthority: true });
  const { certificate, name, serial } = issue({
    commonName: 'Ada',
    issuer: authority,
    notBeforeMs: MS,
    notAfterMs: MS + 1000,
  });
  const parsed = parseCertificate(certificate);
  assert.ok(parsed !== undefined);
  assert.deepEqual(parsed.subject, name);
  assert.deepEqual(parsed.issuer, authority.name);
  assert.equal(parsed.serial.readUIntBE(0, parsed.serial.length), serial);
  assert.equal(parsed.notBeforeMs, MS);
  assert.equal(parsed.notAfterMs, MS + 1000);
  assert.equal(parsed.signatureAlgorithm, '1.2.840.10045.4.3.2');
  assert.equal(parsed.extensions.get('2.5.29.15')?.isCritical, true);
  assert.equal(parsed.extensions.get('2.5.29.37')?.isCritical, false);
});

test('parseCertificate() refuses what is no certificate, and an extension that occurs twice', () => {
  const twice = issue({
    commonName: 'Ada',
    extensions: [extension('1.2.3', sequence()), extension('1.2.3', sequence())],
  });
  const { certificate } = issue({ commonName: 'Ada' });
  for (const bytes of [
    Buffer.alloc(0),
    sequence(),
    sequence(sequence(), sequence()),
    sequence(sequence(integer(1), sequence(), sequence(), sequence(), sequence()), sequence()),
    certificate.subarray(0, -1),
    twice.certificate,
  ]) {
    assert.equal(parseCertificate(bytes), undefined);
  }
});

test('readExtensions() reads criticality, and refuses elements of other kinds', () => {
  const read = (...parts: readonly Buffer[]) =>
    readExtensions(parseBer(sequence(...parts))?.children ?? []);
  const no = sequence(oid('1.2.3'), der(0x01, Buffer.from([0])), octets(Buffer.from('x')));
  assert.deepEqual(read(no), new Map([['1.2.3', { isCritical: false, value: Buffer.from('x') }]]));
  assert.equal(read(sequence(oid('1.2.3'))), undefined);
  assert.equal(read(sequence(integer(1), octets(Buffer.alloc(0)))), undefined);
});
