/** A real Argo CD does its work through Holdfast, and nobody else does it in its name. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

describe('Argo CD behind Holdfast', () => {
  const gitops = useGitOpsCluster({ applications: 1 });
  let application: TestApplication;

  before(async () => {
    application = await gitops().claimApplication();
  });

  const greeting = async (): Promise<string | undefined> => {
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/settings`;
    return (await gitops().cluster.request('root', path)).body.data?.['greeting'];
  };

  it('makes what stands in Git at the first sync', async () => {
    assert.equal(await greeting(), 'hello');
    await waitFor('the application is healthy', async () => {
      return (await application.status()).health === 'Healthy';
    });
  });

  it('applies the next commit', async () => {
    const revision = await application.sync({
      'settings.json': settings({ greeting: 'good morning' }),
      'web.json': [webService(), webDeployment({ image: 'registry.local/web:1.1.0', replicas: 2 })],
    });
    assert.equal(await greeting(), 'good morning');
    assert.equal((await application.status()).operationRevision, revision);
  });

  it('deletes what a commit takes away', async () => {
    await application.sync({ 'extra.json': { ...settings(), metadata: { name: 'extra' } } });
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/extra`;
    assert.equal((await gitops().cluster.request('root', path)).code, 200);
    await application.sync({ 'extra.json': undefined });
    assert.equal((await gitops().cluster.request('root', path)).code, 404);
  });
});
