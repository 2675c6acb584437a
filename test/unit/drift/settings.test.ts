import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationSchema } from '../../../src/config/schema.ts';
import { DRIFT_LIMITS, driftSchema } from '../../../src/drift/settings.ts';

describe('the settings of drift', () => {
  it('are off where the section is absent, and follow what GitOps applies where it is empty', () => {
    assert.equal(configurationSchema.parse({}).drift, undefined);
    const { resources, controllers, ...limits } = driftSchema.parse({});
    assert.deepEqual(limits, {
      objectsMax: 100_000,
      openMax: 10_000,
      concurrentReadsMax: 8,
      settleMs: 200,
      mutators: [],
    });
    assert.deepEqual(
      ['deployments.apps', 'configmaps', 'secrets', 'pods'].map((name) => resources.includes(name)),
      [true, true, false, false],
    );
    assert.equal(controllers.includes('kube-controller-manager'), true);
    // The writer is no controller that may only add.
    assert.equal(controllers.includes('argocd-controller'), false);
  });

  it('are held to their rows in the table of limits', () => {
    for (const name of ['objectsMax', 'openMax', 'concurrentReadsMax', 'settleMs'] as const) {
      const { minimum, maximum } = DRIFT_LIMITS[`drift.${name}`];
      const isTaken = (value: number) => driftSchema.safeParse({ [name]: value }).success;
      assert.deepEqual([minimum, maximum, minimum - 1, maximum + 1].map(isTaken), [
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it('refuse what is no resource', () => {
    for (const resource of ['Deployment', 'apps/deployments', '']) {
      assert.equal(driftSchema.safeParse({ resources: [resource] }).success, false);
    }
  });

  it('know a mutator by its name, and by one target', () => {
    const isTaken = (mutator: object) =>
      driftSchema.safeParse({ mutators: [{ name: 'injector', ...mutator }] }).success;
    const url = 'https://127.0.0.1:23443/mutate';
    const cases = [{}, { service: 'istio-system/istiod' }, { url }];
    assert.deepEqual(cases.map(isTaken), [true, true, true]);
    const refused = [
      { name: '' },
      { service: 'istiod' },
      { service: 'a/b/c' },
      { url: 'http://a.example.com' },
      { service: 'istio-system/istiod', url },
      { namespace: 'a' },
    ];
    assert.deepEqual(refused.filter(isTaken), []);
  });

  it('need a journal, and the decisions about what is managed in it', () => {
    const problemsOf = (configuration: object) =>
      configurationSchema
        .safeParse({ drift: {}, ...configuration })
        .error?.issues.map(({ path }) => path.join('.'));
    assert.deepEqual(problemsOf({}), ['drift']);
    assert.deepEqual(problemsOf({ audit: { journal: {}, record: { managedWrites: false } } }), [
      'audit.record.managedWrites',
    ]);
    assert.equal(problemsOf({ audit: { journal: {} } }), undefined);
  });
});
