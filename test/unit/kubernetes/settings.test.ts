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

describe('kubernetes.hub', () => {
  const hub = (cluster: object, more: object = {}) =>
    kubernetesSchema.safeParse({ hub: { kubeconfigFile: 'hub', cluster, ...more } });
  const server = 'https://10.0.0.1:6443';

  it('is absent by default: the Applications are in this cluster', () => {
    assert.equal(kubernetesSchema.parse({}).hub, undefined);
  });

  for (const name of ['keptMs', 'entriesMax', 'applicationCharsMax'] as const) {
    it(`holds ${name} to its row in the table of limits`, () => {
      const { minimum, maximum, default: standard } = LIMITS[`kubernetes.hub.${name}`];
      const accepted = (value: number) => hub({ servers: [server] }, { [name]: value }).success;
      assert.deepEqual([minimum, maximum, minimum - 1, maximum + 1].map(accepted), [
        true,
        true,
        false,
        false,
      ]);
      assert.equal(hub({ servers: [server] }).data?.hub?.[name], standard);
    });
  }

  it('must say which cluster this is for the hub', () => {
    assert.equal(hub({ servers: [server] }).success, true);
    assert.equal(hub({ servers: ['https://k8s.example.com/k8s/clusters/c-1'] }).success, true);
    assert.equal(hub({ names: ['spoke'] }).success, true);
    assert.equal(hub({ secret: 'cluster-spoke' }).success, true);
    assert.equal(hub({}).success, false);
    assert.equal(hub({ servers: [], names: [] }).success, false);
  });

  it('takes no address that is none, and not the hub itself', () => {
    for (const odd of [
      '10.0.0.1:6443',
      'http://10.0.0.1',
      'https://',
      'https://a?b',
      'https://a b',
    ]) {
      assert.equal(hub({ servers: [odd] }).success, false, odd);
    }
    for (const itself of ['https://kubernetes.default.svc', 'https://kubernetes.default.svc/']) {
      assert.match(hub({ servers: [itself] }).error?.message ?? '', /leave out kubernetes.hub/u);
    }
    assert.match(hub({ names: ['in-cluster'] }).error?.message ?? '', /the hub itself/u);
    assert.equal(hub({ names: [''] }).success, false);
    assert.equal(hub({ secret: '../x' }).success, false);
  });
});
