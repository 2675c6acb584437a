/** The parts about certificates of a process, beside an API server that answers what a test says. */
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { isRecord } from '../../../src/base/is-record.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { bindCertificates } from '../../../src/compose/bind-certificates.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { issueTestCertificate } from '../../support/certificates.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const SECRETS = '/api/v1/namespaces/holdfast-system/secrets';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
const IN_POD = { POD_NAMESPACE: 'holdfast-system' };
const TRUSTED = 'holdfast_certificate_trusted{certificate="served"}';
const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['authority'] });
const leaf = issueTestCertificate({ purpose: 'server', commonNames: ['a'], issuer: authority });
const foreign = issueTestCertificate({ purpose: 'authority', commonNames: ['foreign'] });

async function open(
  test: TestContext,
  options: {
    readonly certificates?: Readonly<Record<string, unknown>>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly isConnected?: boolean;
  } = {},
) {
  const api = await startFakeApiServer();
  test.after(() => api.stop());
  const folder = await makeTemporaryFolder(test, {});
  const files = {
    certificateFile: join(folder, 'own', 'tls.crt'),
    keyFile: join(folder, 'own', 'tls.key'),
  };
  const { certificates = {}, isConnected = true } = options;
  const text = JSON.stringify({
    certificates: { turnMs: 100, startMs: 1000, ...certificates },
    server: { tls: files },
    ...(isConnected && { kubernetes: { kubeconfigFile: api.kubeconfigFile } }),
  });
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder });
  assert.ok(parsed.ok);
  const telemetry = recordTelemetry();
  const bind = async () => {
    const bound = await bindCertificates(parsed.configuration, {
      ...telemetry,
      clock: systemClock,
      environment: options.environment ?? IN_POD,
      replica: 'holdfast-0',
    });
    test.after(() => bound.close());
    return bound;
  };
  return { api, folder, files, telemetry, bind };
}

/** Keeps what is written, as far as one replica needs it. */
function keepWrites(api: FakeApiServer): void {
  api.answerWrites(({ method, path, body }) => {
    assert.ok(isRecord(body) && isRecord(body['metadata']));
    if (path.endsWith('?dryRun=All')) {
      const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
      return { status: 201, body: { metadata: { creationTimestamp } } };
    }
    const name = String(body['metadata']['name']);
    const object = { ...body, metadata: { ...body['metadata'], resourceVersion: '1' } };
    api.answer(method === 'POST' ? `${path}/${name}` : path, { body: object });
    return { status: method === 'POST' ? 201 : 200, body: object };
  });
}

function register(api: FakeApiServer, pem: string): void {
  const clientConfig = { caBundle: Buffer.from(pem).toString('base64') };
  const webhooks = [{ name: 'drift.holdfast.dev', clientConfig }];
  api.answer(WEBHOOKS, { body: { metadata: { resourceVersion: '1' }, webhooks } });
}

describe('certificates that are made elsewhere', () => {
  it('are compared with what is registered: a mismatch is told, and takes no replica away', async (t) => {
    const { api, bind, telemetry } = await open(t);
    register(api, foreign.cert);
    const bound = await bind();
    bound.serve(leaf.cert);
    bound.follow();
    await waitUntil(async () => (await telemetry.exposed(TRUSTED)).length > 0);
    assert.deepEqual(await telemetry.exposed(TRUSTED), [`${TRUSTED} 0`]);
    assert.deepEqual(
      bound.readinessChecks.map(({ name, problem, advisory = false }) => [
        name,
        advisory,
        problem(),
      ]),
      [
        ['certificate', false, undefined],
        [
          'trust',
          true,
          'the registered caBundle of drift.holdfast.dev does not trust the certificate that is served here, so that the API server cannot call it',
        ],
      ],
    );
  });

  it('are trusted until the registered authority ends', async (t) => {
    const { api, bind, telemetry } = await open(t);
    register(api, authority.cert);
    const bound = await bind();
    bound.serve(leaf.cert);
    bound.follow();
    const expiry = 'holdfast_certificate_expiry_timestamp_seconds{certificate="authority"}';
    await waitUntil(async () => (await telemetry.exposed(expiry)).length > 0);
    assert.deepEqual(await telemetry.exposed(TRUSTED), [`${TRUSTED} 1`]);
    assert.deepEqual(
      bound.readinessChecks.map(({ problem }) => problem()),
      [undefined, undefined],
    );
  });

  it('say once that what is registered cannot be read, and nothing without a cluster', async (t) => {
    const { api, bind, telemetry } = await open(t);
    api.answer(WEBHOOKS, { status: 403, body: {} });
    const bound = await bind();
    bound.follow();
    await waitUntil(() => telemetry.entries.length > 0);
    assert.equal(telemetry.entries[0]?.message, 'What is registered of Holdfast cannot be read');
    const alone = await (await open(t, { isConnected: false })).bind();
    alone.serve(leaf.cert);
    alone.follow();
    assert.deepEqual(alone.readinessChecks, []);
  });
});

