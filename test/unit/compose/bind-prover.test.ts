import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { clockOf } from '../../support/simulated-time.ts';
import { createNoLookup, type ClusterLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { bindProver } from '../../../src/compose/bind-prover.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import type { ActorFact } from '../../../src/identity/actor.ts';
import { sampleRequest } from '../../support/admission-samples.ts';

const username = 'system:serviceaccount:argocd:controller';
const userInfo = {
  username,
  uid: 'account-1',
  extra: {
    'authentication.kubernetes.io/pod-name': ['controller-0'],
    'authentication.kubernetes.io/pod-uid': ['pod-1'],
  },
};
const actor: ActorFact = {
  class: 'gitops',
  username,
  groups: [],
  name: 'argocd',
  proof: { grade: 'pod-bound', required: 'pod-bound', sufficient: true, reason: 'bound to a pod' },
};
const { identity: nobody, ...defaults } = defaultConfiguration('/');
const identity = {
  ...nobody,
  writers: [
    {
      name: 'argocd',
      username,
      tool: 'argocd',
      proof: 'pod-bound',
      applications: ['*'],
      workload: { kind: 'StatefulSet', name: 'controller' },
    },
  ],
} as const;
const clock = clockOf(() => 0);

test('bindProver() believes a claim where there is no cluster to hold it against', async () => {
  const prove = bindProver({ ...defaults, identity }, { lookup: createNoLookup(), clock });

  const answer = await prove(sampleRequest({ userInfo }), actor, monotonicMs(1000));

  assert.deepEqual(answer, { status: 'known', value: actor });
});

test('bindProver() refutes a claim that the cluster does not bear out', async () => {
  const lookup: ClusterLookup = {
    ...createNoLookup(),
    lookupFresh: () => Promise.resolve({ status: 'absent' }),
  };

  const answer = await bindProver({ ...defaults, identity }, { lookup, clock })(
    sampleRequest({ userInfo }),
    actor,
    monotonicMs(1000),
  );

  assert.equal(answer.status === 'known' && answer.value.proof.sufficient, false);
});

test('bindProver() answers at once for whoever is no writer', () => {
  const prove = bindProver({ ...defaults, identity }, { lookup: createNoLookup(), clock });
  const stranger = { ...userInfo, username: 'system:serviceaccount:shop:robot' };
  const person: ActorFact = { ...actor, class: 'other', username: stranger.username };

  assert.deepEqual(prove(sampleRequest({ userInfo: stranger }), person, monotonicMs(1000)), {
    status: 'known',
    value: person,
  });
});

const operator: ActorFact = { ...actor, class: 'operator', name: 'cert-manager' };

function podLookup(uid: string): ClusterLookup {
  const pod = { metadata: { uid }, spec: { serviceAccountName: 'controller' } };
  const account = { metadata: { uid: 'account-1' } };
  return {
    ...createNoLookup(),
    lookupFresh: ({ resource }) =>
      Promise.resolve({ status: 'found', object: resource === 'pods' ? pod : account }),
  };
}

test('bindProver() knows an operator by its pod that runs', async () => {
  const prove = (uid: string) =>
    bindProver({ ...defaults, identity }, { lookup: podLookup(uid), clock })(
      sampleRequest({ userInfo }),
      operator,
      monotonicMs(1000),
    );

  const [real, forged] = [await prove('pod-1'), await prove('pod-2')];

  assert.deepEqual(real, {
    status: 'known',
    value: { ...operator, credential: { status: 'known', kind: 'token', believed: true } },
  });
  assert.deepEqual(forged, {
    status: 'known',
    value: { ...operator, credential: { status: 'unknown', kind: 'token', believed: false } },
  });
});

test('bindProver() does not believe an operator without the pod that it has shown', async () => {
  const prove = bindProver({ ...defaults, identity }, { lookup: podLookup('pod-1'), clock });
  const legacy: ActorFact = { ...operator, proof: { ...operator.proof, grade: 'legacy' } };
  const ask = (asked: ActorFact) => prove(sampleRequest({ userInfo }), asked, monotonicMs(1000));

  assert.deepEqual(await ask(legacy), { status: 'known', value: legacy });
  await ask(operator);
  const after = await ask(legacy);

  assert.equal(after.status === 'known' && after.value.credential?.believed, false);
});
