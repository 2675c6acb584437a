import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { FollowedApplications } from '../../../src/compose/followed-applications.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { formatPlace } from '../../../src/kubernetes/object-reference.ts';
import type { RemoteApplications } from '../../../src/kubernetes/lookup/remote-applications.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const HELM_RELEASES = '/apis/helm.toolkit.fluxcd.io/v2/helmreleases';
const GIT_REPOSITORIES = '/apis/source.toolkit.fluxcd.io/v1/gitrepositories';

const list = (...items: readonly object[]) => ({
  body: { metadata: { resourceVersion: '10' }, items },
});
const named = (name: string, more: object = {}) => ({
  metadata: { name, namespace: 'flux-system', resourceVersion: '5' },
  ...more,
});

async function stage(t: TestContext) {
  const api = await startFakeApiServer();
  for (const path of [APPLICATIONS, KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES]) {
    api.answer(path, list());
  }
  const client = await connectToFake(api, 8);
  const open: FollowedApplications[] = [];
  t.after(async () => {
    await Promise.all(open.map((followed) => followed.close()));
    client.close();
    await api.stop();
  });
  const prepared: string[] = [];
  const telemetry = recordTelemetry();
  const follow = (applications?: Pick<RemoteApplications, 'follow'>): FollowedApplications => {
    const followed = new FollowedApplications({
      client,
      applications,
      clock: systemClock,
      logger: telemetry.logger,
      limits: configurationSchema.parse({}).kubernetes.watch,
      readApplication,
      prepare: ({ reference, application }) => {
        const { kind, namespace = '', name } = reference;
        const given = application === undefined ? '' : ' as it is';
        prepared.push(`${kind} ${formatPlace({ namespace, name })}${given}`);
        return Promise.resolve();
      },
    });
    open.push(followed);
    return followed;
  };
  return { api, follow, prepared, telemetry };
}

test('an Application is prepared when it is listed and when it changes', async (t) => {
  const { api, follow, prepared } = await stage(t);
  api.answer(APPLICATIONS, list(named('shop')));

  follow();
  const watch = await api.nextWatch(APPLICATIONS);
  watch.send('MODIFIED', named('shop'));
  watch.send('DELETED', named('shop'));

  await waitUntil(() => prepared.length === 2);
  assert.deepEqual(new Set(prepared), new Set(['Application flux-system/shop as it is']));
});

test('what Flux applies is prepared for each revision that it attempts, and for each of its source', async (t) => {
  const { api, follow, prepared } = await stage(t);
  const kustomization = (revision: string) => ({
    kind: 'Kustomization',
    ...named('apps', {
      spec: { sourceRef: { kind: 'GitRepository', name: 'fleet' } },
      status: { lastAttemptedRevision: `main@sha1:${revision.repeat(40)}` },
    }),
  });
  const repository = (revision: string) =>
    named('fleet', { status: { artifact: { revision: `main@sha1:${revision.repeat(40)}` } } });

  follow();
  const kustomizations = await api.nextWatch(KUSTOMIZATIONS);
  const repositories = await api.nextWatch(GIT_REPOSITORIES);
  kustomizations.send('ADDED', kustomization('1'));
  await waitUntil(() => prepared.length === 1);
  kustomizations.send('MODIFIED', kustomization('1'));
  repositories.send('ADDED', repository('2'));
  await waitUntil(() => prepared.length === 2);
  repositories.send('MODIFIED', repository('2'));
  kustomizations.send('MODIFIED', kustomization('2'));
  await waitUntil(() => prepared.length === 3);

  assert.deepEqual(new Set(prepared), new Set(['Kustomization flux-system/apps']));
});

test('everything is prepared again where other keys count', async (t) => {
  const { api, follow, prepared } = await stage(t);
  api.answer(APPLICATIONS, list(named('shop')));
  const followed = follow();
  await waitUntil(() => prepared.length === 1);

  await followed.again();

  await waitUntil(() => prepared.length === 2);
});

test('a resource that may not be watched is told; the others are followed', async (t) => {
  const { api, follow, prepared, telemetry } = await stage(t);
  api.answer(APPLICATIONS, list(named('shop')));
  api.answer(HELM_RELEASES, { status: 403 });

  follow();

  await waitUntil(() => prepared.length === 1);
  await waitUntil(() =>
    telemetry.entries.some(
      ({ fields }) => fields['resource'] === 'helmreleases.helm.toolkit.fluxcd.io',
    ),
  );
});

test("Applications of Argo CD's hub are heard there, and not listed again", async (t) => {
  const { api, follow, prepared } = await stage(t);
  const listeners = new Set<(application: KubernetesObject) => void>();
  const followed = follow({
    follow: (listener) => {
      listener(named('shop'));
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  await api.nextWatch(KUSTOMIZATIONS);
  for (const tell of listeners) tell(named('bank'));
  assert.deepEqual(prepared, [
    'Application flux-system/shop as it is',
    'Application flux-system/bank as it is',
  ]);
  assert.ok(api.requests.every((request) => !request.startsWith(APPLICATIONS)));
  await followed.again();
  assert.equal(prepared.length, 3);
  await followed.close();
  assert.equal(listeners.size, 0);
});
