import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  classifyFalcoEvent,
  classifyNotification,
  classifyPlan,
} from '../../../../src/drift/intake/classify-report.ts';

describe('classifyFalcoEvent()', () => {
  for (const [priority, expected] of [
    ['Emergency', 'runtime_attack'],
    ['Error', 'runtime_attack'],
    ['Warning', 'runtime_suspicion'],
    ['Notice', 'runtime_suspicion'],
    ['Informational', undefined],
  ] as const) {
    it(`takes ${priority} for ${expected ?? 'nothing'}, where Notice is asked for`, () => {
      assert.equal(classifyFalcoEvent({ priority }, 'Notice'), expected);
    });
  }
});

describe('classifyNotification()', () => {
  const well = {
    application: 'a',
    namespace: 'b',
    sync: 'Synced',
    health: 'Healthy',
    phase: 'Succeeded',
    revision: '',
    message: '',
    time: '',
  };
  for (const [more, expected] of [
    [{}, undefined],
    [{ sync: '', health: '', phase: '' }, undefined],
    [{ phase: 'Failed', health: 'Degraded' }, 'application_sync_failed'],
    [{ phase: 'Error' }, 'application_sync_failed'],
    [{ health: 'Degraded', sync: 'OutOfSync' }, 'application_degraded'],
    [{ health: 'Missing' }, 'application_degraded'],
    [{ health: 'Progressing' }, undefined],
    [{ sync: 'OutOfSync' }, 'application_out_of_sync'],
    [{ sync: 'OutOfSync', phase: 'Running' }, undefined],
  ] as const) {
    it(`takes ${JSON.stringify(more)} for ${expected ?? 'nothing'}`, () => {
      assert.equal(classifyNotification({ ...well, ...more }), expected);
    });
  }
});

describe('classifyPlan()', () => {
  it('takes for drift what others have changed, and not what the plan would change', () => {
    const change = {
      address: 'a.b',
      type: 'a',
      action: 'update',
      attributes: [],
      isTruncated: false,
    } as const;
    assert.equal(classifyPlan({ drift: [change] }), 'terraform_drift_found');
    assert.equal(classifyPlan({ drift: [] }), undefined);
  });
});
