import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';
import type { ObjectLookup } from '../../../../src/kubernetes/lookup/lookup.ts';
import {
  applicationReference,
  kustomizationReference,
} from '../../../../src/kubernetes/object-reference.ts';
import { DeletionCounts } from '../../../../src/ownership/deletions/deletion-counts.ts';
import {
  deletionKeys,
  describeDeletions,
} from '../../../../src/ownership/deletions/deletions-fact.ts';
import { sampleObject, sampleRequest } from '../../../support/admission-samples.ts';

const managed = sampleObject({ tool: 'argocd', app: 'shop', appNamespace: 'argocd' });
const deletion = sampleRequest({ operation: 'DELETE', object: undefined });
const NONE = { status: 'known', value: null };
const shop = {
  metadata: { name: 'shop', annotations: { 'holdfast.dev/allow-deletions': '40' } },
  operation: { sync: { prune: true } },
  status: { resources: [{ requiresPruning: true }, {}, {}] },
};

function describer(answer: ObjectLookup) {
  const asked: string[] = [];
  const counts = new DeletionCounts({ monotonicMs: () => monotonicMs(0) });
  const describeOne = (request: AdmissionRequest, object = managed) =>
    describeDeletions(request, object, {
      counts,
      deadlineAtMs: monotonicMs(1),
      lookupObject: ({ kind, namespace = '', name }, deadlineAtMs) => {
        asked.push(`${kind} ${namespace}/${name} ${String(deadlineAtMs)}`);
        return Promise.resolve(answer);
      },
    });
  return { asked, counts, describeOne };
}

describe('describeDeletions()', () => {
  it('counts the deletions of an application, and tells what it lists, plans and allows', async () => {
    const { asked, describeOne } = describer({ status: 'found', object: shop });
    const value = { deletedCount: 1, listedCount: 3, plannedCount: 1, allowedCount: 40 };
    assert.deepEqual(await describeOne(deletion), { status: 'known', value });
    assert.deepEqual(await describeOne({ ...deletion, name: 'other' }), {
      status: 'known',
      value: { ...value, deletedCount: 2 },
    });
    assert.deepEqual(asked, ['Application argocd/shop 1', 'Application argocd/shop 1']);
  });

  it('does not count a dry run', async () => {
    const { counts, describeOne } = describer({ status: 'found', object: shop });
    const answer = await describeOne({ ...deletion, dryRun: true });
    assert.equal(answer.status === 'known' && answer.value?.deletedCount, 1);
    assert.equal(counts.isEmpty, true);
  });

  for (const [what, request, object] of [
    ['a change', sampleRequest({ operation: 'UPDATE' }), managed],
    ['the deletion of a part', { ...deletion, subResource: 'status' }, managed],
    ['an object without a mark', deletion, sampleObject({ managed: false, self: false })],
    ['a child', deletion, { ...managed, self: false }],
    ['an object of a selector', deletion, sampleObject({ tool: 'selector', app: 'shop' })],
    [
      'a hook of Argo CD',
      {
        ...deletion,
        oldObject: { metadata: { annotations: { 'argocd.argoproj.io/hook': 'PreSync' } } },
      },
      managed,
    ],
    [
      'a hook of Helm',
      { ...deletion, oldObject: { metadata: { annotations: { 'helm.sh/hook': 'test' } } } },
      managed,
    ],
  ] as const) {
    it(`tells nothing of ${what}, at once`, () => {
      const { asked, describeOne } = describer({ status: 'absent' });
      assert.deepEqual(describeOne(request, object), NONE);
      assert.deepEqual(asked, []);
    });
  }

  it('counts nothing of what is deleted with its application', async () => {
    const ending = { ...shop, metadata: { ...shop.metadata, deletionTimestamp: '2026-01-01' } };
    for (const answer of [
      { status: 'absent' },
      { status: 'found', object: ending },
    ] as const satisfies readonly ObjectLookup[]) {
      const { counts, describeOne } = describer(answer);
      assert.deepEqual(await describeOne(deletion), NONE);
      assert.equal(counts.isEmpty, true);
    }
  });

  it('counts by the number alone where no cluster can be asked', async () => {
    const answer = {
      status: 'unavailable',
      code: 'lookup_not_configured',
      reason: 'none',
    } as const;
    assert.deepEqual(await describer(answer).describeOne(deletion), {
      status: 'known',
      value: { deletedCount: 1, listedCount: 0, plannedCount: 0, allowedCount: 0 },
    });
  });

  it('is unavailable where the application cannot be read', async () => {
    const answer = { status: 'unavailable', code: 'lookup_failed', reason: 'no answer' } as const;
    assert.deepEqual(await describer(answer).describeOne(deletion), answer);
    const malformed = describer({ status: 'found', object: { metadata: undefined } });
    assert.deepEqual(await malformed.describeOne(deletion), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'the Application is malformed',
    });
  });
});

describe('deletionKeys()', () => {
  it('tells applications of both tools, resources and namespaces apart', () => {
    const resource = { group: 'apps', version: 'v1', resource: 'deployments' };
    assert.deepEqual(deletionKeys({ ...deletion, resource }, applicationReference('a', 'b')), {
      application: 'Application a/b',
      object: 'deployments.apps shop/settings',
    });
    const clusterWide = { ...deletion, namespace: undefined };
    assert.deepEqual(deletionKeys(clusterWide, kustomizationReference('a', 'b')), {
      application: 'Kustomization a/b',
      object: 'configmaps settings',
    });
  });
});
