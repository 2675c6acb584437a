import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineFact, type FactQuestion } from '../../../../src/admission/facts/fact.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { sampleActor, sampleObject, sampleRequest } from '../../../support/admission-samples.ts';

const claimed = sampleActor();
const asked: unknown[] = [];
const sample = defineFact('source', {
  needs: ['actor', 'object'],
  gather: (_question, needed) => {
    asked.push(needed);
    return { status: 'known', value: null };
  },
  record: () => ({}),
});

function question(facts: FactQuestion['facts']): FactQuestion {
  return {
    request: sampleRequest(),
    sources: {
      classifyActor: unasked,
      proveActor: unasked,
      describeObject: unasked,
      describeImages: unasked,
      describePlaintext: unasked,
      describeDeletions: unasked,
      describeRollback: unasked,
      describeFreezes: unasked,
      diffChange: unasked,
      readNamespace: unasked,
      readInventory: unasked,
      findSource: unasked,
    },
    claimed,
    facts,
    deadlineAtMs: monotonicMs(1),
  };
}

function unasked(): never {
  throw new Error('Nobody is asked');
}

describe('defineFact()', () => {
  it('gives the gatherer what the fact needs', () => {
    const facts = { actor: claimed, object: sampleObject() };

    assert.deepEqual(sample.gather(question(facts)), { status: 'known', value: null });
    assert.deepEqual(asked, [facts]);
  });

  it('makes a fact unavailable where something that it needs is not known, and asks nobody', () => {
    asked.length = 0;

    assert.deepEqual(sample.gather(question({ actor: claimed })), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'the fact "source" is made from the fact "object", which is not known',
    });
    assert.deepEqual(asked, []);
  });
});
