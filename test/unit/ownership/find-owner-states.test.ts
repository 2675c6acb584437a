import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { findOwnerStates } from '../../../src/ownership/find-owner-states.ts';

const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
const OWNER = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' };
const WIDGET = { ...OWNER, apiVersion: 'example.com/v1', kind: 'Widget' };

async function states(
  owners: readonly unknown[],
  stored: Readonly<Record<string, KubernetesObject | 'away'>>,
  namespace = 'shop',
): Promise<readonly string[]> {
  const object: KubernetesObject = JSON.parse(
    JSON.stringify({ metadata: { ownerReferences: owners } }),
  );
  const facts = await findOwnerStates(object, {
    namespace,
    pluralOf,
    lookupFresh: ({ resource, namespace: inside = '', name }) => {
      const answer = stored[`${inside}/${resource}/${name}`];
      if (answer === 'away') return Promise.resolve(AWAY);
      return Promise.resolve(
        answer === undefined ? { status: 'absent' } : { status: 'found', object: answer },
      );
    },
  });
  return facts.map(({ state }) => state);
}

const deletionTimestamp = '2026-11-21T06:00:00Z';

describe('findOwnerStates', () => {
  it('tells owners that are there, going, waiting for what they own, and gone', async () => {
    const stateOf = async (metadata: object) =>
      await states([OWNER], { 'shop/deployments/web': { metadata } });
    assert.deepEqual(await stateOf({ uid: 'd' }), ['present']);
    assert.deepEqual(await stateOf({ uid: 'd', deletionTimestamp }), ['deleting']);
    const finalizers = ['foregroundDeletion'];
    assert.deepEqual(await stateOf({ uid: 'd', deletionTimestamp, finalizers }), ['foreground']);
    assert.deepEqual(await stateOf({ uid: 'another' }), ['gone']);
    assert.deepEqual(await states([OWNER], {}), ['gone']);
  });

  it('finds owners that are in no namespace', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'n' };
    assert.deepEqual(await states([node], { '/nodes/a': { metadata: { uid: 'n' } } }), ['present']);
    assert.deepEqual(await states([node], { '/nodes/a': { metadata: { uid: 'n' } } }, ''), [
      'present',
    ]);
  });

  it('takes nothing for gone that it could not ask for', async () => {
    assert.deepEqual(await states([OWNER], { 'shop/deployments/web': 'away' }), ['unknown']);
    assert.deepEqual(await states([OWNER], { '/deployments/web': 'away' }), ['unknown']);
  });

  it('takes an owner of a kind for gone only where the kind has the name that was guessed', async () => {
    const definition = '/customresourcedefinitions/widgets.example.com';
    assert.deepEqual(await states([WIDGET], {}), ['unknown']);
    assert.deepEqual(await states([WIDGET], { [definition]: 'away' }), ['unknown']);
    assert.deepEqual(await states([WIDGET], { [definition]: {} }), ['gone']);
  });

  for (const group of [
    '',
    'admissionregistration.k8s.io',
    'apiextensions.k8s.io',
    'apiregistration.k8s.io',
    'apps',
    'autoscaling',
    'batch',
    'discovery.k8s.io',
    'networking.k8s.io',
    'policy',
    'rbac.authorization.k8s.io',
    'storage.k8s.io',
  ]) {
    it(`asks for no definition of a kind of the group "${group}"`, async () => {
      const apiVersion = group === '' ? 'v1' : `${group}/v1`;
      assert.deepEqual(await states([{ ...OWNER, apiVersion, kind: 'Kind' }], {}), ['gone']);
    });
  }

  it('knows none of more owners than real objects have, and leaves out what names nobody', async () => {
    const many = Array.from({ length: 9 }, () => OWNER);
    assert.deepEqual([...new Set(await states(many, {}))], ['unknown']);
    assert.deepEqual(await states([{ kind: 'Deployment' }, 7, null], {}), []);
  });
});
