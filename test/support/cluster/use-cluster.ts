/** One cluster for all tests of a `describe`, stopped after them; its logs are kept when one of them failed. */
import { after, afterEach, before } from 'node:test';
import type { Cluster } from './cluster-handle.ts';
import { keepLogs } from './keep-logs.ts';

/** What is started: a cluster, and what ends it. */
export interface Stoppable {
  readonly cluster: Cluster;
  readonly stop: () => Promise<void>;
}

/** The answer is a function, because the cluster is there only once the tests run. */
export function useCluster<Handle extends Stoppable>(start: () => Promise<Handle>): () => Handle {
  let handle: Handle | undefined;
  let hasFailed = false;
  before(async () => {
    handle = await start();
  });
  afterEach((context) => {
    if ('passed' in context && !context.passed) hasFailed = true;
  });
  after(async () => {
    if (handle === undefined) return;
    if (hasFailed) await keepLogs(handle.cluster);
    await handle.stop();
  });
  return () => {
    if (handle === undefined) throw new Error('The cluster is there only while tests run');
    return handle;
  };
}
