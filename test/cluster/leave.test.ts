/** Holdfast is removed in the wrong order, with its guard: nothing deadlocks, and the documented commands end it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import type { ShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects } from '../support/cluster/shop.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { openShell, readBlock } from '../support/deploy/typed-shell.ts';

const EDITORS = { parameters: { editors: ['alice'] } };
const GRANT = {
  apiVersion: 'holdfast.dev/v1alpha1',
  kind: 'BreakGlassGrant',
  metadata: { name: 'evidence', namespace: 'holdfast-system' },
  spec: { approvals: ['what is signed here does not matter'] },
};
const NAMESPACE = ['delete', 'namespace', 'holdfast-system', '--wait=false'];
const KINDS = ['delete', 'crd', 'breakglassgrants.holdfast.dev', 'freezes.holdfast.dev'];

interface Stage extends ShopCluster {
  readonly stop: () => Promise<void>;
}

async function startStage(): Promise<Stage> {
  const shop = await startShopCluster({
    manifestsArguments: ['--with-guard', '--guard-user', 'alice'],
    policies: { gitops_namespaces: EDITORS, gitops_definitions: EDITORS },
  });
  return { ...shop, stop: shop.cluster.stop };
}

describe('who leaves in the wrong order', () => {
  const stage = useCluster(startStage);
  const refuse = async (argv: readonly string[], pattern: RegExp, user = 'root'): Promise<void> => {
    const { code, stderr } = await stage().cluster.kubectl(user, argv);
    assert.equal(code, 1, argv.join(' '));
    assert.match(stderr, pattern);
  };

  it('is refused the namespace, here by the guard', async () => {
    await refuse(NAMESPACE, /installation\.holdfast\.dev/u);
    await stage().cluster.mustKubectl('alice', ['apply', '-f', '-'], { input: GRANT });
  });

  it('is refused what is in no namespace while Holdfast is away, and by the guard the registration', async () => {
    await stage().holdfast.stop();
    await refuse(['delete', 'clusterrole', 'holdfast'], /failed calling webhook/u, 'alice');
    const registration = ['delete', 'validatingwebhookconfiguration', 'holdfast'];
    await refuse(registration, /guard/u);
  });

  it('gets rid of the namespace, with a grant in it, though nobody answers', async () => {
    const { cluster } = stage();
    await cluster.mustKubectl('alice', NAMESPACE);
    await waitFor('the namespace is gone', async () => {
      const path = '/api/v1/namespaces/holdfast-system';
      return (await cluster.request('root', path)).code === 404;
    });
    await refuse(['delete', 'configmap', 'checkout', '-n', 'shop'], /failed calling webhook/u);
  });

  it('ends it by the documented commands, and every write passes', async () => {
    const { cluster } = stage();
    const shell = await openShell(cluster);
    const block = await readBlock('uninstall.md', 'If the namespace went first');
    await shell.mustType(block);
    await waitFor('nobody is asked', async () => {
      const argv = ['label', 'configmap', 'checkout', '-n', 'shop', 'a=b', '--overwrite'];
      return (await cluster.kubectl('root', argv)).code === 0;
    });
    await applyAsArgoCd(cluster, shopObjects({ greeting: 'still here' }));
    await cluster.mustKubectl('alice', KINDS);
  });

  it('leaves nothing that asks, guards or may do anything', async () => {
    const kinds = [
      'validatingadmissionpolicy',
      'validatingadmissionpolicybinding',
      'mutatingadmissionpolicy',
      'validatingwebhookconfiguration',
      'mutatingwebhookconfiguration',
      'clusterrole',
      'clusterrolebinding',
      'crd',
    ];
    const argv = ['get', kinds.join(','), '--ignore-not-found', '-o', 'name'];
    const names = (await stage().cluster.mustKubectl('root', argv)).split('\n');
    assert.deepEqual(
      names.filter((name) => name.includes('holdfast')),
      [],
    );
  });
});
