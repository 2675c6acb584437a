import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCertificateFacts } from '../../../src/certificates/certificate-facts.ts';
import { issueTestCertificate } from '../../support/certificates.ts';

const issue = (purpose: 'authority' | 'server', issuer?: { cert: string; key: string }) => {
  const commonNames = [purpose];
  const pair = issueTestCertificate({ commonNames, purpose, ...(issuer && { issuer }) });
  return { ...pair, pems: { certificatePem: pair.cert, keyPem: pair.key } };
};
const authority = issue('authority');
const leaf = issue('server', authority);

describe('readCertificateFacts', () => {
  it('reads an authority and a leaf that it signed', () => {
    const facts = readCertificateFacts(leaf.pems, authority.cert);
    assert.ok(facts.status === 'readable');
    const { notBeforeMs, notAfterMs, ...rest } = facts;
    assert.equal(notAfterMs - notBeforeMs, 172_800_000);
    assert.deepEqual(rest, {
      status: 'readable',
      isAuthority: false,
      keyMatches: true,
      issuedByAuthority: true,
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
    });
    const own = readCertificateFacts(authority.pems);
    assert.deepEqual(own.status === 'readable' && [own.isAuthority, own.issuedByAuthority], [
      true,
      true,
    ]);
  });

  it('does not take the same name for the same authority', () => {
    const other = issue('authority');
    const facts = readCertificateFacts(leaf.pems, other.cert);
    assert.equal(facts.status === 'readable' && facts.issuedByAuthority, false);
    const damaged = readCertificateFacts(leaf.pems, 'no certificate');
    assert.equal(damaged.status === 'readable' && damaged.issuedByAuthority, false);
  });

  it('sees that a key belongs to another certificate', () => {
    const facts = readCertificateFacts({ certificatePem: leaf.cert, keyPem: authority.key });
    assert.equal(facts.status === 'readable' && facts.keyMatches, false);
  });

  it('says what is missing or damaged', () => {
    assert.deepEqual(readCertificateFacts(undefined), { status: 'missing' });
    assert.deepEqual(readCertificateFacts({ certificatePem: '', keyPem: leaf.key }), {
      status: 'damaged',
      reason: 'the certificate is not X.509 in PEM',
    });
    assert.deepEqual(readCertificateFacts({ certificatePem: leaf.cert, keyPem: 'x' }), {
      status: 'damaged',
      reason: 'the key is not an unencrypted private key in PEM',
    });
  });
});
