/**
 * Which resources an API server serves. Source: KEP-3352, aggregated discovery: apidiscovery.k8s.io/v2
 * APIGroupDiscoveryList, served from Kubernetes 1.30 on.
 */
import { formatResource } from '../object-reference.ts';
import { z } from 'zod';
import type { ResourceKind } from '../client/format-api-path.ts';

/** The Accept header for `/api` and `/apis`. */
export const DISCOVERY_ACCEPT =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** A resource that can be listed and watched. */
export interface ServedResource extends ResourceKind {
  readonly namespaced: boolean;
}

const resourceSchema = z.object({
  resource: z.string(),
  responseKind: z.object({ kind: z.string() }).nullish(),
  scope: z.string(),
  verbs: z.array(z.string()),
});

const groupSchema = z.object({
  metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
  versions: z
    .array(z.object({ version: z.string(), resources: z.array(resourceSchema).default([]) }))
    .default([]),
});

const discoverySchema = z.object({ items: z.array(groupSchema) });

/**
 * One entry for each resource, in the version that the server prefers; `undefined` if the response is not a
 * discovery list.
 */
export function parseDiscovery(body: unknown): readonly ServedResource[] | undefined {
  const discovery = discoverySchema.safeParse(body).data;
  if (discovery === undefined) return undefined;
  const found = new Map<string, ServedResource>();
  for (const served of discovery.items.flatMap(listGroup)) {
    const name = formatResource(served);
    // Versions come in the order of preference.
    if (!found.has(name)) found.set(name, served);
  }
  return [...found.values()];
}

function listGroup({
  metadata,
  versions,
}: z.output<typeof groupSchema>): readonly ServedResource[] {
  return versions.flatMap(({ version, resources }) =>
    resources.flatMap(({ resource, responseKind, scope, verbs }) => {
      const kind = responseKind?.kind ?? '';
      if (kind === '' || !verbs.includes('list') || !verbs.includes('watch')) return [];
      const namespaced = scope === 'Namespaced';
      return [{ group: metadata.name, version, resource, kind, namespaced }];
    }),
  );
}
