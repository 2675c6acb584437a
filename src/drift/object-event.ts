/** What a watch tells of an object, and what is read of it. */
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ServedResource } from '../kubernetes/watch/parse-discovery.ts';
import { describeMetadata } from './describe-metadata.ts';
import type { DriftFinding } from './drift-finding.ts';
import type { ObjectRow } from './drift-state.ts';

/** What a watch tells of an object. */
export interface ObjectEvent {
  readonly served: ServedResource;
  /** `group/resource/namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Its metadata; absent where it is gone. */
  readonly metadata?: KubernetesObject | undefined;
  /** It was there when its resource was listed for the first time: it counts as intended. */
  readonly isFirst?: boolean | undefined;
}

/** The object that an event is about. */
export function referenceOf({
  served: { group, version, resource, kind, namespaced },
  namespace,
  name,
}: Pick<ObjectEvent, 'served' | 'namespace' | 'name'>): ObjectReference {
  return { group, version, resource, kind, name, ...(namespaced && { namespace }) };
}

/** Which state of an object was read. */
export function versionOf(stored: KubernetesObject): Pick<ObjectRow, 'uid' | 'version' | 'print'> {
  const { uid = '', resourceVersion = '' } = stored.metadata ?? {};
  return { uid, version: resourceVersion, print: describeMetadata(stored) };
}

/** The whole object is what has changed. The version tells one state of an addition from the next. */
export function wholeObject(kind: 'added' | 'removed', version?: string): DriftFinding['change'] {
  const path = {
    path: '',
    segments: [],
    kind,
    // Git declares what is gone.
    ...(kind === 'removed' && { gitOwned: true }),
    ...(version !== undefined && { to: version }),
  };
  return { semantic: true, paths: [path], protectedKeys: [], truncated: false };
}
