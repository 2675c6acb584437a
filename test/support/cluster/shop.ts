/** The sample application `checkout` in namespace `shop`, as a GitOps controller writes it. */
import type { ApiAnswer } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { waitFor } from './wait-for.ts';

export interface ShopOptions {
  readonly image?: string | undefined;
  readonly replicas?: number | undefined;
  readonly greeting?: string | undefined;
}

/** Marks an object as Argo CD does since 3.0: an annotation that names the application and the object itself. */
export function trackingAnnotation(app: string, object: string): Readonly<Record<string, string>> {
  return { 'argocd.argoproj.io/tracking-id': `${app}:${object}` };
}

/** The objects as they stand in Git, with Argo CD's mark. */
export function shopObjects(options: ShopOptions = {}): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('/ConfigMap'),
      data: { greeting: options.greeting ?? 'hello' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('/Service'),
      spec: { selector: { app: 'checkout' }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...meta('apps/Deployment'), labels: { app: 'checkout' } },
      spec: {
        replicas: options.replicas ?? 2,
        selector: { matchLabels: { app: 'checkout' } },
        template: {
          metadata: { labels: { app: 'checkout' } },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'app', image: options.image ?? 'registry.local/checkout:1.0.0' }],
          },
        },
      },
    },
  ];
}

/**
 * The Application: where in Git the objects come from. Its operation is under way for as long as no controller ends it:
 * the account that Git writes with writes only then.
 */
export function shopApplication(): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'checkout', namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL: 'git://git.example.com/src', targetRevision: 'main', path: 'shop' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      syncPolicy: { automated: { selfHeal: true, prune: true } },
    },
    operation: { initiatedBy: { automated: true }, sync: { revision: 'main' } },
  };
}

/** Applies objects the way Argo CD does with server-side apply; throws when the API server refuses. */
export async function applyAsArgoCd(
  cluster: Cluster,
  objects: readonly object[],
  options: { readonly user?: string | undefined } = {},
): Promise<void> {
  const argv = [
    'apply',
    '--server-side',
    '--force-conflicts',
    '--field-manager=argocd-controller',
    '-f',
    '-',
  ];
  await cluster.mustKubectl(options.user ?? 'argocd', argv, { input: objects });
}

/** Scales the Deployment as the horizontal pod autoscaler does: read the scale subresource, update it, again on a conflict. */
export function scaleAsAutoscaler(cluster: Cluster, replicas: number): Promise<ApiAnswer> {
  const path = '/apis/apps/v1/namespaces/shop/deployments/checkout/scale';
  return waitFor('the autoscaler has an answer', async () => {
    const { body } = await cluster.request('autoscaler', path);
    const scale = { ...body, spec: { replicas } };
    const answer = await cluster.request('autoscaler', path, { method: 'PUT', body: scale });
    return answer.code === 409 ? undefined : answer;
  });
}

/** The autoscaler of the sample Deployment, as Argo CD applies it: without one from Git nobody may scale. */
export function shopAutoscaler(): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('autoscaling/HorizontalPodAutoscaler'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      minReplicas: 1,
      maxReplicas: 5,
    },
  };
}

/** Waits until the Deployment's pods are ready. */
export async function waitForRollout(cluster: Cluster): Promise<void> {
  await cluster.mustKubectl('root', [
    '-n',
    'shop',
    'rollout',
    'status',
    'deployment/checkout',
    '--timeout=30s',
  ]);
}

function meta(kind: string): object {
  return {
    name: 'checkout',
    namespace: 'shop',
    annotations: trackingAnnotation('checkout', `${kind}:shop/checkout`),
  };
}
