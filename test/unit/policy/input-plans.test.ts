import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import { InputPlans } from '../../../src/policy/input-plans.ts';
import { planPruning } from '../../../src/policy/wasm/prune-json.ts';
import type { ValueReads } from '../../../src/policy/value-reads.ts';
import { sampleDescriptor } from '../../support/admission-samples.ts';

function policy(name: string, requestReads?: ValueReads): PolicyDescriptor {
  return sampleDescriptor({ name, requestReads });
}

describe('InputPlans', () => {
  it('keeps what any of the policies reads, planned once', () => {
    const plans = new InputPlans();
    const policies = [policy('one', { name: true }), policy('two', { object: {} })];
    const configured = { one: {} };
    const plan = plans.find('one,two', policies, configured);

    assert.deepEqual(plan.pruning, planPruning({ name: true, object: {} }));
    assert.equal(plans.find('one,two', policies, configured), plan);
  });

  it('keeps everything for a policy of a bundle that does not say what it reads', () => {
    const policies = [policy('one', { name: true }), policy('two')];

    assert.deepEqual(new InputPlans().find('one,two', policies, {}).pruning, planPruning(true));
  });

  it('plans again what it had to forget', () => {
    const plans = new InputPlans();
    const configured = {};
    const first = plans.find('0', [policy('0', { name: true })], configured);
    for (let index = 1; index <= 1024; index += 1) plans.find(String(index), [], configured);

    assert.deepEqual(plans.find('0', [policy('0', { name: true })], configured), first);
  });

  it('has of the parameters what the policy reads', () => {
    const reader = sampleDescriptor({ name: 'one', parameterReads: { limit: true } });
    const { parametersJson } = new InputPlans().find('one', [reader], {
      one: { limit: 1, operators: { issuer: {} } },
    });

    assert.equal(Buffer.from(parametersJson).toString(), '{"one":{"limit":1}}');
  });

  it("has the parameters that are configured now, and a policy's own where none are", () => {
    const plans = new InputPlans();
    const policies = [policy('one'), sampleDescriptor({ name: 'two', parameters: { own: 'ü' } })];
    const textOf = (configured: Parameters<InputPlans['find']>[2]): string =>
      Buffer.from(plans.find('one,two', policies, configured).parametersJson).toString();

    assert.deepEqual([{ one: { limit: 1 } }, { one: { limit: 2 }, two: {} }, {}].map(textOf), [
      '{"one":{"limit":1},"two":{"own":"ü"}}',
      '{"one":{"limit":2},"two":{}}',
      '{"one":{},"two":{"own":"ü"}}',
    ]);
  });
});
