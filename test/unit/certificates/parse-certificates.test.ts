import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { issueTestCertificate } from '../../support/certificates.ts';

const one = issueTestCertificate({ purpose: 'authority', commonNames: ['one'] });
const two = issueTestCertificate({ purpose: 'authority', commonNames: ['two'] });
const fingerprints = (text: string) =>
  parseCertificates(text).map(({ fingerprint256 }) => fingerprint256);
const fingerprint = ({ cert }: { readonly cert: string }) =>
  new X509Certificate(cert).fingerprint256;

describe('parseCertificates', () => {
  it('gives each certificate once, in its order, and nothing else of the text', () => {
    const text = `a note\r\n${one.cert}${one.key}${two.cert}${one.cert}`;
    assert.deepEqual(fingerprints(text), [fingerprint(one), fingerprint(two)]);
  });

  it('leaves out what is damaged', () => {
    const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    assert.deepEqual(fingerprints(`${damaged}${two.cert}`), [fingerprint(two)]);
    for (const text of ['', 'garbage', damaged, one.key]) assert.deepEqual(fingerprints(text), []);
  });

  it('reads a bounded number', () => {
    const empty = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    assert.deepEqual(fingerprints(`${empty.repeat(63)}${one.cert}`), [fingerprint(one)]);
    assert.deepEqual(fingerprints(`${empty.repeat(64)}${one.cert}`), []);
  });
});
