import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseComparedObjects } from '../../../../src/cli/verify/parse-compared-objects.ts';

const A = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

function parse(...values: readonly unknown[]) {
  return parseComparedObjects(Buffer.from(values.map((value) => JSON.stringify(value)).join('\n')));
}

test('parseComparedObjects() reads objects, lists and reviews', () => {
  const review = (request: unknown) => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request,
  });
  const list = { apiVersion: 'v1', kind: 'List', items: [A] };
  assert.deepEqual(parse(A, list, review({ object: A, oldObject: A }), review({ object: A })), {
    ok: true,
    objects: [
      { object: A },
      { object: A },
      { object: A, stored: A },
      { object: A, stored: undefined },
    ],
  });
});

test('parseComparedObjects() refuses what holds no object', () => {
  const reason = 'expected objects with apiVersion and kind, or admission reviews';
  for (const value of [
    1,
    {},
    { apiVersion: 'v1' },
    { kind: 'AdmissionReview', request: { oldObject: A } },
    { kind: 'AdmissionReview' },
    { kind: 'List', items: [1] },
  ]) {
    assert.deepEqual(parse(value), { ok: false, reason });
  }
  assert.deepEqual(parseComparedObjects(Buffer.from('# nothing\n')), {
    ok: false,
    reason: 'the file holds no object',
  });
  const damaged = parseComparedObjects(Buffer.from('a: ['));
  assert.ok(!damaged.ok);
  assert.match(damaged.reason, /^line 1, column/u);
});
