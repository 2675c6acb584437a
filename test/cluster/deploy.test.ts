/** The manifests of `deploy/base` on a real API server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SEARCHED_KINDS } from '../../src/kubernetes/lookup/searched-kinds.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const ACCOUNT = 'system:serviceaccount:holdfast-system:holdfast';

describe('deploy/base on a real API server', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await joinOrStartCluster();
    await cluster.mustKubectl('alice', [
      'apply',
      '--server-side',
      '-f',
      join(BASE, 'namespace.yaml'),
    ]);
  });
  after(async () => {
    await cluster.stop();
  });

  it('is accepted as it is, without a warning, in a namespace that enforces the restricted profile', async () => {
    const argv = ['apply', '--server-side', '--validate=strict', '-k', BASE];
    const tried = await cluster.kubectl('alice', [...argv, '--dry-run=server']);
    assert.deepEqual([tried.code, tried.stderr], [0, '']);
    const applied = await cluster.kubectl('alice', argv);
    assert.deepEqual([applied.code, applied.stderr], [0, '']);
    assert.equal(applied.stdout.split('\n').filter((line) => line !== '').length, 25);
  });

  it('lets its pods in under the restricted profile', async () => {
    for (const name of ['holdfast-0', 'holdfast-1', 'holdfast-2']) {
      const path = `/api/v1/namespaces/holdfast-system/pods/${name}`;
      await waitFor(
        `the StatefulSet has made ${name}`,
        async () => (await cluster.request('root', path)).code === 200,
      );
    }
  });

  it('lets the account list every kind that is searched, and read no Secret', async () => {
    for (const { group, resource } of SEARCHED_KINDS) {
      const kind = group === '' ? resource : `${resource}.${group}`;
      assert.equal(await mayDo(cluster, 'list', kind), true, kind);
      assert.equal(await mayDo(cluster, 'get', kind), true, kind);
    }
    for (const verb of ['get', 'list', 'watch']) {
      assert.equal(await mayDo(cluster, verb, 'secrets'), false);
    }
  });

  it('lets the account change nothing outside its leases', async () => {
    for (const verb of ['create', 'update', 'patch', 'delete']) {
      for (const kind of ['deployments.apps', 'pods', 'clusterroles']) {
        assert.equal(await mayDo(cluster, verb, kind), false, `${verb} ${kind}`);
      }
    }
    // It makes the ConfigMap that counts the uses of grants, and changes no other one.
    for (const verb of ['update', 'patch', 'delete']) {
      assert.equal(await mayDo(cluster, verb, 'configmaps'), false, verb);
    }
    assert.equal(await mayDo(cluster, 'update', 'leases.coordination.k8s.io'), true);
  });
});

async function mayDo(cluster: Cluster, verb: string, kind: string): Promise<boolean> {
  const [resource = '', ...group] = kind.split('.');
  const answer = await cluster.request(
    'root',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      method: 'POST',
      body: {
        spec: {
          user: ACCOUNT,
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: {
            verb,
            resource,
            group: group.join('.'),
            namespace: 'holdfast-system',
          },
        },
      },
    },
  );
  return answer.body.status?.['allowed'] === true;
}
