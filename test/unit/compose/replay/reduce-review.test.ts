import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reduceReview } from '../../../../src/compose/replay/reduce-review.ts';

function review(object: object, oldObject: object | null = null) {
  return { request: { uid: 'a', object, oldObject } };
}

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'b', labels: { x: '1', y: '2' } },
  spec: { containers: [{ name: 'app' }, { name: 'bad', image: 'x:latest' }, { name: 'c' }] },
  status: { phase: 'Running' },
};

test('reduceReview() leaves what the decision needs, and what names the object', async () => {
  const whole = review(POD, structuredClone(POD));
  const reduced = await reduceReview(whole, (smaller) =>
    Promise.resolve(JSON.stringify(smaller).includes('x:latest')),
  );

  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'b' },
    spec: { containers: [{ image: 'x:latest' }] },
  };
  assert.deepEqual(reduced, review(object, object));
  assert.deepEqual(whole, review(POD, POD));
});

test('reduceReview() leaves everything where every part matters', async () => {
  assert.deepEqual(await reduceReview(review(POD), () => Promise.resolve(false)), review(POD));
});

test('reduceReview() ends after some hundred tries, however large the object is', async () => {
  const data = Object.fromEntries(Array.from({ length: 2000 }, (_, key) => [`k${key}`, 'v']));
  let tries = 0;
  await reduceReview(review({ data }), () => {
    tries += 1;
    return Promise.resolve(false);
  });

  assert.equal(tries, 400);
});

test('reduceReview() finds nothing to take out of what has no objects', async () => {
  for (const odd of [{}, { request: 1 }, { request: { object: 'a' } }]) {
    assert.deepEqual(await reduceReview(odd, () => Promise.resolve(true)), odd);
  }
});
