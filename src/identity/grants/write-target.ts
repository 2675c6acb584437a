/**
 * Tells of a write that we let pass whether it was made. After us the API server may still refuse it: another webhook denies it, a quota is
 * full, the object has changed meanwhile. It then may also ask again, with the object as it is now.
 *
 * A write is made on the version of the object that was reviewed, or not at all: etcd compares the version in the same transaction. So
 * only the version that follows can be what was written.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../base/canonical-json.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';

/** An object as it was before the write. */
export interface WriteTarget {
  /** The path of the object in the API. */
  readonly path: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** What the next version is if the write is made; absent where that cannot be told, and in what earlier versions have counted. */
  readonly next?: string | undefined;
}

/** The next version of an object that was deleted: it has gone, or waits for its end. */
const DELETED = 'deleted';

/**
 * The object that a write is about to change, or nothing where its version does not tell whether the write was made: a creation (the
 * object may have gone since), and what changes no object (exec, a token).
 */
export function findWriteTarget(request: AdmissionRequest): WriteTarget | undefined {
  const { operation, resource, kind, namespace, name, oldObject } = request;
  if (operation !== 'UPDATE' && operation !== 'DELETE') return undefined;
  const metadata = versionSchema.safeParse(oldObject?.metadata);
  if (!metadata.success) return undefined;
  const isNamespace = resource.group === '' && resource.resource === 'namespaces';
  const path = formatObjectPath({
    ...resource,
    kind: kind.kind,
    namespace: isNamespace ? undefined : namespace || undefined,
    name: name || (oldObject?.metadata?.name ?? ''),
  });
  if (path === undefined) return undefined;
  const next = describeNext(request);
  return { path, ...metadata.data, ...(next && { next }) };
}

function describeNext({ operation, object, oldObject }: AdmissionRequest): string | undefined {
  if (operation === 'UPDATE') return hashMetadata(object?.metadata);
  // Of an object that waits for its end already, each later version looks like that of a deletion.
  return isDeleted(oldObject?.metadata) ? undefined : DELETED;
}

/** Whether a live object is still the one of before: every write that is made changes the resource version. */
export function isUntouched(live: unknown, { uid, resourceVersion }: WriteTarget): boolean {
  const read = liveSchema.safeParse(live);
  if (!read.success) return false;
  const { metadata } = read.data;
  return metadata.uid === uid && metadata.resourceVersion === resourceVersion;
}

/** The watch that begins with the version that follows the one of before. */
export function formatNextVersionPath({ path, resourceVersion }: WriteTarget): string {
  const end = path.lastIndexOf('/');
  const name = path.slice(end + 1);
  return `${path.slice(0, end)}?watch=1&fieldSelector=metadata.name%3D${name}&resourceVersion=${encodeURIComponent(resourceVersion)}`;
}

/**
 * Whether the version that follows the one of before is somebody else's write: then ours was not made, and never will be. `line` is the first
 * event of that watch. Whatever is unclear is no proof.
 */
export function isAnotherWrite(line: string, { uid, next }: WriteTarget): boolean {
  const event = parseJsonAs(eventSchema, line);
  if (next === undefined || event === undefined) return false;
  const { metadata } = event.object;
  if (metadata.uid !== uid) return false;
  if (next === DELETED) return !isDeleted(metadata);
  const hash = hashMetadata(metadata);
  return hash !== undefined && hash !== next;
}

/**
 * What the API server alone writes of the metadata, and stores as we were shown it: who has written which field when, and which generation
 * this is. Labels and annotations may be changed by the conversion to the stored version. Two writes that are equal in this are taken for
 * one: the same program has written the same fields within the same second.
 */
function hashMetadata(metadata: unknown): string | undefined {
  const read = writtenSchema.safeParse(metadata);
  return read.success
    ? createHash('sha256').update(canonicalJson(read.data)).digest('base64url').slice(0, HASH_CHARS)
    : undefined;
}

function isDeleted(metadata: unknown): boolean {
  return z.looseObject({ deletionTimestamp: z.string() }).safeParse(metadata).success;
}

/** 128 bits: each is one of up to 5,000 entries of an object that etcd keeps below 1.5 MiB. */
const HASH_CHARS = 22;
const versionSchema = z.object({ uid: z.string().min(1), resourceVersion: z.string().min(1) });
const liveSchema = z.looseObject({ metadata: versionSchema });
/** A Scale has no managed fields: it is no object of its own. */
const writtenSchema = z.object({
  generation: z.number().optional(),
  managedFields: z.array(z.unknown()).min(1),
  deletionTimestamp: z.string().optional(),
});
const eventSchema = z.object({
  type: z.literal('MODIFIED'),
  object: z.looseObject({ metadata: z.looseObject({ uid: z.string() }) }),
});
