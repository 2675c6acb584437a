import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRegistered } from '../../../src/certificates/parse-registered.ts';
import { issueTestCertificate } from '../../support/certificates.ts';

const { cert } = issueTestCertificate({ purpose: 'authority', commonNames: ['one'] });
const RESOURCE = 'validatingwebhookconfigurations';
const own = new Set(['drift.holdfast.dev', 'self.holdfast.dev']);

describe('parseRegistered', () => {
  it('reads the caBundle of each of our webhooks, and leaves others out', () => {
    const caBundle = Buffer.from(cert).toString('base64');
    const parsed = parseRegistered(
      RESOURCE,
      {
        metadata: { resourceVersion: '7', name: 'holdfast' },
        webhooks: [
          { name: 'drift.holdfast.dev', clientConfig: { caBundle, url: 'https://127.0.0.1' } },
          { name: 'self.holdfast.dev', clientConfig: {} },
          { name: 'other.example.com', clientConfig: { caBundle } },
        ],
      },
      own,
    );
    assert.deepEqual(
      parsed?.webhooks.map(({ name, authorities, hasBundle }) => [
        name,
        authorities.length,
        hasBundle,
      ]),
      [
        ['drift.holdfast.dev', 1, true],
        ['self.holdfast.dev', 0, false],
      ],
    );
    assert.deepEqual([parsed?.resource, parsed?.resourceVersion], [RESOURCE, '7']);
  });

  it('finds no authority in a damaged bundle, which is there nevertheless', () => {
    for (const caBundle of ['*', 'Z2FyYmFnZQ==']) {
      const object = {
        metadata: { resourceVersion: '7' },
        webhooks: [{ name: 'drift.holdfast.dev', clientConfig: { caBundle } }],
      };
      const [webhook] = parseRegistered(RESOURCE, object, own)?.webhooks ?? [];
      assert.deepEqual(webhook, { name: 'drift.holdfast.dev', authorities: [], hasBundle: true });
    }
  });

  it('reads a configuration without webhooks, and nothing that is none', () => {
    const metadata = { resourceVersion: '7' };
    const none = { resource: RESOURCE, resourceVersion: '7', webhooks: [] };
    assert.deepEqual(parseRegistered(RESOURCE, { metadata }, own), none);
    assert.deepEqual(parseRegistered(RESOURCE, { metadata, webhooks: null }, own), none);
    const unconfigured = {
      metadata,
      webhooks: [{ name: 'drift.holdfast.dev', clientConfig: null }],
    };
    assert.equal(parseRegistered(RESOURCE, unconfigured, own)?.webhooks[0]?.hasBundle, false);
    for (const object of [undefined, {}, { metadata: {} }, { metadata, webhooks: [{}] }]) {
      assert.equal(parseRegistered(RESOURCE, object, own), undefined);
    }
  });
});
