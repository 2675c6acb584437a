/**
 * The managed Services whose traffic a request would direct. Proxies follow the label of an EndpointSlice and the name of
 * Endpoints, never an owner: so whoever writes one takes the traffic of the Service that it names.
 *
 * Source: kubernetes.io "EndpointSlices" (`kubernetes.io/service-name`); KEP-752, KEP-4974.
 */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import { describeRoot } from './find-root.ts';
import type { Answer, ObjectFact, RootObject } from './object-fact.ts';
import { nameOf } from './requested-object.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

export interface ServiceSearch {
  readonly namespace: string;
  readonly lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** Whether a stored object is managed. */
  readonly describe: (
    stored: KubernetesObject,
    reference: ObjectReference,
  ) => ObjectFact | Promise<ObjectFact>;
}

/** The names of the Services that the object answers for: before the request, and after it. */
export function servicesOf(request: AdmissionRequest): readonly string[] {
  const { resource, subResource = '', oldObject, object } = request;
  if (subResource !== '') return [];
  const kind = `${resource.resource}.${resource.group}`;
  if (kind === 'endpoints.') return [nameOf(request)].filter((name) => name !== '');
  if (kind !== 'endpointslices.discovery.k8s.io') return [];
  const labels = [oldObject, object].map((state) => state?.metadata?.labels?.[SERVICE_NAME]);
  return [...new Set(labels.filter((name) => typeof name === 'string' && name !== ''))].flatMap(
    (name) => name ?? [],
  );
}

/** Empty where none of them is managed, or there is none of that name. */
export async function findServices(
  names: readonly string[],
  { namespace, lookupObject, describe }: ServiceSearch,
): Promise<Answer<readonly RootObject[]>> {
  const services: RootObject[] = [];
  for (const name of names) {
    const service = { group: '', version: 'v1', kind: 'Service', resource: 'services' };
    const reference: ObjectReference = { ...service, namespace, name };
    const answer = await lookupObject(reference);
    if (answer.status === 'unavailable') {
      // Without a cluster to ask there is none to protect.
      if (answer.code === 'lookup_not_configured') continue;
      return { status: 'unavailable', reason: answer.reason };
    }
    if (answer.status === 'absent') continue;
    const fact = await describe(answer.object, reference);
    if (fact.managed) services.push(describeRoot(reference, fact));
  }
  return { status: 'known', value: services };
}
