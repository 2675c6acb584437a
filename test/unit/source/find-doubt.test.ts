import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDoubt } from '../../../src/source/find-doubt.ts';

test('findDoubt() has none of what was read now', () => {
  for (const operation of ['running', 'deleting', 'idle'] as const) {
    assert.equal(findDoubt({ operation }), undefined);
  }
});

test('findDoubt() lets go on what was running or being deleted', () => {
  assert.equal(findDoubt({ operation: 'running', keptForMs: 4200 }), undefined);
  assert.equal(findDoubt({ operation: 'deleting', keptForMs: 4200 }), undefined);
});

test('findDoubt() takes an idle application of then for none of now', () => {
  assert.deepEqual(findDoubt({ operation: 'idle', keptForMs: 4200 }), {
    status: 'unavailable',
    code: 'hub_unavailable',
    reason: "Argo CD's hub does not answer: 5 s ago, the application was not syncing",
  });
});
