/**
 * Autoscalers as the cluster stores them: what they scale, and between which bounds.
 * Sources: autoscaling/v2 HorizontalPodAutoscalerSpec; KEDA 2 keda.sh/v1alpha1 ScaledObjectSpec and its annotations.
 */
import { z } from 'zod';
import { pluralOf } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { Scaler } from './lookup.ts';

/** Horizontal pod autoscalers. */
export const HPA_KIND: ResourceKind = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
};

/** KEDA's autoscalers; each creates its own HPA. */
export const SCALED_OBJECT_KIND: ResourceKind = {
  group: 'keda.sh',
  version: 'v1alpha1',
  resource: 'scaledobjects',
  kind: 'ScaledObject',
};

/** The target of an autoscaler, and its bounds. */
export interface ScalerSpec {
  readonly tool: Scaler['tool'];
  readonly name: string;
  readonly target: { readonly group: string; readonly kind: string; readonly name: string };
  readonly replicasMin: number;
  readonly replicasMax: number;
  /** The ScaledObject that created this HPA. */
  readonly scaledObject?: string | undefined;
}

const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

const replicas = z.int().min(0);

const hpaSchema = z.object({
  scaleTargetRef: z.object({
    apiVersion: z.string().default(''),
    kind: z.string(),
    name: z.string(),
  }),
  minReplicas: replicas.nullish(),
  maxReplicas: replicas,
});

const scaledObjectSchema = z.object({
  scaleTargetRef: z.object({
    apiVersion: z.string().nullish(),
    kind: z.string().nullish(),
    name: z.string(),
  }),
  minReplicaCount: replicas.nullish(),
  maxReplicaCount: replicas.nullish(),
  idleReplicaCount: replicas.nullish(),
});

/** `undefined` if the object cannot be parsed as an autoscaler: then it allows nothing. */
export function parseScaler(
  tool: ScalerSpec['tool'],
  object: KubernetesObject,
): ScalerSpec | undefined {
  const name = object.metadata?.name;
  if (name === undefined) return undefined;
  return tool === 'hpa' ? parseHpa(object, name) : parseScaledObject(object, name);
}

function parseHpa(object: KubernetesObject, name: string): ScalerSpec | undefined {
  const spec = hpaSchema.safeParse(object['spec']).data;
  if (spec === undefined) return undefined;
  const { scaleTargetRef, minReplicas, maxReplicas } = spec;
  const { apiVersion, ...target } = scaleTargetRef;
  const owner = object.metadata?.ownerReferences?.find(
    ({ controller, kind, apiVersion: version }) =>
      controller === true &&
      kind === SCALED_OBJECT_KIND.kind &&
      groupOf(version) === SCALED_OBJECT_KIND.group,
  );
  return {
    tool: 'hpa',
    name,
    target: { ...target, group: groupOf(apiVersion) },
    replicasMin: minReplicas ?? 1,
    replicasMax: maxReplicas,
    ...(owner !== undefined && { scaledObject: owner.name }),
  };
}

function parseScaledObject(object: KubernetesObject, name: string): ScalerSpec | undefined {
  const spec = scaledObjectSchema.safeParse(object['spec']).data;
  if (spec === undefined) return undefined;
  const { scaleTargetRef, minReplicaCount, maxReplicaCount, idleReplicaCount } = spec;
  const counts = [minReplicaCount ?? 0, maxReplicaCount ?? 100, ...optional(idleReplicaCount)];
  // While paused, KEDA keeps the workload at this number, regardless of its bounds.
  const paused = Number(object.metadata?.annotations?.[PAUSED_REPLICAS] ?? Number.NaN);
  if (Number.isSafeInteger(paused) && paused >= 0) counts.push(paused);
  return {
    tool: 'keda',
    name,
    target: {
      group: groupOf(scaleTargetRef.apiVersion ?? 'apps/v1'),
      kind: scaleTargetRef.kind ?? 'Deployment',
      name: scaleTargetRef.name,
    },
    replicasMin: Math.min(...counts),
    replicasMax: Math.max(...counts),
  };
}

function optional(count: number | null | undefined): readonly number[] {
  return count === undefined || count === null ? [] : [count];
}

function groupOf(apiVersion: string): string {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? '' : group;
}

/** An autoscaler as stored in the cluster. */
export interface StoredScaler {
  readonly spec: ScalerSpec;
  /** A mark of its own names it. */
  readonly managed: boolean;
}

/** All of them must be in the object's namespace. */
export function matchScalers(
  target: ObjectReference,
  stored: readonly StoredScaler[],
): readonly Scaler[] {
  const fromGit = new Set(
    stored
      .filter(({ spec, managed }) => managed && spec.tool === 'keda')
      .map(({ spec }) => spec.name),
  );
  return stored
    .filter(({ spec }) => targets(spec, target))
    .map(({ spec: { tool, name, replicasMin, replicasMax, scaledObject }, managed }) => ({
      tool,
      name,
      replicasMin,
      replicasMax,
      managed: managed || (scaledObject !== undefined && fromGit.has(scaledObject)),
    }));
}

function targets(
  { target }: ScalerSpec,
  { group, kind, resource, name }: ObjectReference,
): boolean {
  if (target.name !== name || target.group !== group) return false;
  // A request for a subresource names the resource only. A wrong guess finds no autoscaler, which is the
  // strict answer.
  return kind === '' ? pluralOf(target.kind) === resource : target.kind === kind;
}
