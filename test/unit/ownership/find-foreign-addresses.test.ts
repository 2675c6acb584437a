import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import {
  findForeignAddresses,
  writesEndpoints,
} from '../../../src/ownership/find-foreign-addresses.ts';

const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
const SLICES = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
const ENDPOINTS = { group: '', version: 'v1', resource: 'endpoints' };

interface Named {
  readonly addresses: readonly string[];
  readonly targetRef?: object;
}

const pod = (name: string) => ({ kind: 'Pod', namespace: 'argocd', name, uid: name });

function slice(endpoints: readonly Named[] | null, service = 'repo-server'): KubernetesObject {
  const labels = { 'kubernetes.io/service-name': service };
  return Object.assign({ kind: 'EndpointSlice', metadata: { labels } }, { endpoints });
}

function request(overrides: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: '', version: 'v1', kind: '' },
    resource: SLICES,
    name: 'repo-server-a',
    namespace: 'argocd',
    operation: 'CREATE',
    userInfo: { username: 'controller' },
    ...overrides,
  };
}

/** Each pod has the address of its name, `pod-1` has 10.0.0.1. */
function ask(overrides: Partial<AdmissionRequest>, asked: ObjectReference[] = []) {
  return findForeignAddresses(request(overrides), (reference) => {
    asked.push(reference);
    const number = /^pod-(\d+)$/u.exec(reference.name)?.[1];
    if (reference.name === 'away') return Promise.resolve(AWAY);
    if (number === undefined) return Promise.resolve({ status: 'absent' });
    const status = { podIPs: [{ ip: `10.0.0.${number}` }, { ip: `fd00::${number}` }] };
    return Promise.resolve({ status: 'found', object: Object.assign({ kind: 'Pod' }, { status }) });
  });
}

const known = (...value: readonly string[]) => ({ status: 'known', value });

describe('findForeignAddresses()', () => {
  it('finds none where each address is that of the pod it names', async () => {
    const asked: ObjectReference[] = [];
    const object = slice([
      { addresses: ['10.0.0.1'], targetRef: pod('pod-1') },
      { addresses: ['fd00::2'], targetRef: pod('pod-2') },
    ]);
    assert.deepEqual(await ask({ object }, asked), known());
    assert.deepEqual(
      asked.map(({ resource, namespace, name }) => `${resource} ${namespace ?? ''}/${name}`),
      ['pods argocd/pod-1', 'pods argocd/pod-2'],
    );
    assert.deepEqual(await ask({ object: slice([]) }), known());
    assert.deepEqual(await ask({ object: slice(null) }), known());
  });

  it('finds what no pod has: another address, no pod, one of another kind, one that is gone', async () => {
    const object = slice([
      { addresses: ['192.0.2.1'], targetRef: pod('pod-1') },
      { addresses: ['192.0.2.2'] },
      { addresses: ['192.0.2.3'], targetRef: { kind: 'Node', name: 'pod-3' } },
      { addresses: ['192.0.2.4'], targetRef: pod('gone') },
    ]);
    assert.deepEqual(
      await ask({ object }),
      known('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'),
    );
  });

  it('asks about no address that was there, unless it answers for another Service now', async () => {
    const object = slice([{ addresses: ['192.0.2.1'] }]);
    const update = { operation: 'UPDATE', object } as const;
    assert.deepEqual(await ask({ ...update, oldObject: object }), known());
    const oldObject = slice([{ addresses: ['192.0.2.1'] }], 'redis');
    assert.deepEqual(await ask({ ...update, oldObject }), known('192.0.2.1'));
  });

  it('reads Endpoints likewise, those that are not ready too', async () => {
    const subsets = [
      { addresses: [{ ip: '10.0.0.1', targetRef: pod('pod-1') }] },
      { notReadyAddresses: [{ ip: '192.0.2.9' }] },
    ];
    const object = Object.assign({ kind: 'Endpoints' }, { subsets });
    assert.deepEqual(await ask({ resource: ENDPOINTS, object }), known('192.0.2.9'));
    const empty = { kind: 'Endpoints' };
    assert.deepEqual(await ask({ resource: ENDPOINTS, object: empty }), known());
  });

  it('cannot tell without an answer, of too many, and of what it cannot read', async () => {
    const unanswered = slice([{ addresses: ['10.0.0.1'], targetRef: pod('away') }]);
    const many = Array.from({ length: 33 }, (_, index) => `192.0.2.${String(index)}`);
    const unreadable = Object.assign({ kind: 'EndpointSlice' }, { endpoints: [{ addresses: 1 }] });
    const subsets = 'none';
    const unreadableToo = Object.assign({ kind: 'Endpoints' }, { subsets });
    const unavailable = (reason: string) => ({ status: 'unavailable', reason });
    assert.deepEqual(await ask({ object: unanswered }), unavailable('it is away'));
    assert.deepEqual(
      await ask({ object: slice([{ addresses: many }]) }),
      unavailable('it names more than 32 new addresses'),
    );
    for (const object of [unreadable, unreadableToo, undefined]) {
      assert.deepEqual(await ask({ object }), unavailable('its endpoints cannot be read'));
    }
  });
});

describe('writesEndpoints()', () => {
  it('is for creations and updates of slices and Endpoints', () => {
    assert.ok(writesEndpoints(request({})));
    assert.ok(writesEndpoints(request({ resource: ENDPOINTS, operation: 'UPDATE' })));
    for (const other of [
      { operation: 'DELETE' },
      { subResource: 'status' },
      { resource: { group: '', version: 'v1', resource: 'services' } },
    ] as const) {
      assert.ok(!writesEndpoints(request(other)));
    }
  });
});
