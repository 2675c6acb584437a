import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FACTS, planGathering, recordFacts } from '../../../../src/admission/facts/registry.ts';
import { FACT_NAMES } from '../../../../src/policy/fact-names.ts';
import { sampleActor, sampleObject } from '../../../support/admission-samples.ts';

const change = { semantic: true, paths: [], protectedKeys: [], truncated: false };

describe('the registry of facts', () => {
  it('has a row for every name that policies may declare', () => {
    assert.deepEqual(Object.keys(FACTS).toSorted(), [...FACT_NAMES].toSorted());
  });
});

describe('planGathering()', () => {
  it('puts each fact behind what it is made from, once', () => {
    assert.deepEqual(planGathering(['source']), ['actor', 'object', 'source']);
    assert.deepEqual(planGathering(['source', 'change', 'object']), [
      'actor',
      'object',
      'source',
      'change',
    ]);
  });

  it('plans one alone as among others', () => {
    for (const name of FACT_NAMES) {
      assert.deepEqual(planGathering([name]), planGathering([name, name]));
      assert.equal(planGathering([name]).at(-1), name);
    }
  });

  it('plans nothing for nothing', () => {
    assert.deepEqual(planGathering([]), []);
  });
});

describe('recordFacts()', () => {
  it('keeps of each fact what a record tells', () => {
    const actor = sampleActor();
    const object = sampleObject({ tool: 'argocd', app: 'checkout' });
    const grant = { id: 'G', namesResource: true };

    assert.deepEqual(recordFacts({ actor, object, change, source: null, grant }), {
      actor: { class: actor.class, proof: actor.proof },
      managedBy: { tool: 'argocd', app: 'checkout' },
      change,
    });
  });

  it('keeps nothing of what is not known, and no manager of what nobody manages', () => {
    assert.deepEqual(recordFacts({}), {});
    assert.deepEqual(recordFacts({ object: sampleObject({ tool: undefined }) }), {});
  });
});
