import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createOfflineDecider, type OfflineDecider } from '../../../src/compose/offline.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';

const tracked = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'checkout',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout' },
  },
};

const scale = (replicas: number) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: { replicas },
});

const scaled = sampleRequest({
  operation: 'UPDATE',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subResource: 'scale',
  name: 'checkout',
  object: scale(5),
  oldObject: scale(2),
});

async function startDecider(
  test: TestContext,
  clusterStateObjects: readonly unknown[],
): Promise<OfflineDecider> {
  const written = { cluster: { name: 'test' }, policies: { bundle: await bundleFolder() } };
  const parsed = parseConfiguration(JSON.stringify(written), {
    file: 'holdfast.yaml',
    folder: '/',
  });
  assert.ok(parsed.ok);
  const decider = await createOfflineDecider(parsed.configuration, { clusterStateObjects });
  test.after(() => decider.close());
  return decider;
}

function reviewOf(request: AdmissionRequest): Uint8Array {
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return Buffer.from(JSON.stringify(review));
}

describe('createOfflineDecider()', () => {
  it('judges a subresource by the parent that the given cluster state knows', async (test) => {
    const decider = await startDecider(test, [tracked]);

    const verdict = await decider.decide(reviewOf(scaled), 'validate');

    assert.equal(verdict.status, 'decided');
    assert.equal(verdict.decision.allowed, false);
    assert.equal(verdict.decision.code, 'managed_object_scaled');
  });

  it('refuses what it cannot tell, because the parent is not in the cluster state', async (test) => {
    const decider = await startDecider(test, []);

    const verdict = await decider.decide(reviewOf(scaled), 'validate');

    assert.equal(verdict.status, 'decided');
    assert.equal(verdict.decision.allowed, false);
    assert.equal(verdict.decision.code, 'fact_unavailable');
  });

  it('names what is wrong with a review that it cannot read', async (test) => {
    const decider = await startDecider(test, []);

    const verdict = await decider.decide(Buffer.from('{'), 'validate');

    assert.equal(verdict.status, 'rejected');
    assert.equal(verdict.code, 'review_malformed_json');
  });
});
