/**
 * From the first trial to the end, as docs/operations types it, with the real Holdfast in the pods that the chart makes: install a
 * trial, examine it, read what would have been refused, enforce in one namespace and then in all, remove.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { installGitopsKinds } from '../support/cluster/gitops-kinds.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startNode } from '../support/cluster/node.ts';
import { addServiceAccountUser, ARGOCD } from '../support/cluster/service-account-user.ts';
import { applyAsArgoCd, shopApplication, shopObjects } from '../support/cluster/shop.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { isChartPod, startChartPods } from '../support/deploy/chart-pods.ts';
import type { ChartPods } from '../support/deploy/chart-pods.ts';
import { installArgoCdAccount } from '../support/deploy/argocd-account.ts';
import { openShell, readBlock } from '../support/deploy/typed-shell.ts';
import type { TypedShell } from '../support/deploy/typed-shell.ts';
import { startServiceAddress } from '../support/load/service-address.ts';

/** What a machine without Docker cannot do. */
const UNTYPED = /^docker /u;
/** Who installs by hand, as the guide says to name them; and what the ServiceAccount plugin, which is off here, adds to a pod. */
const VALUES = `
  policies:
    settings:
      gitops_namespaces: { parameters: { editors: [alice] } }
      gitops_definitions: { parameters: { editors: [alice] } }
      gitops_accounts: { parameters: { editors: [alice] } }
      gitops_control_plane: { parameters: { editors: [alice] } }
pod:
  extraVolumes:
    - name: token
      projected: { sources: [{ serviceAccountToken: { path: token, expirationSeconds: 3600 } }] }
`;
const UPGRADE = 'helm upgrade holdfast deploy/chart --namespace holdfast-system';
let edits = 0;

/** Changes what Git declares by hand, each time to something else: a patch that changes nothing is none. */
function edit(cluster: StartedCluster): Promise<KubectlResult> {
  edits += 1;
  const patch = JSON.stringify({ data: { greeting: `edited ${edits}` } });
  return cluster.kubectl('alice', ['patch', 'configmap', 'checkout', '-n', 'shop', '-p', patch]);
}

interface Stage {
  readonly cluster: StartedCluster;
  readonly shell: TypedShell;
  readonly pods: ChartPods;
  readonly stop: () => Promise<void>;
}

async function startStage(): Promise<Stage> {
  const cluster = await startCluster();
  try {
    const address = await startServiceAddress();
    cluster.onStop(address.stop);
    await startNode(cluster, { leaves: isChartPod });
    await installArgoCdAccount(cluster);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    await installGitopsKinds(cluster);
    await applyAsArgoCd(cluster, [shopApplication(), ...shopObjects()]);
    const pods = startChartPods(cluster, address);
    const manifests = `--url https://127.0.0.1:${address.port}`;
    const shell = await openShell(cluster, { manifests, certs: '--ip 127.0.0.1', values: VALUES });
    return { cluster, shell, pods, stop: cluster.stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const type = (document: string, heading: string): Promise<string> =>
  readBlock(document, heading, UNTYPED);

describe('the journey', () => {
  const stage = useCluster(startStage);

  it('a trial is installed, and refuses nothing', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(await type('install.md', 'By Helm'));
    const warned = await waitFor('the API server asks', async () => {
      const { stderr, code } = await edit(cluster);
      return stderr.includes('Warning') ? { stderr, code } : undefined;
    });
    assert.equal(warned.code, 0, warned.stderr);
    assert.match(warned.stderr, /managed_object_changed/u);
  });

  it('the examination finds no fault', async () => {
    const { code, output } = await stage().shell.type('holdfast doctor --config holdfast.yaml');
    assert.equal(code, 0, output);
  });

  it('the report says what would have been refused', async () => {
    const { shell, pods } = stage();
    const { code, output } = await shell.type(
      `holdfast report --since 1h ${pods.journalOf('holdfast-0')}`,
    );
    assert.equal(code, 1, output);
    assert.match(output, /alice[\s\S]*managed_object_changed/u);
  });

  it('one namespace is enforced, and the others are not', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(
      `${UPGRADE} --reuse-values --set configuration.policies.namespaces.shop=enforce`,
    );
    await waitFor('the namespace is enforced', async () => {
      const { code, stderr } = await edit(cluster);
      return code === 1 && stderr.includes('managed_object_changed');
    });
    const argv = ['label', 'application/checkout', 'a=b', '-n', 'argocd'];
    const { code, stderr } = await cluster.kubectl('alice', argv);
    assert.equal(code, 0, stderr);
  });

  it('production follows, with a guard, and the examination finds no fault', async () => {
    const { cluster, shell } = stage();
    await shell.mustType(await type('install.md', 'From the trial to production'));
    await shell.mustType(await type('install.md', 'Guard the registration'));
    await waitFor('production judges', async () => {
      const { code, stderr } = await edit(cluster);
      return code === 1 && stderr.includes('managed_object_changed');
    });
    const { code, output } = await shell.type('holdfast doctor --config holdfast.yaml');
    assert.equal(code, 0, output);
  });

  it('the wrong order is refused, and changes nothing', async () => {
    const { cluster } = stage();
    for (const argv of [
      ['delete', 'namespace', 'holdfast-system'],
      ['delete', 'clusterrole', 'holdfast'],
      ['delete', 'statefulset', 'holdfast', '-n', 'holdfast-system'],
    ]) {
      const { code, stderr } = await cluster.kubectl('root', argv);
      assert.equal(code, 1, argv.join(' '));
      assert.match(stderr, /decision 0|installation\.holdfast\.dev/u, argv.join(' '));
    }
  });

  it('it is removed: the evidence stays, whole, and every write passes', async () => {
    const { cluster, shell, pods } = stage();
    await shell.mustType(await type('uninstall.md', 'Uninstall'));
    await waitFor('the pods are gone', async () => {
      const { stdout } = await cluster.kubectl('root', [
        'get',
        'pods',
        '-n',
        'holdfast-system',
        '-o',
        'name',
      ]);
      return stdout === '';
    });
    assert.equal((await edit(cluster)).code, 0);
    const claims = ['get', 'persistentvolumeclaims', '-n', 'holdfast-system', '-o', 'name'];
    const kept = (await cluster.mustKubectl('root', claims)).trim().split('\n');
    assert.equal(kept.length, 3);
    for (const claim of kept.map((name) => name.replace(/^.*\//u, ''))) {
      const verified = await shell.mustType(`holdfast audit verify ${pods.journalOf(claim)}`);
      assert.match(verified, /: ok/u);
    }
  });
});
