import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findSchedulerName } from '../../../src/ownership/find-scheduler-name.ts';
import {
  UNMANAGED,
  actor as actorOf,
  alice,
  complete,
  found,
  known,
  request,
  robot,
} from '../../support/fact-questions.ts';

const POD = { group: '', version: 'v1', kind: '', resource: 'pods', namespace: 'shop', name: 'a' };
const find = (answer: ObjectLookup) => findSchedulerName(POD, () => Promise.resolve(answer));
const pod = (spec: unknown) => find({ status: 'found', object: { spec } });

test('findSchedulerName(): whom the pod names, or the default one', async () => {
  assert.deepEqual(await pod({ schedulerName: 'volcano' }), { status: 'known', value: 'volcano' });
  for (const spec of [{}, { schedulerName: '' }, { schedulerName: 7 }, undefined]) {
    assert.deepEqual(await pod(spec), { status: 'known', value: 'default-scheduler' });
  }
});

test('findSchedulerName(): a pod that is not there, or could not be read, names nobody', async () => {
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

  assert.deepEqual(await find({ status: 'absent' }), {
    status: 'unavailable',
    reason: 'the pod is not there',
  });
  assert.deepEqual(await find(away), { status: 'unavailable', reason: 'it is away' });
});

const node = actorOf({ class: 'node' });
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

test('an account that binds a pod is told its scheduler, a person and a node only its root', async () => {
  const lookupMetadata = found({ uid: '1', annotations: { managed: 'yes' } });
  const lookupObject = () =>
    Promise.resolve({ status: 'found', object: { spec: { schedulerName: 'volcano' } } } as const);
  const binding = request('/pods/Binding', { operation: 'CREATE', subResource: 'binding' });
  const managed = { ...UNMANAGED, root: { status: 'known', value: root } } as const;
  const lookups = { lookupMetadata, lookupObject };

  assert.deepEqual(
    await complete({ request: binding, stored: CHILD, actor: robot }, lookups),
    known({ ...managed, schedulerName: { status: 'known', value: 'volcano' } }),
  );
  for (const actor of [alice, node]) {
    const asked = { request: binding, stored: CHILD, actor };
    assert.deepEqual(await complete(asked, lookups), known(managed));
  }
});
