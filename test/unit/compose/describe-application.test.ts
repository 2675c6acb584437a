import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeArgocd, describeFlux } from '../../../src/compose/describe-application.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { LookedUp } from '../../../src/source/find-source.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const REPOSITORY = 'https://git.example.com/acme/shop';

function objectOf(kind: string, spec: object, metadata: object = {}): KubernetesObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind,
    metadata: { name: 'shop', namespace: 'apps', ...metadata },
    spec,
  };
}

const FOLLOWS = { sourceRef: { kind: 'GitRepository', name: 'shop' } };
const APPLIER = objectOf('Kustomization', FOLLOWS);

/** Answers each reference by its kind. */
function reading(answers: Readonly<Record<string, LookedUp>>) {
  return ({ kind }: { readonly kind: string }): Promise<LookedUp> =>
    Promise.resolve(answers[kind] ?? { status: 'absent' });
}

function found(kind: string, spec: object): LookedUp {
  return { status: 'found', object: objectOf(kind, spec) };
}

test('a Kustomization has the repository of its source, and the Secret in the namespace of the source', async () => {
  const source = objectOf('GitRepository', { url: REPOSITORY, secretRef: { name: 'deploy-key' } });
  assert.deepEqual(
    await describeFlux(APPLIER, reading({ GitRepository: { status: 'found', object: source } })),
    {
      status: 'described',
      parents: [],
      sources: [
        {
          source: {
            kind: 'commit',
            repository: REPOSITORY,
            tracked: 'master',
            path: '',
            role: 'source',
            hints: [],
          },
          access: { tool: 'flux', secret: { namespace: 'apps', name: 'deploy-key' } },
        },
      ],
      read: { tool: 'flux', applier: APPLIER, source },
    },
  );
});

test('a HelmRelease is followed through its HelmChart', async () => {
  const release = objectOf('HelmRelease', { chartRef: { kind: 'HelmChart', name: 'shop' } });
  const read = reading({
    HelmChart: found('HelmChart', {
      chart: 'charts/shop',
      sourceRef: { kind: 'GitRepository', name: 'shop' },
    }),
    GitRepository: found('GitRepository', { url: REPOSITORY }),
  });
  assert.partialDeepStrictEqual(await describeFlux(release, read), {
    status: 'described',
    sources: [
      { source: { repository: REPOSITORY, path: 'charts/shop' }, access: { tool: 'flux' } },
    ],
  });
});

test('an application of Flux that is being deleted asks for no source', async () => {
  const leaving = objectOf('Kustomization', FOLLOWS, {
    deletionTimestamp: '2026-01-01T00:00:00Z',
  });
  assert.deepEqual(await describeFlux(leaving, reading({})), {
    status: 'described',
    parents: [],
    sources: [],
    isDeleting: true,
    read: { tool: 'flux', applier: leaving },
  });
});

test('what stands between an application and its source is told', async () => {
  const unavailable = {
    status: 'unavailable',
    code: 'lookup_failed',
    reason: 'the API server did not answer',
  } as const;
  const cases: readonly [object: object, answers: Parameters<typeof reading>[0], told: object][] = [
    [{}, {}, { status: 'malformed' }],
    [APPLIER, {}, { status: 'absent', reason: 'There is no GitRepository apps/shop' }],
    [APPLIER, { GitRepository: unavailable }, unavailable],
    [APPLIER, { GitRepository: found('Unknown', {}) }, { status: 'malformed' }],
    // What answers with another kind than it was asked for leads nowhere.
    [
      APPLIER,
      { GitRepository: found('HelmChart', FOLLOWS) },
      { status: 'malformed', reason: 'The HelmChart leads to no source' },
    ],
  ];
  for (const [object, answers, told] of cases) {
    assert.partialDeepStrictEqual(await describeFlux(object, reading(answers)), told);
  }
});

test('an Application is described by its sources and its project', () => {
  const application = {
    metadata: { name: 'shop' },
    spec: {
      project: 'apps',
      source: { repoURL: REPOSITORY, path: 'prod', targetRevision: 'main' },
    },
    status: { operationState: { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' } },
  };
  const described = describeArgocd(readApplication(application));
  assert.equal(described.status, 'described');
  assert.partialDeepStrictEqual(described, {
    sources: [{ source: { repository: REPOSITORY }, access: { tool: 'argocd', project: 'apps' } }],
    read: { tool: 'argocd', application: readApplication(application) },
  });
  assert.equal(describeArgocd(readApplication({ spec: 1 })).status, 'malformed');
});
