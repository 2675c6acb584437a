import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '../../../src/config/limits.ts';
import { kubernetesSchema } from '../../../src/kubernetes/settings.ts';

const accepts = (watch: object) => kubernetesSchema.safeParse({ watch }).success;

describe('kubernetes.watch', () => {
  for (const name of ['resourcesMax', 'entriesMax', 'silenceMs', 'resyncMs'] as const) {
    it(`holds ${name} to its row in the table of limits`, () => {
      const { minimum, maximum, default: standard } = LIMITS[`kubernetes.watch.${name}`];
      assert.equal(accepts({ [name]: minimum }), true);
      assert.equal(accepts({ [name]: maximum }), true);
      assert.equal(accepts({ [name]: minimum - 1 }), false);
      assert.equal(accepts({ [name]: maximum + 1 }), false);
      assert.equal(kubernetesSchema.parse({}).watch[name], standard);
    });
  }

  it('takes resources as kubectl writes them, and no Secrets by default', () => {
    assert.equal(accepts({ resources: ['pods', 'deployments.apps', 'a.b.example.com'] }), true);
    assert.equal(accepts({ resources: [] }), true);
    for (const odd of ['Pods', 'pods/status', '', 'apps/v1', '.apps', 'a.']) {
      assert.equal(accepts({ resources: [odd] }), false, odd);
    }
    const { resources, resourcesMax } = kubernetesSchema.parse({}).watch;
    assert.equal(resources.includes('secrets'), false);
    assert.ok(resources.length <= resourcesMax);
    assert.equal(resources.at(-1), 'pods');
  });
});
