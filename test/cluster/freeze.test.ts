/** A freeze on a real API server: what Git deploys stops, everything else goes on, and it ends. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createApprovers, type Approvers } from '../support/cluster/break-glass-stage.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const FREEZES = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes';
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/checkout';

describe('a freeze', () => {
  let cluster: Cluster;
  let configuration: string;
  let approvers: Approvers;
  let frozen = '';

  before(async () => {
    approvers = await createApprovers(['anna']);
    const shop = await startShopCluster({
      breakGlass: { approvers: approvers.settings, limits: { listCacheMs: 0 } },
      sections: { freeze: { operators: ['alice'] } },
    });
    ({ cluster } = shop);
    configuration = join(shop.holdfast.folder, 'holdfast.yaml');
  });
  after(async () => {
    await cluster?.stop();
    await approvers?.remove();
  });

  async function freeze(user: string, ...argv: readonly string[]): Promise<string> {
    const kubeconfig = cluster.kubeconfigOf(user);
    const named = ['--config', configuration, '--kubeconfig', kubeconfig];
    return await approvers.holdfast('freeze', ...argv, ...named);
  }

  /** What the API server says of a change of Git; empty where it was made. */
  async function deploy(greeting: string): Promise<string> {
    try {
      await applyAsArgoCd(cluster, shopObjects({ greeting }));
      return '';
    } catch (error) {
      return String(error);
    }
  }

  async function create(user: string, spec: object): Promise<string> {
    const input = {
      apiVersion: 'holdfast.dev/v1alpha1',
      kind: 'Freeze',
      metadata: { name: 'forged', namespace: 'holdfast-system' },
      spec: { reason: 'nothing', expires: '2100-01-01T00:00:00Z', ...spec },
    };
    return (await cluster.kubectl(user, ['create', '-f', '-'], { input })).stderr;
  }

  it('is made by nobody but those who are listed, and in nobody else’s name', async () => {
    assert.match(await create('root', { by: 'root' }), /gitops_installation_changed/u);
    assert.match(await create('alice', { by: 'bob' }), /gitops_installation_changed/u);
    assert.match(
      await create('alice', { by: 'alice', breaker: 'errors' }),
      /gitops_installation_changed/u,
    );
    assert.equal(await deploy('before'), '');
  });

  it('stops what Git deploys, and says until when, by whom, why, and how it ends', async () => {
    const printed = await freeze('alice', 'create', '--reason', 'a release is being repaired');
    [, frozen = ''] = /^frozen until \S+: (freeze-\S+)$/mu.exec(printed) ?? [];
    assert.notEqual(frozen, '', printed);

    const refused = await waitFor('the freeze is seen', async () => {
      const said = await deploy(`at ${String(Date.now())}`);
      return said === '' ? undefined : said;
    });

    const { body } = await cluster.request('root', `${FREEZES}/${frozen}`);
    const { spec } = body as unknown as { spec: { expires: string } };
    const until = spec.expires.replace('.000Z', 'Z');
    assert.ok(
      refused.includes(
        `configmaps shop/checkout was not changed: deployments of the Argo CD application "checkout" are frozen until ${until} by alice: a release is being repaired.`,
      ),
      refused,
    );
    assert.match(refused, new RegExp(`holdfast freeze end ${frozen} --reason WHY`, 'u'));
    assert.match(refused, /freeze_in_force/u);
  });

  it('lets a grant pass, and the controllers that roll the change out', async () => {
    await approvers.present(cluster);
    const argv = ['set', 'env', 'deployment/checkout', 'MODE=safe', '-n', 'shop'];

    const { code, stderr } = await cluster.kubectl('alice', argv);

    assert.equal(code, 0, stderr);
    await waitFor('the change is rolled out', async () => {
      const { body } = await cluster.request('root', DEPLOYMENT);
      const { metadata, status } = body as unknown as {
        metadata: { generation: number };
        status: { observedGeneration: number; updatedReplicas: number };
      };
      return status.observedGeneration === metadata.generation && status.updatedReplicas === 2;
    });
  });

  it('does not stop the GitOps controller in its own namespace', async () => {
    const argv = ['annotate', 'application/checkout', '-n', 'argocd', '--overwrite', 'team=shop'];
    const { code, stderr } = await cluster.kubectl('argocd', argv);
    assert.equal(code, 0, stderr);
  });

  it('is ended in nobody else’s name, and then Git deploys again', async () => {
    const patch = JSON.stringify({ spec: { ended: true, endedBy: 'bob', endedReason: 'none' } });
    const argv = ['patch', 'freeze', frozen, '-n', 'holdfast-system', '--type=merge', '-p', patch];
    assert.match((await cluster.kubectl('alice', argv)).stderr, /gitops_installation_changed/u);

    assert.equal(
      await freeze('alice', 'end', frozen, '--reason', '1.2.1 is verified'),
      `ended ${frozen}\n`,
    );

    await waitFor('Git deploys again', async () => (await deploy('afterwards')) === '');
    const list = await freeze('alice', 'list');
    assert.match(
      list,
      new RegExp(`^${frozen}  person  ended .* \\(ended by alice: 1\\.2\\.1 is verified\\)$`, 'mu'),
    );
  });
});
