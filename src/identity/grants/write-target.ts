/**
 * Tells of a write that we let pass whether it was made. After us the API server may still refuse it: another webhook denies it, a quota is
 * full, the object has changed meanwhile.
 */
import { z } from 'zod';
import { formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';

/** An object as it was before the write. */
export interface WriteTarget {
  /** The path of the object in the API. */
  readonly path: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/**
 * The object that a write is about to change, or nothing where its version does not tell whether the write was made: a creation (the
 * object may have gone since), and what changes no object (exec, a token).
 */
export function findWriteTarget({
  operation,
  resource,
  kind,
  namespace,
  name,
  oldObject,
}: AdmissionRequest): WriteTarget | undefined {
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
  return path === undefined ? undefined : { path, ...metadata.data };
}

/** Whether a live object is still the one of before: every write that is made changes the resource version. */
export function isUntouched(live: unknown, { uid, resourceVersion }: WriteTarget): boolean {
  const read = liveSchema.safeParse(live);
  if (!read.success) return false;
  const { metadata } = read.data;
  return metadata.uid === uid && metadata.resourceVersion === resourceVersion;
}

const versionSchema = z.object({ uid: z.string().min(1), resourceVersion: z.string().min(1) });
const liveSchema = z.looseObject({ metadata: versionSchema });
