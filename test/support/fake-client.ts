/** The real client, connected to a fake API server. */
import assert from 'node:assert/strict';
import { systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import type { ProbedCluster } from '../../src/kubernetes/client/cluster-client.ts';
import type { FakeApiServer } from './fake-api-server.ts';

/** Close it after use. */
export async function connectToFake(
  { kubeconfigFile }: FakeApiServer,
  connectionsMax = 4,
): Promise<ProbedCluster> {
  const client = await createClusterClient({ kubeconfigFile, connectionsMax, clock: systemClock });
  assert.ok(client !== undefined);
  return client;
}
