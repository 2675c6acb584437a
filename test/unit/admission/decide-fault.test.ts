import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultDecision, refuseWithoutVerdict } from '../../../src/admission/decide-fault.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { SAMPLE_ID, sampleContext } from '../../support/admission-samples.ts';

describe('faultDecision()', () => {
  it('refuses with the code of a known fault', () => {
    const fault = new HoldfastError('request_deadline_exceeded', 'too late');

    const decision = faultDecision(fault, sampleContext());

    assert.deepEqual(decision, {
      id: SAMPLE_ID,
      allowed: false,
      code: 'request_deadline_exceeded',
      httpStatus: 503,
      message:
        'The review could not be judged before the API server gives up\n' +
        'Try again; raise the webhook timeout if it happens often\n' +
        `(request_deadline_exceeded, cluster prod-eu-1, decision ${SAMPLE_ID})`,
      warnings: [],
      patch: [],
      policies: [],
      dryRun: false,
      cluster: 'prod-eu-1',
      policyRevision: 'sha256:abc',
      decidedAtMs: 1002,
      durationMs: 2,
      timings: undefined,
      facts: {},
    });
  });

  it('does not tell the caller what an unknown fault said', () => {
    const decision = faultDecision(new TypeError('password=hunter2'), sampleContext());

    assert.equal(decision.allowed, false);
    assert.equal(decision.code, 'internal_error');
    assert.doesNotMatch(decision.message, /hunter2/u);
  });

  it('leaves the refusal to /validate on /mutate', () => {
    assert.equal(faultDecision(undefined, sampleContext({ route: 'mutate' })).allowed, true);
  });
});

describe('refuseWithoutVerdict()', () => {
  it('answers 500 for a code without a status', () => {
    const decision = refuseWithoutVerdict('configuration_reload_failed', sampleContext());

    assert.equal(decision.httpStatus, 500);
  });
});
