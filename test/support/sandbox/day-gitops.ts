/** What the GitOps controllers and the control plane do on the recorded day. */
import {
  applyAsArgoCd,
  scaleAsAutoscaler,
  shopApplication,
  shopAutoscaler,
  shopObjects,
  trackingAnnotation,
  waitForRollout,
} from '../cluster/shop.ts';
import type { ShopOptions } from '../cluster/shop.ts';
import { ARGOCD_USERNAME, AUTOSCALER_USERNAME, FLUX_USERNAME, withKubectl } from './day-action.ts';
import type { DayAction } from './day-action.ts';

const SERVER_SIDE = 'apply --server-side --force-conflicts -f -';

/** Argo CD writes the sample application and its secret. */
export function syncShop(name: string, options: ShopOptions = {}): DayAction {
  return {
    name,
    username: ARGOCD_USERNAME,
    expect: 'allow',
    play: async (cluster) => {
      await applyAsArgoCd(cluster, [...shopObjects(options), shopSecret()]);
      await waitForRollout(cluster);
    },
  };
}

/** Everything that is there when people come to work. */
export const MORNING: readonly DayAction[] = [
  argocd('gitops-create-application', shopApplication()),
  syncShop('gitops-first-sync'),
  argocd('gitops-create-autoscaler', shopAutoscaler()),
  argocd(
    'gitops-create-cluster-role',
    clusterRole(),
    'the mark names the destination namespace although the object has none',
  ),
  flux('flux-create-kustomization', kustomizationObject()),
  flux('flux-first-apply', fluxObjects()),
  argocd('gitops-no-change', shopObjects()),
  {
    ...withKubectl({
      name: 'gitops-dry-run',
      user: 'argocd',
      username: ARGOCD_USERNAME,
      expect: 'allow',
      note: 'Argo CD compares with server-side dry runs',
      command: `${SERVER_SIDE} --field-manager=argocd-controller --dry-run=server`,
      options: { input: shopObjects({ image: 'registry.local/checkout:1.1.0' }) },
    }),
  },
  syncShop('gitops-new-image', { image: 'registry.local/checkout:1.1.0' }),
];

/** The autoscaler scales a managed Deployment through its scale subresource. */
export const AUTOSCALER: DayAction = {
  name: 'autoscaler-scale',
  username: AUTOSCALER_USERNAME,
  expect: 'allow',
  note: 'how many replicas run is the work of the autoscaler',
  play: (cluster) => scaleAsAutoscaler(cluster, 3),
};

function argocd(name: string, input: object, note?: string): DayAction {
  const command = `${SERVER_SIDE} --field-manager=argocd-controller`;
  return withKubectl({
    name,
    user: 'argocd',
    username: ARGOCD_USERNAME,
    expect: 'allow',
    note,
    command,
    options: { input },
  });
}

function flux(name: string, input: object): DayAction {
  const command = `${SERVER_SIDE} --field-manager=kustomize-controller`;
  return withKubectl({
    name,
    user: 'flux',
    username: FLUX_USERNAME,
    expect: 'allow',
    command,
    options: { input },
  });
}

function shopSecret(): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'checkout',
      namespace: 'shop',
      annotations: trackingAnnotation('checkout', '/Secret:shop/checkout'),
    },
    stringData: { password: 'correct horse battery staple', user: 'checkout' },
  };
}

function clusterRole(): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: 'checkout-reader',
      annotations: trackingAnnotation(
        'checkout',
        'rbac.authorization.k8s.io/ClusterRole:shop/checkout-reader',
      ),
    },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
  };
}

function kustomizationObject(): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'podinfo', namespace: 'flux-system' },
    spec: {
      interval: '1m',
      path: './podinfo',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'src' },
    },
  };
}

function fluxObjects(): readonly object[] {
  const metadata = {
    name: 'podinfo',
    namespace: 'podinfo',
    labels: {
      'kustomize.toolkit.fluxcd.io/name': 'podinfo',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    },
  };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { color: 'blue' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: 'podinfo' }, ports: [{ port: 9898 }] },
    },
  ];
}
