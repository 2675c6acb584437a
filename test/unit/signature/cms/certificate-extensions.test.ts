import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readKeyUsage,
  readPathLength,
  readPurposes,
} from '../../../../src/signature/cms/certificate-extensions.ts';
import { parseCertificate } from '../../../../src/signature/cms/parse-certificate.ts';
import {
  extension,
  issue,
  type NewCertificate,
} from '../../../support/signatures/certificate-builder.ts';
import { der, integer, sequence } from '../../../support/signatures/der.ts';

function make(options: Partial<NewCertificate>) {
  const parsed = parseCertificate(issue({ commonName: 'Ada', ...options }).certificate);
  assert.ok(parsed !== undefined);
  return parsed;
}

test('readPurposes() tells a certificate for nothing from one that does not say', () => {
  const read = (options: Partial<NewCertificate>) => readPurposes(make(options));
  assert.deepEqual(read({ purposes: ['1.2.3', '1.2.4'] }), ['1.2.3', '1.2.4']);
  assert.deepEqual(read({ purposes: [] }), []);
  assert.equal(read({ purposes: null }), undefined);
  const odd = extension('2.5.29.37', sequence(integer(1)));
  assert.deepEqual(read({ purposes: null, extensions: [odd] }), ['']);
  const broken = extension('2.5.29.37', Buffer.from([0x30]));
  assert.deepEqual(read({ purposes: null, extensions: [broken] }), []);
});

test('readKeyUsage() tells a certificate for nothing from one that does not say', () => {
  const read = (options: Partial<NewCertificate>) => readKeyUsage(make(options));
  assert.equal(read({ keyUsage: 0x80 }), 0x80);
  assert.equal(read({ keyUsage: null }), undefined);
  const empty = extension('2.5.29.15', der(0x03, Buffer.from([0])));
  assert.equal(read({ keyUsage: null, extensions: [empty] }), 0);
});

test('readPathLength() reads how many authorities may stand below', () => {
  const read = (options: Partial<NewCertificate>) => readPathLength(make(options));
  assert.equal(read({ isAuthority: true, pathLength: 3 }), 3);
  assert.equal(read({ isAuthority: true }), undefined);
  assert.equal(read({}), undefined);
});
