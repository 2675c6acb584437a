/** A cluster-admin with kubectl against what Git manages, on a real API server, with failure policy Fail. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { Denial } from '../support/cluster/denial.ts';
import type { KubectlOptions, KubectlResult } from '../support/cluster/kubectl.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects, waitForRollout } from '../support/cluster/shop.ts';

const HACKED = shopObjects({ greeting: 'hacked' })[0] ?? {};
const PATCH = 'patch configmap/checkout -n shop --type=merge -p {"data":{"greeting":"hacked"}}';
const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';

/** All of a refusal but its sentences. */
type Refused = Omit<Denial, 'lines'>;

function drift(...findings: readonly string[]): Refused {
  return { webhook: 'drift.holdfast.dev', findings, cluster: 'test' };
}

function refusedBy(result: KubectlResult): Refused | undefined {
  const denial = readDenial(result);
  if (denial === undefined) return undefined;
  const { webhook, findings, cluster } = denial;
  return { webhook, findings, cluster };
}

interface Refusal extends KubectlOptions {
  readonly what: string;
  readonly command: string;
  readonly refused: Refused;
}

const CHANGED = 'managed_object_changed by gitops_only_writes';
const DELETED = 'managed_object_deleted by gitops_only_writes';
const PROTECTED = 'protected_key_changed by protected_keys';

const REFUSED: readonly Refusal[] = [
  {
    what: 'apply',
    command: 'apply -f -',
    input: HACKED,
    refused: drift(CHANGED, PROTECTED),
  },
  {
    what: "server-side apply under the writer's field manager",
    command: 'apply --server-side --force-conflicts --field-manager=argocd-controller -f -',
    input: HACKED,
    refused: drift(CHANGED),
  },
  {
    what: 'edit',
    command: 'edit configmap/checkout -n shop',
    environment: { KUBE_EDITOR: 'sed -i s/hello/hacked/' },
    refused: drift(CHANGED),
  },
  { what: 'patch', command: PATCH, refused: drift(CHANGED) },
  {
    what: 'patch as a dry run',
    command: `${PATCH} --dry-run=server`,
    refused: drift(CHANGED),
  },
  {
    what: 'set image',
    command: 'set image deployment/checkout app=evil:latest -n shop',
    refused: drift(CHANGED),
  },
  {
    what: 'label',
    command: 'label deployment/checkout team=blue -n shop',
    refused: drift(CHANGED),
  },
  {
    what: 'annotate',
    command: 'annotate service/checkout example.com/owner=alice -n shop',
    refused: drift(CHANGED),
  },
  {
    what: 'scale',
    command: 'scale deployment/checkout --replicas=5 -n shop',
    refused: drift('managed_object_scaled by gitops_only_writes'),
  },
  {
    what: 'delete',
    command: 'delete service/checkout -n shop',
    refused: drift(DELETED),
  },
  {
    what: 'delete --all',
    command: 'delete deployments --all -n shop',
    refused: drift(DELETED),
  },
  {
    what: 'replace --force',
    command: 'replace --force -f -',
    input: HACKED,
    refused: drift(DELETED),
  },
  {
    what: 'stripping the tracking mark',
    command: 'annotate configmap/checkout argocd.argoproj.io/tracking-id- -n shop',
    refused: drift('managed_mark_removed by gitops_only_writes', PROTECTED),
  },
  {
    what: 'deleting the namespace',
    command: 'delete namespace shop',
    refused: drift('namespace_holds_managed_objects by deletion_by_proxy'),
  },
  {
    what: "impersonating the writer's account",
    command: `${PATCH} --as=${WRITER}`,
    refused: drift('writer_unproven by gitops_only_writes'),
  },
  {
    what: "minting the writer's token",
    command: 'create token argocd-application-controller -n argocd',
    refused: drift('writer_token_requested by gitops_accounts'),
  },
  {
    what: "entering the writer's pod",
    command: 'exec argocd-application-controller-0 -n argocd -- sh',
    refused: { ...drift('writer_pod_entered by gitops_accounts'), webhook: 'connect.holdfast.dev' },
  },
];

