/**
 * Whether an Application deploys to this cluster, by the addresses and names that Argo CD's hub has for it.
 *
 * What cannot be read is for no cluster: it gives nobody a right. Source: argo-cd pkg/apis/application/v1alpha1 types.go
 * (ApplicationDestination); util/db/cluster.go, which cuts off slashes at the end of an address.
 */
import { z } from 'zod';

/** What the hub calls this cluster. */
export interface ClusterIdentity {
  /** In normal form. */
  readonly servers: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

const applicationSchema = z.looseObject({
  spec: z.looseObject({
    destination: z.looseObject({ server: z.string().nullish(), name: z.string().nullish() }),
  }),
});

/** Argo CD refuses an Application that names its cluster both ways; where both are there all the same, both must be of this one. */
export function matchDestination(
  application: unknown,
  { servers, names }: ClusterIdentity,
): 'here' | 'elsewhere' {
  const destination = applicationSchema.safeParse(application).data?.spec.destination;
  const server = destination?.server ?? '';
  const name = destination?.name ?? '';
  if (server === '' && name === '') return 'elsewhere';
  const isServer = server === '' || servers.has(normalizeServer(server));
  const isName = name === '' || names.has(name);
  return isServer && isName ? 'here' : 'elsewhere';
}

/** As Argo CD compares addresses. */
export function normalizeServer(server: string): string {
  return server.replace(/\/+$/u, '');
}
