/** The part of a manifest by which it is found: the rest is parsed when an object is compared with it. */
import { isRecord } from '../../base/is-record.ts';
import type { Fields } from './type-schema.ts';

/** A manifest as one thread gives it to another. */
export interface SerializedManifest {
  readonly header: Fields;
  /** The whole manifest in JSON. */
  readonly json: string;
  /** Why two renderings differ. Absent for nearly all. */
  readonly unstable?: string | undefined;
}

/** Kind, name, and what an index reads of definitions and autoscalers. */
export function headerOf(manifest: Fields): Fields {
  const { apiVersion, kind, metadata, spec } = manifest;
  const { name, namespace, generateName } = fieldsOf(metadata);
  const header = { apiVersion, kind, metadata: { name, namespace, generateName } };
  switch (kind) {
    case 'CustomResourceDefinition': {
      const { group, names, scope } = fieldsOf(spec);
      return { ...header, spec: { group, scope, names: { kind: fieldsOf(names)['kind'] } } };
    }
    case 'HorizontalPodAutoscaler':
    case 'ScaledObject': {
      const { scaleTargetRef } = fieldsOf(spec);
      return { ...header, spec: { scaleTargetRef } };
    }
    default:
      return header;
  }
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
