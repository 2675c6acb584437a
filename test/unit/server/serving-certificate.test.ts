import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readServingCertificate } from '../../../src/server/serving-certificate.ts';
import { issueTestCertificate, makeTestFolder } from '../../support/certificates.ts';

const folder = makeTestFolder();
after(folder.remove);
const pair = issueTestCertificate({ commonNames: ['holdfast'], purpose: 'server' });
const other = issueTestCertificate({ commonNames: ['other'], purpose: 'server' });
const certificateFile = folder.write('tls.crt', pair.cert);
const keyFile = folder.write('tls.key', pair.key);
const clientCaFile = folder.write('ca.crt', other.cert);
const otherKeyFile = folder.write('other.key', other.key);
const damagedFile = folder.write('damaged', 'text');
const missingFile = join(folder.path, 'missing');

test('readServingCertificate() reads a pair and says when it expires', async () => {
  const { expiresAtMs, fingerprint, ...files } = await readServingCertificate({
    certificateFile,
    keyFile,
    clientCaFile,
  });
  const certificate = new X509Certificate(pair.cert);
  assert.deepEqual(
    [expiresAtMs, fingerprint],
    [Date.parse(certificate.validTo), certificate.fingerprint256],
  );
  assert.deepEqual(files, { cert: pair.cert, key: pair.key, ca: other.cert });
});

test('readServingCertificate() needs no client CA', async () => {
  assert.equal((await readServingCertificate({ certificateFile, keyFile })).ca, undefined);
});

const FAULTS = [
  [
    { certificateFile: missingFile, keyFile },
    'certificate_unreadable',
    `Cannot read the certificate file "${missingFile}": there is no such file`,
  ],
  [
    { certificateFile, keyFile: missingFile },
    'certificate_unreadable',
    `Cannot read the key file "${missingFile}": there is no such file`,
  ],
  [
    { certificateFile, keyFile, clientCaFile: missingFile },
    'certificate_unreadable',
    `Cannot read the CA file "${missingFile}": there is no such file`,
  ],
  [
    { certificateFile: damagedFile, keyFile },
    'certificate_unusable',
    `"${damagedFile}" is no certificate`,
  ],
  [
    { certificateFile, keyFile: damagedFile },
    'certificate_unusable',
    `"${damagedFile}" is no private key`,
  ],
  [
    { certificateFile, keyFile, clientCaFile: damagedFile },
    'certificate_unusable',
    `"${damagedFile}" is no CA certificate`,
  ],
  [
    { certificateFile, keyFile: otherKeyFile },
    'certificate_unusable',
    `The key "${otherKeyFile}" does not belong to the certificate "${certificateFile}"`,
  ],
] as const;

for (const [files, code, message] of FAULTS) {
  test(`readServingCertificate() says: ${message.replaceAll(folder.path, '…')}`, async () => {
    await assert.rejects(readServingCertificate(files), { name: 'HoldfastError', code, message });
  });
}
