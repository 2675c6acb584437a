/** The answers of an API server about the resources that it serves: lists of aggregated discovery (KEP-3352). */

/** One resource. */
export interface SampleResource {
  /** @default '' */
  readonly group?: string;
  /** @default 'v1' */
  readonly version?: string;
  readonly resource: string;
  readonly kind: string;
  /** @default true */
  readonly namespaced?: boolean;
}

/** The bodies of `/api` and `/apis`. */
export function sampleDiscovery(
  resources: readonly SampleResource[],
): Readonly<Record<'/api' | '/apis', object>> {
  return {
    '/api': listOf(resources.filter(({ group = '' }) => group === '')),
    '/apis': listOf(resources.filter(({ group = '' }) => group !== '')),
  };
}

function listOf(resources: readonly SampleResource[]): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: resources.map(({ group = '', version = 'v1', resource, kind, namespaced = true }) => ({
      metadata: { name: group },
      versions: [
        {
          version,
          resources: [
            {
              resource,
              responseKind: { group, version, kind },
              scope: namespaced ? 'Namespaced' : 'Cluster',
              verbs: ['get', 'list', 'watch'],
            },
          ],
        },
      ],
    })),
  };
}
