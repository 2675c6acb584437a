/** A real Argo CD whose branch goes back and forth for ever: it is stopped after three rollbacks, at the version that was healthy. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { z } from 'zod';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const lineagesSchema = z.array(
  z.object({
    application: z.object({ name: z.string() }),
    current: z.string(),
    versions: z.array(z.object({ revision: z.string(), verifiedBy: z.string().nullable() })),
    rollbacksAt: z.array(z.string()),
    frozenUntil: z.string().nullable(),
  }),
);

describe('Argo CD that rolls back for ever', () => {
  const gitops = useGitOpsCluster({
    policies: { rollback_guard: { mode: 'enforce' } },
    audit: { journal: { folder: 'journal' } },
    sections: { lineage: { healthyMs: 0, freezeMs: 60_000 } },
  });
  let application: TestApplication;

  before(async () => {
    application = await gitops().claimApplication();
  });

  const lineage = async () => {
    const printed = await gitops().holdfast.run(['lineage', 'list', 'journal', '-o', 'json']);
    const lineages = lineagesSchema.parse(JSON.parse(printed));
    return lineages.find((each) => each.application.name === application.name);
  };
  const isVerified = async (wanted: string): Promise<boolean> =>
    (await lineage())?.versions.some(
      ({ revision, verifiedBy }) => revision === wanted && verifiedBy === 'health',
    ) === true;
  /** The branch is where it was: a commit that is older, or was rolled back. */
  const moveTo = async (revision: string): Promise<void> => {
    await application.repository.git('reset', '--quiet', '--hard', revision);
    await application.refresh();
  };
  /** No pod runs here: without one, the workload is healthy. */
  const files = (greeting: string, replicas: number) => ({
    'settings.json': settings({ greeting }),
    'web.json': [webService(), webDeployment({ replicas })],
  });
  const waitFailed = async (revision: string): Promise<string> => {
    const { message = '' } = await waitFor('Argo CD gives up', async () => {
      const status = await application.status();
      const isOver = status.phase === 'Failed' && status.operationRevision === revision;
      return isOver ? status : undefined;
    });
    return message;
  };

  it('is refused where the older version was never healthy, and goes on by a hotfix', async () => {
    const faulty = await application.sync(files('faulty', 1));
    const next = await application.sync(files('next', 1));
    await moveTo(faulty);
    const message = await waitFailed(faulty);
    assert.deepEqual(readSyncFindings(message), ['rollback_unverified by rollback_guard'], message);
    await moveTo(next);
    await application.sync(files('healthy', 0));
  });

  it('is stopped after three, keeps what is healthy, and is told', async () => {
    const healthy = await application.repository.head();
    await waitFor('the healthy version is verified', () => isVerified(healthy));
    const faulty = await application.sync(files('worse', 1));
    for (let round = 0; round < 3; round += 1) {
      if (round > 0) {
        await moveTo(faulty);
        await application.waitSynced(faulty);
      }
      await moveTo(healthy);
      await application.waitSynced(healthy);
    }
    await waitFor('the application is frozen', async () => (await lineage())?.frozenUntil);
    await moveTo(faulty);
    const message = await waitFailed(faulty);
    assert.deepEqual(readSyncFindings(message), ['application_frozen by rollback_guard'], message);
    const known = await lineage();
    assert.deepEqual([known?.current, known?.rollbacksAt.length], [healthy, 3]);
    const path = `/api/v1/namespaces/${application.namespace}/configmaps/settings`;
    const { body } = await gitops().cluster.request('root', path);
    assert.equal(body.data?.['greeting'], 'healthy');
  });
});
