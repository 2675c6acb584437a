import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importCaBundle } from '../../../../src/signature/x509/import-ca-bundle.ts';
import { issue, pem } from '../../../support/signatures/certificate-builder.ts';

const root = issue({ commonName: 'Root', isAuthority: true });
const leaf = issue({ commonName: 'Ada', issuer: root });

test('importCaBundle() reads several certificates with text between them', () => {
  const other = issue({ commonName: 'Other', isAuthority: true });
  const text = `# Root\n${pem(root.certificate)}\nOther:\n${pem(other.certificate)}`;
  const { authorities, problems } = importCaBundle(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    authorities.map(({ raw }) => raw),
    [root.certificate, other.certificate],
  );
});

test('importCaBundle() says what it cannot use, and where', () => {
  const text = `${pem(Buffer.from('x'))}${pem(leaf.certificate)}${pem(root.certificate, 'X509 CRL')}-----BEGIN CERTIFICATE-----\n`;
  const { authorities, problems } = importCaBundle(text);
  assert.deepEqual(authorities, []);
  assert.deepEqual(problems.map(({ message }) => message).toSorted(), [
    '"-----BEGIN CERTIFICATE-----" has no matching END',
    'the block "CERTIFICATE" is no certificate',
    'the block "X509 CRL" is no certificate',
    'the certificate is none of an authority (basicConstraints CA)',
  ]);
});

test('importCaBundle() refuses a text without certificates, or too long', () => {
  assert.match(importCaBundle('').problems[0]?.message ?? '', /there is no/u);
  assert.match(importCaBundle(' '.repeat(1_100_000)).problems[0]?.message ?? '', /at most/u);
});
