/**
 * The addresses of an EndpointSlice or of Endpoints that no pod has which they name.
 *
 * An endpoint controller lists the pods that its Service selects. Whoever only wears its name may list any address, and
 * answers for the Service from then on. Source: kubernetes staging/src/k8s.io/endpointslice (podToEndpoint).
 */
import { z } from 'zod';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { Answer } from './object-fact.ts';
import { namespaceOf } from './requested-object.ts';

/** New ones in one request; installations have a few pods for each Service. */
const ADDRESSES_MAX = 32;
const SERVICE_NAME = 'kubernetes.io/service-name';

const target = z.looseObject({ kind: z.string(), name: z.string() }).nullish();
const sliceSchema = z.looseObject({
  endpoints: z
    .array(z.looseObject({ addresses: z.array(z.string()), targetRef: target }))
    .nullish(),
});
const address = z.looseObject({ ip: z.string(), targetRef: target });
const endpointsSchema = z.looseObject({
  subsets: z
    .array(
      z.looseObject({
        addresses: z.array(address).nullish(),
        notReadyAddresses: z.array(address).nullish(),
      }),
    )
    .nullish(),
});
const podSchema = z.looseObject({
  status: z.looseObject({
    podIPs: z.array(z.looseObject({ ip: z.string() })).nullish(),
  }),
});

interface Endpoint {
  readonly address: string;
  /** The pod that is said to have it. */
  readonly pod: string | undefined;
}

/** Whether the request writes where traffic goes. */
export function writesEndpoints({
  operation,
  resource,
  subResource = '',
}: AdmissionRequest): boolean {
  if (subResource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return false;
  const kind = `${resource.resource}.${resource.group}`;
  return kind === 'endpoints.' || kind === 'endpointslices.discovery.k8s.io';
}

/** Empty where every new address is that of a pod of the namespace. */
export async function findForeignAddresses(
  request: AdmissionRequest,
  lookupFresh: (reference: ObjectReference) => Promise<ObjectLookup>,
): Promise<Answer<readonly string[]>> {
  const added = addedBy(request);
  if (added === undefined) return unavailable('its endpoints cannot be read');
  if (added.length > ADDRESSES_MAX) {
    return unavailable(`it names more than ${String(ADDRESSES_MAX)} new addresses`);
  }
  const namespace = namespaceOf(request);
  const foreign: string[] = [];
  for (const { address: ip, pod: name } of added) {
    const answer =
      name === undefined
        ? ({ status: 'absent' } as const)
        : await lookupFresh({ ...POD, namespace, name });
    if (answer.status === 'unavailable') return unavailable(answer.reason);
    if (answer.status === 'absent' || !addressesOf(answer.object).includes(ip)) foreign.push(ip);
  }
  return { status: 'known', value: foreign };
}

const POD = { group: '', version: 'v1', resource: 'pods', kind: 'Pod' };

/** What was there for the same Service was judged then. */
function addedBy({ object, oldObject }: AdmissionRequest): readonly Endpoint[] | undefined {
  const after = object ? endpointsOf(object) : undefined;
  const isSameService =
    oldObject?.metadata?.labels?.[SERVICE_NAME] === object?.metadata?.labels?.[SERVICE_NAME];
  const before = oldObject && isSameService ? (endpointsOf(oldObject) ?? []) : [];
  const known = new Set(before.map(({ address: ip }) => ip));
  return after?.filter(({ address: ip }) => !known.has(ip));
}

function endpointsOf(state: KubernetesObject): readonly Endpoint[] | undefined {
  if (state.kind === 'Endpoints') {
    const endpoints = endpointsSchema.safeParse(state).data;
    if (endpoints === undefined) return undefined;
    return (endpoints.subsets ?? []).flatMap(({ addresses, notReadyAddresses }) =>
      [...(addresses ?? []), ...(notReadyAddresses ?? [])].map(({ ip, targetRef }) => ({
        address: ip,
        pod: podOf(targetRef),
      })),
    );
  }
  const slice = sliceSchema.safeParse(state).data;
  if (slice === undefined) return undefined;
  return (slice.endpoints ?? []).flatMap(({ addresses, targetRef }) =>
    addresses.map((ip) => ({ address: ip, pod: podOf(targetRef) })),
  );
}

function podOf(reference: z.infer<typeof target>): string | undefined {
  return reference?.kind === 'Pod' ? reference.name : undefined;
}

function addressesOf(pod: KubernetesObject): readonly string[] {
  return podSchema.safeParse(pod).data?.status.podIPs?.map(({ ip }) => ip) ?? [];
}

function unavailable(reason: string): Answer<never> {
  return { status: 'unavailable', reason };
}
