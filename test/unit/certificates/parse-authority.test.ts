import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAuthority } from '../../../src/certificates/parse-authority.ts';
import { issueTestCertificate } from '../../support/certificates.ts';

const { cert, key } = issueTestCertificate({ commonNames: ['ca'], purpose: 'authority' });

describe('parseAuthority', () => {
  it('keeps every certificate and nothing else, a private key least of all', () => {
    const parsed = parseAuthority(`# my CA\n${cert}\n${key}\n${cert}`);
    assert.ok(parsed.ok);
    assert.equal(parsed.pem.split('BEGIN CERTIFICATE').length, 3);
    assert.doesNotMatch(parsed.pem, /PRIVATE|#/u);
  });

  for (const text of ['', key, '-----BEGIN CERTIFICATE-----\n']) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))}, which holds none`, () => {
      assert.deepEqual(parseAuthority(text), {
        ok: false,
        reason: 'A certificate in PEM is wanted, found none',
      });
    });
  }

  it('refuses a damaged certificate', () => {
    const text = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    assert.deepEqual(parseAuthority(text), {
      ok: false,
      reason: 'A certificate in PEM is wanted, found a damaged one',
    });
  });
});
