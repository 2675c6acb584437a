import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { ManifestBinding, type JudgedSources } from '../../../src/compose/bind-manifests.ts';
import type { ManifestAnswer } from '../../../src/compose/commit-manifests.ts';
import type { CommitThreadQuestion } from '../../../src/compose/commit-messages.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import type { ArgocdSettings } from '../../../src/kubernetes/lookup/parse-argocd-settings.ts';
import { headerOf } from '../../../src/source/manifest/manifest-header.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { sampleVerifiedSource } from '../../support/verified-source.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const OBJECT_ID = '0123456789abcdef0123456789abcdef01234567';
const REPOSITORY = 'https://git.example.com/shop';
const OBJECT = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data: { a: '1' },
};
const RENDERED: ManifestAnswer = {
  status: 'rendered',
  images: ['registry.example.com/shop:1'],
  type: 'Kustomize',
  manifests: [{ header: headerOf(OBJECT), json: JSON.stringify(OBJECT) }],
  chars: 100,
};

function judged(
  others: { readonly namespace?: string; readonly source?: object } = {},
): JudgedSources {
  return {
    read: {
      tool: 'argocd',
      application: readApplication({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'shop', namespace: others.namespace ?? 'argocd' },
        spec: {
          destination: { namespace: 'shop' },
          source: { repoURL: REPOSITORY, path: 'prod', ...others.source },
        },
        status: { sourceType: 'Kustomize' },
      }),
    },
    ...sampleVerifiedSource({
      repository: REPOSITORY,
      path: 'prod',
      objectId: OBJECT_ID,
      claimedBy: 'running-operation',
    }),
  };
}

function bind(answer: ManifestAnswer, { settings }: BindOptions = {}) {
  const asked: CommitThreadQuestion[] = [];
  const images: string[] = [];
  const telemetry = recordTelemetry();
  const binding = new ManifestBinding(configurationSchema.parse({}), {
    supervisor: {
      ask: (question) => {
        asked.push(question);
        return Promise.resolve({ kind: 'manifests', answer });
      },
    },
    argocdSettings: () => settings,
    onImages: (found) => images.push(...found),
    clock: systemClock,
    wait: systemWait,
    metrics: telemetry.metrics,
  });
  const request = {
    ...sampleRequest(),
    operation: 'CREATE',
    object: OBJECT,
    oldObject: null,
  } as const;
  const compare = async (sources = judged()) =>
    await binding.compare({ ...sources, request }, addMs(systemClock.monotonicMs(), 10_000));
  return { binding, asked, images, compare, telemetry };
}

interface BindOptions {
  readonly settings?: ArgocdSettings;
}

test('a source is asked for once, and counted', async () => {
  const { asked, compare, telemetry } = bind(RENDERED);
  assert.equal((await compare())?.status, 'equal');
  assert.equal((await compare())?.status, 'equal');
  assert.equal(asked.length, 1);
  assert.deepEqual(await telemetry.exposed('holdfast_manifests_compared_total{'), [
    'holdfast_manifests_compared_total{status="equal"} 2',
  ]);
});

test('what was rendered ahead is there for the first request', async () => {
  const { binding, asked, images, compare } = bind(RENDERED);
  await binding.prepare(judged());
  assert.equal(asked.length, 1);
  // Verified ahead, too.
  assert.deepEqual(images, ['registry.example.com/shop:1']);
  assert.equal((await compare())?.status, 'equal');
  assert.equal(asked.length, 1);
  await binding.prepare({
    ...judged(),
    read: { tool: 'argocd', application: readApplication({}) },
  });
  assert.equal(asked.length, 1);
});

test('a kustomization is not comparable where Argo CD builds with options of its own', async () => {
  const settings: ArgocdSettings = {
    trackingMethod: 'annotation',
    instanceLabelKey: 'app.kubernetes.io/instance',
    kustomizeOptions: '--enable-helm',
  };
  const { compare } = bind(RENDERED, { settings });
  const fact = await compare();
  assert.deepEqual(
    [fact?.status, fact?.reason],
    ['not-comparable', 'Argo CD has options for kustomize of its own (kustomize.buildOptions)'],
  );
});

test('what the thread cannot render is not comparable, and asked for again when it may be', async () => {
  const reason = 'it took longer than 20000 ms';
  const { asked, compare } = bind({ status: 'not-comparable', reason, retryAfterMs: 0 });
  for (const count of [1, 2]) {
    const fact = await compare();
    assert.deepEqual([fact?.status, fact?.reason], ['not-comparable', reason]);
    assert.equal(asked.length, count);
  }
});

test('an Application that cannot be read is not comparable', async () => {
  const { compare } = bind(RENDERED);
  const fact = await compare({
    ...judged(),
    read: { tool: 'argocd', application: readApplication({}) },
  });
  assert.equal(fact?.status, 'not-comparable');
});

test('an Application outside of the namespace of Argo CD has another name in its parameters', async () => {
  const { compare } = bind(RENDERED);
  const source = { kustomize: { namePrefix: '$ARGOCD_APP_NAME-' } };
  assert.equal((await compare(judged({ source })))?.status, 'equal');
  assert.equal((await compare(judged({ namespace: 'team' })))?.status, 'equal');
  const fact = await compare(judged({ namespace: 'team', source }));
  assert.deepEqual(
    [fact?.status, fact?.reason],
    [
      'not-comparable',
      'the source reads ARGOCD_APP_NAME, which is another one outside of "argocd"',
    ],
  );
});
