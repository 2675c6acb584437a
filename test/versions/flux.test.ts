/** The previous minor version of Flux, on that of Kubernetes: what Holdfast promises holds with it, too. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import { KUBERNETES_VERSIONS } from '../support/assets/families.ts';
import { FLUX_VERSIONS } from '../support/assets/gitops.ts';
import { adopt } from '../support/cluster/adopt.ts';
import { addServiceAccountUser, FLUX } from '../support/cluster/service-account-user.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { PODINFO, startFluxCluster } from '../support/flux/flux-cluster.ts';
import {
  assertDriftRefused,
  factsOf,
  findRecord,
  readManagers,
  readServerVersion,
} from '../support/versions/essentials.ts';

const WRITER = `system:serviceaccount:${FLUX.namespace}:${FLUX.serviceAccount}`;
const CONFIG_MAPS = `/api/v1/namespaces/${PODINFO}/configmaps`;

describe(`Flux kustomize-controller ${FLUX_VERSIONS.previous} and Kubernetes ${KUBERNETES_VERSIONS.previous}`, () => {
  const flux = useCluster(() =>
    startFluxCluster(
      { 'settings.yaml': settings(), 'web.yaml': [webService(), webDeployment()] },
      { release: 'previous' },
    ),
  );
  const place = () => ({ cluster: flux().cluster, namespace: PODINFO });

  it('are what runs', async () => {
    assert.equal(await readServerVersion(flux().cluster), `v${KUBERNETES_VERSIONS.previous}`);
  });

  it('apply what stands in Git, change it with a commit, and delete it', async () => {
    const { cluster } = flux();
    await flux().apply({
      'extra.yaml': { ...settings(), metadata: { name: 'extra' } },
      'settings.yaml': settings({ greeting: 'good morning' }),
    });
    const { body } = await cluster.request('root', `${CONFIG_MAPS}/settings`);
    assert.equal(body.data?.['greeting'], 'good morning');
    assert.equal((await cluster.request('root', `${CONFIG_MAPS}/extra`)).code, 200);
    await flux().apply({ 'extra.yaml': undefined });
    assert.equal((await cluster.request('root', `${CONFIG_MAPS}/extra`)).code, 404);
  });

  it('are seen as they are: the writer, its mark and its field manager', async () => {
    const mine = await findRecord(flux().holdfastLog, place(), (decision) => {
      const { user, operation, dryRun } = decision;
      return user.username === WRITER && operation === 'UPDATE' && !dryRun;
    });
    assert.deepEqual(factsOf(mine), {
      code: 'allowed',
      class: 'gitops',
      proof: 'pod-bound',
      managedBy: { tool: 'flux', app: PODINFO },
      changed: ['data.greeting of kustomize-controller'],
    });
    assert.deepEqual(await readManagers(place()), ['kustomize-controller']);
  });

  it('are adopted with what they are', async (t) => {
    const { writers, sections } = await adopt(t, flux().cluster);
    assert.deepEqual(writers, [`kustomize-controller ${WRITER} pod-bound`]);
    assert.deepEqual(sections['ownership']?.['flux'], {
      enabled: true,
      namespace: FLUX.namespace,
    });
  });

  it('are not walked around by a change, an edit or a scale of a cluster-admin', async () => {
    await assertDriftRefused(place());
  });

  it('are not impersonated with a token that was made for the account', async () => {
    const account = { namespace: FLUX.namespace, serviceAccount: FLUX.serviceAccount };
    await assert.rejects(
      addServiceAccountUser(flux().cluster, { name: 'minted', ...account }),
      /\(writer_token_requested by gitops_accounts, /u,
    );
  });

  it('go on after all that', async () => {
    await flux().apply({ 'settings.yaml': settings({ greeting: 'good evening' }) });
  });
});
