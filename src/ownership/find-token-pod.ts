/**
 * The pod that a token is asked for (`spec.boundObjectRef` of a TokenRequest), as it is stored now.
 *
 * A kubelet asks for the tokens of the pods on its own node. Whoever only wears a node's name asks for any pod's. Source:
 * kubernetes pkg/kubelet/token, KEP-1205 (bound service account tokens).
 */
import { z } from 'zod';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { Answer, TokenPod } from './object-fact.ts';
import { namespaceOf } from './requested-object.ts';

const tokenRequest = z.looseObject({
  spec: z.looseObject({
    boundObjectRef: z.looseObject({
      kind: z.literal('Pod'),
      name: z.string().min(1),
      uid: z.string().min(1),
    }),
  }),
});

const storedPod = z.looseObject({
  metadata: z.looseObject({ uid: z.string() }),
  spec: z.looseObject({
    nodeName: z.string().default(''),
    serviceAccountName: z.string().default('default'),
  }),
});

/** Whether somebody asks for a service account's token. */
export function asksForToken({ operation, resource, subResource }: AdmissionRequest): boolean {
  return (
    operation === 'CREATE' &&
    resource.group === '' &&
    resource.resource === 'serviceaccounts' &&
    subResource === 'token'
  );
}

/** Null where the token is for no pod, or for one that is not there under that uid. */
export async function findTokenPod(
  request: AdmissionRequest,
  lookupFresh: (reference: ObjectReference) => Promise<ObjectLookup>,
): Promise<Answer<TokenPod | null>> {
  const asked = tokenRequest.safeParse(request.object);
  if (!asked.success) return { status: 'known', value: null };
  const { name, uid } = asked.data.spec.boundObjectRef;
  const answer = await lookupFresh({
    group: '',
    version: 'v1',
    resource: 'pods',
    kind: 'Pod',
    namespace: namespaceOf(request),
    name,
  });
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  const pod = answer.status === 'found' ? storedPod.safeParse(answer.object) : undefined;
  if (pod?.data === undefined || pod.data.metadata.uid !== uid) {
    return { status: 'known', value: null };
  }
  const { nodeName, serviceAccountName } = pod.data.spec;
  return { status: 'known', value: { nodeName, serviceAccountName } };
}