/** The same acts by the account that Git writes with; each must pass. In this order: later ones need the earlier. */
const PASSED: readonly (KubectlOptions & { readonly what: string; readonly command: string })[] = [
  { what: 'apply', command: 'apply -f -', input: HACKED },
  {
    what: 'edit',
    command: 'edit configmap/checkout -n shop',
    environment: { KUBE_EDITOR: 'sed -i s/hacked/edited/' },
  },
  { what: 'patch', command: PATCH },
  {
    what: 'set image',
    command: 'set image deployment/checkout app=registry.local/checkout:2 -n shop',
  },
  { what: 'label', command: 'label deployment/checkout team=blue -n shop' },
  { what: 'annotate', command: 'annotate service/checkout example.com/owner=alice -n shop' },
  { what: 'scale', command: 'scale deployment/checkout --replicas=3 -n shop' },
  { what: 'rollout restart', command: 'rollout restart deployment/checkout -n shop' },
  { what: 'replace --force', command: 'replace --force -f -', input: HACKED },
  {
    what: 'taking the tracking mark off',
    command: 'annotate configmap/checkout argocd.argoproj.io/tracking-id- -n shop',
  },
  { what: 'delete', command: 'delete service/checkout -n shop' },
  { what: 'delete --all', command: 'delete configmaps --all -n shop' },
];

describe('a managed object on a real API server', () => {
  let cluster: Cluster;
  before(async () => {
    ({ cluster } = await startShopCluster());
  });
  after(async () => {
    await cluster?.stop();
  });

  for (const { what, command, refused, ...options } of REFUSED) {
    it(`is safe from a cluster-admin: ${what}`, async () => {
      const result = await cluster.kubectl('alice', command.split(' '), options);
      assert.deepEqual(refusedBy(result), refused, result.stderr);
      assert.equal(result.code, 1);
    });
  }

  it('is safe from a cluster-admin: rollout restart, with the time of it in the message', async () => {
    const result = await cluster.kubectl(
      'alice',
      'rollout restart deployment/checkout -n shop'.split(' '),
    );
    assert.deepEqual(refusedBy(result), drift(CHANGED));
    assert.match(
      readDenial(result)?.lines.join('\n') ?? '',
      /^spec\.template\.metadata\.annotations\["kubectl\.kubernetes\.io\/restartedAt"\]: 20\S+ \(added\)$/mu,
    );
  });

  it('is safe from a user with fewer rights, too', async () => {
    const result = await cluster.kubectl('bob', PATCH.split(' '));
    assert.deepEqual(refusedBy(result), drift(CHANGED));
  });

  it('is what it was after all of that', async () => {
    const { body } = await cluster.request('root', '/api/v1/namespaces/shop/configmaps/checkout');
    assert.deepEqual(body.data, { greeting: 'hello' });
    const deployment = await cluster.request(
      'root',
      '/apis/apps/v1/namespaces/shop/deployments/checkout',
    );
    assert.equal(deployment.body.spec?.['replicas'], 2);
    assert.equal(
      (await cluster.request('root', '/api/v1/namespaces/shop/services/checkout')).code,
      200,
    );
  });

  it('leaves alone what Git does not manage', async () => {
    for (const command of [
      'create configmap notes --from-literal=a=1 -n shop',
      'annotate configmap/notes example.com/a=b -n shop',
      'delete configmap/notes -n shop',
      'delete pods -l app=checkout -n shop',
    ]) {
      const { code, stderr } = await cluster.kubectl('alice', command.split(' '));
      assert.deepEqual([code, stderr], [0, ''], command);
    }
  });

  for (const { what, command, ...options } of PASSED) {
    it(`changes by the account that Git writes with: ${what}`, async () => {
      const result = await cluster.kubectl('argocd', command.split(' '), options);
      assert.equal(readDenial(result), undefined);
      assert.equal(result.code, 0, result.stderr);
    });
  }

  it('comes back with the next sync', async () => {
    await applyAsArgoCd(cluster, shopObjects());
    await waitForRollout(cluster);
    const { body } = await cluster.request('root', '/api/v1/namespaces/shop/configmaps/checkout');
    assert.deepEqual(body.data, { greeting: 'hello' });
  });
});
