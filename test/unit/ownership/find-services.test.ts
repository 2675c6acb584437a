import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findServices, servicesOf } from '../../../src/ownership/find-services.ts';
import type { ObjectFact } from '../../../src/ownership/object-fact.ts';
import { complete, found as answering, known } from '../../support/fact-questions.ts';

const UNMANAGED: ObjectFact = { managed: false, wasManaged: false, self: false, scope: 'none' };

function request(kind: string, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const [group = '', resource = ''] = kind.split('/');
  return {
    uid: '1',
    kind: { group, version: 'v1', kind: '' },
    resource: { group, version: 'v1', resource },
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

const slice = (name: string): KubernetesObject => ({
  metadata: { labels: { 'kubernetes.io/service-name': name } },
});
const SLICES = 'discovery.k8s.io/endpointslices';

const CASES: readonly (readonly [string, AdmissionRequest, readonly string[]])[] = [
  ['a new slice', request(SLICES, { oldObject: null, object: slice('a') }), ['a']],
  ['a slice that changes', request(SLICES, { oldObject: slice('a'), object: slice('a') }), ['a']],
  ['one that is moved', request(SLICES, { oldObject: slice('a'), object: slice('b') }), ['a', 'b']],
  ['one that is taken off', request(SLICES, { oldObject: slice('a'), object: {} }), ['a']],
  ['one that goes', request(SLICES, { oldObject: slice('a'), object: null }), ['a']],
  ['one without a Service', request(SLICES, { oldObject: {}, object: slice('') }), []],
  ['Endpoints', request('/endpoints', { name: 'a' }), ['a']],
  ['Endpoints that get a name', request('/endpoints', { object: {} }), []],
  ['a subresource', request('/endpoints', { name: 'a', subResource: 'x' }), []],
  ['endpoints of another group', request('example.com/endpoints', { name: 'a' }), []],
  ['another kind', request('/pods', { object: slice('a') }), []],
];

for (const [what, asked, names] of CASES) {
  test(`servicesOf(): ${what}`, () => {
    assert.deepEqual(servicesOf(asked), names);
  });
}

const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

function find(answers: Readonly<Record<string, ObjectLookup>>) {
  return findServices(Object.keys(answers), {
    namespace: 'shop',
    lookupObject: ({ name }) => Promise.resolve(answers[name] ?? { status: 'absent' }),
    describe: ({ metadata }) =>
      metadata?.uid === 'git'
        ? { ...UNMANAGED, managed: true, tool: 'argocd', app: 'x' }
        : UNMANAGED,
  });
}

const found = (uid: string) => ({ status: 'found', object: { metadata: { uid } } }) as const;

test('findServices(): only those that are there and managed', async () => {
  const answer = await find({
    mine: found('git'),
    other: found('hand'),
    gone: { status: 'absent' },
  });

  assert.deepEqual(answer, {
    status: 'known',
    value: [
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        resource: 'services',
        namespace: 'shop',
        name: 'mine',
        tool: 'argocd',
        app: 'x',
        appNamespace: undefined,
      },
    ],
  });
});

test('findServices(): there is none where there is no cluster to ask', async () => {
  const none = { status: 'unavailable', code: 'lookup_not_configured', reason: 'none' } as const;

  assert.deepEqual(await find({ mine: none }), { status: 'known', value: [] });
});

test('findServices(): one that could not be looked up leaves all unknown', async () => {
  assert.deepEqual(await find({ mine: found('git'), other: away }), {
    status: 'unavailable',
    reason: 'it is away',
  });
});

test('a slice is told the managed Services that it answers for, before and after', async () => {
  const lookupMetadata = answering({ uid: '1', annotations: { managed: 'yes' } });
  const service = {
    group: '',
    version: 'v1',
    kind: 'Service',
    resource: 'services',
    namespace: 'shop',
    tool: 'argocd',
    app: 'checkout',
    appNamespace: undefined,
  };
  const asked = request(SLICES, {
    oldObject: slice('web'),
    object: slice('api'),
  });

  assert.deepEqual(
    await complete({ request: asked }, { lookupMetadata }),
    known({
      ...UNMANAGED,
      services: {
        status: 'known',
        value: [
          { ...service, name: 'web' },
          { ...service, name: 'api' },
        ],
      },
    }),
  );
});
