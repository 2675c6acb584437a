/** The previous minor version of Argo CD, on that of Kubernetes: what Holdfast promises holds with it, too. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import type { TestApplication } from '../support/argocd/application.ts';
import { settings } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { KUBERNETES_VERSIONS } from '../support/assets/families.ts';
import { ARGOCD_VERSIONS } from '../support/assets/gitops.ts';
import { adopt } from '../support/cluster/adopt.ts';
import { addServiceAccountUser, ARGOCD } from '../support/cluster/service-account-user.ts';
import {
  assertDriftRefused,
  factsOf,
  findRecord,
  readManagers,
  readServerVersion,
} from '../support/versions/essentials.ts';

const WRITER = `system:serviceaccount:${ARGOCD.namespace}:${ARGOCD.serviceAccount}`;

describe(`Argo CD ${ARGOCD_VERSIONS.previous} and Kubernetes ${KUBERNETES_VERSIONS.previous}`, () => {
  const gitops = useGitOpsCluster({ release: 'previous' });
  let application: TestApplication;
  before(async () => {
    application = await gitops().claimApplication();
  });
  const place = () => ({ cluster: gitops().cluster, namespace: application.namespace });

  it('are what runs', async () => {
    assert.equal(await readServerVersion(gitops().cluster), `v${KUBERNETES_VERSIONS.previous}`);
    const log = await readFile(gitops().controllerLog, 'utf8');
    assert.ok(log.includes(ARGOCD_VERSIONS.previous), log.slice(0, 500));
  });

  it('sync what stands in Git, change it with a commit, and delete it', async () => {
    const { cluster } = gitops();
    const path = `/api/v1/namespaces/${application.namespace}/configmaps`;
    await application.sync({
      'settings.json': settings({ greeting: 'good morning' }),
      'extra.json': { ...settings(), metadata: { name: 'extra' } },
    });
    const { body } = await cluster.request('root', `${path}/settings`);
    assert.equal(body.data?.['greeting'], 'good morning');
    assert.equal((await cluster.request('root', `${path}/extra`)).code, 200);
    await application.sync({ 'extra.json': undefined });
    assert.equal((await cluster.request('root', `${path}/extra`)).code, 404);
  });

  it('are seen as they are: the writer, its mark and its field manager', async () => {
    const { holdfastLog } = gitops();
    const mine = await findRecord(holdfastLog, place(), ({ user, operation }) => {
      return user.username === WRITER && operation === 'UPDATE';
    });
    assert.deepEqual(factsOf(mine), {
      code: 'allowed',
      class: 'gitops',
      proof: 'pod-bound',
      managedBy: { tool: 'argocd', app: application.name },
      changed: [
        'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] of argocd-controller',
        'data.greeting of argocd-controller',
      ],
    });
    assert.deepEqual(await readManagers(place()), ['argocd-controller']);
  });

  it('are adopted with what they are', async (t) => {
    const { status, writers, sections, check } = await adopt(t, gitops().cluster);
    assert.equal(status, 'ok');
    assert.deepEqual(writers, [`argocd ${WRITER} pod-bound`]);
    assert.deepEqual(sections['ownership']?.['argocd'], {
      namespace: ARGOCD.namespace,
      trackingMethod: 'annotation',
    });
    assert.deepEqual(check, ['ok', '']);
  });

  it('are not walked around by a change, an edit or a scale of a cluster-admin', async () => {
    await assertDriftRefused(place());
  });

  it('are not impersonated with a token that was made for the account', async () => {
    await assert.rejects(
      addServiceAccountUser(gitops().cluster, { name: 'minted', ...ARGOCD, pod: undefined }),
      /\(writer_token_requested by gitops_accounts, /u,
    );
  });

  it('go on after all that', async () => {
    await application.sync({ 'settings.json': settings({ greeting: 'good evening' }) });
  });
});
