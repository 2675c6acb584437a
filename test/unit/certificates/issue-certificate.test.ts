import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { issueAuthority, issueLeaf } from '../../../src/certificates/issue-certificate.ts';

const nowMs = Date.UTC(2026, 10, 21);
const names = { dnsNames: ['a.test'], ipAddresses: [] };

describe('issuing certificates', () => {
  it('signs every leaf with the authority, under another serial number and key each time', async () => {
    const authority = await issueAuthority({ nowMs, days: 10 });
    const issue = () => issueLeaf(authority, { nowMs, days: 5, names });
    const [first, second] = [await issue(), await issue()].map(
      ({ certificatePem }) => new X509Certificate(certificatePem),
    );
    const ca = new X509Certificate(authority.certificatePem);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(first.verify(ca.publicKey) && first.checkIssued(ca), true);
    assert.equal(ca.verify(ca.publicKey), true);
    assert.notEqual(first.serialNumber, second.serialNumber);
    assert.notEqual(first.fingerprint256, second.fingerprint256);
    assert.equal(first.publicKey.equals(second.publicKey), false);
  });

  it('ends a leaf with its authority at the latest', async () => {
    const authority = await issueAuthority({ nowMs, days: 10 });
    const { certificatePem } = await issueLeaf(authority, { nowMs, days: 11, names });
    const end = new X509Certificate(certificatePem).validTo;
    assert.equal(end, new X509Certificate(authority.certificatePem).validTo);
  });
});
