/** What people do on the recorded day: mostly with the best of intentions. */
import type { Cluster } from '../cluster/cluster.ts';
import { shopObjects, trackingAnnotation } from '../cluster/shop.ts';
import { ARGOCD_USERNAME, withKubectl } from './day-action.ts';
import type { DayAction, KubectlAction } from './day-action.ts';

const APPLY = 'apply -f -';
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Changes of managed objects: everything here is refused to everybody but the GitOps controller. */
export const CHANGES: readonly DayAction[] = [
  denied('human-apply', {
    command: APPLY,
    options: { input: shopObjects({ greeting: 'hacked' })[0] },
  }),
  denied('human-apply-as-argocd-field-manager', {
    command: 'apply --server-side --force-conflicts --field-manager=argocd-controller -f -',
    options: { input: shopObjects({ greeting: 'hacked again' })[0] },
    note: 'anybody can choose the name of a field manager',
  }),
  denied('human-edit', {
    command: 'edit configmap/checkout -n shop',
    options: { environment: { KUBE_EDITOR: 'sed -i s/hacked/edited/' } },
  }),
  denied('human-patch', {
    command: 'patch configmap/checkout -n shop --type=merge -p {"data":{"greeting":"patched"}}',
  }),
  denied('human-patch-dry-run', {
    command:
      'patch configmap/checkout -n shop --type=merge --dry-run=server -p {"data":{"greeting":"tried"}}',
  }),
  denied('human-add-key', {
    command: 'patch configmap/checkout -n shop --type=merge -p {"data":{"extra":"1"}}',
    note: 'Argo CD does not see additions: the application stays Synced',
  }),
  denied('human-set-image', { command: 'set image deployment/checkout app=evil:latest -n shop' }),
  denied('human-set-env', { command: 'set env deployment/checkout DEBUG=1 -n shop' }),
  denied('human-set-image-without-rights-of-an-administrator', {
    user: 'bob',
    command: 'set image deployment/checkout app=registry.local/checkout:1.2.0 -n shop',
  }),
  denied('human-label', { command: 'label deployment/checkout team=blue -n shop' }),
  denied('human-annotate', {
    command: 'annotate service/checkout example.com/owner=alice -n shop',
  }),
  denied('human-scale', { command: 'scale deployment/checkout --replicas=5 -n shop' }),
  denied('human-rollout-restart', { command: 'rollout restart deployment/checkout -n shop' }),
  denied('human-rollout-pause', { command: 'rollout pause deployment/checkout -n shop' }),
  denied('human-rollout-resume', { command: 'rollout resume deployment/checkout -n shop' }),
  denied('human-change-secret', {
    command: 'patch secret/checkout -n shop --type=merge -p {"stringData":{"password":"hunter2"}}',
  }),
  denied('human-change-cluster-role', {
    command:
      'patch clusterrole/checkout-reader --type=json -p [{"op":"replace","path":"/rules/0/verbs","value":["*"]}]',
  }),
  denied('human-change-flux-object', {
    command: 'patch configmap/podinfo -n podinfo --type=merge -p {"data":{"color":"red"}}',
  }),
  denied('human-turn-flux-off', {
    command: 'annotate configmap/podinfo kustomize.toolkit.fluxcd.io/reconcile=disabled -n podinfo',
    note: 'a switch on the live object that ends reconciliation',
  }),
  denied('human-strip-flux-labels', {
    command:
      'label service/podinfo kustomize.toolkit.fluxcd.io/name- kustomize.toolkit.fluxcd.io/namespace- -n podinfo',
  }),
  denied('human-strip-tracking-mark', {
    command: 'annotate configmap/checkout argocd.argoproj.io/tracking-id- -n shop',
  }),
];

/** Ways to destroy, and ways around. The controller repairs the application after them. */
export const DESTRUCTION: readonly DayAction[] = [
  denied('human-add-finalizer', {
    command:
      'patch service/checkout -n shop --type=merge -p {"metadata":{"finalizers":["example.com/stuck"]}}',
  }),
  denied('human-remove-finalizer', {
    command: 'patch service/checkout -n shop --type=merge -p {"metadata":{"finalizers":null}}',
  }),
  denied('human-delete', { command: 'delete service/checkout -n shop' }),
  denied('human-delete-all', {
    command: 'delete configmaps --all -n shop',
    except: { 'kube-root-ca.crt': 'allow' },
    note: 'each object comes as a review of its own',
  }),
  denied('human-create-marked', {
    command: APPLY,
    options: { input: shopObjects({ greeting: 'forged' })[0] },
    note: 'a forged mark would make the controller prune or adopt the object',
  }),
  denied('human-replace-force', {
    command: 'replace --force -f -',
    options: { input: shopObjects({ greeting: 'replaced' })[0] },
  }),
  {
    name: 'human-own-by-a-dead-object',
    username: 'alice',
    expect: 'deny',
    note: 'the garbage collector deletes what is owned by an object that does not exist',
    play: (cluster) => addDeadOwner(cluster),
  },
];

