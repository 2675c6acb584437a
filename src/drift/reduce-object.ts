/**
 * What of an object is compared and kept: not its status, and no value that must not leave the process. A value that is hidden is
 * replaced by a keyed hash on both sides of a comparison, so that a change of it is seen all the same.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../kubernetes/object.ts';
import type { ChangeHider } from '../ownership/change.ts';
import { LAST_APPLIED } from '../ownership/protected-keys.ts';

export interface ReduceOptions {
  readonly hider: ChangeHider;
  readonly isSecret: boolean;
}

/** Deeper than any schema of Kubernetes: what lies below is hidden as a whole. */
const DEPTH_MAX = 200;

/** The object without its status, each hidden value as a hash. */
export function reduceObject(object: KubernetesObject, options: ReduceOptions): KubernetesObject {
  const { status: _status, metadata, ...rest } = object;
  const { managedFields: _entries, ...described } = metadata ?? {};
  const hidden = (value: object, at: Segments): object => {
    const kept = hideValues(value, options, at);
    return isRecord(kept) ? kept : {};
  };
  return {
    ...hidden(rest, []),
    metadata: { ...hidden(described, ['metadata']), managedFields: listEntries(object) },
  };
}

type Segments = readonly (string | number)[];

function hideValues(value: unknown, options: ReduceOptions, segments: Segments): unknown {
  if (typeof value !== 'object' || value === null) {
    return isHidden(value, options, segments) ? options.hider.hide(value) : value;
  }
  if (segments.length > DEPTH_MAX) return options.hider.hide(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      hideValues(item, options, [...segments, nameOf(item) ?? index]),
    );
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, hideValues(member, options, [...segments, key])]),
  );
}

/** Configured paths name items by their name, as paths of changes do. */
function nameOf(item: unknown): string | undefined {
  const name = isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function isHidden(value: unknown, { hider, isSecret }: ReduceOptions, segments: Segments): boolean {
  const [first, second, third] = segments;
  const isOfSecret =
    isSecret &&
    (first === 'data' ||
      first === 'stringData' ||
      (first === 'metadata' && second === 'annotations' && third === LAST_APPLIED));
  return isOfSecret || hider.isHidden(segments, value);
}

/** The entries that can own what is compared: whoever may write an object can write its managedFields. */
export function listEntries({ metadata }: KubernetesObject): readonly ManagedFieldsEntry[] {
  const entries: unknown = metadata?.managedFields;
  return Array.isArray(entries) ? entries.filter(isEntry) : [];
}

function isEntry(entry: unknown): entry is ManagedFieldsEntry {
  return (
    isRecord(entry) &&
    typeof entry['manager'] === 'string' &&
    ['operation', 'subresource', 'time'].every((name) => isTextOrAbsent(entry[name])) &&
    entry['subresource'] !== 'status'
  );
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
