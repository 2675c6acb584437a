/** Questions to the completion of the object fact, and the look-ups that answer them. */
import assert from 'node:assert/strict';
import { monotonicMs } from '../../src/base/clock.ts';
import { pluralOf } from '../../src/kubernetes/client/format-api-path.ts';
import type { ActorFact } from '../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { OwnershipLookups } from '../../src/ownership/cluster-ports.ts';
import { createFactCompleter } from '../../src/ownership/complete-fact.ts';
import type { ObjectFact } from '../../src/ownership/object-fact.ts';

/** A look-up that got no answer. */
export const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
/** What is known of an object that nobody manages. */
export const UNMANAGED: ObjectFact = {
  managed: false,
  wasManaged: false,
  self: false,
  scope: 'none',
};
/** The same of one that Argo CD manages. */
export const MANAGED: ObjectFact = {
  managed: true,
  wasManaged: true,
  tool: 'argocd',
  app: 'checkout',
  self: true,
  scope: 'managed',
};

/** Somebody without a proof. */
export function actor(more: Partial<ActorFact> = {}): ActorFact {
  const proof = { grade: 'none', sufficient: true, reason: 'it is no service account' } as const;
  return { class: 'other', username: 'alice', groups: [], proof, ...more };
}

/** A person. */
export const alice = actor();
/** An identity of the control plane. */
export const platform = (name: string) =>
  actor({ class: 'platform', name, username: `system:${name}` });
/** A service account with a token of its pod. */
export const robot = actor({
  username: 'system:serviceaccount:shop:robot',
  proof: { grade: 'pod-bound', sufficient: true, reason: 'its token is bound to a pod' },
});
/** The same by impersonation. */
export const pretender = { ...robot, proof: { ...robot.proof, grade: 'impersonated' } } as const;
/** The GitOps writer. */
export const writer = actor({ class: 'gitops', name: 'argocd' });

/** A request for `group/resource/Kind`. */
export function request(path: string, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const [group = '', resource = '', kind = ''] = path.split('/');
  return {
    uid: '1',
    kind: { group, version: 'v1', kind },
    resource: { group, version: 'v1', resource },
    name: 'checkout',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

/** What a test asks. */
export interface Asked {
  readonly request: AdmissionRequest;
  readonly actor?: ActorFact;
  readonly fact?: ObjectFact;
  readonly stored?: KubernetesObject;
}

/** Look-ups of which none may be asked. */
const nothing: OwnershipLookups = {
  lookupObject: () => assert.fail('no object is asked for'),
  lookupMetadata: () => assert.fail('no metadata is asked for'),
  lookupFresh: () => assert.fail('nothing fresh is asked for'),
  findManagedInNamespace: () => assert.fail('no namespace is searched'),
  findClaimed: () => assert.fail('nothing that is listed is asked for'),
  leftBehind: () => undefined,
  findScalers: () => assert.fail('no autoscaler is asked for'),
  findClaims: () => assert.fail('no claim is asked for'),
  findSelecting: () => assert.fail('no selector is asked for'),
};

/** The completed fact, or `not asked` where no look-up was needed. */
export async function complete(
  asked: Asked,
  lookups: Partial<OwnershipLookups> = {},
): Promise<unknown> {
  const completer = createFactCompleter({
    lookups: { ...nothing, ...lookups },
    pluralOf,
    exemptNamespaces: new Set(['free']),
    describe: (stored) => (stored.metadata?.annotations?.['managed'] ? MANAGED : UNMANAGED),
    findApplier: ({ metadata }) =>
      metadata?.annotations?.['applied']
        ? { tool: 'argocd', mark: 'managedFields of argocd-controller' }
        : undefined,
  });
  const { fact = UNMANAGED, stored = asked.request.oldObject ?? undefined } = asked;
  const answer = completer({
    request: asked.request,
    actor: asked.actor ?? alice,
    fact,
    stored,
    deadlineAtMs: monotonicMs(7),
  });
  return answer === undefined ? 'not asked' : await answer;
}

/** A known fact. */
export const known = (value: unknown) => ({ status: 'known', value });
/** A look-up that finds an object with this metadata. */
export const found = (metadata: object) => () =>
  Promise.resolve({ status: 'found', object: { metadata } } as const);
