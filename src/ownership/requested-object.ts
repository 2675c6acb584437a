/** The object of a request. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';

/** The object itself, also for a request to a subresource; then its kind is unknown and empty. */
export function describeRequestedObject(request: AdmissionRequest): ObjectReference {
  const { group, version, resource } = request.resource;
  const namespace = namespaceOf(request);
  const isPart = (request.subResource ?? '') !== '';
  return {
    group,
    version,
    resource,
    kind: isPart ? '' : request.kind.kind,
    name: nameOf(request),
    ...(namespace === '' ? {} : { namespace }),
  };
}

/** Whether the request is about a Namespace. */
export function isNamespace({ resource }: AdmissionRequest): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}

/** Empty for cluster-scoped objects; a Namespace's own requests carry its name as their namespace. */
export function namespaceOf(request: AdmissionRequest): string {
  return isNamespace(request) ? '' : (request.namespace ?? '');
}

/** The items of a DELETECOLLECTION come without a name; the stored object has it. */
export function nameOf(request: AdmissionRequest): string {
  if (request.name !== undefined && request.name !== '') return request.name;
  const metadata = request.oldObject?.metadata ?? request.object?.metadata;
  return typeof metadata?.name === 'string' ? metadata.name : '';
}
