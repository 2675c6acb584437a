/** Which GitOps objects claim an object. */
import type { KubernetesObject } from '../object.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { Claim } from './lookup.ts';
import { parseClaims } from './parse-claims.ts';
import type { ClaimedObject } from './parse-claims.ts';
import { pluralOf } from '../client/plural-of.ts';

/** One GitOps object, and what it claims. */
export interface StoredClaims {
  readonly claim: Claim;
  readonly objects: readonly ClaimedObject[];
}

/** `undefined` where it claims nothing. */
export function readClaims(kind: string, object: KubernetesObject): StoredClaims | undefined {
  const objects = parseClaims(kind, object);
  const { name: app, namespace = '' } = object.metadata ?? {};
  if (objects.length === 0 || app === undefined) return undefined;
  const tool = kind === 'Application' ? 'argocd' : 'flux';
  return { claim: { tool, kind, namespace, app }, objects };
}

/** Whether the reference names the claimed object. */
export function matchesClaimed(
  claimed: ClaimedObject,
  { group, kind, resource, name, namespace }: ObjectReference,
): boolean {
  if (claimed.name !== name || claimed.group !== group) return false;
  // Argo CD may write the destination's namespace beside a cluster-scoped object.
  if (namespace !== undefined && claimed.namespace !== namespace) return false;
  return kind === '' ? pluralOf(claimed.kind) === resource : claimed.kind === kind;
}
