import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import {
  DELETION_ANNOTATION,
  findClaimOwner,
  findVolumeOwner,
} from '../../../src/ownership/find-volume-owner.ts';

const NONE = { status: 'known', value: null };
const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

function statefulSet(name: string, spec: object, annotations = {}): KubernetesObject {
  return { kind: 'StatefulSet', metadata: { name, annotations }, spec };
}

const templates = (...names: readonly string[]) => ({
  volumeClaimTemplates: names.map((name) => ({ metadata: { name } })),
});

async function find(
  claim: string,
  sets: readonly KubernetesObject[],
  options: { readonly managed?: boolean; readonly answer?: ObjectLookup } = {},
) {
  const { managed = true, answer } = options;
  const asked: string[] = [];
  const found = await findVolumeOwner(claim, {
    namespace: 'shop',
    lookupObject: ({ name }) => {
      asked.push(name);
      const object = sets.find(({ metadata }) => metadata?.name === name);
      const there: ObjectLookup =
        object === undefined ? { status: 'absent' } : { status: 'found', object };
      return Promise.resolve(object === undefined && answer !== undefined ? answer : there);
    },
    describe: () => ({
      managed,
      wasManaged: managed,
      self: managed,
      scope: managed ? 'managed' : 'none',
      tool: 'argocd',
      app: 'checkout',
      appNamespace: 'argocd',
    }),
  });
  return { found, asked };
}

const OWNER = {
  group: 'apps',
  version: 'v1',
  resource: 'statefulsets',
  kind: 'StatefulSet',
  namespace: 'shop',
  name: 'main-db',
  tool: 'argocd',
  app: 'checkout',
  appNamespace: 'argocd',
  uid: '',
  whenDeleted: 'Retain',
  whenScaled: 'Retain',
  deletionAllowed: false,
};

test('findVolumeOwner() tries every split of the name', async () => {
  const sets = [statefulSet('main-db', templates('data')), statefulSet('db', templates('logs'))];

  assert.deepEqual(await find('data-main-db-0', sets), {
    found: { status: 'known', value: OWNER },
    asked: ['main-db', 'db'],
  });
});

test('findVolumeOwner() reads from the StatefulSet what may become of its volumes', async () => {
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Delete' };
  const spec = { ...templates('data'), persistentVolumeClaimRetentionPolicy };
  const set = statefulSet('main-db', spec, { [DELETION_ANNOTATION]: 'true' });

  assert.deepEqual((await find('data-main-db-0', [set])).found, {
    status: 'known',
    value: { ...OWNER, whenDeleted: 'Delete', whenScaled: 'Delete', deletionAllowed: true },
  });
});

const NOBODYS: readonly (readonly [string, string, readonly KubernetesObject[]])[] = [
  ['a name without an ordinal', 'data-main-db', []],
  ['a name without a template', '-0', []],
  ['a name that begins with a dash', '-db-0', []],
  ['a StatefulSet that is gone', 'data-main-db-0', []],
  ['another template', 'data-main-db-0', [statefulSet('main-db', templates('logs'))]],
  ['a StatefulSet without templates', 'data-main-db-0', [statefulSet('main-db', {})]],
  [
    'templates that are none',
    'data-main-db-0',
    [statefulSet('main-db', { volumeClaimTemplates: [null, { metadata: 7 }] })],
  ],
  ['a StatefulSet without a spec', 'data-main-db-0', [{ metadata: { name: 'main-db' } }]],
];

for (const [why, claim, sets] of NOBODYS) {
  test(`findVolumeOwner() finds none for ${why}`, async () => {
    assert.deepEqual((await find(claim, sets)).found, NONE);
  });
}

test('findVolumeOwner() finds none where the StatefulSet is not managed', async () => {
  const sets = [statefulSet('main-db', templates('data'))];

  assert.deepEqual((await find('data-main-db-0', sets, { managed: false })).found, NONE);
});

test('findVolumeOwner() says when it could not ask, unless it found one', async () => {
  const sets = [statefulSet('main-db', templates('data'))];

  assert.deepEqual((await find('data-main-db-0', [], { answer: AWAY })).found, {
    status: 'unavailable',
    reason: 'it is away',
  });
  assert.deepEqual((await find('data-main-db-0', sets, { answer: AWAY })).found, {
    status: 'known',
    value: OWNER,
  });
});

test('findVolumeOwner() does not ask about a name of nothing but dashes', async () => {
  const claim = `${'a-'.repeat(18)}0`;

  assert.deepEqual(await find(claim, []), {
    found: { status: 'unavailable', reason: `"${claim}" has too many dashes to be looked up` },
    asked: [],
  });
});

const CLAIM = { namespace: 'shop', name: 'data-main-db-0', uid: 'claim-1' };

async function findOfClaim(claim: ObjectLookup, managed = false) {
  const sets = [statefulSet('main-db', templates('data'))];
  const fact = {
    wasManaged: true,
    self: true,
    scope: 'managed',
    tool: 'argocd',
    app: 'a',
  } as const;
  return findClaimOwner(CLAIM, {
    lookupMetadata: () => Promise.resolve(claim),
    lookupObject: ({ name }) => {
      const object = sets.find(({ metadata }) => metadata?.name === name);
      return Promise.resolve(
        object === undefined ? { status: 'absent' } : { status: 'found', object },
      );
    },
    describe: ({ kind }) => ({ ...fact, managed: kind === 'StatefulSet' || managed }),
  });
}

const claimWith = (metadata: object) =>
  ({ status: 'found', object: { metadata: { uid: 'claim-1', ...metadata } } }) as const;

test("findClaimOwner() tells a volume's StatefulSet by the claim that it is bound to", async () => {
  const answer = await findOfClaim(claimWith({}));

  assert.equal(answer.status === 'known' && answer.value?.name, 'main-db');
});

test('findClaimOwner() tells the claim itself where Git declares it', async () => {
  const answer = await findOfClaim(
    claimWith({ annotations: { [DELETION_ANNOTATION]: 'true' } }),
    true,
  );

  assert.deepEqual(answer, {
    status: 'known',
    value: {
      group: '',
      version: 'v1',
      resource: 'persistentvolumeclaims',
      kind: 'PersistentVolumeClaim',
      namespace: 'shop',
      name: 'data-main-db-0',
      uid: 'claim-1',
      tool: 'argocd',
      app: 'a',
      appNamespace: undefined,
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
      deletionAllowed: true,
    },
  });
});

test('findClaimOwner() finds nobody where the claim is gone, another one, or going', async () => {
  assert.deepEqual(await findOfClaim({ status: 'absent' }), NONE);
  assert.deepEqual(await findOfClaim(claimWith({ uid: 'another' })), NONE);
  assert.deepEqual(
    await findOfClaim(claimWith({ deletionTimestamp: '2026-11-21T06:00:00Z' })),
    NONE,
  );
  assert.deepEqual(await findOfClaim(AWAY), { status: 'unavailable', reason: 'it is away' });
});
