import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyTrust } from '../../../src/certificates/classify-trust.ts';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import type { RegisteredWebhook } from '../../../src/certificates/parse-registered.ts';
import { issueTestCertificate, type TestPair } from '../../support/certificates.ts';

const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['one'] });
const other = issueTestCertificate({ purpose: 'authority', commonNames: ['two'] });
const leaf = issueTestCertificate({ purpose: 'server', commonNames: ['a'], issuer: authority });
const webhook = (name: string, ...trusted: readonly TestPair[]): RegisteredWebhook => ({
  name,
  authorities: parseCertificates(trusted.map(({ cert }) => cert).join('')),
  hasBundle: trusted.length > 0,
});
const classify = (...webhooks: readonly RegisteredWebhook[]) =>
  classifyTrust({ chain: parseCertificates(leaf.cert), webhooks, nowMs: Date.now() });

describe('classifyTrust', () => {
  it('knows nothing where nothing is registered, or the API server trusts by itself', () => {
    assert.deepEqual(classify(), { status: 'unregistered' });
    assert.deepEqual(classify(webhook('a')), { status: 'unregistered' });
  });

  it('says until when the authority is trusted that has signed what is served', () => {
    const untilMs = parseCertificates(authority.cert)[0]?.validToDate.getTime();
    const trusted = { status: 'trusted', untilMs };
    assert.deepEqual(classify(webhook('a', other, authority), webhook('b')), trusted);
  });

  it('names the webhooks whose calls fail', () => {
    const webhooks = [webhook('a', authority), webhook('b', other), webhook('c', other)];
    assert.deepEqual(classify(...webhooks), { status: 'untrusted', webhooks: ['b', 'c'] });
  });
});
