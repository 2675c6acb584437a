import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { ManifestBinding } from '../../../src/compose/bind-manifests.ts';
import type { ManifestAnswer } from '../../../src/compose/commit-manifests.ts';
import {
  APPLIED_AS_A_WHOLE,
  compareLiveObjects,
  type LiveComparison,
  type VerifiedApplication,
} from '../../../src/compose/compare-live-objects.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { headerOf } from '../../../src/source/manifest/manifest-header.ts';
import type { RevisionClaimant } from '../../../src/source/revision-hint.ts';
import { sampleDiscovery } from '../../support/discovery-samples.ts';
import {
  startFakeApiServer,
  type FakeAnswer,
  type FakeApiServer,
} from '../../support/fake-api-server.ts';
import { connectToFake } from '../../support/fake-client.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { sampleVerifiedSource } from '../../support/verified-source.ts';
import { readApplication } from '../../../src/source/read-application.ts';

const OBJECT_ID = '1'.repeat(40);
const REPOSITORY = 'https://git.example.com/shop';
const SERVER = 'https://kubernetes.default.svc';
const CONFIG_MAP = '/api/v1/namespaces/shop/configmaps/settings';
const SETTINGS = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
const DISCOVERY = sampleDiscovery([
  { resource: 'configmaps', kind: 'ConfigMap' },
  // Its plural is no plural of English.
  { group: 'example.com', version: 'v2', resource: 'gadgetry', kind: 'Gadget', namespaced: false },
]);

const DECLARED = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { color: 'green' },
  },
  {
    apiVersion: 'example.com/v1',
    kind: 'Gadget',
    metadata: { name: 'one' },
    spec: { color: 'green' },
  },
];

function rendered(type: 'Directory' | 'Kustomize' | undefined = 'Directory'): ManifestAnswer {
  const manifests = DECLARED.map((manifest) => ({
    header: headerOf(manifest),
    json: JSON.stringify(manifest),
  }));
  return { status: 'rendered', images: [], type, manifests, chars: 100 };
}

const LIVE = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data: { color: 'green' },
};

