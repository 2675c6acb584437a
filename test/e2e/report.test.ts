/** What a real Argo CD has written through Holdfast passes again when it is judged for a report. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { startGitOpsCluster } from '../support/argocd/gitops-cluster.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';

const reportSchema = z.looseObject({
  wouldDeny: z.number(),
  replay: z.looseObject({
    writes: z.number(),
    allowed: z.number(),
    refused: z.array(z.unknown()),
    notReplayed: z.array(z.looseObject({ reason: z.string() })),
  }),
});

describe('a report beside a real Argo CD', () => {
  const gitops = useCluster(() =>
    startGitOpsCluster({ applications: 1, audit: { journal: { folder: 'journal' } } }),
  );

  it('judges its last writes again, and enforcing stops none of them', async () => {
    await gitops().claimApplication();
    const { cluster, holdfast } = gitops();

    const kubeconfig = `--kubeconfig=${cluster.kubeconfigOf('holdfast')}`;
    const printed = await holdfast.run(['report', '--replay', kubeconfig, '-o', 'json', 'journal']);
    const { wouldDeny, replay } = reportSchema.parse(JSON.parse(printed));

    assert.equal(wouldDeny, 0);
    assert.deepEqual(replay.refused, []);
    // The Deployment, the Service and the ConfigMap of the application at least.
    assert.ok(replay.allowed >= 3, printed);
    assert.equal(replay.allowed + replay.notReplayed.length, replay.writes, printed);
  });
});
