import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startDecider } from '../../../src/authoring/start-decider.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { bundleFolder, policyText } from '../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const MANAGED = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'bad',
    namespace: 'shop',
    annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:/ConfigMap:shop/bad' },
  },
};

interface Arrangement {
  readonly bundle?: string;
  readonly policySources?: string;
}

/** The names of the policies that judge an object called "bad". */
async function judgedBy(
  test: TestContext,
  folder: string,
  { bundle, policySources }: Arrangement,
): Promise<readonly string[]> {
  const parsed = parseConfiguration(
    JSON.stringify({ cluster: { name: 'test' }, policies: bundle === undefined ? {} : { bundle } }),
    { file: 'holdfast.yaml', folder },
  );
  assert.ok(parsed.ok);
  const decider = await startDecider(parsed.configuration, {
    environment: process.env,
    progress: () => {},
    workingDirectory: folder,
    policySources,
    clusterStateObjects: [],
  });
  test.after(() => decider.close());
  const request = sampleRequest({ name: 'bad', object: MANAGED });
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
  assert.equal(verdict.status, 'decided');
  return verdict.decision.policies.map(({ policy }) => policy);
}

describe('startDecider()', () => {
  it('builds the named sources and judges with them alone, whatever the configuration names', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'rego/sample/sample.rego': policyText() });
    const bundle = await bundleFolder();

    assert.deepEqual(await judgedBy(test, folder, { bundle, policySources: 'rego' }), ['sample']);
  });

  it('judges with the configured bundle, else with the policies that come with Holdfast', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'rego/sample/sample.rego': policyText() });
    const bundle = await bundleFolder(join(folder, 'rego'));

    assert.deepEqual(await judgedBy(test, folder, { bundle }), ['sample']);
    assert.ok((await judgedBy(test, folder, {})).includes('gitops_only_writes'));
  });
});
