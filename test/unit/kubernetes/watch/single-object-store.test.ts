import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';
import { createSingleObjectStore } from '../../../../src/kubernetes/watch/single-object-store.ts';

const OBJECT: KubernetesObject = { metadata: { name: 'a' } };

it('tells the object of a list, of an event, and that it is gone', () => {
  const told: (KubernetesObject | undefined)[] = [];
  const store = createSingleObjectStore((object) => told.push(object));

  store.beginList();
  store.put(OBJECT);
  store.endList();
  store.remove(OBJECT);
  store.beginList();
  store.endList();
  store.clear();

  assert.deepEqual(told, [OBJECT, OBJECT, undefined, undefined]);
});
