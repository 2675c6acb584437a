import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { evaluate as judge } from '../../../src/admission/evaluate.ts';
import type { EvaluationInput, PolicyEngine } from '../../../src/admission/ports.ts';
import type { PolicyOutcome } from '../../../src/policy/outcome.ts';
import { sampleDescriptor, sampleOutcome } from '../../support/admission-samples.ts';

const facts = { cluster: { name: 'prod-eu-1', frozen: false } };
const readsObject = sampleDescriptor({ name: 'reads_object', facts: ['object'] });
const readsNothing = sampleDescriptor({ name: 'reads_nothing' });
const managedOnly = sampleDescriptor({ name: 'managed_only', match: { managedOnly: true } });
const unavailable = [{ fact: 'object', code: 'fact_unavailable', reason: 'no answer' }] as const;

function engine(answer: (input: EvaluationInput) => readonly PolicyOutcome[]): PolicyEngine {
  return {
    revision: 'sha256:abc',
    descriptors: [],
    evaluate: (input) => Promise.resolve(answer(input)),
  };
}

const CAUSE = { username: 'jane', namespace: 'shop', resource: 'deployments.apps' };

function answerAll({ policies }: EvaluationInput): readonly PolicyOutcome[] {
  return policies.map(({ name }) => sampleOutcome({ policy: name }));
}

function options(port: PolicyEngine): Parameters<typeof judge>[1] {
  return {
    engine: port,
    requestJson: Buffer.from('{}'),
    cause: CAUSE,
    parameters: {},
    deadlineAtMs: monotonicMs(5000),
  };
}

/** The outcomes; each stands beside its policy. */
async function evaluate(...asked: Parameters<typeof judge>): Promise<readonly PolicyOutcome[]> {
  const judged = await judge(...asked);
  assert.deepEqual(
    judged.map(({ policy }) => policy),
    asked[0].policies,
  );
  return judged.map(({ outcome }) => outcome);
}

describe('evaluate()', () => {
  it('asks the engine once, for all policies', async () => {
    const asked: EvaluationInput[] = [];
    const port = engine((input) => {
      asked.push(input);
      return answerAll(input);
    });

    const outcomes = await evaluate(
      { facts, policies: [readsObject, readsNothing], unavailable: [] },
      options(port),
    );

    assert.deepEqual(asked, [
      {
        policies: [readsObject, readsNothing],
        requestJson: Buffer.from('{}'),
        cause: CAUSE,
        facts,
        parameters: {},
        deadlineAtMs: monotonicMs(5000),
      },
    ]);
    assert.deepEqual(outcomes, [
      sampleOutcome({ policy: 'reads_object' }),
      sampleOutcome({ policy: 'reads_nothing' }),
    ]);
  });

  it('asks a policy about managed objects, whatever else could not be had than the object', async () => {
    const away = [{ ...unavailable[0], fact: 'namespace' }] as const;
    const outcomes = await evaluate(
      { facts, policies: [managedOnly], unavailable: away },
      options(engine(answerAll)),
    );

    assert.deepEqual(outcomes, [sampleOutcome({ policy: 'managed_only' })]);
  });

  it('answers for policies whose facts could not be had, and asks only the others', async () => {
    const outcomes = await evaluate(
      { facts, policies: [readsObject, readsNothing, managedOnly], unavailable },
      options(engine(answerAll)),
    );

    assert.deepEqual(outcomes, [
      {
        status: 'unavailable',
        policy: 'reads_object',
        code: 'fact_unavailable',
        reason: 'no answer',
      },
      sampleOutcome({ policy: 'reads_nothing' }),
      {
        status: 'unavailable',
        policy: 'managed_only',
        code: 'fact_unavailable',
        reason: 'no answer',
      },
    ]);
  });

  it('asks a policy for which the missing fact is only optional', async () => {
    const policy = sampleDescriptor({ name: 'optional', optionalFacts: ['object'] });

    const outcomes = await evaluate(
      { facts, policies: [policy], unavailable },
      options(engine(answerAll)),
    );

    assert.deepEqual(outcomes, [sampleOutcome({ policy: 'optional' })]);
  });

  it('does not ask a policy whose parameters nobody can tell', async () => {
    const asked: string[] = [];
    const port = engine((input) => {
      asked.push(...input.policies.map(({ name }) => name));
      return answerAll(input);
    });

    const outcomes = await evaluate(
      { facts, policies: [readsObject, readsNothing], unavailable: [] },
      { ...options(port), withoutParameters: new Set(['reads_object']) },
    );

    assert.deepEqual(asked, ['reads_nothing']);
    assert.deepEqual(outcomes, [
      {
        status: 'unavailable',
        policy: 'reads_object',
        code: 'fact_unavailable',
        reason: 'its parameters depend on the labels of the namespace, and nobody could read these',
      },
      sampleOutcome({ policy: 'reads_nothing' }),
    ]);
  });

  it('does not call the engine where no policy can be evaluated', async () => {
    const outcomes = await evaluate(
      { facts, policies: [readsObject], unavailable },
      options(
        engine(() => {
          throw new Error('The engine must not be asked');
        }),
      ),
    );

    assert.equal(outcomes[0]?.status, 'unavailable');
  });

  for (const [name, answer] of [
    ['fewer outcomes than policies', () => []],
    ['outcomes of another policy', () => [sampleOutcome({ policy: 'stranger' })]],
  ] as const) {
    it(`takes ${name} for unavailable, never for an allow`, async () => {
      const outcomes = await evaluate(
        { facts, policies: [readsNothing], unavailable: [] },
        options(engine(answer)),
      );

      assert.deepEqual(outcomes, [
        {
          status: 'unavailable',
          policy: 'reads_nothing',
          code: 'policy_evaluation_failed',
          reason: 'the policy engine gave no answer for this policy',
        },
      ]);
    });
  }
});
