import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { ActorFact } from '../../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { SelectingLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findFamily, planFamilyQuestion } from '../../../src/ownership/find-family.ts';
import type { ObjectFact } from '../../../src/ownership/object-fact.ts';

const UNMANAGED: ObjectFact = { managed: false, wasManaged: false, self: false, scope: 'none' };
const alice: ActorFact = {
  class: 'other',
  username: 'alice',
  groups: [],
  proof: { grade: 'none', sufficient: true, reason: 'it is no service account' },
};
const robot: ActorFact = {
  ...alice,
  username: 'system:serviceaccount:shop:robot',
  proof: { grade: 'pod-bound', sufficient: true, reason: 'its token is bound to a pod' },
};

const labels = { app: 'web' };
const ownedBy = (kind: string, uid: string, apiVersion = 'apps/v1'): KubernetesObject => ({
  metadata: { labels, ownerReferences: [{ apiVersion, kind, name: uid, uid, controller: true }] },
});
const BY_GOOD = ownedBy('Deployment', 'good');
const BY_EVIL = ownedBy('Deployment', 'evil');
const ORPHAN: KubernetesObject = { metadata: { labels } };

function request(resource: string, more: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: resource === 'pods' ? '' : 'apps', version: 'v1', resource },
    operation: 'CREATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

const created = (object: KubernetesObject) => request('pods', { object });
const updated = (oldObject: KubernetesObject, object: KubernetesObject) =>
  request('pods', { operation: 'UPDATE', oldObject, object });

const plan = (asked: AdmissionRequest, actor = alice) =>
  planFamilyQuestion(asked, actor, asked.oldObject ?? undefined);
const question = (more: object) => ({
  child: undefined,
  claimed: undefined,
  labels: undefined,
  ...more,
});

test('planFamilyQuestion(): a new object is asked about by the controller that it names, or by its labels', () => {
  assert.deepEqual(plan(created(BY_GOOD)), question({ claimed: BY_GOOD }));
  assert.deepEqual(plan(created(BY_GOOD), robot), question({ claimed: BY_GOOD }));
  assert.deepEqual(plan(created(ORPHAN), robot), question({ labels }));
  assert.equal(plan(created({ metadata: {} })), undefined);
});

test('planFamilyQuestion(): a controller of a custom kind makes its pods without a question, a person does not', () => {
  const workflow = created(ownedBy('Workflow', 'w', 'argoproj.io/v1alpha1'));

  assert.equal(plan(workflow, robot), undefined);
  assert.deepEqual(plan(workflow), question({ claimed: workflow.object }));
});

test('planFamilyQuestion(): an update is asked about by both states', () => {
  assert.deepEqual(plan(updated(BY_EVIL, BY_GOOD)), question({ child: BY_EVIL, claimed: BY_GOOD }));
  assert.deepEqual(plan(updated(BY_EVIL, ORPHAN)), question({ child: BY_EVIL, labels }));
  assert.deepEqual(plan(updated(BY_GOOD, BY_GOOD)), question({ child: BY_GOOD }));
  assert.equal(plan(updated(ORPHAN, ORPHAN)), undefined);
});

test('planFamilyQuestion(): Jobs are not adopted, and other kinds have no template', () => {
  const job = { resource: { group: 'batch', version: 'v1', resource: 'jobs' } };

  assert.equal(plan(request('jobs', { ...job, object: ORPHAN })), undefined);
  assert.equal(plan(request('deployments', { object: ORPHAN })), undefined);
  assert.equal(plan(request('pods', { object: ORPHAN, subResource: 'binding' })), undefined);
});

const managed = (object: KubernetesObject): boolean =>
  object.metadata?.annotations?.['managed'] === 'yes';
const workload = (name: string, metadata: object) => ({
  reference: { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', name },
  object: { kind: 'Deployment', metadata: { name, ...metadata } },
});
const GOOD = workload('web', { annotations: { managed: 'yes' } });
const EVIL = workload('evil', {});

function find(
  asked: Parameters<typeof findFamily>[0],
  selecting: SelectingLookup = { status: 'found', workloads: [] },
) {
  return findFamily(asked, {
    namespace: 'shop',
    pluralOf,
    lookupObject: ({ name }) => {
      const annotations = name === 'good' ? { managed: 'yes' } : {};
      const spec = { selector: { matchLabels: { app: 'web' } } };
      return Promise.resolve({
        status: 'found',
        object: { metadata: { uid: name, annotations }, spec },
      });
    },
    describe: (object) => ({ ...UNMANAGED, managed: managed(object), tool: 'argocd', app: 'shop' }),
    findSelecting: () => Promise.resolve(selecting),
  });
}

const ROOT = {
  status: 'known',
  value: {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    resource: 'deployments',
    namespace: 'shop',
    name: 'good',
    tool: 'argocd',
    app: 'shop',
    appNamespace: undefined,
    selectorKeys: ['app'],
  },
};

test('findFamily(): the stored owner comes first, then the new one', async () => {
  assert.deepEqual(await find({ child: BY_GOOD, claimed: BY_EVIL }), { root: ROOT });
  assert.deepEqual(await find({ child: BY_EVIL, claimed: BY_GOOD }), { root: ROOT });
  assert.deepEqual(await find({ child: BY_EVIL }), { root: { status: 'known', value: null } });
});

test('findFamily(): only managed workloads adopt, however many others match', async () => {
  const many = Array.from({ length: 1000 }, () => EVIL);
  const { adopters } = await find({ labels }, { status: 'found', workloads: [...many, GOOD] });

  assert.deepEqual(adopters?.status === 'known' && adopters.value.map(({ name }) => name), ['web']);
  assert.deepEqual(await find({ labels }, { status: 'found', workloads: many }), {
    adopters: { status: 'known', value: [] },
  });
});

test('findFamily(): a workload that a managed object made adopts for it', async () => {
  const made = workload('made', BY_GOOD.metadata ?? {});
  const { adopters } = await find({ labels }, { status: 'found', workloads: [EVIL, made] });

  assert.deepEqual(adopters, { status: 'known', value: [ROOT.value] });
});

test('findFamily(): whose owner is nobody’s is asked about by its labels, too', async () => {
  assert.deepEqual(
    await find({ child: BY_EVIL, labels }, { status: 'found', workloads: [GOOD] }).then(
      ({ root, adopters }) => [root, adopters?.status],
    ),
    [{ status: 'known', value: null }, 'known'],
  );
});

test('findFamily(): an owner of a possible adopter that cannot be read leaves the adopters unknown', async () => {
  const made = workload('made', BY_EVIL.metadata ?? {});
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

  assert.deepEqual(
    await findFamily(
      { child: undefined, claimed: undefined, labels },
      {
        namespace: 'shop',
        pluralOf,
        lookupObject: () => Promise.resolve(away),
        describe: () => UNMANAGED,
        findSelecting: () => Promise.resolve({ status: 'found', workloads: [made] }),
      },
    ),
    { adopters: { status: 'unavailable', reason: 'it is away' } },
  );
});

test('findFamily(): what could not be found out is no "none"', async () => {
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
  const crowd = Array.from({ length: 51 }, () => workload('made', BY_EVIL.metadata ?? {}));

  assert.deepEqual(await find({ labels }, away), {
    adopters: { status: 'unavailable', reason: 'it is away' },
  });
  assert.equal(
    (await find({ labels }, { status: 'found', workloads: crowd })).adopters?.status,
    'unavailable',
  );
  assert.deepEqual(await find({ labels }, { ...away, code: 'lookup_not_configured' }), {});
});
