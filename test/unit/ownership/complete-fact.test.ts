import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectFact } from '../../../src/ownership/object-fact.ts';
import {
  AWAY,
  UNMANAGED,
  MANAGED,
  actor,
  alice,
  platform,
  robot,
  pretender,
  writer,
  request,
  complete,
  known,
  found,
  type Asked,
} from '../../support/fact-questions.ts';

const replicaset = request('apps/replicasets/ReplicaSet');
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout', uid: '1' };
const CHILD = { metadata: { ownerReferences: [{ ...owner, controller: true }] } };
const root = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  namespace: 'shop',
  name: 'checkout',
  tool: 'argocd',
  app: 'checkout',
  appNamespace: undefined,
};

test('what a controller made is told the managed object it was made for', async () => {
  const lookupMetadata = found({ uid: '1', annotations: { managed: 'yes' } });

  assert.deepEqual(
    await complete({ request: replicaset, stored: CHILD }, { lookupMetadata }),
    known({ ...UNMANAGED, root: { status: 'known', value: root } }),
  );
});

test('a ReplicaSet that a node changes is told its root: no kubelet does', async () => {
  const lookupMetadata = found({ uid: '1', annotations: { managed: 'yes' } });
  const asked = { request: replicaset, stored: CHILD, actor: actor({ class: 'node' }) };

  assert.deepEqual(
    await complete(asked, { lookupMetadata }),
    known({ ...UNMANAGED, root: { status: 'known', value: root } }),
  );
});

test('a token that a node asks for is told the pod that it is for', async () => {
  const token = request('/serviceaccounts/TokenRequest', {
    operation: 'CREATE',
    subResource: 'token',
    object: Object.assign({}, { spec: { boundObjectRef: { kind: 'Pod', name: 'a', uid: '1' } } }),
  });
  const lookupFresh = () =>
    Promise.resolve({
      status: 'found',
      object: Object.assign({}, { metadata: { uid: '1' }, spec: { nodeName: 'worker-1' } }),
    } as const);
  const tokenPod = { nodeName: 'worker-1', serviceAccountName: 'default' };

  assert.deepEqual(
    await complete({ request: token, actor: actor({ class: 'node' }) }, { lookupFresh }),
    known({ ...UNMANAGED, tokenPod: { status: 'known', value: tokenPod } }),
  );
  assert.equal(await complete({ request: token }), 'not asked');
});

const pod = request('/pods/Pod');
const volume = request('/persistentvolumeclaims/PersistentVolumeClaim');
const scale = request('apps/deployments/Scale', { subResource: 'scale' });
const scaled: ObjectFact = { ...MANAGED, parent: root };
const deletes = { operation: 'DELETE' } as const;
const cleaner = platform('namespace-controller');
const read = { ...scale, operation: 'CONNECT' } as const;

