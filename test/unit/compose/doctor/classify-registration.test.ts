import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyRegistration } from '../../../../src/compose/doctor/classify-registration.ts';
import type { RegisteredWebhook } from '../../../../src/compose/doctor/registered-webhook.ts';

const DRIFT: RegisteredWebhook = {
  name: 'drift.holdfast.dev',
  failurePolicy: 'Fail',
  timeoutSeconds: 10,
  clientConfig: {},
  rules: [],
};
const FACTS = {
  expected: [DRIFT.name],
  closed: [DRIFT.name],
  isTrial: false,
  requestDeadlineMs: 9000,
};

const TABLE: readonly (readonly [string, readonly RegisteredWebhook[], readonly string[]])[] = [
  ['is as it should be', [DRIFT], ['registration_present ok']],
  ['is not there', [], ['registration_absent failed']],
  ['lacks a webhook', [{ ...DRIFT, name: 'other.holdfast.dev' }], ['webhook_absent failed']],
  ['lets through', [{ ...DRIFT, failurePolicy: 'Ignore' }], ['webhook_open warning']],
  ['waits too short', [{ ...DRIFT, timeoutSeconds: 9 }], ['webhook_timeout_short failed']],
];

describe('classifyRegistration()', () => {
  for (const [what, webhooks, expected] of TABLE) {
    it(`says of a registration that ${what}: ${expected.join(', ')}`, () => {
      const findings = classifyRegistration({ ...FACTS, webhooks });

      assert.deepEqual(
        findings.map(({ code, status }) => `${code} ${status}`),
        expected,
      );
      assert.ok(
        findings.every(({ status, remedy }) => (status === 'ok') === (remedy === undefined)),
      );
    });
  }

  it('finds nothing in a trial, in which all is let through', () => {
    const webhooks: readonly RegisteredWebhook[] = [{ ...DRIFT, failurePolicy: 'Ignore' }];

    const [finding] = classifyRegistration({ ...FACTS, closed: [], webhooks });

    assert.equal(finding?.code, 'registration_present');
  });

  it('warns of a trial that can hurt', () => {
    const [finding] = classifyRegistration({
      ...FACTS,
      isTrial: true,
      closed: [],
      webhooks: [DRIFT],
    });

    assert.deepEqual([finding?.code, finding?.status], ['webhook_closed', 'warning']);
  });
});
