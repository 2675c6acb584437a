/**
 * The objects that a GitOps object lists as applied: an Application's `status.resources`, a Flux inventory.
 * Sources: argo-cd pkg/apis/application/v1alpha1/types.go ResourceStatus; fluxcd kustomize-controller and
 * helm-controller API, ResourceRef: `<namespace>_<name>_<group>_<kind>`, where a name's `:` is written `__`.
 */
import { z } from 'zod';
import { pluralOf } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { Claim } from './lookup.ts';

/** A claimed object. `namespace` is empty for cluster-scoped objects. */
export interface ClaimedObject {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** In which it was applied; absent if the list does not say so. */
  readonly version?: string | undefined;
}

/** The kinds whose objects claim others. */
export const CLAIMING_KINDS: readonly ResourceKind[] = [
  { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications', kind: 'Application' },
  {
    group: 'kustomize.toolkit.fluxcd.io',
    version: 'v1',
    resource: 'kustomizations',
    kind: 'Kustomization',
  },
  { group: 'helm.toolkit.fluxcd.io', version: 'v2', resource: 'helmreleases', kind: 'HelmRelease' },
];

const destinationSchema = z.object({
  spec: z.object({
    destination: z.object({ server: z.string().nullish(), name: z.string().nullish() }),
  }),
});

const resourcesSchema = z.object({
  status: z.object({
    resources: z.array(
      z.object({
        group: z.string().default(''),
        kind: z.string(),
        namespace: z.string().default(''),
        name: z.string(),
        version: z.string().optional(),
      }),
    ),
  }),
});

const fluxSchema = z.object({
  spec: z.object({ kubeConfig: z.unknown().optional() }),
  status: z.object({
    inventory: z.object({
      entries: z.array(z.object({ id: z.string(), v: z.string().optional() })),
    }),
  }),
});

/** How Argo CD writes the cluster that it runs in. */
const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';
const IN_CLUSTER_NAME = 'in-cluster';

/** Empty if the object claims nothing in this cluster, or nothing that could be parsed. */
export function parseClaims(kind: string, object: KubernetesObject): readonly ClaimedObject[] {
  return kind === 'Application' ? parseApplication(object) : parseInventory(object);
}

function parseApplication(object: KubernetesObject): readonly ClaimedObject[] {
  const destination = destinationSchema.safeParse(object).data?.spec.destination;
  // What an application deploys to another cluster says nothing about this one.
  const isHere = destination?.server === IN_CLUSTER_SERVER || destination?.name === IN_CLUSTER_NAME;
  return isHere ? parseApplicationClaims(object) : [];
}

/** Of an Application that deploys to this cluster, whatever it calls it. */
export function parseApplicationClaims(object: unknown): readonly ClaimedObject[] {
  return resourcesSchema.safeParse(object).data?.status.resources ?? [];
}

function parseInventory(object: KubernetesObject): readonly ClaimedObject[] {
  const flux = fluxSchema.safeParse(object).data;
  if (flux === undefined || (flux.spec.kubeConfig ?? null) !== null) return [];
  return flux.status.inventory.entries.flatMap(({ id, v }) => parseInventoryId(id, v));
}

function parseInventoryId(id: string, version: string | undefined): readonly ClaimedObject[] {
  const parts = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/u.exec(id);
  if (parts === null) return [];
  const [, namespace = '', name = '', group = '', kind = ''] = parts;
  const claimed = { group, kind, namespace, name: name.replaceAll('__', ':') };
  return [{ ...claimed, ...(version !== undefined && { version }) }];
}

/** One GitOps object, and what it claims. */
export interface StoredClaims {
  readonly claim: Claim;
  readonly objects: readonly ClaimedObject[];
}

/** `undefined` if it claims nothing. */
export function readClaims(kind: string, object: KubernetesObject): StoredClaims | undefined {
  const objects = parseClaims(kind, object);
  const { name: app, namespace = '' } = object.metadata ?? {};
  if (objects.length === 0 || app === undefined) return undefined;
  const tool = kind === 'Application' ? 'argocd' : 'flux';
  return { claim: { tool, kind, namespace, app }, objects };
}

/** Whether the reference names the claimed object. */
export function matchesClaimed(
  claimed: ClaimedObject,
  { group, kind, resource, name, namespace }: ObjectReference,
): boolean {
  if (claimed.name !== name || claimed.group !== group) return false;
  // Argo CD may write the destination's namespace beside a cluster-scoped object.
  if (namespace !== undefined && claimed.namespace !== namespace) return false;
  return kind === '' ? pluralOf(claimed.kind) === resource : claimed.kind === kind;
}
