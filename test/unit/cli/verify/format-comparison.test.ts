import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatComparison,
  formatComparisonJson,
} from '../../../../src/cli/verify/format-comparison.ts';

const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const DIFFERS = {
  status: 'known',
  fact: { status: 'differs', paths: ['data.x'], kept: ['data.y'] },
} as const;

test('formatComparison() prints a line for the object and one for each path', () => {
  assert.equal(
    formatComparison({ ...OBJECT, verified: DIFFERS }),
    'ConfigMap shop/a: differs\n  data.x\n  data.y (differed before the request)',
  );
  const fact = { status: 'absent', paths: [], kept: [], reason: 'none\u001b[2J' } as const;
  const cluster = { ...OBJECT, namespace: '' };
  assert.equal(
    formatComparison({ ...cluster, verified: { status: 'known', fact } }),
    'ConfigMap a: absent\n  none\u{FFFD}[2J',
  );
  assert.equal(
    formatComparison({ ...OBJECT, verified: { status: 'unavailable', reason: 'no helm' } }),
    'ConfigMap shop/a: unavailable\n  no helm',
  );
});

test('formatComparisonJson() prints one object on one line', () => {
  assert.equal(
    formatComparisonJson({ ...OBJECT, verified: DIFFERS }),
    '{"apiVersion":"v1","kind":"ConfigMap","namespace":"shop","name":"a","status":"differs","paths":["data.x"],"kept":["data.y"]}',
  );
  assert.equal(
    formatComparisonJson({ ...OBJECT, verified: { status: 'unavailable', reason: 'no helm' } }),
    '{"apiVersion":"v1","kind":"ConfigMap","namespace":"shop","name":"a","status":"unavailable","reason":"no helm"}',
  );
});
