import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planFreeze, type FreezeRequest } from '../../../src/freeze/plan-freeze.ts';

const DAY = 86_400_000;
const creation = {
  name: 'freeze-1',
  namespace: 'holdfast-system',
  by: 'alice',
  nowMs: Date.UTC(2026, 10, 30, 12, 0, 0, 400),
  lifetimeMaxMs: 14 * DAY,
};

function plan(asked: Partial<FreezeRequest>) {
  const request = { applications: [], namespaces: [], reason: 'a release', duration: '2h' };
  return planFreeze({ ...request, ...asked }, creation);
}

function problemsOf(asked: Partial<FreezeRequest>): readonly string[] {
  const planned = plan(asked);
  return planned.ok ? [] : planned.problems.map(({ option, problem }) => `${option}: ${problem}`);
}

describe('planFreeze()', () => {
  it('freezes everything where no scope is asked for', () => {
    assert.deepEqual(plan({}), {
      ok: true,
      object: {
        apiVersion: 'holdfast.dev/v1alpha1',
        kind: 'Freeze',
        metadata: { name: 'freeze-1', namespace: 'holdfast-system' },
        spec: { reason: 'a release', by: 'alice', expires: '2026-11-30T14:00:00.000Z' },
      },
    });
  });

  it('takes applications and namespaces', () => {
    const scope = { applications: ['argocd/*-production'], namespaces: ['team-*'] };
    const planned = plan(scope);
    assert.deepEqual(planned.ok && planned.object.spec, {
      reason: 'a release',
      by: 'alice',
      expires: '2026-11-30T14:00:00.000Z',
      ...scope,
    });
  });

  for (const [duration, expires] of [
    ['90m', '2026-11-30T13:30:00.000Z'],
    ['1h', '2026-11-30T13:00:00.000Z'],
    ['14d', '2026-12-14T12:00:00.000Z'],
  ] as const) {
    it(`ends after ${duration}`, () => {
      const planned = plan({ duration });
      assert.equal(planned.ok && planned.object.spec.expires, expires);
    });
  }

  it('names every problem by its option', () => {
    assert.deepEqual(
      problemsOf({ applications: ['checkout'], namespaces: ['A*B'], reason: '', duration: '0h' }),
      [
        'application: Expected NAMESPACE/NAME in lower case, each with at most one "*", as in "argocd/*-production": "checkout"',
        'namespace: Expected the name of a namespace, or its beginning followed by "*", as in "team-*": "A*B"',
        'reason: Expected why nothing may be deployed: it stands in every refusal',
        'for: Expected minutes, hours or days, as in 90m, 2h or 7d, found "0h"',
      ],
    );
  });

  it('keeps to the limits', () => {
    assert.deepEqual(problemsOf({ duration: '15d' }), [
      'for: Expected at most 20160m (freeze.lifetimeMaxMs), found 15d',
    ]);
    assert.deepEqual(problemsOf({ reason: 'x'.repeat(501) }), [
      'reason: Expected at most 500 characters, found 501',
    ]);
    assert.deepEqual(problemsOf({ namespaces: Array.from({ length: 101 }, () => 'a') }), [
      'namespace: Expected it at most 100 times, found 101',
    ]);
  });
});
