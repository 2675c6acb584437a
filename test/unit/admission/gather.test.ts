import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { decide } from '../../../src/admission/decide.ts';
import { evaluate } from '../../../src/admission/evaluate.ts';
import { gather, type GatherOptions } from '../../../src/admission/gather.ts';
import type { FactSources } from '../../../src/admission/facts/fact-sources.ts';
import type { ChangeFact } from '../../../src/ownership/change.ts';
import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import {
  sampleActor,
  sampleContext,
  sampleDescriptor,
  sampleObject,
  sampleRequest,
  sampleSettings,
} from '../../support/admission-samples.ts';

const actor = sampleActor();
const cluster = { name: 'prod-eu-1', frozen: false };
const change: ChangeFact = { semantic: true, paths: [], protectedKeys: [], truncated: false };
const source = {
  repository: 'git://src',
  revision: 'main',
  path: 'shop',
  inlineManifests: false,
  operation: 'idle',
} as const;
const unavailableObject = {
  status: 'unavailable',
  code: 'fact_unavailable',
  reason: 'the API server did not answer',
} as const;

function sources(overrides: Partial<FactSources> = {}): FactSources {
  return {
    classifyActor: () => actor,
    proveActor: () => ({ status: 'known', value: actor }),
    describeObject: () => ({ status: 'known', value: sampleObject() }),
    describeImages: () => ({ status: 'known', value: [] }),
    describeDeletions: () => ({ status: 'known', value: null }),
    describeRollback: () => ({ status: 'known', value: null }),
    describeFreezes: () => ({ status: 'known', value: { freezes: [], isRevert: false } }),
    describePlaintext: () => ({
      status: 'known',
      value: { credentials: [], isTruncated: false, secretKeys: [] },
    }),
    diffChange: () => change,
    readNamespace: () => ({ status: 'known', value: null }),
    readInventory: () => ({ status: 'known', value: { cluster: {}, namespace: {} } }),
    findSource: () => Promise.resolve({ status: 'known', value: source }),
    ...overrides,
  };
}

function options(
  policies: readonly PolicyDescriptor[],
  overrides: Partial<FactSources> = {},
): GatherOptions {
  return {
    sources: sources(overrides),
    cluster,
    matchPolicies: () => policies,
    deadlineAtMs: monotonicMs(5000),
    alwaysNeeded: [],
  };
}

function refuseToBeAsked(): never {
  throw new Error('This fact must not be gathered');
}