const LISTED = [{ version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' }];

function application({
  claimedBy = 'last-operation',
  resources = LISTED,
  type = 'Directory',
}: {
  readonly claimedBy?: RevisionClaimant;
  readonly resources?: readonly object[];
  readonly type?: string;
} = {}): VerifiedApplication {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: {
      destination: { server: SERVER, namespace: 'shop' },
      source: { repoURL: REPOSITORY, path: 'prod' },
    },
    status: { sourceType: type, resources },
  };
  return verified(
    'Application',
    { object, read: { tool: 'argocd', application: readApplication(object) } },
    claimedBy,
  );
}

function kustomization(
  spec: object,
  claimedBy: RevisionClaimant = 'last-apply',
): VerifiedApplication {
  const object = {
    kind: 'Kustomization',
    metadata: { name: 'shop', namespace: 'flux-system' },
    spec: { targetNamespace: 'shop', ...spec },
    status: { inventory: { entries: [{ id: 'shop_settings__ConfigMap', v: 'v1' }] } },
  };
  const source = { kind: 'GitRepository', spec: { url: REPOSITORY } };
  return verified(
    'Kustomization',
    { object, read: { tool: 'flux', applier: object, source } },
    claimedBy,
  );
}

function verified(
  kind: VerifiedApplication['kind'],
  read: Pick<VerifiedApplication, 'object' | 'read'>,
  claimedBy: RevisionClaimant,
): VerifiedApplication {
  const commit = { repository: REPOSITORY, path: 'prod', objectId: OBJECT_ID, claimedBy };
  return { kind, ...read, ...sampleVerifiedSource(commit) };
}

interface Stage {
  readonly api: FakeApiServer;
  readonly closed: readonly string[];
  readonly compare: (
    application: VerifiedApplication,
    answer?: ManifestAnswer | Error,
  ) => Promise<LiveComparison>;
}

async function open(
  t: TestContext,
  answers: Readonly<Record<string, FakeAnswer>> = {},
): Promise<Stage> {
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  const discovery = { '/api': { body: DISCOVERY['/api'] }, '/apis': { body: DISCOVERY['/apis'] } };
  for (const [path, answer] of Object.entries({ ...discovery, ...answers })) {
    api.answer(path, answer);
  }
  const client = await connectToFake(api);
  t.after(() => client.close());
  const closed: string[] = [];
  const { metrics } = recordTelemetry();
  return {
    api,
    closed,
    compare: async (compared, answer = rendered()) =>
      await compareLiveObjects(compared, {
        client,
        clock: systemClock,
        argocdNamespace: 'argocd',
        open: (live) => {
          if (answer instanceof Error) return Promise.reject(answer);
          const manifests = new ManifestBinding(configurationSchema.parse({}), {
            supervisor: { ask: () => Promise.resolve({ kind: 'manifests', answer }) },
            argocdSettings: () => live,
            certainty: APPLIED_AS_A_WHOLE,
            clock: systemClock,
            wait: systemWait,
            metrics,
          });
          return Promise.resolve({
            manifests,
            close: () => {
              manifests.close();
              closed.push('closed');
              return Promise.resolve();
            },
          });
        },
      }),
  };
}

/** Without times. */
function told({ status, reason, steps, objects, leftOut }: LiveComparison) {
  return {
    status,
    ...(reason !== undefined && { reason }),
    steps: steps.map(({ name, found }) => `${name}: ${found}`),
    objects: objects.map(({ kind, name, status: one, reason: why = '' }) => [kind, name, one, why]),
    leftOut,
  };
}

const STEPS = [
  'settings: Argo CD tracks by annotation',
  'discover: 2 resources',
  'render: 1 source',
];

test('an object that is what its commit declares is equal, and what was opened is closed', async (t) => {
  const { compare, closed } = await open(t, { [CONFIG_MAP]: { body: LIVE } });
  const compared = await compare(application());
  assert.deepEqual(told(compared), {
    status: 'compared',
    steps: STEPS,
    objects: [['ConfigMap', 'settings', 'equal', '']],
    leftOut: 0,
  });
  const durations = [compared, ...compared.steps, ...compared.objects];
  assert.ok(durations.every(({ durationMs }) => durationMs >= 0));
  assert.deepEqual(closed, ['closed']);
});

test('an object with another value differs, and names the place', async (t) => {
  const { compare } = await open(t, {
    [CONFIG_MAP]: { body: { ...LIVE, data: { color: 'red' } } },
  });
  const { objects } = await compare(application());
  assert.deepEqual(
    objects.map(({ status, paths }) => [status, paths]),
    [['differs', ['data.color']]],
  );
});

test('an object that the cluster has not is absent, and so is one that the commit has not', async (t) => {
  const extra = { ...LIVE, metadata: { name: 'extra', namespace: 'shop' } };
  const { compare } = await open(t, {
    '/api/v1/namespaces/shop/configmaps/extra': { body: extra },
  });
  const resources = [
    ...LISTED,
    { version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'extra' },
  ];
  assert.deepEqual(told(await compare(application({ resources }))).objects, [
    ['ConfigMap', 'settings', 'absent', 'the cluster has no such object'],
    ['ConfigMap', 'extra', 'absent', 'the commit declares no such object'],
  ]);
});

test('while an operation runs, a difference and an absence prove nothing', async (t) => {
  const { compare, api } = await open(t, {
    [CONFIG_MAP]: { body: { ...LIVE, data: { color: 'red' } } },
  });
  const expected = [['ConfigMap', 'settings', 'not-comparable', APPLIED_AS_A_WHOLE.doubt]];
  for (const claimedBy of ['running-operation', 'unfinished-operation', 'comparison'] as const) {
    assert.deepEqual(told(await compare(application({ claimedBy }))).objects, expected);
  }
  api.answer(CONFIG_MAP, { status: 404 });
  const absent = await compare(application({ claimedBy: 'running-operation' }));
  assert.deepEqual(told(absent).objects, expected);
});

test('an object is read by the resource that the API server names, in the version that was applied', async (t) => {
  const { compare, api } = await open(t, {
    '/apis/example.com/v1/gadgetry/one': { body: DECLARED[1] },
  });
  const gadget = { group: 'example.com', version: 'v1', kind: 'Gadget', name: 'one' };
  const resources = [gadget];
  assert.deepEqual(told(await compare(application({ resources }))).objects, [
    ['Gadget', 'one', 'equal', ''],
  ]);
  // The version is not served any more: it is read in the one that is, and not called absent.
  api.answer('/apis/example.com/v1/gadgetry/one', { status: 404 });
  api.answer('/apis/example.com/v2/gadgetry/one', {
    body: { ...DECLARED[1], apiVersion: 'example.com/v2' },
  });
  const [other] = (await compare(application({ resources }))).objects;
  assert.equal(other?.status, 'not-comparable');
  const { version: _, ...unversioned } = gadget;
  const [preferred] = (await compare(application({ resources: [unversioned] }))).objects;
  assert.equal(preferred?.status, 'not-comparable');
});

test('what cannot be read or named is told for its object alone', async (t) => {
  const { compare } = await open(t, { [CONFIG_MAP]: { status: 500 } });
  const resources = [
    ...LISTED,
    { version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: '..' },
    { group: 'example.com', version: 'v1', kind: 'Widget', name: 'one' },
  ];
  const objects = told(await compare(application({ resources }))).objects;
  assert.deepEqual(
    objects.map(([, , status]) => status),
    ['unavailable', 'not-comparable', 'not-comparable'],
  );
  assert.deepEqual(
    objects.slice(1).map(([, , , reason]) => reason),
    [
      'its name is no name of an object',
      'the API server lists no kind Widget of the group "example.com"',
    ],
  );
});

test('a body that is no object is not equal', async (t) => {
  const { compare } = await open(t, { [CONFIG_MAP]: { text: '[]' } });
  const [object] = (await compare(application())).objects;
  assert.notEqual(object?.status, 'equal');
});

test('kustomize.buildOptions of argocd-cm make a kustomization not comparable, as at admission', async (t) => {
  const data = { 'kustomize.buildOptions': '--enable-helm' };
  const { compare } = await open(t, {
    [SETTINGS]: { body: { kind: 'ConfigMap', data } },
    [CONFIG_MAP]: { body: LIVE },
  });
  const compared = await compare(application({ type: 'Kustomize' }), rendered('Kustomize'));
  assert.deepEqual(told(compared).objects, [
    [
      'ConfigMap',
      'settings',
      'not-comparable',
      'Argo CD has options for kustomize of its own (kustomize.buildOptions)',
    ],
  ]);
});

test('the tracking label of argocd-cm is passed over, as at admission', async (t) => {
  const labels = { 'example.com/app': 'shop' };
  const marked = { ...LIVE, metadata: { ...LIVE.metadata, labels } };
  const { compare, api } = await open(t, { [CONFIG_MAP]: { body: marked } });
  assert.equal((await compare(application())).objects[0]?.status, 'differs');
  const data = {
    'application.resourceTrackingMethod': 'label',
    'application.instanceLabelKey': 'example.com/app',
  };
  api.answer(SETTINGS, { body: { kind: 'ConfigMap', data } });
  const compared = await compare(application());
  assert.equal(compared.objects[0]?.status, 'equal');
  assert.equal(compared.steps[0]?.found, 'Argo CD tracks by label');
});

test('a Kustomization of Flux is compared as at admission, without settings of Argo CD', async (t) => {
  const { compare, api } = await open(t, {
    [CONFIG_MAP]: { body: LIVE },
    [SETTINGS]: { status: 403 },
  });
  const compared = await compare(kustomization({}));
  assert.deepEqual(told(compared), {
    status: 'compared',
    steps: STEPS.slice(1),
    objects: [['ConfigMap', 'settings', 'equal', '']],
    leftOut: 0,
  });
  assert.ok(!api.requests.includes(SETTINGS));
  const substituted = await compare(kustomization({ postBuild: { substitute: { a: 'b' } } }));
  assert.deepEqual(told(substituted).objects, [
    [
      'ConfigMap',
      'settings',
      'not-comparable',
      'spec.postBuild of the Kustomization is not rendered',
    ],
  ]);
});

test('a step that fails makes the comparison unavailable, with its reason', async (t) => {
  const { compare, api, closed } = await open(t, { [SETTINGS]: { status: 403 } });
  const forbidden = told(await compare(application()));
  assert.deepEqual(
    [forbidden.status, forbidden.steps],
    ['unavailable', ['settings: argocd-cm was not read']],
  );
  api.answer(SETTINGS, { status: 404 });
  const closedFolder = told(await compare(application(), new Error('the folder is read-only')));
  assert.deepEqual(closedFolder, {
    status: 'unavailable',
    reason: 'the folder is read-only',
    steps: [...STEPS.slice(0, 2), 'render: no commit can be rendered'],
    objects: [],
    leftOut: 0,
  });
  api.answer('/apis', { status: 404 });
  const undiscovered = told(await compare(application()));
  assert.deepEqual(undiscovered, {
    status: 'unavailable',
    reason: 'GET /apis lists no resources',
    steps: [STEPS[0], 'discover: the API server lists no resources'],
    objects: [],
    leftOut: 0,
  });
  assert.deepEqual(closed, []);
});

test('a repository that does not answer makes each object unavailable', async (t) => {
  const { compare } = await open(t, { [CONFIG_MAP]: { body: LIVE } });
  const away = {
    status: 'unavailable',
    reason: 'The server is away',
    retryAfterMs: 60_000,
  } as const;
  assert.deepEqual(told(await compare(application(), away)).objects, [
    ['ConfigMap', 'settings', 'unavailable', 'the server is away'],
  ]);
});

test('an application that lists no objects in this cluster is not comparable', async (t) => {
  const { compare, api } = await open(t);
  const asked = api.requests.length;
  const none = await compare(application({ resources: [] }));
  assert.deepEqual(told(none), {
    status: 'not-comparable',
    reason: 'its status lists no objects in this cluster',
    steps: [],
    objects: [],
    leftOut: 0,
  });
  const malformed = { ...application(), object: 7 };
  assert.equal((await compare(malformed)).status, 'not-comparable');
  assert.equal(api.requests.length, asked);
});

test('of a large application the first 500 objects are compared, and the others counted', async (t) => {
  const { compare } = await open(t);
  const resources = Array.from({ length: 503 }, (_, index) => ({
    version: 'v1',
    kind: 'Widget',
    namespace: 'shop',
    name: `w${index}`,
  }));
  const compared = await compare(application({ resources }));
  assert.deepEqual([compared.objects.length, compared.leftOut], [500, 3]);
});
