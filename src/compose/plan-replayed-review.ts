/**
 * Builds the review of a write that a GitOps controller has made before, from its record and the live object. A record holds no object: of an
 * update, the stored object is the live one with the recorded fields taken back.
 */
import type { WriterWrite } from '../audit/report/writer-writes.ts';
import { isRecord } from '../base/is-record.ts';

export type ReplayedReview =
  | {
      readonly ok: true;
      /** A create where the recorded fields cannot be taken back: every field of the object is judged then. */
      readonly operation: 'CREATE' | 'UPDATE';
      readonly review: object;
    }
  | { readonly ok: false; readonly reason: string };

type Segments = readonly (string | number)[];
type RecordedPath = NonNullable<WriterWrite['change']>['paths'][number];

/** Why a write is not judged again, before anything is read; `undefined` if it may be. */
export function classifyUnreplayable({ operation, object }: WriterWrite): string | undefined {
  if (operation === 'DELETE') return 'it was a deletion, and the object that it deleted is gone';
  if (operation === 'CONNECT') return 'it was a connection, which writes nothing';
  if (object.subresource !== '') return 'it was a write to a subresource';
  return object.name.endsWith('*') ? 'the record does not have the generated name' : undefined;
}

/** The review of the same write to the object as it is now. */
export function planReplayedReview(write: WriterWrite, live: unknown): ReplayedReview {
  if (!isRecord(live) || !isRecord(live['metadata'])) {
    return { ok: false, reason: 'the answer of the API server is no object' };
  }
  if (live['metadata']['deletionTimestamp'] !== undefined) {
    return { ok: false, reason: 'the object is being deleted' };
  }
  const before =
    write.operation === 'UPDATE' ? takeBack(live, write.change?.paths ?? []) : undefined;
  const operation = before === undefined ? 'CREATE' : 'UPDATE';
  return { ok: true, operation, review: formatReview(write, { operation, live, before }) };
}

interface Objects {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly live: object;
  readonly before: object | undefined;
}

function formatReview(write: WriterWrite, { operation, live, before }: Objects): object {
  const { object, user, decisionId } = write;
  const { group, version, kind, resource, namespace, name } = object;
  const gvk = { group, version, kind };
  const gvr = { group, version, resource };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: decisionId,
      kind: gvk,
      resource: gvr,
      requestKind: gvk,
      requestResource: gvr,
      name,
      ...(namespace !== '' && { namespace }),
      operation,
      userInfo: user,
      object: live,
      oldObject: before ?? null,
      dryRun: false,
      options: {
        kind: operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions',
        apiVersion: 'meta.k8s.io/v1',
      },
    },
  };
}

/** `undefined` where a field is not where it was, or nothing is left to take back. */
function takeBack(live: object, paths: readonly RecordedPath[]): object | undefined {
  const before: object = structuredClone(live);
  return paths.length > 0 && paths.every((path) => takeFieldBack(before, path))
    ? before
    : undefined;
}

function takeFieldBack(object: object, { segments, kind, from }: RecordedPath): boolean {
  const last = segments.at(-1);
  const parent = follow(object, segments.slice(0, -1));
  if (last === undefined || parent === undefined) return false;
  if (kind === 'added') return removeItem(parent, last);
  // A value that was hidden or cut still differs, which is all that a judgement of the writer asks.
  return setItem(parent, last, from ?? '');
}

function follow(value: unknown, segments: Segments): unknown {
  let current = value;
  for (const segment of segments) {
    current = readItem(current, segment);
    if (current === undefined) return undefined;
  }
  return current;
}

function readItem(parent: unknown, key: string | number): unknown {
  if (Array.isArray(parent)) {
    const items: readonly unknown[] = parent;
    return items[indexOf(items, key)];
  }
  return isRecord(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

function removeItem(parent: unknown, key: string | number): boolean {
  if (Array.isArray(parent)) {
    const index = indexOf(parent, key);
    if (index >= 0) parent.splice(index, 1);
    return index >= 0;
  }
  return isRecord(parent) && Object.hasOwn(parent, key) && Reflect.deleteProperty(parent, key);
}

function setItem(parent: unknown, key: string | number, text: string): boolean {
  if (Array.isArray(parent)) {
    const index = indexOf(parent, key);
    return index >= 0 && Reflect.set(parent, index, parseLike(parent[index], text));
  }
  if (!isRecord(parent) || key === '__proto__') return false;
  return Reflect.set(parent, key, parseLike(parent[key], text));
}

/** List items are recorded by name where they have one, else by index. */
function indexOf(items: readonly unknown[], key: string | number): number {
  if (typeof key === 'number') return key < items.length ? key : -1;
  return items.findIndex((item) => isRecord(item) && item['name'] === key);
}

/** Records have texts; a number or a boolean keeps its type. */
function parseLike(live: unknown, text: string): unknown {
  if (typeof live === 'number') return Number.isFinite(Number(text)) ? Number(text) : 0;
  if (typeof live === 'boolean') return text === 'true';
  return text;
}
