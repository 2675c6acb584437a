/** Builds the review that the API server would send for a manifest, as far as the file determines it. */
import type { AdmissionRequest, UserInfo } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { guessResource, isClusterScoped } from './resource-names.ts';

export type ManifestOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** An identifiable object: an API version, a kind, and a name or `generateName`. */
export interface Manifest extends KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ReviewOptions {
  readonly uid: string;
  readonly user: UserInfo;
  /** Absent: UPDATE if the object is stored, else CREATE, like `kubectl apply`. */
  readonly operation?: ManifestOperation | undefined;
  /** The objects as they are stored. */
  readonly stored: readonly KubernetesObject[];
}

export type PlannedReview =
  | { readonly ok: true; readonly review: { readonly request: AdmissionRequest } }
  | { readonly ok: false; readonly reason: string };

/** Whether a value can be reviewed as an object of Kubernetes. */
export function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'apiVersion' in value &&
    typeof value.apiVersion === 'string' &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    (!('metadata' in value) || typeof value.metadata === 'object')
  );
}

/** Plans one review; an UPDATE needs the stored object. */
export function planReview(manifest: Manifest, options: ReviewOptions): PlannedReview {
  const identity = identify(manifest);
  const stored = options.stored.find((object) => isSame(object, identity));
  const operation = options.operation ?? (stored === undefined ? 'CREATE' : 'UPDATE');
  if (operation === 'UPDATE' && stored === undefined) {
    const name = [identity.namespace, identity.name].filter(Boolean).join('/');
    return {
      ok: false,
      reason: `The stored object of ${identity.kind} "${name}" is not known: give it with --old or --cluster-state`,
    };
  }
  const object = inNamespace(manifest, identity.namespace);
  const { group, version, kind } = identity;
  const resource = { group, version, resource: guessResource(kind) };
  const request = {
    uid: options.uid,
    kind: { group, version, kind },
    resource,
    requestKind: { group, version, kind },
    requestResource: resource,
    name: identity.name,
    // The API server names a Namespace as its own namespace.
    namespace: kind === 'Namespace' ? identity.name : identity.namespace,
    operation,
    userInfo: options.user,
    object: operation === 'DELETE' ? null : object,
    oldObject: operation === 'CREATE' ? null : (stored ?? object),
    dryRun: false,
    options: { kind: OPTION_KINDS[operation], apiVersion: 'meta.k8s.io/v1' },
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return { ok: true, review };
}

const OPTION_KINDS = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
} as const;

interface Identity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

function identify({ apiVersion, kind, metadata }: Manifest): Identity {
  const slash = apiVersion.indexOf('/');
  const namespace = metadata?.namespace ?? (isClusterScoped(kind) ? undefined : 'default');
  return {
    group: slash === -1 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name: metadata?.name ?? '',
  };
}

/** Identifies an object in all its API versions: Deployments of apps/v1 and of apps/v1beta1 are stored once. */
function isSame(object: KubernetesObject, wanted: Identity): boolean {
  if (!isManifest(object) || wanted.name === '') return false;
  const { group, kind, namespace, name } = identify(object);
  return (
    group === wanted.group &&
    kind === wanted.kind &&
    namespace === wanted.namespace &&
    name === wanted.name
  );
}

// The API server fills in the namespace of the request before any webhook sees the object.
function inNamespace(manifest: Manifest, namespace: string | undefined): Manifest {
  if (namespace === undefined || manifest.metadata?.namespace !== undefined) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}
