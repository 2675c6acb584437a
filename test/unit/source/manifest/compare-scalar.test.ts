import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameScalar, presentValue } from '../../../../src/source/manifest/compare-scalar.ts';

test('presentValue() knows which empty values Go leaves out', () => {
  const zero = { kind: 'scalar', dropsZero: true } as const;
  const kept = { kind: 'scalar', dropsZero: false } as const;
  const list = { kind: 'list', keepsEmpty: false, item: kept, merge: 'atomic' } as const;
  for (const value of ['', 0, false, null, undefined]) {
    assert.equal(presentValue(value, zero), undefined);
  }
  for (const value of ['', 0, false]) assert.equal(presentValue(value, kept), value);
  assert.equal(presentValue([], list), undefined);
  assert.deepEqual(presentValue([], { ...list, keepsEmpty: true }), []);
  assert.equal(presentValue({}, { kind: 'map', keepsEmpty: false, value: kept }), undefined);
  assert.equal(presentValue('', { kind: 'bytes' }), undefined);
  for (const kind of ['quantity', 'time', 'exact', 'untyped'] as const) {
    assert.equal(presentValue('', { kind }), '');
  }
});

test('isSameScalar() compares by what the API server reads', () => {
  const raw = JSON.rawJSON('9007199254740993');
  assert.ok(isSameScalar('YQ==\n', 'YQ==', 'bytes'));
  assert.ok(!isSameScalar('YQ==', 'Yg==', 'bytes'));
  assert.ok(!isSameScalar(1, 'YQ==', 'bytes'));
  assert.ok(isSameScalar('2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', 'time'));
  assert.ok(!isSameScalar('soon', 'later', 'time'));
  assert.ok(!isSameScalar(1, '2026-01-01T00:00:00Z', 'time'));
  assert.ok(isSameScalar('1000m', 1, 'quantity'));
  assert.ok(isSameScalar(9_007_199_254_740_992, raw, 'scalar'));
  assert.ok(!isSameScalar('80', 80, 'scalar'));
});
