import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planReconcile } from '../../../../src/drift/healing/plan-reconcile.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 8);
const metadata = { resourceVersion: '7' };

function plan(spec: object, kind = 'Kustomization', more: object = {}) {
  return planReconcile({ metadata: { ...metadata, ...more }, spec }, kind, NOW_MS);
}

const ASKED = {
  status: 'ask',
  by: 'reconcile',
  patch: {
    metadata: {
      resourceVersion: '7',
      annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-01-05T08:00:00.000Z' },
    },
  },
};

describe('planReconcile', () => {
  it('sets the annotation that `flux reconcile` sets, of this state alone', () => {
    assert.deepEqual(plan({}), ASKED);
    assert.deepEqual(plan({ suspend: false }), ASKED);
  });

  it('waits for what somebody suspended, or is being deleted', () => {
    assert.deepEqual(plan({ suspend: true }), {
      status: 'held',
      reason: 'its Kustomization is suspended',
    });
    assert.deepEqual(plan({}, 'HelmRelease', { deletionTimestamp: '2026-01-05T08:00:00Z' }), {
      status: 'held',
      reason: 'its HelmRelease is being deleted',
    });
  });

  it('asks no HelmRelease that reverts nothing', () => {
    assert.deepEqual(plan({ driftDetection: { mode: 'enabled' } }, 'HelmRelease'), ASKED);
    for (const spec of [{}, { driftDetection: { mode: 'warn' } }, { driftDetection: {} }]) {
      assert.deepEqual(plan(spec, 'HelmRelease'), {
        status: 'refused',
        reason: 'its HelmRelease reverts no drift (spec.driftDetection.mode is not "enabled")',
      });
    }
  });

  it('refuses what it cannot read', () => {
    const reason = 'its Kustomization cannot be read';
    assert.deepEqual(planReconcile({}, 'Kustomization', NOW_MS), { status: 'refused', reason });
  });
});
