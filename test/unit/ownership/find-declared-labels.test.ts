import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { changesLabels, findDeclaredLabels } from '../../../src/ownership/find-declared-labels.ts';

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };
const POD = { metadata: { ownerReferences: [{ ...OWNER, controller: true }] } };

function owner(spec: unknown, uid = 'rs'): ObjectLookup {
  return { status: 'found', object: Object.assign({ metadata: { uid } }, { spec }) };
}

function find(answer: ObjectLookup, pod: KubernetesObject = POD, asked: unknown[] = []) {
  return findDeclaredLabels(pod, {
    namespace: 'shop',
    pluralOf,
    lookupObject: (reference: ObjectReference) => {
      asked.push(reference);
      return Promise.resolve(answer);
    },
  });
}

describe('findDeclaredLabels()', () => {
  it('reads the template of the pod’s controller', async () => {
    const asked: unknown[] = [];
    const template = { metadata: { labels: { app: 'web', tier: 'front' } } };
    assert.deepEqual(await find(owner({ template }), POD, asked), ['app', 'tier']);
    assert.deepEqual(asked, [
      {
        group: 'apps',
        version: 'v1',
        kind: 'ReplicaSet',
        resource: 'replicasets',
        namespace: 'shop',
        name: 'web-1',
      },
    ]);
  });

  it('does not know them without the very controller, or without a template', async () => {
    const template = { metadata: { labels: { app: 'web' } } };
    const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
    for (const answer of [
      away,
      { status: 'absent' } as const,
      owner({ template }, 'another'),
      owner({}),
      owner(undefined),
    ]) {
      assert.equal(await find(answer), undefined);
    }
    assert.equal(await find(owner({ template }), { metadata: {} }), undefined);
  });
});

describe('changesLabels()', () => {
  const request = (before: object, after: object, resource = 'pods'): AdmissionRequest => ({
    uid: '1',
    kind: { group: '', version: 'v1', kind: '' },
    resource: { group: '', version: 'v1', resource },
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    oldObject: { metadata: { labels: { ...before } } },
    object: { metadata: { labels: { ...after } } },
  });

  it('is true where a label of a pod goes or gets another value, and not where one comes', () => {
    assert.ok(changesLabels(request({ a: '1' }, {})));
    assert.ok(changesLabels(request({ a: '1' }, { a: '2' })));
    assert.ok(!changesLabels(request({ a: '1' }, { a: '1', b: '2' })));
    assert.ok(!changesLabels(request({ a: '1' }, {}, 'services')));
    assert.ok(!changesLabels({ ...request({ a: '1' }, {}), operation: 'DELETE' }));
    assert.ok(!changesLabels({ ...request({}, {}), oldObject: {} }));
    assert.ok(!changesLabels({ ...request({}, {}), oldObject: null }));
    assert.ok(changesLabels({ ...request({ a: '1' }, {}), object: {} }));
  });
});
