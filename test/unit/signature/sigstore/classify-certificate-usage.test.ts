import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCertificate } from '../../../../src/signature/cms/parse-certificate.ts';
import { classifyCertificateUsage } from '../../../../src/signature/sigstore/classify-certificate-usage.ts';
import {
  CODE_SIGNING,
  issue,
  type NewCertificate,
} from '../../../support/signatures/certificate-builder.ts';

function classify(options: Partial<NewCertificate>) {
  const certificate = parseCertificate(issue({ commonName: 'a', ...options }).certificate);
  assert.ok(certificate !== undefined);
  return classifyCertificateUsage(certificate)?.code;
}

test('classifyCertificateUsage() wants a certificate for code that is no authority', () => {
  assert.equal(classify({ purposes: [CODE_SIGNING] }), undefined);
  assert.equal(classify({}), 'wrong_usage');
  assert.equal(classify({ purposes: null }), 'wrong_usage');
  assert.equal(classify({ purposes: [CODE_SIGNING], isAuthority: true }), 'wrong_usage');
});
