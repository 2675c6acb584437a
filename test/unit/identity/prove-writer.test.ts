import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { clockOf } from '../../support/simulated-time.ts';
import type { ActorFact } from '../../../src/identity/actor.ts';
import {
  createWriterProver,
  type WriterProver,
  type WriterWorkload,
} from '../../../src/identity/prove-writer.ts';

const DEADLINE = monotonicMs(5000);
const username = 'system:serviceaccount:argocd:controller';
const user = {
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
const proven = {
  status: 'known',
  value: {
    ...actor,
    proof: { ...actor.proof, reason: 'its token is bound to a pod that runs in the cluster' },
  },
};

function refuted(reason: string) {
  const proof = { grade: 'none', required: 'pod-bound', sufficient: false, reason };
  return { status: 'known', value: { ...actor, proof } };
}

function ownedBy(kind: string, name: string, uid: string) {
  return [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }];
}

function podOf(ownerReferences: ReturnType<typeof ownedBy>) {
  return {
    metadata: { uid: 'pod-1', ownerReferences },
    spec: { serviceAccountName: 'controller' },
  };
}

function replicaSetOf(uid: string, deploymentUid: string) {
  return {
    metadata: { uid, ownerReferences: ownedBy('Deployment', 'controller', deploymentUid) },
  };
}

const pod = podOf(ownedBy('StatefulSet', 'controller', 'set-1'));
const objects: Readonly<Record<string, unknown>> = {
  'pods/controller-0': pod,
  'serviceaccounts/controller': { metadata: { uid: 'account-1' } },
  'statefulsets/controller': { metadata: { uid: 'set-1' } },
};
const deployed: Readonly<Record<string, unknown>> = {
  ...objects,
  'pods/controller-0': podOf(ownedBy('ReplicaSet', 'controller-abc', 'rs-1')),
  'replicasets/controller-abc': replicaSetOf('rs-1', 'dep-1'),
  'deployments/controller': { metadata: { uid: 'dep-1' } },
};

const OUTAGE = { status: 'unavailable', code: 'lookup_timed_out', reason: 'no answer' } as const;

interface World {
  readonly objects?: Readonly<Record<string, unknown>>;
  readonly workload?: WriterWorkload;
  readonly failing?: string;
  readonly installationNamespaces?: readonly string[];
}

function proverOf(world: World): {
  readonly prove: WriterProver;
  readonly asked: string[];
  readonly time: { nowMs: number };
} {
  const { objects: stored = objects, workload, installationNamespaces = ['argocd'] } = world;
  const asked: string[] = [];
  const time = { nowMs: 0 };
  const prove = createWriterProver({
    installationNamespaces: new Set(installationNamespaces),
    workloads: new Map(workload === undefined ? [] : [['argocd', workload]]),
    lookupFresh: ({ resource, name, namespace }) => {
      assert.equal(namespace, 'argocd');
      const key = `${resource}/${name}`;
      asked.push(key);
      if (key === world.failing) return Promise.resolve(OUTAGE);
      const object = stored[key];
      return Promise.resolve(
        object === undefined ? { status: 'absent' } : { status: 'found', object },
      );
    },
    clock: clockOf(() => time.nowMs),
    proofCacheMs: 1000,
    proofGraceMs: 5000,
    proofCacheEntriesMax: 10,
  });
  return { prove, asked, time };
}

const STATEFUL_SET: WriterWorkload = { kind: 'StatefulSet', name: 'controller' };
const DEPLOYMENT: WriterWorkload = { kind: 'Deployment', name: 'controller' };

