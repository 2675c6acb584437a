import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { monotonicMs, systemClock } from '../../../src/base/clock.ts';
import {
  generateSigningKeyText,
  readSigningKey,
  signText,
} from '../../../src/base/json-web-signature.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { bindLineage, type LineageDependencies } from '../../../src/compose/bind-lineage.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { createNoLookup, type ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { STATEMENT_TYPE } from '../../../src/source/lineage/parse-statement.ts';
import { sampleActor, sampleObject } from '../../support/admission-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { findingRecorder } from '../../support/finding-recorder.ts';
import { journalOptions, openTestJournal } from '../../support/journal-samples.ts';
import { sampleArgocd, sampleFlux, SHOP, V1, V2 } from '../../support/lineage-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const HELM_RELEASES = '/apis/helm.toolkit.fluxcd.io/v2/helmreleases';
const STATEMENTS = '/api/v1/namespaces/statements/configmaps';
const DEADLINE = monotonicMs(Number.MAX_SAFE_INTEGER);

const writer = sampleActor({ class: 'gitops' });
const managed = sampleObject({
  managed: true,
  self: true,
  tool: 'argocd',
  app: 'shop',
  appNamespace: 'argocd',
});

const keyText = generateSigningKeyText();
const list = (...items: readonly object[]) => ({
  body: { metadata: { resourceVersion: '10' }, items },
});

async function stage(t: TestContext) {
  const api = await startFakeApiServer();
  for (const path of [APPLICATIONS, KUSTOMIZATIONS, HELM_RELEASES, STATEMENTS]) {
    api.answer(path, list());
  }
  const folder = await makeTemporaryFolder(t);
  const { journal } = await openTestJournal(t, journalOptions(join(folder, 'j')));
  const live: { found: ObjectLookup } = { found: { status: 'absent' } };
  const codes: string[] = [];
  const open: Awaited<ReturnType<typeof bindLineage>>[] = [];
  t.after(async () => {
    for (const bound of open) await bound?.close();
    await api.stop();
  });
  const telemetry = recordTelemetry();
  const bind = async (change: object = {}, other: Partial<LineageDependencies> = {}) => {
    const configuration = configurationSchema.parse({
      cluster: { name: 'prod' },
      kubernetes: { kubeconfigFile: api.kubeconfigFile },
      audit: { journal: { folder: join(folder, 'j') } },
      lineage: {
        verifiedBy: ['health', 'statement'],
        healthyMs: 0,
        statementsNamespace: 'statements',
        verifiers: [{ name: 'ci', key: keyText, applications: ['argocd/shop'] }],
      },
      ...change,
    });
    const { options } = findingRecorder(async (record: AuditRecord) => {
      codes.push(`${record.code} ${record.applicationVersion?.revision.slice(0, 1)}`);
      await journal.append(record);
      return {};
    });
    const bound = await bindLineage({
      configuration,
      lookup: { lookupFresh: () => Promise.resolve(live.found) },
      applications: undefined,
      isLive: true,
      orderCommits: () => Promise.resolve('unknown'),
      reporter: options,
      clock: systemClock,
      wait: systemWait,
      ...telemetry,
      ...other,
    });
    open.push(bound);
    return bound;
  };
  const watched = (object: object): KubernetesObject => {
    const { metadata, ...rest } = { metadata: {}, ...object };
    const served = { ...rest, metadata: { resourceVersion: '11', ...metadata } };
    live.found = { status: 'found', object: served };
    return served;
  };
  return { api, bind, codes, live, watched, telemetry };
}

test('versions are heard, verified by health and by statements, and told to admission', async (t) => {
  const { api, bind, codes, watched } = await stage(t);
  const lineage = await bind();
  const watch = await api.nextWatch(APPLICATIONS);
  watch.send('ADDED', watched(sampleArgocd({ applied: V1 })));
  await waitUntil(() => codes.length === 2);
  assert.deepEqual(codes, ['version_deployed 1', 'version_verified 1']);

  watch.send('MODIFIED', watched(sampleArgocd({ applied: V2, isHealthy: false })));
  await waitUntil(() => codes.length === 3);
  const key = await readSigningKey(keyText);
  assert.ok(key.ok);
  const statement = { cluster: 'prod', ...SHOP, revision: V2, issuedAt: new Date().toISOString() };
  const signed = await signText(JSON.stringify(statement), key.key, STATEMENT_TYPE);
  (await api.nextWatch(STATEMENTS)).send('ADDED', {
    metadata: { namespace: 'statements', name: 'verified-2', resourceVersion: '12' },
    data: { statement: signed },
  });
  await waitUntil(() => codes.length === 4);
  assert.deepEqual(codes.slice(2), ['version_deployed 2', 'version_verified 2']);

  watched(sampleArgocd({ applied: V2, running: V1 }));
  assert.deepEqual(await lineage?.describeRollback(writer, managed, DEADLINE), {
    status: 'known',
    value: {
      revision: V1,
      previousRevision: V2,
      isRollback: true,
      isVerified: true,
      rollbackCount: 1,
      frozenUntil: '',
    },
  });
  watch.send('DELETED', watched(sampleArgocd({ applied: V2 })));
});

test('a restart knows what the journal has', async (t) => {
  const { api, bind, codes, watched } = await stage(t);
  const lineage = await bind({ lineage: {} });
  const watch = await api.nextWatch(APPLICATIONS);
  watch.send('ADDED', watched(sampleArgocd({ applied: V1 })));
  watch.send('MODIFIED', watched(sampleArgocd({ applied: V2 })));
  await waitUntil(() => codes.includes('version_deployed 2'));
  await lineage?.close();
  const next = await bind({ lineage: {} });
  watched(sampleArgocd({ applied: V2, running: V1 }));
  const gathered = await next?.describeRollback(writer, managed, DEADLINE);
  assert.equal(gathered?.status === 'known' && gathered.value?.previousRevision, V2);
});

test('what no GitOps controller writes, and what no application has, is not looked up', async (t) => {
  const { bind, live } = await stage(t);
  const lineage = await bind();
  live.found = { status: 'unavailable', code: 'lookup_failed', reason: 'must not be asked' };
  for (const [actor, object] of [
    [sampleActor({ class: 'other' }), managed],
    [writer, sampleObject({ managed: false })],
  ] as const) {
    assert.deepEqual(lineage?.describeRollback(actor, object, DEADLINE), {
      status: 'known',
      value: null,
    });
  }
  assert.deepEqual(await lineage?.describeRollback(writer, managed, DEADLINE), live.found);
  live.found = { status: 'absent' };
  const none = { status: 'known', value: null } as const;
  assert.deepEqual(await lineage?.describeRollback(writer, managed, DEADLINE), none);
  live.found = await createNoLookup().lookupFresh(
    { group: '', version: 'v1', resource: 'a', kind: 'A', name: 'a' },
    DEADLINE,
  );
  assert.deepEqual(await lineage?.describeRollback(writer, managed, DEADLINE), none);
});

test("Applications of Argo CD's hub are heard there; Flux and its absence are heard here", async (t) => {
  const { api, bind, codes, watched, telemetry } = await stage(t);
  api.answer(HELM_RELEASES, { status: 403 });
  const applications = {
    follow: (listener: (object: KubernetesObject) => void) => {
      listener(watched(sampleArgocd({ applied: V1, isHealthy: false })));
      return () => undefined;
    },
  };
  await bind({ lineage: {} }, { applications });
  (await api.nextWatch(KUSTOMIZATIONS)).send(
    'ADDED',
    watched(sampleFlux({ applied: V2, isHealthy: false })),
  );
  await waitUntil(() => codes.length === 2);
  assert.deepEqual(codes.toSorted(), ['version_deployed 1', 'version_deployed 2']);
  await waitUntil(() =>
    telemetry.entries.some(({ message }) => message.startsWith('Versions cannot be followed')),
  );
  assert.ok(!api.requests.some((path) => path.startsWith(APPLICATIONS)));
});

test('nothing is noted where nobody asks for it, and of a snapshot', async (t) => {
  const { bind } = await stage(t);
  assert.equal(await bind({ lineage: undefined }), undefined);
  assert.equal(await bind({}, { isLive: false }), undefined);
});
