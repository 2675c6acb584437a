import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValid, matchAuthorities } from '../../../src/certificates/match-trust.ts';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { issueTestCertificate, type TestPair } from '../../support/certificates.ts';

const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['authority'] });
/** The same name, and another key. */
const namesake = issueTestCertificate({ purpose: 'authority', commonNames: ['authority'] });
const between = issueTestCertificate({
  purpose: 'authority',
  commonNames: ['between'],
  issuer: authority,
});
const leaf = issueTestCertificate({ purpose: 'server', commonNames: ['a'], issuer: authority });
const far = issueTestCertificate({ purpose: 'server', commonNames: ['b'], issuer: between });
const own = issueTestCertificate({ purpose: 'server', commonNames: ['own'] });
const signedByLeaf = issueTestCertificate({ purpose: 'server', commonNames: ['c'], issuer: own });
const DAY_MS = 86_400_000;
const nowMs = Date.now();

function match(chain: readonly TestPair[], authorities: readonly TestPair[], atMs = nowMs): number {
  const read = (pairs: readonly TestPair[]) =>
    parseCertificates(pairs.map(({ cert }) => cert).join(''));
  return matchAuthorities({
    chain: read(chain),
    authorities: read(authorities),
    nowMs: atMs,
  }).length;
}

describe('matchAuthorities', () => {
  it('finds the authority that has signed the leaf, by its key and not by its name', () => {
    assert.equal(match([leaf], [namesake, authority]), 1);
    assert.equal(match([leaf], [namesake]), 0);
    assert.equal(match([leaf], []), 0);
    assert.equal(match([], [authority]), 0);
  });

  it('goes over certificates in between that are served, and over no others', () => {
    assert.equal(match([far, between], [authority]), 1);
    assert.equal(match([far, leaf, between], [authority]), 1);
    assert.equal(match([far], [authority]), 0);
    assert.equal(match([far], [between]), 1);
  });

  it('trusts a certificate that is registered itself, and none that another server has signed', () => {
    assert.equal(match([own], [own]), 1);
    assert.equal(match([signedByLeaf], [own]), 0);
  });

  it('ends for certificates that have signed each other', () => {
    assert.equal(match([own, own], [namesake]), 0);
    assert.equal(match([authority, leaf], [namesake]), 0);
  });

  it('trusts nothing that is over or not valid yet', () => {
    for (const atMs of [nowMs - 2 * DAY_MS, nowMs + 2 * DAY_MS]) {
      assert.equal(match([leaf], [authority], atMs), 0);
    }
  });

  it('reads a bounded chain', () => {
    const others = Array.from({ length: 7 }, (_, index) =>
      issueTestCertificate({ purpose: 'server', commonNames: [`n${index}`] }),
    );
    assert.equal(match([far, ...others, between], [authority]), 0);
  });
});

describe('isValid', () => {
  it('begins with the first moment of the certificate, and ends before the last', () => {
    const [certificate] = parseCertificates(leaf.cert);
    assert.ok(certificate !== undefined);
    const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    assert.deepEqual(
      [from - 1, from, to - 1, to].map((atMs) => isValid(certificate, atMs)),
      [false, true, true, false],
    );
  });
});
