/** Which autoscalers of a namespace target an object, and whether they come from Git. */
import type { ObjectReference } from '../object-reference.ts';
import type { Scaler } from './lookup.ts';
import type { ScalerSpec } from './parse-scaler.ts';
import { pluralOf } from '../client/plural-of.ts';

/** An autoscaler as it is stored. */
export interface StoredScaler {
  readonly spec: ScalerSpec;
  /** A mark of its own names it. */
  readonly managed: boolean;
}

/** All of the stored ones must be of the object's namespace. */
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
  // A request for a subresource names the resource only. A wrong guess finds no autoscaler, which is the strict side.
  return kind === '' ? pluralOf(target.kind) === resource : target.kind === kind;
}