describe('gather()', () => {
  it('asks for nothing but the actor where no policy matches', async () => {
    const gathered = await gather(
      sampleRequest(),
      options([], { describeObject: refuseToBeAsked, diffChange: refuseToBeAsked }),
    );

    assert.deepEqual(gathered, { facts: { actor, cluster }, policies: [], unavailable: [] });
  });

  it('gathers only the facts that a matching policy reads', async () => {
    const policy = sampleDescriptor({ facts: ['actor'] });

    const gathered = await gather(
      sampleRequest(),
      options([policy], { describeObject: refuseToBeAsked, findSource: refuseToBeAsked }),
    );

    assert.deepEqual(gathered, { facts: { actor, cluster }, policies: [policy], unavailable: [] });
  });

  it('gathers every fact that is read', async () => {
    const policy = sampleDescriptor({ facts: ['actor', 'object', 'change', 'source'] });

    const gathered = await gather(sampleRequest(), options([policy]));

    assert.deepEqual(gathered.facts, { actor, cluster, object: sampleObject(), change, source });
  });

  it('gathers facts that are only optional', async () => {
    const policy = sampleDescriptor({ facts: ['change'], optionalFacts: ['source'] });

    const gathered = await gather(sampleRequest(), options([policy]));

    assert.deepEqual(gathered.facts, { actor, cluster, object: sampleObject(), change, source });
  });

  it('gathers what the caller always needs', async () => {
    const policy = sampleDescriptor();

    const gathered = await gather(sampleRequest(), {
      ...options([policy]),
      alwaysNeeded: ['object'],
    });

    assert.deepEqual(gathered.facts, { actor, cluster, object: sampleObject() });
  });

  it('drops managed-only policies for an object that is and was unmanaged', async () => {
    const managedOnly = sampleDescriptor({ name: 'managed', match: { managedOnly: true } });
    const other = sampleDescriptor({ name: 'other' });
    const object = sampleObject({ managed: false, wasManaged: false, scope: 'none' });

    const gathered = await gather(
      sampleRequest(),
      options([managedOnly, other], { describeObject: () => ({ status: 'known', value: object }) }),
    );

    assert.deepEqual(gathered.policies, [other]);
  });

  it('keeps managed-only policies where only the old object was managed', async () => {
    const policy = sampleDescriptor({ match: { managedOnly: true } });
    const object = sampleObject({ managed: false, wasManaged: true });

    const gathered = await gather(
      sampleRequest(),
      options([policy], { describeObject: () => ({ status: 'known', value: object }) }),
    );

    assert.deepEqual(gathered.policies, [policy]);
  });

  it('gathers nothing for policies that are off by labels', async () => {
    const off = sampleDescriptor({ name: 'off', facts: ['change', 'source'] });
    const on = sampleDescriptor({ name: 'on' });
    const labels = { stage: 'dev' };
    const settings = sampleSettings({
      readsLabels: () => true,
      settingOf: ({ name }) => ({ mode: name === 'off' ? 'off' : 'enforce', failure: 'deny' }),
    });

    const gathered = await gather(sampleRequest(), {
      ...options([off, on], {
        readNamespace: () => ({ status: 'known', value: { metadata: { labels } } }),
        diffChange: refuseToBeAsked,
        findSource: refuseToBeAsked,
      }),
      settings,
    });

    assert.deepEqual(gathered, {
      facts: { actor, cluster, object: sampleObject() },
      policies: [on],
      unavailable: [],
      place: { namespace: 'shop', labels: [labels] },
    });
  });

  it('lets no policy reach an exempt object', async () => {
    const object = sampleObject({ managed: false, wasManaged: false, scope: 'exempt' });

    const gathered = await gather(
      sampleRequest(),
      options([sampleDescriptor({ facts: ['object'] })], {
        describeObject: () => ({ status: 'known', value: object }),
      }),
    );

    assert.deepEqual(gathered, {
      facts: { actor, object, cluster },
      policies: [],
      unavailable: [],
    });
  });

  it('keeps managed-only policies where nobody can say whether the object is managed', async () => {
    const policy = sampleDescriptor({ match: { managedOnly: true } });

    const gathered = await gather(
      sampleRequest(),
      options([policy], { describeObject: () => Promise.resolve(unavailableObject) }),
    );

    assert.deepEqual(gathered, {
      facts: { actor, cluster },
      policies: [policy],
      unavailable: [
        { fact: 'object', code: 'fact_unavailable', reason: 'the API server did not answer' },
      ],
    });
  });

  it('says that the source is unavailable where the object is', async () => {
    const gathered = await gather(
      sampleRequest(),
      options([sampleDescriptor({ facts: ['source'] })], {
        describeObject: () => unavailableObject,
        findSource: refuseToBeAsked,
      }),
    );

    assert.deepEqual(gathered.unavailable, [
      { fact: 'object', code: 'fact_unavailable', reason: 'the API server did not answer' },
      {
        fact: 'source',
        code: 'fact_unavailable',
        reason: 'the fact "source" is made from the fact "object", which is not known',
      },
    ]);
  });
});

describe('gather() of a fact that is not known', () => {
  it('lets an enforcing policy that needs it refuse what it cannot judge', async () => {
    const policy = sampleDescriptor({ facts: ['actor'] });
    const unavailable = {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'none',
    } as const;
    const gathered = await gather(
      sampleRequest(),
      options([policy], { proveActor: () => unavailable }),
    );
    const judged = await evaluate(gathered, {
      engine: { revision: '', descriptors: [], evaluate: refuseToBeAsked },
      requestJson: Buffer.from('{}'),
      cause: { username: 'jane', namespace: 'shop', resource: 'deployments.apps' },
      parameters: {},
      deadlineAtMs: monotonicMs(5000),
    });
    const [first] = judged;
    assert.ok(first !== undefined);
    const { outcome } = first;

    const decision = decide([{ outcome, mode: 'enforce', failure: 'deny' }], sampleContext());

    assert.deepEqual(
      [decision.allowed, decision.code, decision.httpStatus],
      [false, 'fact_unavailable', 503],
    );
  });

  it('takes the absence of a grant for an answer', async () => {
    const policy = sampleDescriptor({ facts: ['grant'] });

    const gathered = await gather(sampleRequest(), options([policy]));

    assert.deepEqual([gathered.facts, gathered.unavailable], [{ actor, cluster }, []]);
  });
});

describe('gather() with a writer whose pod cannot be looked up', () => {
  it('makes the readers of the actor unavailable, and never calls the writer proven', async () => {
    const policy = sampleDescriptor({ facts: ['actor'] });
    const unavailable = { code: 'lookup_timed_out', reason: 'no answer' } as const;

    const gathered = await gather(
      sampleRequest(),
      options([policy], { proveActor: () => ({ status: 'unavailable', ...unavailable }) }),
    );

    assert.deepEqual(gathered.unavailable, [{ fact: 'actor', ...unavailable }]);
    assert.deepEqual(gathered.facts.actor?.proof, {
      ...actor.proof,
      sufficient: false,
      reason: 'the cluster did not say whether its pod is there',
    });
  });
});
