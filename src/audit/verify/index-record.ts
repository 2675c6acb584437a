/** The index of a record. Its columns are stored beside the record, so verification computes them again. */
import type { AuditRecord } from '../audit-record.ts';

export interface RecordIndex {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly decisionId: string;
  readonly username: string;
  readonly namespace: string;
  /** `<group>/<resource>/<namespace>/<name>`; the core group is empty. */
  readonly object: string;
  readonly allowed: 0 | 1;
  readonly code: string;
  /** The policies that did not pass, each once. */
  readonly policies: readonly string[];
}

/** The index of one record. */
export function indexRecord(record: AuditRecord): RecordIndex {
  const objecting = record.policies.filter(({ status }) => status !== 'passed');
  return {
    timeMs: Date.parse(record.time),
    decisionId: record.decisionId,
    username: record.user.username,
    namespace: record.object.namespace,
    object: indexedObject(record),
    allowed: record.allowed ? 1 : 0,
    code: record.code,
    policies: [...new Set(objecting.map(({ policy }) => policy))],
  };
}

/** `<group>/<resource>/<namespace>/<name>`; the core group is empty. */
export function formatObjectKey(object: IndexedObject): string {
  return [object.group, object.resource, object.namespace, object.name].join('/');
}

/** The reverse of `formatObjectKey`. */
export function parseObjectKey(key: string): IndexedObject {
  const [group = '', resource = '', namespace = '', ...name] = key.split('/');
  return { group, resource, namespace, name: name.join('/') };
}

/** Stands in the index for refusals of different objects: a search looks at each of these records. */
export const FOLDED_OBJECTS = '*';

/** What a record is found by where an object is looked for. */
export function indexedObject({
  object,
  folded,
}: {
  readonly object: IndexedObject;
  readonly folded?: { readonly by: string } | undefined;
}): string {
  return folded?.by === 'code' ? FOLDED_OBJECTS : formatObjectKey(object);
}

type IndexedObject = Pick<AuditRecord['object'], 'group' | 'resource' | 'namespace' | 'name'>;
