import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { clockOf } from '../../support/simulated-time.ts';
import { createNoLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { createGuardBinder, type Guards } from '../../../src/compose/bind-guards.ts';
import type { Configuration } from '../../../src/config/schema.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { createActorClassifier } from '../../../src/identity/classify-actor.ts';
import { credentialsSchema } from '../../../src/identity/credentials/settings.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { makeApprover } from '../../support/grants.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const SECRETS = '/api/v1/namespaces/holdfast-system/secrets';
const SECRET = `${SECRETS}/holdfast-credentials`;
const configuration = defaultConfiguration('/');
const clock = clockOf(() => 0);
const userInfo = {
  username: 'system:kube-controller-manager',
  uid: 'u',
  groups: [],
  extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${'1'.repeat(64)}`] },
};
const actor = createActorClassifier({ writers: [], operators: [] })(userInfo);

function binder(isLive: boolean) {
  const { metrics, logger } = recordTelemetry();
  return createGuardBinder({ lookup: createNoLookup(), clock, metrics, logger, isLive });
}

/** A cluster whose Secrets may be written, and a live binder for it that reads them when it is bound and closed only. */
async function startCluster(t: TestContext) {
  const server = await startFakeApiServer();
  const live = binder(true);
  t.after(async () => {
    await live.close();
    await server.stop();
  });
  const writes: string[] = [];
  server.answerWrites(({ method, path, body }) => {
    writes.push(`${method} ${path}`);
    const metadata = { name: 'holdfast-credentials', resourceVersion: String(writes.length) };
    server.answer(SECRET, { body: { ...Object(body), metadata } });
    return {};
  });
  const configure = (
    mode: 'off' | 'enforce',
    kubeconfigFile = server.kubeconfigFile,
  ): Configuration => ({
    ...configuration,
    kubernetes: { ...configuration.kubernetes, kubeconfigFile },
    identity: {
      ...configuration.identity,
      credentials: credentialsSchema.parse({ mode, syncMs: 300_000 }),
    },
  });
  return { live, configure, writes, requests: server.requests };
}

async function guardedBy(name: string, base: Configuration): Promise<Configuration> {
  const { key } = await makeApprover(name);
  const approvers = [{ name, key: JSON.stringify(key.publicJwk) }];
  return { ...base, breakGlass: { ...base.breakGlass, approvers } };
}

function credentialOf({ readCredential }: Guards) {
  return readCredential?.(sampleRequest({ userInfo }), actor).credential;
}

test('createGuardBinder() proves writers against a live cluster only', async () => {
  assert.deepEqual(Object.keys(await binder(true).bind(configuration)), [
    'deletions',
    'proveActor',
  ]);
  assert.deepEqual(Object.keys(await binder(false).bind(configuration)), ['deletions']);
});

test('createGuardBinder() takes grants where somebody may approve them, cluster or not', async () => {
  const guarded = await guardedBy('anna', configuration);
  const live = binder(true);

  assert.deepEqual(Object.keys(await live.bind(guarded)), [
    'deletions',
    'proveActor',
    'breakGlass',
  ]);
  assert.deepEqual(Object.keys(await binder(false).bind(guarded)), ['deletions', 'breakGlass']);
  await live.close();
});

test('createGuardBinder() keeps credentials in a live cluster, and has read them before it answers', async (t) => {
  const { live, configure, requests } = await startCluster(t);

  const guards = await live.bind(configure('enforce'));

  assert.deepEqual(Object.keys(guards), ['deletions', 'proveActor', 'readCredential']);
  assert.deepEqual(requests, [SECRET, SECRETS]);
  assert.deepEqual(credentialOf(guards), {
    status: 'known',
    kind: 'certificate',
    believed: true,
  });
});

test('createGuardBinder() keeps what was learned over reloads, and writes it at its end', async (t) => {
  const { live, configure, writes, requests } = await startCluster(t);
  credentialOf(await live.bind(configure('enforce')));

  const off = await live.bind(configure('off'));
  const on = await live.bind(configure('enforce'));

  assert.deepEqual(credentialOf(off), { status: 'off', kind: 'none', believed: true });
  assert.deepEqual(credentialOf(on), { status: 'known', kind: 'certificate', believed: true });
  assert.deepEqual(requests, [SECRET, SECRETS]);
  await live.close();
  assert.deepEqual(writes, [`POST ${SECRETS}`, `PUT ${SECRET}`]);
});

test('createGuardBinder() opens no connection where it needs none, or is not live', async (t) => {
  const { live, configure } = await startCluster(t);
  const snapshot = binder(false);

  assert.deepEqual(Object.keys(await live.bind(configure('off', '/none'))), [
    'deletions',
    'proveActor',
  ]);
  assert.deepEqual(Object.keys(await snapshot.bind(configure('enforce', '/none'))), ['deletions']);
  await snapshot.close();
});

test('createGuardBinder() looks for grants in a live cluster without keeping credentials', async (t) => {
  const { live, configure, requests } = await startCluster(t);

  const guards = await live.bind(await guardedBy('anna', configure('off')));
  const deadlineAtMs = clockOf(() => 10_000).monotonicMs();
  await guards.breakGlass?.(sampleRequest(), deadlineAtMs);

  assert.deepEqual(Object.keys(guards), ['deletions', 'proveActor', 'breakGlass']);
  assert.deepEqual(
    requests.map((request) => request.split('?')[0]),
    ['/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants'],
  );
});

test('createGuardBinder() binds nothing over a kubeconfig or an approver’s key that it cannot read', async (t) => {
  const { live, configure } = await startCluster(t);
  const approvers = [{ name: 'ben', key: 'none' }];
  const keyless = {
    ...configure('enforce'),
    breakGlass: { ...configuration.breakGlass, approvers },
  };

  await assert.rejects(live.bind(configure('enforce', '/none')), { code: 'kubeconfig_unusable' });
  await assert.rejects(live.bind(keyless), { code: 'grant_key_unusable' });
  assert.deepEqual(Object.keys(await live.bind(configure('enforce'))), [
    'deletions',
    'proveActor',
    'readCredential',
  ]);
});