describe('createWriterProver()', () => {
  it('answers at once for whoever is no writer or shows no pod', () => {
    const { prove, asked } = proverOf({});
    const unbound: ActorFact = { ...actor, proof: { ...actor.proof, grade: 'unbound' } };
    const stranger = { ...user, username: 'system:serviceaccount:shop:robot' };
    const person: ActorFact = { ...actor, class: 'other', username: stranger.username };

    assert.deepEqual(prove(user, unbound, DEADLINE), { status: 'known', value: unbound });
    assert.deepEqual(prove(stranger, person, DEADLINE), { status: 'known', value: person });
    assert.deepEqual(asked, []);
  });

  it('holds the other accounts of the installation against their pods, too', async () => {
    const { required: _, ...proof } = actor.proof;
    const server: ActorFact = { ...actor, name: undefined, class: 'other', proof };
    const gone = { objects: { ...objects, 'pods/controller-0': undefined } };

    assert.equal((await proverOf({}).prove(user, server, DEADLINE)).status, 'known');
    assert.deepEqual(await proverOf(gone).prove(user, server, DEADLINE), {
      status: 'known',
      value: {
        ...server,
        proof: {
          grade: 'none',
          required: undefined,
          sufficient: true,
          reason: 'pod "controller-0" is not there',
        },
      },
    });
  });

  it('holds a writer against its pod in a namespace of no installation, too', async () => {
    const world = { objects: { ...objects, 'pods/controller-0': undefined } };
    const { prove } = proverOf({ ...world, installationNamespaces: [] });

    assert.deepEqual(
      await prove(user, actor, DEADLINE),
      refuted('pod "controller-0" is not there'),
    );
  });

  it('believes a token whose pod and account are there', async () => {
    assert.deepEqual(await proverOf({}).prove(user, actor, DEADLINE), proven);
  });

  it('believes a pod of the configured StatefulSet', async () => {
    const { prove } = proverOf({ workload: STATEFUL_SET });

    assert.deepEqual(await prove(user, actor, DEADLINE), proven);
  });

  it('believes a pod of the configured Deployment, through its ReplicaSet', async () => {
    const { prove } = proverOf({ objects: deployed, workload: DEPLOYMENT });

    assert.deepEqual(await prove(user, actor, DEADLINE), proven);
  });

  it('asks once for a token that matched, until the cache has aged', async () => {
    const { prove, asked, time } = proverOf({});

    await prove(user, actor, DEADLINE);
    assert.deepEqual(prove(user, actor, DEADLINE), proven);
    assert.equal(asked.length, 2);
    time.nowMs = 1001;
    await prove(user, actor, DEADLINE);

    assert.equal(asked.length, 4);
  });

  it('believes a pod that was in order minutes ago while the cluster does not answer, and no longer', async () => {
    const world: { failing?: string } = {};
    const { prove, time } = proverOf(world);
    await prove(user, actor, DEADLINE);
    world.failing = 'pods/controller-0';

    time.nowMs = 4999;
    assert.deepEqual(await prove(user, actor, monotonicMs(9000)), proven);
    time.nowMs = 5000;
    assert.equal((await prove(user, actor, monotonicMs(9000))).status, 'unavailable');
  });

  it('does not believe a pod that was in order once it is known to be gone', async () => {
    const stored: Record<string, unknown> = { ...objects };
    const { prove, time } = proverOf({ objects: stored });
    await prove(user, actor, DEADLINE);
    stored['pods/controller-0'] = undefined;

    time.nowMs = 1001;

    assert.deepEqual(
      await prove(user, actor, monotonicMs(9000)),
      refuted('pod "controller-0" is not there'),
    );
  });

  it('excuses no pod that is known to be gone, when the cluster falls silent after that', async () => {
    const stored: Record<string, unknown> = { ...objects };
    const world: { objects: Record<string, unknown>; failing?: string } = { objects: stored };
    const { prove, time } = proverOf(world);
    await prove(user, actor, DEADLINE);
    stored['pods/controller-0'] = undefined;
    time.nowMs = 1001;
    await prove(user, actor, monotonicMs(9000));
    world.failing = 'pods/controller-0';

    assert.equal((await prove(user, actor, monotonicMs(9000))).status, 'unavailable');
  });

  it('keeps no refutation: a controller that has just started is believed at the next request', async () => {
    const stored: Record<string, unknown> = { ...objects, 'pods/controller-0': undefined };
    const { prove } = proverOf({ objects: stored });

    assert.deepEqual(
      await prove(user, actor, DEADLINE),
      refuted('pod "controller-0" is not there'),
    );
    stored['pods/controller-0'] = pod;

    assert.deepEqual(await prove(user, actor, DEADLINE), proven);
  });

  const strangers: readonly (readonly [string, object])[] = [
    ['is released by its workload', { metadata: { uid: 'pod-1', ownerReferences: [] } }],
    [
      'is given to another workload',
      { metadata: { uid: 'pod-1', ownerReferences: ownedBy('X', 'x', 'x') } },
    ],
    ['is relabelled', { metadata: { ...pod.metadata, labels: {} } }],
    ['is said to have failed', { status: { phase: 'Failed' } }],
  ];
  for (const [what, change] of strangers) {
    it(`believes a pod that has proven itself and ${what}`, async () => {
      const stored: Record<string, unknown> = { ...objects };
      const { prove, time } = proverOf({ objects: stored, workload: STATEFUL_SET });
      await prove(user, actor, DEADLINE);
      stored['pods/controller-0'] = { ...pod, ...change };

      time.nowMs = 12 * 60 * 60 * 1000;
      assert.deepEqual(await prove(user, actor, monotonicMs(9e9)), proven);
    });
  }

  it('does not believe a pod that runs other images than when it proved itself', async () => {
    const stored: Record<string, unknown> = { ...objects };
    const { prove, time } = proverOf({ objects: stored, workload: STATEFUL_SET });
    await prove(user, actor, DEADLINE);
    const containers = [{ name: 'controller', image: 'evil' }];
    stored['pods/controller-0'] = { ...pod, spec: { ...pod.spec, containers } };

    time.nowMs = 1001;
    const answer = refuted('pod "controller-0" runs other images than before');
    assert.deepEqual(await prove(user, actor, monotonicMs(9000)), answer);
  });

  it('does not believe a pod that has ended before it ever proved itself', async () => {
    const ended = { ...pod, status: { phase: 'Failed' } };
    const { prove } = proverOf({ objects: { ...objects, 'pods/controller-0': ended } });

    assert.deepEqual(await prove(user, actor, DEADLINE), refuted('pod "controller-0" has ended'));
  });

  const foreignSet = 'pod "controller-0" does not belong to StatefulSet "controller"';
  const foreignDeployment = 'pod "controller-0" does not belong to Deployment "controller"';
  const refutations: readonly (readonly [string, World, string])[] = [
    [
      'an account that was made anew',
      { objects: { ...objects, 'serviceaccounts/controller': { metadata: { uid: 'account-2' } } } },
      'account "controller" has another uid',
    ],
    [
      'an account that is gone',
      { objects: { 'pods/controller-0': pod } },
      'account "controller" has another uid',
    ],
    [
      'a pod of another uid',
      { objects: { ...objects, 'pods/controller-0': { ...pod, metadata: { uid: 'pod-2' } } } },
      'it names pod "controller-0" by the uid of another one',
    ],
    [
      'a pod without a controller',
      {
        objects: { ...objects, 'pods/controller-0': { ...pod, metadata: { uid: 'pod-1' } } },
        workload: STATEFUL_SET,
      },
      foreignSet,
    ],
    [
      'a pod that names a workload by a uid of its own invention',
      {
        objects: { ...objects, 'statefulsets/controller': { metadata: { uid: 'set-2' } } },
        workload: STATEFUL_SET,
      },
      foreignSet,
    ],
    [
      'a pod of a workload that is gone',
      { objects: { ...objects, 'statefulsets/controller': undefined }, workload: STATEFUL_SET },
      foreignSet,
    ],
    ['a pod of another kind of workload', { workload: DEPLOYMENT }, foreignDeployment],
    [
      'a pod of another workload',
      { workload: { kind: 'StatefulSet', name: 'other' } },
      'pod "controller-0" does not belong to StatefulSet "other"',
    ],
    [
      'a ReplicaSet that is gone',
      { objects: { ...deployed, 'replicasets/controller-abc': undefined }, workload: DEPLOYMENT },
      foreignDeployment,
    ],
    [
      'a ReplicaSet without a Deployment',
      {
        objects: { ...deployed, 'replicasets/controller-abc': { metadata: { uid: 'rs-1' } } },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a pod that names a ReplicaSet by a uid of its own invention',
      {
        objects: { ...deployed, 'replicasets/controller-abc': replicaSetOf('rs-2', 'dep-1') },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a pod that names the ReplicaSet as something of another kind',
      {
        objects: {
          ...deployed,
          'pods/controller-0': podOf(ownedBy('Pool', 'controller-abc', 'rs-1')),
        },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a ReplicaSet that names the Deployment by a uid of its own invention',
      {
        objects: { ...deployed, 'replicasets/controller-abc': replicaSetOf('rs-1', 'dep-2') },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a ReplicaSet of another Deployment',
      {
        objects: {
          ...deployed,
          'replicasets/controller-abc': {
            metadata: { uid: 'rs-1', ownerReferences: ownedBy('Deployment', 'other', 'dep-1') },
          },
        },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a ReplicaSet that names the Deployment as something of another kind',
      {
        objects: {
          ...deployed,
          'replicasets/controller-abc': {
            metadata: { uid: 'rs-1', ownerReferences: ownedBy('Pool', 'controller', 'dep-1') },
          },
        },
        workload: DEPLOYMENT,
      },
      foreignDeployment,
    ],
    [
      'a Deployment that is gone',
      { objects: { ...deployed, 'deployments/controller': undefined }, workload: DEPLOYMENT },
      foreignDeployment,
    ],
  ];
  for (const [what, world, reason] of refutations) {
    it(`refutes ${what}`, async () => {
      assert.deepEqual(await proverOf(world).prove(user, actor, DEADLINE), refuted(reason));
    });
  }

  it('leaves a writer that owes no proof a writer, whatever its pod', async () => {
    const free: ActorFact = { ...actor, proof: { ...actor.proof, required: 'none' } };
    const answer = await proverOf({ objects: {} }).prove(user, free, DEADLINE);

    assert.equal(answer.status === 'known' && answer.value.proof.sufficient, true);
  });

  const outages: readonly (readonly [string, World])[] = [
    ['serviceaccounts/controller', {}],
    ['pods/controller-0', {}],
    ['statefulsets/controller', { workload: STATEFUL_SET }],
    ['replicasets/controller-abc', { objects: deployed, workload: DEPLOYMENT }],
    ['deployments/controller', { objects: deployed, workload: DEPLOYMENT }],
  ];
  for (const [failing, world] of outages) {
    it(`does not know where ${failing} cannot be read`, async () => {
      const { prove } = proverOf({ ...world, failing });

      assert.deepEqual(await prove(user, actor, DEADLINE), {
        status: 'unavailable',
        code: 'lookup_timed_out',
        reason: `the pod behind the token of "${username}" could not be looked up: no answer`,
      });
    });
  }
});
