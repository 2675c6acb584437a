import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { findRoot } from '../../../src/ownership/find-root.ts';
import type { ObjectFact } from '../../../src/ownership/object-fact.ts';

const UNMANAGED: ObjectFact = { managed: false, wasManaged: false, self: false, scope: 'none' };
const NONE = { status: 'known', value: null };

interface Made {
  readonly kind: string;
  readonly name: string;
  readonly by?: Made;
  readonly managed?: boolean;
}

const uidOf = ({ kind, name }: Made) => `${kind}-${name}`;

function stored({ by, ...self }: Made): KubernetesObject {
  const reference = by && {
    apiVersion: by.kind === 'Node' ? 'v1' : 'apps/v1',
    kind: by.kind,
    name: by.name,
    uid: uidOf(by),
    controller: true,
  };
  return {
    kind: self.kind,
    metadata: {
      name: self.name,
      uid: uidOf(self),
      ...(reference && { ownerReferences: [{ ...reference, controller: false }, reference] }),
    },
  };
}

/** Looks for the root of an object in a cluster that has all its owners. */
async function find(made: Made, answer?: ObjectLookup) {
  const asked: ObjectReference[] = [];
  const owners: Made[] = [];
  for (let owner = made.by; owner !== undefined; owner = owner.by) owners.push(owner);
  const found = await findRoot(stored(made), {
    namespace: 'shop',
    pluralOf,
    lookupObject: (reference) => {
      asked.push(reference);
      const owner = owners.find(({ kind }) => kind === reference.kind);
      const object = owner && stored(owner);
      const there: ObjectLookup =
        object === undefined ? { status: 'absent' } : { status: 'found', object };
      return Promise.resolve(answer ?? there);
    },
    describe: (object) => {
      const isManaged = owners.some(
        ({ managed, name }) => managed === true && name === object.metadata?.name,
      );
      return isManaged ? { ...UNMANAGED, managed: true, tool: 'flux', app: 'apps' } : UNMANAGED;
    },
  });
  return { found, asked: asked.map(({ resource, name }) => `${resource}/${name}`) };
}

const deployment: Made = { kind: 'Deployment', name: 'checkout', managed: true };
const replicaset: Made = { kind: 'ReplicaSet', name: 'checkout-1', by: deployment };
const pod: Made = { kind: 'Pod', name: 'checkout-1-x', by: replicaset };

test('findRoot() climbs to the managed object at the end of the owners', async () => {
  assert.deepEqual(await find(pod), {
    found: {
      status: 'known',
      value: {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        resource: 'deployments',
        namespace: 'shop',
        name: 'checkout',
        tool: 'flux',
        app: 'apps',
        appNamespace: undefined,
      },
    },
    asked: ['replicasets/checkout-1', 'deployments/checkout'],
  });
});

test('findRoot() finds none where no owner is managed', async () => {
  const by = { ...replicaset, by: { ...deployment, managed: false } };

  assert.deepEqual((await find({ ...pod, by })).found, NONE);
});

test('findRoot() asks nothing about an object without a controller, nor about a node', async () => {
  const none = { found: NONE, asked: [] };

  assert.deepEqual(await find({ kind: 'Pod', name: 'x' }), none);
  assert.deepEqual(await find({ kind: 'Pod', name: 'x', by: { kind: 'Node', name: 'a' } }), none);
});

test('findRoot() does not follow a reference to what is not there, or is another object now', async () => {
  const impostor = { metadata: { uid: 'another' } };

  assert.deepEqual((await find(pod, { status: 'absent' })).found, NONE);
  assert.deepEqual((await find(pod, { status: 'found', object: impostor })).found, NONE);
});

test('findRoot() says when it could not ask', async () => {
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

  assert.deepEqual((await find(pod, away)).found, {
    status: 'unavailable',
    reason: 'it is away',
  });
});

test('findRoot() ends its climb', async () => {
  const chain = ['E', 'D', 'C', 'B', 'A'].reduce<Made>(
    (by, kind) => ({ kind, name: kind.toLowerCase(), by }),
    deployment,
  );

  assert.deepEqual(await find(chain), { found: NONE, asked: ['bs/b', 'cs/c', 'ds/d', 'es/e'] });
});

test('findRoot() ignores owner references that are none', async () => {
  const lookupObject = () => assert.fail('nothing is asked for');
  const search = { namespace: 'shop', pluralOf, lookupObject, describe: () => UNMANAGED };
  for (const ownerReferences of [null, 'x', [null], [{ controller: true, name: 7 }]]) {
    const child = { metadata: { ownerReferences } } as unknown as KubernetesObject;
    assert.deepEqual(await findRoot(child, search), NONE);
  }
});
