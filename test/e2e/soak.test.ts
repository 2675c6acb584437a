/** Fifty commits over ten applications, while the controllers work: nobody who is in the right is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestApplication } from '../support/argocd/application.ts';
import { soakCommits } from '../support/argocd/soak-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { describeDecision, readDecisions } from '../support/cluster/decisions.ts';
import { addAutoscaler } from '../support/cluster/service-account-user.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { countWebhook } from '../support/cluster/webhook-metrics.ts';

const APPLICATIONS = 10;
const SCALINGS = [2, 3, 1];
const WEBHOOK = 'drift.holdfast.dev';
const CONTROLLERS = [
  'system:serviceaccount:argocd:argocd-application-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:serviceaccount:kube-system:horizontal-pod-autoscaler',
];

describe('A long day of Argo CD and the controllers', () => {
  const gitops = useGitOpsCluster({ applications: APPLICATIONS });

  it('has no wrong refusal', async (test) => {
    const { cluster, holdfastLog } = gitops();
    await addAutoscaler(cluster);
    const before = await countWebhook(cluster, WEBHOOK);
    const ignored = new Set((await readDecisions(holdfastLog)).map(({ decisionId }) => decisionId));
    const days = Array.from({ length: APPLICATIONS }, async () => {
      return await playDay(cluster, await gitops().claimApplication());
    });
    const commits = (await Promise.all(days)).reduce((sum, count) => sum + count, 0);
    assert.equal(commits, 50);
    const decisions = (await readDecisions(holdfastLog)).filter(
      ({ decisionId }) => !ignored.has(decisionId),
    );
    assert.deepEqual(
      decisions.filter(({ allowed }) => !allowed).map(describeDecision),
      [],
      'Holdfast refused somebody',
    );
    const after = await countWebhook(cluster, WEBHOOK);
    assert.equal(after.rejected, before.rejected, 'the API server heard no answer, or a refusal');
    const seen = new Set(decisions.map(({ user }) => user.username));
    assert.deepEqual(
      CONTROLLERS.filter((username) => !seen.has(username)),
      [],
      'these did nothing: the day was too quiet',
    );
    test.diagnostic(
      `${commits} commits, ${after.asked - before.asked} requests, ${decisions.length} records`,
    );
  });
});

/** Commits, waits for the sync, and scales in between, as the autoscaler does. Returns the number of commits. */
async function playDay(cluster: Cluster, application: TestApplication): Promise<number> {
  const commits = soakCommits();
  for (const files of commits) {
    await application.sync(files);
    for (const replicas of SCALINGS) await scale(cluster, application.namespace, replicas);
  }
  return commits.length;
}

/** Reads the scale and writes it back: again on a conflict, and never for long. */
async function scale(cluster: Cluster, namespace: string, replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/scaled/scale`;
  await waitFor(`the autoscaler has scaled ${namespace}/scaled to ${replicas}`, async () => {
    const { body } = await cluster.request('autoscaler', path);
    const answer = await cluster.request('autoscaler', path, {
      method: 'PUT',
      body: { ...body, spec: { replicas } },
    });
    if (answer.code === 409) return false;
    assert.equal(answer.code, 200, answer.body.message);
    return true;
  });
}
