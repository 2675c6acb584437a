/** An administrator asks Argo CD to apply manifests that are in no repository. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings } from '../support/argocd/sample-files.ts';
import { useSharedGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';

describe('inline manifests in the operation of an Application', () => {
  const gitops = useSharedGitOpsCluster();

  it('are refused before the controller sees them', async () => {
    const { cluster } = gitops();
    const application = await gitops().claimApplication();
    const manifest = JSON.stringify({ ...settings(), metadata: { name: 'laundered' } });
    const operation = { sync: { manifests: [manifest] } };
    const argv = ['patch', 'application', application.name, '-n', 'argocd', '--type=merge'];
    const result = await cluster.kubectl('alice', [...argv, '-p', JSON.stringify({ operation })]);
    assert.deepEqual(readDenial(result)?.findings, [
      'inline_manifests_injected by gitops_control_plane',
    ]);
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/laundered`;
    assert.equal((await cluster.request('root', path)).code, 404);
  });
});
