import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArgocdNotification } from '../../../../src/drift/intake/parse-argocd-notification.ts';
import { sentNotification } from '../../../support/reported-events.ts';

describe('parseArgocdNotification()', () => {
  it('reads what the template sends', () => {
    assert.deepEqual(parseArgocdNotification(sentNotification()), {
      ok: true,
      notification: {
        application: 'checkout',
        namespace: 'argocd',
        sync: 'OutOfSync',
        health: 'Healthy',
        phase: 'Failed',
        revision: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
        message: 'one or more objects failed to apply',
        time: '2026-01-05T08:00:00.000Z',
      },
    });
  });

  it('takes what Argo CD does not know yet for empty', () => {
    assert.deepEqual(parseArgocdNotification({ application: 'a', namespace: 'b', phase: null }), {
      ok: true,
      notification: {
        application: 'a',
        namespace: 'b',
        sync: '',
        health: '',
        phase: '',
        revision: '',
        message: '',
        time: '',
      },
    });
  });

  it('refuses another body', () => {
    assert.deepEqual(parseArgocdNotification({ text: 'checkout is degraded' }), {
      ok: false,
      reason: 'it is not what the template of docs/intake.md sends at "application"',
    });
  });
});