describe('certificates that Holdfast makes', () => {
  const certificates = { manage: true };

  it('are there before it serves, in files of its user alone', async (t) => {
    const { api, bind, files } = await open(t, { certificates });
    keepWrites(api);
    const bound = await bind();
    assert.match(readFileSync(files.certificateFile, 'utf8'), /BEGIN CERTIFICATE/u);
    for (const file of [files.keyFile, files.certificateFile]) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
    assert.equal(statSync(join(files.keyFile, '..')).mode & 0o777, 0o700);
    bound.follow();
    assert.deepEqual(
      bound.readinessChecks.map(({ problem }) => problem()),
      [undefined, undefined],
    );
  });

  it('end the start with a reason where there are none in time', async (t) => {
    const { api, bind } = await open(t, { certificates });
    api.answer(`${SECRETS}/holdfast-certificates`, { status: 403, body: { message: 'forbidden' } });
    keepWrites(api);
    await assert.rejects(bind(), {
      code: 'certificates_not_prepared',
      message: /^There is no certificate: The Secret of the certificates is unknown: .*forbidden/u,
    });
  });

  it('are those of an earlier process while the API server gives no others', async (t) => {
    const { api, bind, files, folder, telemetry } = await open(t, { certificates });
    keepWrites(api);
    await bind();
    const left = readFileSync(files.certificateFile, 'utf8');
    api.answer(`${SECRETS}/holdfast-certificates`, { status: 503, body: {} });
    await bind();
    assert.equal(readFileSync(files.certificateFile, 'utf8'), left);
    const messages = telemetry.entries.map(({ message }) => message);
    assert.ok(messages.includes('The certificate that an earlier process left is served'), folder);
  });

  it('need a cluster, names that are names, and a folder that can be made', async (t) => {
    const outside = await open(t, { certificates, environment: {} });
    await assert.rejects(outside.bind(), {
      code: 'certificates_not_prepared',
      remedy: 'Run it in a pod, or set kubernetes.kubeconfigFile and POD_NAMESPACE',
    });
    const misnamed = await open(t, { certificates: { manage: true, dnsNames: ['not a name'] } });
    await assert.rejects(misnamed.bind(), {
      code: 'certificate_names_invalid',
      remedy: 'Correct certificates.dnsNames and certificates.ipAddresses',
    });
    const blocked = await open(t, { certificates });
    writeFileSync(join(blocked.folder, 'own'), '');
    await assert.rejects(blocked.bind(), { code: 'certificate_unwritable' });
  });

  it('are looked at as soon as the registration changes', async (t) => {
    const { api, bind, files } = await open(t, { certificates: { manage: true, turnMs: 60_000 } });
    keepWrites(api);
    const lists = ['validating', 'mutating'].map((kind) =>
      WEBHOOKS.replace('validating', kind).replace('/holdfast', ''),
    );
    for (const path of lists) {
      api.answer(path, { body: { metadata: { resourceVersion: '1' }, items: [] } });
    }
    const bound = await bind();
    bound.serve(readFileSync(files.certificateFile, 'utf8'));
    bound.follow();
    const watch = await api.nextWatch(lists[0] ?? '');
    assert.equal(watch.query.get('fieldSelector'), 'metadata.name=holdfast');
    register(api, foreign.cert);
    const asked = () => api.requests.filter((path) => path === WEBHOOKS).length;
    const before = asked();
    const metadata = { name: 'holdfast', resourceVersion: '2' };
    watch.open();
    watch.send('MODIFIED', { metadata });
    await waitUntil(() => asked() > before);
  });
});
