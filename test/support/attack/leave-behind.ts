/** An application that is deleted without what it deployed. */
import assert from 'node:assert/strict';
import { applicationPath } from '../argocd/application.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';

/** As an application of applications does when one leaves Git: in the name of the controller, with its token. */
export async function deleteApplication(cluster: Cluster, name: string): Promise<void> {
  const answer = await cluster.request('argocd', applicationPath(name), { method: 'DELETE' });
  assert.equal(answer.code, 200, answer.body.message);
}
