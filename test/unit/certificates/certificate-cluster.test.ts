/** What is sent to the API server, and what is made of its answers. The order of writes is tested with the keeper. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { CertificateCluster } from '../../../src/certificates/certificate-cluster.ts';
import type { ApiReading, ApiWriting } from '../../../src/kubernetes/client/cluster-client.ts';

const SECRETS = '/api/v1/namespaces/holdfast-system/secrets';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1';
const UNAVAILABLE = { status: 'unavailable', code: 'lookup_failed', reason: 'away' } as const;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

function open(answers: { readonly read?: ApiReading; readonly write?: ApiWriting } = {}) {
  const sent: Sent[] = [];
  const cluster = new CertificateCluster({
    client: {
      read: (path) => {
        sent.push({ method: 'GET', path, body: undefined });
        return Promise.resolve(answers.read ?? { status: 'absent' });
      },
      write: (path, { method, body }) => {
        sent.push({ method, path, body });
        return Promise.resolve(answers.write ?? { status: 'written', body: {} });
      },
    },
    clock: systemClock,
    namespace: 'holdfast-system',
    registrationName: 'holdfast',
    webhookNames: new Set(['drift.holdfast.dev']),
    ownWebhookName: 'self.holdfast.dev',
  });
  return { cluster, sent };
}

describe('CertificateCluster', () => {
  it('owns the caBundle of our webhooks and nothing else of a configuration', async () => {
    const { cluster, sent } = open();
    const configuration = {
      resource: 'mutatingwebhookconfigurations',
      resourceVersion: '7',
      webhooks: [{ name: 'patch.holdfast.dev', authorities: [], hasBundle: false }],
    } as const;
    assert.deepEqual(await cluster.applyBundle(configuration, 'PEM'), { ok: true });
    assert.deepEqual(sent, [
      {
        method: 'PATCH',
        path: `${WEBHOOKS}/mutatingwebhookconfigurations/holdfast?fieldManager=holdfast-certificates&force=true`,
        body: {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'MutatingWebhookConfiguration',
          metadata: { name: 'holdfast', resourceVersion: '7' },
          webhooks: [{ name: 'patch.holdfast.dev', clientConfig: { caBundle: 'UEVN' } }],
        },
      },
    ]);
  });

  it('makes the Secret, or writes it over the version that was read', async () => {
    const { cluster, sent } = open();
    const stored = { next: { certificatePem: 'a', keyPem: 'b' } };
    await cluster.writeSecret(stored, undefined);
    await cluster.writeSecret(stored, '7');
    const body = (resourceVersion?: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'holdfast.dev/certificates',
      metadata: {
        name: 'holdfast-certificates',
        namespace: 'holdfast-system',
        labels: { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' },
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      data: { 'next-ca.crt': 'YQ==', 'next-ca.key': 'Yg==' },
    });
    assert.deepEqual(sent, [
      { method: 'POST', path: SECRETS, body: body() },
      { method: 'PUT', path: `${SECRETS}/holdfast-certificates`, body: body('7') },
    ]);
  });

  it('tells an absence from what cannot be read', async () => {
    assert.deepEqual(await open().cluster.readRegistered(), { ok: true, value: [] });
    assert.deepEqual(await open().cluster.readSecret(), { ok: true, value: { status: 'absent' } });
    const away = { ok: false, reason: 'away' };
    const { cluster } = open({ read: UNAVAILABLE });
    assert.deepEqual(await cluster.readRegistered(), away);
    assert.deepEqual(await cluster.readSecret(), away);
    const garbled = open({ read: { status: 'read', body: 'garbage' } }).cluster;
    const secret = `${SECRETS}/holdfast-certificates`;
    assert.deepEqual(await garbled.readSecret(), {
      ok: false,
      reason: `The answer to GET ${secret} is no Secret`,
    });
    const configuration = `${WEBHOOKS}/validatingwebhookconfigurations/holdfast`;
    assert.deepEqual(await garbled.readRegistered(), {
      ok: false,
      reason: `The answer to GET ${configuration} is no webhook configuration`,
    });
  });

  it('takes the time from what the API server would make', async () => {
    const body = { metadata: { creationTimestamp: '2026-11-21T06:00:00Z' } };
    const { cluster, sent } = open({ write: { status: 'written', body } });
    assert.deepEqual(await cluster.readTime(), { ok: true, value: Date.UTC(2026, 10, 21, 6) });
    assert.match(sent[0]?.path ?? '', /\/leases\?dryRun=All$/u);
    assert.deepEqual(await open().cluster.readTime(), {
      ok: false,
      reason: 'The API server did not say when it would make a Lease',
    });
    const refused = open({ write: { status: 'refused', reason: 'forbidden' } }).cluster;
    assert.deepEqual(await refused.readTime(), { ok: false, reason: 'forbidden' });
    const absent = open({ write: { status: 'absent' } }).cluster;
    assert.deepEqual(await absent.readTime(), {
      ok: false,
      reason: 'The API server knows no such place',
    });
  });

  it('recognizes our answer to a probe: a denial of our webhook, or a warning with its decision', async () => {
    const asked = async (write: ApiWriting) => {
      const { cluster, sent } = open({ write });
      const isAnswered = await cluster.isAnswered();
      assert.equal(sent[0]?.path, `${SECRETS}?dryRun=All`);
      return isAnswered;
    };
    const denied = 'admission webhook \\"self.holdfast.dev\\" denied the request';
    assert.equal(await asked({ status: 'refused', reason: denied }), true);
    const warning = '299 - "a (b by c, decision 01JD3V9K2M01JD3V9K2M01JD3V)"';
    assert.equal(await asked({ status: 'written', body: {}, warning }), true);
    assert.equal(
      await asked({ status: 'written', body: {}, warning: '299 - "deprecated"' }),
      false,
    );
    assert.equal(await asked({ status: 'written', body: {} }), false);
    assert.equal(await asked({ status: 'refused', reason: 'secrets is forbidden' }), false);
    assert.equal(await asked({ status: 'unavailable', reason: 'self.holdfast.dev' }), false);
  });
});