/** Attacks on the writer's account and on the GitOps controllers' own objects. */
export const ATTACKS: readonly DayAction[] = [
  {
    ...denied('human-mint-writer-token', {
      command: 'create token argocd-application-controller -n argocd',
    }),
    play: mintWriterToken,
  },
  denied('human-use-minted-token', {
    user: 'minted',
    username: ARGOCD_USERNAME,
    command: 'annotate service/checkout example.com/by=minted --overwrite -n shop',
    note: 'the right account, and a token that no pod holds: refused where the writer must be pod-bound',
  }),
  denied('human-impersonate-writer', {
    username: ARGOCD_USERNAME,
    command: `annotate service/checkout example.com/by=impersonated --overwrite -n shop --as=${ARGOCD_USERNAME}`,
    note: 'the right name, and no proof',
  }),
  denied('human-pod-with-writer-account', {
    command: APPLY,
    options: {
      input: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'borrowed', namespace: 'argocd' },
        spec: {
          serviceAccountName: 'argocd-application-controller',
          containers: [{ name: 'app', image: 'evil:latest' }],
        },
      },
    },
  }),
  denied('human-exec-into-controller', {
    command: 'exec argocd-application-controller-0 -n argocd -- cat /var/run/secrets/token',
  }),
  denied('human-patch-application', {
    command:
      'patch application/checkout -n argocd --type=merge -p {"spec":{"syncPolicy":{"automated":{"selfHeal":false}}}}',
  }),
  denied('human-sync-inline-manifests', {
    command:
      'patch application/checkout -n argocd --type=merge -p {"operation":{"sync":{"manifests":["{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"ConfigMap\\"}"]}}}',
    note: 'the controller would apply what is in no repository, under its own account',
  }),
  denied('human-suspend-flux', {
    command: 'patch kustomization/podinfo -n flux-system --type=merge -p {"spec":{"suspend":true}}',
  }),
];

/** Everyday work that has nothing to do with Git. */
export const EVERYDAY: readonly DayAction[] = [
  allowed('human-create-configmap', {
    command: 'create configmap notes --from-literal=a=1 -n sandbox',
  }),
  allowed('human-change-configmap', {
    command: 'patch configmap/notes -n sandbox --type=merge -p {"data":{"a":"2"}}',
  }),
  allowed('human-create-secret', {
    command: 'create secret generic login --from-literal=password=hunter2 -n sandbox',
  }),
  allowed('human-copied-mark', {
    command: APPLY,
    options: {
      input: {
        ...CONFIG_MAP,
        metadata: {
          name: 'copy',
          namespace: 'sandbox',
          annotations: trackingAnnotation('checkout', '/ConfigMap:shop/checkout'),
        },
      },
    },
    note: 'the mark names another object, so it does not count',
  }),
  allowed('human-delete-unmanaged', { command: 'delete configmap/copy -n sandbox' }),
  allowed('human-run-pod', { command: 'run box --image=registry.local/box:1 -n sandbox' }),
  allowed('human-exec', { command: 'exec box -n sandbox -- true' }),
  allowed('human-mint-ordinary-token', { command: 'create token default -n sandbox' }),
  allowed('human-cordon-node', { command: 'cordon worker-1' }),
  allowed('human-uncordon-node', { command: 'uncordon worker-1' }),
  allowed('human-delete-managed-pods', {
    command: 'delete pods -l app=checkout -n shop --wait=false',
    note: 'its owner makes a new one from what Git declares',
  }),
  {
    name: 'human-evict-pod',
    username: 'alice',
    expect: 'allow',
    play: evictOnePod,
  },
];

/** The last thing that happens to the application. */
export const EVENING: readonly DayAction[] = [
  denied('human-delete-deployment', { command: 'delete deployment/checkout -n shop' }),
  denied('human-delete-namespace', {
    command: 'delete namespace shop --wait=true --timeout=40s',
    note: 'judged by what it destroys',
  }),
];

type Doing = Pick<KubectlAction, 'command' | 'user' | 'username' | 'options' | 'note' | 'except'>;

function denied(name: string, doing: Doing): DayAction {
  return withKubectl({ name, expect: 'deny', ...doing });
}

function allowed(name: string, doing: Doing): DayAction {
  return withKubectl({ name, expect: 'allow', ...doing });
}

async function mintWriterToken(cluster: Cluster): Promise<void> {
  const argv = ['create', 'token', 'argocd-application-controller', '-n', 'argocd'];
  await cluster.addUser('minted', (await cluster.mustKubectl('alice', argv)).trim());
}

async function addDeadOwner(cluster: Cluster): Promise<void> {
  const owner = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'gone',
    uid: '00000000-0000-4000-8000-000000000000',
  };
  const patch = JSON.stringify({ metadata: { ownerReferences: [owner] } });
  await cluster.kubectl('alice', [
    'patch',
    'configmap/checkout',
    '-n',
    'shop',
    '--type=merge',
    '-p',
    patch,
  ]);
}

async function evictOnePod(cluster: Cluster): Promise<void> {
  const pods = await cluster.request(
    'root',
    '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout',
  );
  const name = pods.body.items?.find((pod) => pod.metadata?.deletionTimestamp === undefined)
    ?.metadata?.name;
  await cluster.request('alice', `/api/v1/namespaces/shop/pods/${name}/eviction`, {
    method: 'POST',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'shop' } },
  });
}
