/** A running Holdfast judges by what it follows of the cluster, and takes over what changes there without a restart. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

describe('Holdfast and what it follows', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;
  let metricsUrl = '';
  before(async () => {
    ({ cluster, holdfast } = await startShopCluster({
      policies: { gitops_control_plane: { parameters: { editors: ['holdfast-test-harness'] } } },
    }));
    const file = await readFile(join(holdfast.folder, 'holdfast.yaml'), 'utf8');
    const port = /"metrics": \{\s*"port": (?<port>\d+)/u.exec(file)?.groups?.['port'] ?? '';
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
  });
  after(async () => {
    await cluster?.stop();
  });
  const metric = async (line: string): Promise<number> => {
    const text = await (await fetch(metricsUrl)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return Number(found?.slice(line.length + 1) ?? 0);
  };
  const refused = async (argv: string): Promise<boolean> =>
    (await cluster.kubectl('alice', argv.split(' '))).stderr.includes(
      'is managed by the Argo CD application "checkout"',
    );

  it('refuses to scale a managed workload by what it follows', async () => {
    await waitFor(
      'the deployments are known',
      async () => (await metric('holdfast_watch_synced{resource="deployments.apps"}')) === 1,
    );
    const cached = await metric('holdfast_lookups_total{outcome="cached"}');
    assert.equal(await refused('-n shop scale deployment/checkout --replicas=7'), true);
    assert.ok((await metric('holdfast_lookups_total{outcome="cached"}')) > cached);
  });

  it('lets a workload be scaled that nobody manages, however short the time since it was made', async () => {
    const image = 'registry.local/free:1.0.0';
    await cluster.mustKubectl('alice', [
      '-n',
      'shop',
      'create',
      'deployment',
      'free',
      '--image',
      image,
    ]);
    const scale = '-n shop scale deployment/free --replicas=2'.split(' ');
    await cluster.mustKubectl('alice', scale);
  });

  it('reads marks as argocd-cm says, as soon as it says so', async () => {
    const label = 'example.com/app=checkout';
    const create = '-n shop create configmap labelled --from-literal=a=b'.split(' ');
    await cluster.mustKubectl('alice', create);
    await cluster.mustKubectl('alice', ['-n', 'shop', 'label', 'configmap', 'labelled', label]);
    const argocd = ['-n', 'argocd', 'create', 'configmap', 'argocd-cm'];
    // By an editor: whoever changes how marks are read changes what is managed.
    await cluster.mustKubectl('root', [
      ...argocd,
      '--from-literal=application.resourceTrackingMethod=label',
      '--from-literal=application.instanceLabelKey=example.com/app',
    ]);
    const annotate = '-n shop annotate configmap labelled --overwrite note=';
    let round = 0;
    await waitFor('the label counts as a mark', () => {
      round += 1;
      return refused(`${annotate}${String(round)}`);
    });
  });
});
