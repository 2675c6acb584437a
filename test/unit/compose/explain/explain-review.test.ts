import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { explainReview } from '../../../../src/compose/explain/explain-review.ts';
import { createOfflineDecider, type OfflinePath } from '../../../../src/compose/offline.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';
import { sampleRequest } from '../../../support/admission-samples.ts';
import { bundleFolder } from '../../../support/policy-bundles.ts';

async function start(test: TestContext, policies: object = {}): Promise<OfflinePath> {
  const bundle = await bundleFolder();
  const written = { cluster: { name: 'test' }, policies: { bundle, ...policies } };
  const parsed = parseConfiguration(JSON.stringify(written), {
    file: 'holdfast.yaml',
    folder: '/',
  });
  assert.ok(parsed.ok);
  const offline = await createOfflineDecider(parsed.configuration, { clusterStateObjects: [] });
  test.after(() => offline.close());
  return offline;
}

async function explain(offline: OfflinePath, request: AdmissionRequest) {
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const bytes = Buffer.from(JSON.stringify(review));
  const explained = await explainReview(bytes, { route: 'validate', offline });
  assert.equal(explained.status, 'decided');
  return explained;
}

const TRACKED = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'settings',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/settings' },
  },
};
const CHANGED = sampleRequest({
  operation: 'UPDATE',
  object: { ...TRACKED, data: { a: '2' } },
  oldObject: { ...TRACKED, data: { a: '1' } },
});

describe('explainReview()', () => {
  it('tells of every policy of the bundle, in its order, and of those that judged what they read and found', async (test) => {
    const offline = await start(test);

    const { decision, policies } = await explain(offline, CHANGED);

    const { descriptors } = offline.runtime.engine;
    assert.deepEqual(
      policies.map(({ policy }) => policy),
      descriptors.map(({ name }) => name),
    );
    assert.deepEqual(
      policies.filter(({ matching }) => matching.matched).map(({ policy }) => policy),
      decision.policies.map(({ policy }) => policy),
    );
    const judged = policies.find(({ policy }) => policy === 'gitops_only_writes');
    assert.ok(judged?.outcome?.status === 'evaluated');
    assert.deepEqual(
      judged.outcome.deny.map(({ code }) => code),
      ['managed_object_changed'],
    );
    assert.equal(judged.mode, 'enforce');
    assert.equal(judged.failure, 'deny');
    assert.ok(Number(judged.evaluateMs) > 0);
    const object = judged.facts?.find(({ fact }) => fact === 'object');
    assert.deepEqual(object, { fact: 'object', optional: false, status: 'known' });
  });

  it('names the fact that is not there, and the policy that is not available for it', async (test) => {
    const offline = await start(test);
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 2 } };

    const { policies } = await explain(
      offline,
      sampleRequest({
        operation: 'UPDATE',
        kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        subResource: 'scale',
        object: { ...scale, metadata: { name: 'settings', namespace: 'shop' } },
        oldObject: { ...scale, metadata: { name: 'settings', namespace: 'shop' } },
      }),
    );

    const judged = policies.find(({ policy }) => policy === 'gitops_only_writes');
    assert.equal(judged?.outcome?.status, 'unavailable');
    const object = judged.facts?.find(({ fact }) => fact === 'object');
    assert.equal(object?.status, 'unavailable');
    assert.equal(object.code, 'fact_unavailable');
  });

  it('tells a policy that is off from one that matches other requests', async (test) => {
    const offline = await start(test, { settings: { gitops_only_writes: { mode: 'off' } } });

    const { decision, policies } = await explain(offline, CHANGED);

    const matchingOf = (name: string) => policies.find(({ policy }) => policy === name)?.matching;
    assert.equal(
      decision.policies.some(({ policy }) => policy === 'gitops_only_writes'),
      false,
    );
    assert.deepEqual(matchingOf('gitops_only_writes'), {
      matched: false,
      condition: 'mode',
      reason: 'its mode is off in the namespace shop',
    });
    assert.deepEqual(matchingOf('image_signatures'), {
      matched: false,
      condition: 'judgedImagesOnly',
      reason: 'the configuration judges no signatures of images',
    });
  });

  it('says of what is exempt that no policy judges it', async (test) => {
    const offline = await start(test);
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

    const { decision, policies } = await explain(
      offline,
      sampleRequest({
        kind: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' },
        resource: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
        object: { ...lease, metadata: { name: 'leader', namespace: 'kube-system' } },
        namespace: 'kube-system',
        name: 'leader',
      }),
    );

    assert.deepEqual(decision.policies, []);
    const conditions = policies.map(({ matching }) => (matching.matched ? '' : matching.condition));
    assert.ok(conditions.includes('exempt'), conditions.join());
    assert.ok(!conditions.includes(''), conditions.join());
  });

  it('says what is wrong with a review that cannot be read', async (test) => {
    const offline = await start(test);

    const explained = await explainReview(Buffer.from('{'), { route: 'validate', offline });

    assert.equal(explained.status, 'rejected');
    assert.equal(explained.code, 'review_malformed_json');
  });
});