const rollout = { ...owner, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', controller: true };
const rolled: Asked = {
  request: replicaset,
  stored: { metadata: { ownerReferences: [rollout] } },
  actor: robot,
};

const made = { request: { ...pod, operation: 'CREATE', object: CHILD } } as const;
const reported = { ...pod, subResource: 'status' };

function labelled(labels: Readonly<Record<string, string>>): AdmissionRequest {
  return { ...pod, oldObject: CHILD, object: { metadata: { ...CHILD.metadata, labels } } };
}

const UNASKED: readonly (readonly [string, Asked])[] = [
  ['a pod that a node changes', { ...edited(pod), actor: actor({ class: 'node' }) }],
  ['a child that the GitOps writer changes', { ...edited(replicaset), actor: writer }],
  ['an object that no controller made', { request: replicaset, stored: {} }],
  ['a child that is not stored', { request: replicaset }],
  ['a child that is created', edited({ ...replicaset, operation: 'CREATE' })],
  ['a pod that a service account labels', { ...edited(labelled({ team: 'a' })), actor: robot }],
  ['a pod whose status a service account reports', { ...edited(reported), actor: robot }],
  ['an object without labels', { request: { ...pod, operation: 'CREATE', object: {} } }],
  ["a Rollout's ReplicaSet that its controller changes", rolled],
  ['a pod that is deleted', edited({ ...pod, ...deletes })],
  ['a child of another kind', edited(request('/configmaps/ConfigMap'))],
  ['a managed object', { request: request('apps/deployments/Deployment'), fact: MANAGED }],
  ['a connection', edited({ ...replicaset, operation: 'CONNECT' })],
  ['a namespace that is changed', { request: request('/namespaces/Namespace') }],
  ['a claim that is changed', { request: { ...volume, oldObject: CHILD, object: CHILD } }],
  ['what a controller deletes', { request: { ...replicaset, ...deletes }, actor: cleaner }],
  ['a managed object that a person scales', { request: scale, fact: scaled }],
  ['an autoscaled object that is read', { request: read, fact: scaled, actor: cleaner }],
  ['a scale without a parent', { request: scale, fact: MANAGED, actor: cleaner }],
];

function edited(child: AdmissionRequest): Asked {
  return { request: child, stored: CHILD };
}

for (const [why, asked] of UNASKED) {
  test(`nothing is asked about ${why}`, async () => {
    assert.equal(await complete(asked), 'not asked');
  });
}

for (const [why, asked] of [
  ['a pod that a person edits', edited(pod)],
  ['a Job that a person edits', edited(request('batch/jobs/Job'))],
  ['a ReplicaSet that a service account edits', { ...edited(replicaset), actor: robot }],
  ['a revision', edited(request('apps/controllerrevisions/ControllerRevision'))],
  ['the scale of a ReplicaSet', edited({ ...replicaset, subResource: 'scale' })],
  [
    "a pod whose controller's label a service account adds",
    {
      ...edited(labelled({ 'pod-template-hash': 'a' })),
      actor: robot,
    },
  ],
  ['the status of a pod that a person writes', edited(reported)],
  ["a pod that says a Deployment's ReplicaSet made it", made],
  ['what somebody edits in the name of a service account', { ...edited(pod), actor: pretender }],
] satisfies readonly (readonly [string, Asked])[]) {
  test(`the owners are asked for about ${why}`, async () => {
    assert.deepEqual(
      await complete(asked, { lookupMetadata: () => Promise.resolve(AWAY) }),
      known({ ...UNMANAGED, root: { status: 'unavailable', reason: 'it is away' } }),
    );
  });
}

test('a pod that loses a label is told what its template declares', async () => {
  const stored = { metadata: { ...CHILD.metadata, labels: { tier: 'front' } } };
  const change = { ...labelled({}), oldObject: stored };
  const metadata = { uid: '1', annotations: { managed: 'yes' } };
  const template = { metadata: { labels: { app: 'web', tier: 'front' } } };
  const declaring = Object.assign({ metadata }, { spec: { template } });
  const lookupMetadata = found(metadata);
  const lookupObject = () => Promise.resolve({ status: 'found', object: declaring } as const);
  const declaredLabels = ['app', 'tier'];

  assert.deepEqual(
    await complete({ request: change, stored }, { lookupMetadata, lookupObject }),
    known({ ...UNMANAGED, root: { status: 'known', value: { ...root, declaredLabels } } }),
  );
  assert.deepEqual(
    await complete(
      { request: change, stored },
      { lookupMetadata, lookupObject: () => Promise.resolve(AWAY) },
    ),
    known({ ...UNMANAGED, root: { status: 'known', value: root } }),
  );
});

test('a pod without a controller is told whose selectors match its labels', async () => {
  const labels = { app: 'checkout' };
  const orphan = { ...pod, operation: 'CREATE', object: { metadata: { labels } } } as const;
  const asked: unknown[] = [];
  const workload = {
    reference: {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'checkout',
    },
    object: { metadata: { annotations: { managed: 'yes' } } },
  };

  assert.deepEqual(
    await complete(
      { request: orphan },
      {
        findSelecting: (...question) => {
          asked.push(question);
          return Promise.resolve({ status: 'found', workloads: [workload] });
        },
      },
    ),
    known({ ...UNMANAGED, adopters: { status: 'known', value: [root] } }),
  );
  assert.deepEqual(asked, [['shop', labels, 7]]);
});

const APPLIED: KubernetesObject = { metadata: { annotations: { applied: 'yes' } } };

test('an unmarked object that names a GitOps field manager is looked up in the inventories', async () => {
  const asked: Asked = { request: request('/configmaps/ConfigMap'), stored: APPLIED };
  const listed = { findClaims: claims(application) };

  for (const who of [alice, robot, platform('namespace-controller'), actor({ class: 'node' })]) {
    const answer = await complete({ ...asked, actor: who }, { findClaims: claims() });
    assert.deepEqual(answer, known(UNMANAGED));
    assert.notDeepEqual(await complete({ ...asked, actor: who }, listed), known(UNMANAGED));
  }
  assert.equal(await complete({ ...asked, actor: writer }), 'not asked');
  const onTheSide = { request: request('/namespaces/Namespace'), stored: APPLIED };
  assert.equal(await complete(onTheSide), 'not asked');
});

test('a forged field manager takes no child from its root', async () => {
  const stored = { metadata: { ...CHILD.metadata, annotations: { applied: 'yes' } } };
  const lookupMetadata = found({ uid: '1', annotations: { managed: 'yes' } });

  assert.deepEqual(
    await complete({ request: replicaset, stored }, { lookupMetadata, findClaims: claims() }),
    known({ ...UNMANAGED, root: { status: 'known', value: root } }),
  );
});

test('a root that lost its mark is one where an inventory lists it', async () => {
  const lookupMetadata = found({ uid: '1', annotations: { applied: 'yes' } });
  const asked = { request: replicaset, stored: CHILD };

  assert.deepEqual(
    await complete(asked, { lookupMetadata, findClaims: claims(application) }),
    known({
      ...UNMANAGED,
      root: { status: 'known', value: { ...root, app: 'crds', appNamespace: 'argocd' } },
    }),
  );
  assert.deepEqual(
    await complete(asked, { lookupMetadata, findClaims: claims() }),
    known({ ...UNMANAGED, root: { status: 'known', value: null } }),
  );
});

const hpa = { tool: 'hpa', name: 'a', replicasMin: 1, replicasMax: 3, managed: true } as const;

test('a scale by the control plane or an operator is told its autoscalers', async () => {
  const findScalers = () => Promise.resolve({ status: 'found', scalers: [hpa] } as const);
  for (const who of [platform('horizontal-pod-autoscaler'), actor({ class: 'operator' })]) {
    assert.deepEqual(
      await complete({ request: scale, fact: scaled, actor: who }, { findScalers }),
      known({ ...scaled, scalers: { status: 'known', value: [hpa] } }),
    );
  }
});

test('autoscalers that could not be asked for leave the fact known', async () => {
  assert.deepEqual(
    await complete(
      { request: scale, fact: scaled, actor: platform('x') },
      { findScalers: () => Promise.resolve(AWAY) },
    ),
    known({ ...scaled, scalers: { status: 'unavailable', reason: 'it is away' } }),
  );
});

const claim = { ...volume, ...deletes, name: 'data-db-0' };

test('a claim that is deleted is told its StatefulSet, whoever deletes it', async () => {
  const lookupObject = () => Promise.resolve({ status: 'absent' } as const);
  for (const who of [alice, writer, robot, platform('statefulset-controller')]) {
    assert.deepEqual(
      await complete({ request: stored(claim), actor: who }, { lookupObject }),
      known({ ...UNMANAGED, volumeOwner: { status: 'known', value: null } }),
    );
  }
});

test('a claim that is given an owner is told its StatefulSet', async () => {
  const given = { ...claim, operation: 'UPDATE', oldObject: {}, object: CHILD } as const;

  assert.deepEqual(
    await complete({ request: given }, { lookupObject: () => Promise.resolve(AWAY) }),
    known({ ...UNMANAGED, volumeOwner: { status: 'unavailable', reason: 'it is away' } }),
  );
});

const going = found({ deletionTimestamp: '2026-11-21T06:00:00Z' });
const living = found({});
const stored = (asked: AdmissionRequest) => ({ ...asked, oldObject: {} });
const deletion = stored(request('/configmaps/ConfigMap', { operation: 'DELETE' }));
test('a controller that deletes is told whether the namespace is going', async () => {
  const asked: Asked = { request: deletion, fact: MANAGED, actor: cleaner };
  const yes = known({ ...MANAGED, namespaceTerminating: true });
  const no = known({ ...MANAGED, namespaceTerminating: false });
  const absent = () => Promise.resolve({ status: 'absent' } as const);
  const away = () => Promise.resolve(AWAY);

  assert.deepEqual(await complete(asked, { lookupMetadata: going }), yes);
  assert.deepEqual(await complete(asked, { lookupMetadata: living, lookupFresh: going }), yes);
  assert.deepEqual(await complete(asked, { lookupMetadata: away, lookupFresh: absent }), yes);
  assert.deepEqual(await complete(asked, { lookupMetadata: living, lookupFresh: living }), no);
  assert.deepEqual(
    await complete(asked, { lookupMetadata: away, lookupFresh: away }),
    known(MANAGED),
  );
  assert.deepEqual(
    await complete(
      { request: stored(claim), actor: cleaner },
      { lookupMetadata: going, lookupObject: absent },
    ),
    known({
      ...UNMANAGED,
      namespaceTerminating: true,
      volumeOwner: { status: 'known', value: null },
    }),
  );
});

test('no namespace is asked for about what is cluster-scoped, or going already', async () => {
  const oldObject = { metadata: { deletionTimestamp: '2026-11-21T06:00:00Z' } };
  for (const more of [{ namespace: '' }, { oldObject }]) {
    const asked = { request: { ...deletion, ...more }, fact: MANAGED, actor: cleaner };
    assert.notDeepEqual(await complete(asked), known({ ...MANAGED, namespaceTerminating: true }));
  }
});

const definition = request(
  'apiextensions.k8s.io/customresourcedefinitions/CustomResourceDefinition',
  {
    namespace: undefined,
  },
);
const application = {
  tool: 'argocd',
  kind: 'Application',
  namespace: 'argocd',
  app: 'crds',
} as const;
const claims =
  (...listed: (typeof application)[]) =>
  () =>
    Promise.resolve({ status: 'found', claims: listed } as const);

test('a definition is managed by the application that lists it', async () => {
  assert.deepEqual(
    await complete({ request: definition }, { findClaims: claims(application) }),
    known({
      managed: true,
      wasManaged: true,
      tool: 'argocd',
      app: 'crds',
      appNamespace: 'argocd',
      mark: 'inventory of Application',
      self: true,
      confirmed: true,
      scope: 'managed',
    }),
  );
  assert.deepEqual(
    await complete({ request: definition }, { findClaims: claims() }),
    known(UNMANAGED),
  );
  assert.deepEqual(
    await complete({ request: definition }, { findClaims: () => Promise.resolve(AWAY) }),
    AWAY,
  );
});

test('a label of Flux is confirmed by the inventory, and stays one without it', async () => {
  const fact: ObjectFact = { ...MANAGED, tool: 'flux', app: 'apps', confirmed: false };
  const asked = { request: request('/configmaps/ConfigMap'), fact };
  const listed = { ...application, tool: 'flux', app: 'apps' } as const;
  const findClaims = () => Promise.resolve({ status: 'found', claims: [listed] } as const);

  assert.deepEqual(await complete(asked, { findClaims }), known({ ...fact, confirmed: true }));
  assert.deepEqual(await complete(asked, { findClaims: claims(application) }), known(fact));
  assert.deepEqual(await complete(asked, { findClaims: () => Promise.resolve(AWAY) }), known(fact));
});

const bound = { spec: { claimRef: { namespace: 'shop', name: 'data-db-0', uid: '1' } } };
const disk = request('/persistentvolumes/PersistentVolume', {
  ...deletes,
  namespace: undefined,
  oldObject: bound,
});

test('a volume that is deleted is told whose data it holds, whoever deletes it', async () => {
  for (const who of [alice, robot, writer]) {
    assert.deepEqual(
      await complete(
        { request: disk, actor: who },
        { lookupMetadata: () => Promise.resolve(AWAY) },
      ),
      known({ ...UNMANAGED, volumeOwner: { status: 'unavailable', reason: 'it is away' } }),
    );
  }
  assert.deepEqual(
    await complete({ request: { ...disk, oldObject: {} } }),
    known({ ...UNMANAGED, volumeOwner: { status: 'known', value: null } }),
  );
});

test('the control plane binds volumes, and reports on them, without a question', async () => {
  const released = { ...disk, operation: 'UPDATE', object: {} } as const;
  const pending = { oldObject: { status: { phase: 'Bound' } }, object: { status: {} } };
  const report = { ...volume, subResource: 'status', ...pending };

  for (const asked of [released, report]) {
    const actors = [platform('persistent-volume-binder'), actor({ class: 'node' })];
    for (const who of actors) {
      assert.equal(await complete({ request: asked, actor: who }), 'not asked');
    }
    assert.notEqual(
      await complete(
        { request: asked },
        {
          lookupMetadata: () => Promise.resolve(AWAY),
          lookupObject: () => Promise.resolve(AWAY),
        },
      ),
      'not asked',
    );
  }
});
