/**
 * Where the GitOps controllers and Holdfast itself are installed: whoever may change what runs there decides what is
 * applied. Policies guard these namespaces whole.
 */
import type { Configuration } from '../config/schema.ts';
import { parseServiceAccount } from '../registration/parse-service-account.ts';

/** Namespaces of the cluster itself: a writer's account may lie there (a hub's `argocd-manager`), its controller does not. */
const CLUSTER_NAMESPACES: ReadonlySet<string> = new Set([
  'default',
  'kube-node-lease',
  'kube-public',
  'kube-system',
]);

/**
 * Each once, sorted. Nothing runs under the account of a writer that is impersonated: it lies in the namespace of a tenant, whose pods and
 * people would be refused there, and a token of it proves nothing.
 */
export function installationNamespaces({
  breakGlass,
  identity,
  ownership: { argocd, flux },
}: Pick<Configuration, 'breakGlass' | 'identity' | 'ownership'>): readonly string[] {
  const writers = identity.writers.flatMap(({ username, proof }) =>
    proof === 'impersonated' ? [] : (parseServiceAccount(username)?.namespace ?? []),
  );
  const named = [
    argocd.namespace,
    ...(flux.enabled ? [flux.namespace] : []),
    breakGlass.namespace,
    ...writers,
  ];
  return [...new Set(named)].filter((name) => !CLUSTER_NAMESPACES.has(name)).toSorted();
}
