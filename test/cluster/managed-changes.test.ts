/** A cluster-admin with kubectl against what Git manages, on a real API server, with failure policy Fail. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster/cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';
import type { Denial } from '../support/cluster/denial.ts';
import type { KubectlOptions } from '../support/cluster/kubectl.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects, waitForRollout } from '../support/cluster/shop.ts';

const EMERGENCY = 'In an emergency, ask the people who run Holdfast, and show them the decision.';
const CHANGE = `Change it under shop in git://git.example.com/src and let Argo CD sync it. ${EMERGENCY}`;
const REMOVE = `Remove it under shop in git://git.example.com/src and let Argo CD sync it. ${EMERGENCY}`;
const GREETING = 'data.greeting: hello → hacked';
const IMAGE =
  'spec.template.spec.containers[app].image: registry.local/checkout:1.0.0 → evil:latest';
const HACKED = shopObjects({ greeting: 'hacked' })[0] ?? {};
const PATCH = 'patch configmap/checkout -n shop --type=merge -p {"data":{"greeting":"hacked"}}';
const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';

function headline(object: string): string {
  return `${object} is managed by the Argo CD application "checkout" and changes only through Git.`;
}

function deletion(object: string): string {
  return `${object} is managed by the Argo CD application "checkout" and is deleted only through Git.`;
}

function drift(lines: readonly string[], policies = 'gitops_only_writes'): Denial {
  return {
    webhook: 'drift.holdfast.dev',
    lines: [...lines, `decision <id> (${policies}, cluster test)`],
  };
}

interface Refusal extends KubectlOptions {
  readonly what: string;
  readonly command: string;
  readonly denial: Denial;
}

const CONFIG_MAP = headline('configmaps shop/checkout');
const DEPLOYMENT = headline('deployments.apps shop/checkout');

const REFUSED: readonly Refusal[] = [
  {
    what: 'apply',
    command: 'apply -f -',
    input: HACKED,
    denial: drift(
      [
        CONFIG_MAP,
        GREETING,
        CHANGE,
        'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] is protected: it tells the controller what Git last declared.',
      ],
      'gitops_only_writes, protected_keys',
    ),
  },
  {
    what: "server-side apply under the writer's field manager",
    command: 'apply --server-side --force-conflicts --field-manager=argocd-controller -f -',
    input: HACKED,
    denial: drift([CONFIG_MAP, GREETING, CHANGE]),
  },
  {
    what: 'edit',
    command: 'edit configmap/checkout -n shop',
    environment: { KUBE_EDITOR: 'sed -i s/hello/hacked/' },
    denial: drift([CONFIG_MAP, GREETING, CHANGE]),
  },
  { what: 'patch', command: PATCH, denial: drift([CONFIG_MAP, GREETING, CHANGE]) },
  {
    what: 'patch as a dry run',
    command: `${PATCH} --dry-run=server`,
    denial: drift([CONFIG_MAP, GREETING, CHANGE]),
  },
  {
    what: 'set image',
    command: 'set image deployment/checkout app=evil:latest -n shop',
    denial: drift([DEPLOYMENT, IMAGE, CHANGE]),
  },
  {
    what: 'label',
    command: 'label deployment/checkout team=blue -n shop',
    denial: drift([DEPLOYMENT, 'metadata.labels.team: blue (added)', CHANGE]),
  },
  {
    what: 'annotate',
    command: 'annotate service/checkout example.com/owner=alice -n shop',
    denial: drift([
      headline('services shop/checkout'),
      'metadata.annotations["example.com/owner"]: alice (added)',
      CHANGE,
    ]),
  },
  {
    what: 'scale',
    command: 'scale deployment/checkout --replicas=5 -n shop',
    denial: drift([
      'deployments.apps shop/checkout is managed by the Argo CD application "checkout" and is scaled only through Git or by its autoscaler.',
      'spec.replicas: 2 → 5',
      `Change spec.replicas under shop in git://git.example.com/src and let Argo CD sync it. ${EMERGENCY}`,
    ]),
  },
  {
    what: 'delete',
    command: 'delete service/checkout -n shop',
    denial: drift([deletion('services shop/checkout'), REMOVE]),
  },
  {
    what: 'delete --all',
    command: 'delete deployments --all -n shop',
    denial: drift([deletion('deployments.apps shop/checkout'), REMOVE]),
  },
  {
    what: 'replace --force',
    command: 'replace --force -f -',
    input: HACKED,
    denial: drift([deletion('configmaps shop/checkout'), REMOVE]),
  },
  {
    what: 'stripping the tracking mark',
    command: 'annotate configmap/checkout argocd.argoproj.io/tracking-id- -n shop',
    denial: drift(
      [
        `${CONFIG_MAP} This would take it out of Git's hands.`,
        'metadata.annotations["argocd.argoproj.io/tracking-id"]: checkout:/ConfigMap:shop/checkout (removed)',
        `Change it or remove it under shop in git://git.example.com/src and let Argo CD sync it. ${EMERGENCY}`,
        'metadata.annotations["argocd.argoproj.io/tracking-id"] is protected: it says who manages the object and how, and editing it turns reconciliation off.',
      ],
      'gitops_only_writes, protected_keys',
    ),
  },
  {
    what: 'deleting the namespace',
    command: 'delete namespace shop',
    denial: drift(
      [
        'Deleting namespace "shop" would delete ConfigMap checkout (application "checkout"), Deployment checkout (application "checkout"), Service checkout (application "checkout"), which Git manages.',
        'Remove the applications from Git first and let the GitOps controller prune them; then delete the empty namespace.',
      ],
      'deletion_by_proxy',
    ),
  },
  {
    what: "impersonating the writer's account",
    command: `${PATCH} --as=${WRITER}`,
    denial: drift([
      'configmaps shop/checkout is managed by the Argo CD application "checkout" and is written only by its controller. The GitOps account "argocd" did not prove itself: it was impersonated: it carries neither uid nor token, and its entry demands "pod-bound".',
      GREETING,
      "Let the controller use the token of its own pod. If somebody used its account by hand, stop: make the change in Git. The demand stands in identity.writers of Holdfast's configuration.",
    ]),
  },
  {
    what: "minting the writer's token",
    command: 'create token argocd-application-controller -n argocd',
    denial: drift(
      [
        "serviceaccounts argocd/argocd-application-controller is the account of the GitOps controller: only a node may request its token, for the controller's pod.",
        `Use an account of your own. To see what the controller may do: kubectl auth can-i --list --as ${WRITER}`,
      ],
      'gitops_accounts',
    ),
  },
  {
    what: "entering the writer's pod",
    command: 'exec argocd-application-controller-0 -n argocd -- sh',
    denial: {
      webhook: 'connect.holdfast.dev',
      lines: [
        'Nobody enters pods of namespace "argocd" (exec into argocd-application-controller-0): the GitOps controller\'s token is in there.',
        'Read its logs (kubectl logs) and its metrics instead; to restart it, delete the pod.',
        'decision <id> (gitops_accounts, cluster test)',
      ],
    },
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

  for (const { what, command, denial, ...options } of REFUSED) {
    it(`is safe from a cluster-admin: ${what}`, async () => {
      const result = await cluster.kubectl('alice', command.split(' '), options);
      assert.deepEqual(readDenial(result), denial, result.stderr);
      assert.equal(result.code, 1);
    });
  }

  it('is safe from a cluster-admin: rollout restart, with the time of it in the message', async () => {
    const result = await cluster.kubectl(
      'alice',
      'rollout restart deployment/checkout -n shop'.split(' '),
    );
    const [first, field = '', ...rest] = readDenial(result)?.lines ?? [];
    assert.equal(first, DEPLOYMENT);
    assert.match(
      field,
      /^spec\.template\.metadata\.annotations\["kubectl\.kubernetes\.io\/restartedAt"\]: 20\S+ \(added\)$/u,
    );
    assert.deepEqual(rest, [
      `Delete its pods one by one to restart them, or change the pod template under shop in git://git.example.com/src and let Argo CD sync it. ${EMERGENCY}`,
      'decision <id> (gitops_only_writes, cluster test)',
    ]);
  });

  it('is safe from a user with fewer rights, too', async () => {
    const result = await cluster.kubectl('bob', PATCH.split(' '));
    assert.deepEqual(readDenial(result), drift([CONFIG_MAP, GREETING, CHANGE]));
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
