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
    const given = { configured: { one: {} }, facts: {} };
    const plan = plans.find('one,two', policies, given);

    assert.deepEqual(plan.pruning, planPruning({ name: true, object: {} }));
    assert.equal(plans.find('one,two', policies, given), plan);
  });

  it('keeps everything for a policy of a bundle that does not say what it reads', () => {
    const policies = [policy('one', { name: true }), policy('two')];

    assert.deepEqual(
      new InputPlans().find('one,two', policies, { configured: {}, facts: {} }).pruning,
      planPruning(true),
    );
  });

  it('plans again what it had to forget', () => {
    const plans = new InputPlans();
    const given = { configured: {}, facts: {} };
    const first = plans.find('0', [policy('0', { name: true })], given);
    for (let index = 1; index <= 1024; index += 1) plans.find(String(index), [], given);

    assert.deepEqual(plans.find('0', [policy('0', { name: true })], given), first);
  });

  it('has of the parameters what the policy reads', () => {
    const reader = sampleDescriptor({ name: 'one', parameterReads: { limit: true } });
    const { parametersJson } = new InputPlans().find('one', [reader], {
      configured: { one: { limit: 1, operators: { issuer: {} } } },
      facts: { actor: { name: 'issuer' } },
    });

    assert.equal(Buffer.from(parametersJson).toString(), '{"one":{"limit":1}}');
  });

  it("has the parameters that are configured now, and a policy's own where none are", () => {
    const plans = new InputPlans();
    const policies = [policy('one'), sampleDescriptor({ name: 'two', parameters: { own: 'ü' } })];
    const textOf = (configured: Parameters<InputPlans['find']>[2]['configured']): string =>
      Buffer.from(
        plans.find('one,two', policies, { configured, facts: {} }).parametersJson,
      ).toString();

    assert.deepEqual([{ one: { limit: 1 } }, { one: { limit: 2 }, two: {} }, {}].map(textOf), [
      '{"one":{"limit":1},"two":{"own":"ü"}}',
      '{"one":{"limit":2},"two":{}}',
      '{"one":{},"two":{"own":"ü"}}',
    ]);
  });

  describe('with a table of which a fact names the entry', () => {
    const parameterLookups = [{ table: ['operators'], fact: ['actor', 'name'] }];
    const reads = { limit: true, operators: {} } as const;
    const operators = JSON.parse('{"issuer":{"rules":[1]},"scaler":{"rules":[2]},"":{}}');
    const policies = [
      sampleDescriptor({ name: 'one', parameterReads: reads, parameterLookups }),
      sampleDescriptor({ name: 'two', parameterReads: {} }),
    ];
    const configured = { one: { limit: 1, operators }, two: { limit: 2, operators } };

    const textFor = (plans: InputPlans, facts: unknown): string =>
      Buffer.from(plans.find('all', policies, { configured, facts }).parametersJson).toString();

    it('has that entry, for the policy that reads it', () => {
      assert.equal(
        textFor(new InputPlans(), { actor: { name: 'issuer' } }),
        '{"one":{"limit":1,"operators":{"issuer":{"rules":[1]}}},"two":{}}',
      );
    });

    it('has none where the fact is absent, names no entry, or is no text', () => {
      const plans = new InputPlans();
      const names = ['jane', 'constructor', '__proto__', ['issuer'], 0, null, undefined];
      const all = [{}, null, { actor: [] }, ...names.map((name) => ({ actor: { name } }))];

      assert.deepEqual(
        [...new Set(all.map((facts) => textFor(plans, facts)))],
        ['{"one":{"limit":1,"operators":{}},"two":{}}'],
      );
    });

    it('plans each entry once', () => {
      const plans = new InputPlans();
      const find = (name: string) =>
        plans.find('all', policies, { configured, facts: { actor: { name } } });

      assert.equal(find('issuer'), find('issuer'));
      assert.notEqual(find('issuer'), find('scaler'));
      assert.equal(find('jane'), find('joe'));
    });

    it('plans an entry again that it had to forget, and those of another configuration', () => {
      const plans = new InputPlans();
      const many = Object.fromEntries(
        Array.from({ length: 300 }, (_, index) => [`o${String(index)}`, index]),
      );
      const given = { configured: { one: { operators: many } } };
      const find = (name: string) =>
        plans.find('all', policies, { ...given, facts: { actor: { name } } });
      const first = find('o0');
      for (const name of Object.keys(many)) find(name);

      assert.deepEqual(find('o0'), first);
      assert.match(textFor(plans, { actor: { name: 'issuer' } }), /"issuer"/u);
    });
  });
});
