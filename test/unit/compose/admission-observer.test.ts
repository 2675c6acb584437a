import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/admission/decide.ts';
import { createAdmissionObserver, outcomeOf } from '../../../src/compose/admission-observer.ts';
import { HoldfastError } from '../../../src/errors.ts';
import {
  sampleContext,
  sampleFinding,
  sampleOutcome,
  sampleRequest,
  sampleUnavailable,
} from '../../support/admission-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const allowed = decide([], sampleContext());
const denied = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext({
    facts: { change: { semantic: true, paths: [], protectedKeys: [], truncated: true } },
  }),
);
const unavailable = decide(
  [{ outcome: sampleUnavailable(), mode: 'enforce', failure: 'deny' }],
  sampleContext(),
);
const warned = decide(
  [{ outcome: sampleOutcome({ warn: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext(),
);
const patched = decide(
  [
    {
      outcome: sampleOutcome({ patch: [{ op: 'remove', path: '/a' }] }),
      mode: 'enforce',
      failure: 'deny',
    },
  ],
  sampleContext({ route: 'mutate' }),
);

const audited = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'audit', failure: 'deny' }],
  sampleContext(),
);

describe('outcomeOf()', () => {
  const table = [
    ['validate', allowed, 'allowed'],
    ['validate', denied, 'denied'],
    ['validate', unavailable, 'unavailable'],
    ['validate', warned, 'warned'],
    ['validate', audited, 'audited'],
    ['mutate', patched, 'patched'],
    ['mutate', allowed, 'allowed'],
  ] as const;
  for (const [route, decision, expected] of table) {
    it(`is ${expected} on /${route}`, () => {
      assert.equal(outcomeOf(route, decision), expected);
    });
  }
});

describe('createAdmissionObserver()', () => {
  it('counts decisions, policies and truncated changes', async () => {
    const { metrics, logger, exposed } = recordTelemetry();
    const observer = createAdmissionObserver(metrics, logger);

    observer.decided('validate', sampleRequest(), denied);
    observer.decided('validate', sampleRequest(), allowed);

    assert.deepEqual(await exposed('holdfast_decisions_total'), [
      'holdfast_decisions_total{route="validate",operation="CREATE",decision="denied"} 1',
      'holdfast_decisions_total{route="validate",operation="CREATE",decision="allowed"} 1',
    ]);
    assert.deepEqual(await exposed('holdfast_policy_outcomes_total'), [
      'holdfast_policy_outcomes_total{policy="sample",outcome="denied"} 1',
    ]);
    assert.deepEqual(await exposed('holdfast_changes_truncated_total'), [
      'holdfast_changes_truncated_total 1',
    ]);
    assert.deepEqual(await exposed('holdfast_decision_duration_seconds_count'), [
      'holdfast_decision_duration_seconds_count{route="validate"} 2',
    ]);
  });

  it('counts what the mode enforce would have refused, by policy', async () => {
    const { metrics, logger, exposed } = recordTelemetry();
    const observer = createAdmissionObserver(metrics, logger);

    for (const decision of [audited, denied, allowed, audited]) {
      observer.decided('validate', sampleRequest(), decision);
    }

    assert.deepEqual(await exposed('holdfast_would_deny_total'), [
      'holdfast_would_deny_total{policy="sample"} 2',
    ]);
  });

  it('counts and tells reviews that could not be read', async () => {
    const { metrics, logger, entries, exposed } = recordTelemetry();

    createAdmissionObserver(metrics, logger).rejected('validate', {
      code: 'review_malformed_json',
      message: 'It ends too early',
    });

    assert.deepEqual(await exposed('holdfast_reviews_rejected_total'), [
      'holdfast_reviews_rejected_total{route="validate",code="review_malformed_json"} 1',
    ]);
    assert.deepEqual(entries, [
      {
        level: 'warn',
        message: 'A review could not be read',
        fields: { route: 'validate', code: 'review_malformed_json', reason: 'It ends too early' },
      },
    ]);
  });

  it('tells the cause of a fault to the log, under its code', async () => {
    const { metrics, logger, entries, exposed } = recordTelemetry();
    const observer = createAdmissionObserver(metrics, logger);

    observer.faulted(sampleRequest(), new HoldfastError('record_failed', 'disk full'));
    observer.faulted(sampleRequest(), new TypeError('undefined is not a function'));

    assert.deepEqual(
      entries.map(({ level, fields }) => [level, fields['code'], fields['requestUid']]),
      [
        ['error', 'record_failed', sampleRequest().uid],
        ['error', 'internal_error', sampleRequest().uid],
      ],
    );
    assert.deepEqual(await exposed('holdfast_faults_total'), [
      'holdfast_faults_total{code="record_failed"} 1',
      'holdfast_faults_total{code="internal_error"} 1',
    ]);
  });
});
