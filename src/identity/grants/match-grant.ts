/**
 * Decides whether a verified grant covers a request now. Every reason is a clause for the person who
 * presented it.
 */
import type { WallMs } from '../../base/clock.ts';
import { formatResource, type ObjectReference } from '../../kubernetes/object-reference.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import { findExcess, formatExcess } from './find-excess.ts';
import type { Grant } from './parse-grant.ts';
import type { GrantLimits } from './settings.ts';

export interface GrantCircumstances extends Pick<
  GrantLimits,
  'clockSkewMs' | 'lifetimeMaxMs' | 'usesMax'
> {
  readonly cluster: string;
  readonly nowMs: WallMs;
  readonly revokedIds: ReadonlySet<string>;
}

/** Codes of the error table. */
export type GrantMismatchCode =
  | 'grant_expired'
  | 'grant_not_yet_valid'
  | 'grant_out_of_scope'
  | 'grant_revoked'
  | 'grant_too_broad'
  | 'grant_wrong_cluster'
  | 'grant_wrong_subject';

export type GrantMatch =
  | { readonly matches: true }
  | { readonly matches: false; readonly code: GrantMismatchCode; readonly reason: string };

/** Matches one grant with one request. */
export function matchGrant(
  grant: Grant,
  request: AdmissionRequest,
  circumstances: GrantCircumstances,
): GrantMatch {
  return (
    matchSubject(grant, request) ??
    matchValidity(grant, circumstances) ??
    matchTime(grant, circumstances) ??
    matchScope(grant, request) ?? { matches: true }
  );
}

/** Whether an open grant lets anybody do anything to the object. */
export function matchGrantedObject(
  grant: Grant,
  object: Pick<ObjectReference, 'group' | 'resource' | 'namespace' | 'name'>,
  circumstances: GrantCircumstances,
): boolean {
  const { scope } = grant;
  const named = formatResource(object);
  return (
    matchValidity(grant, circumstances) === undefined &&
    matchTime(grant, circumstances) === undefined &&
    covers(scope.namespaces, object.namespace ?? '') &&
    scope.resources.some((resource) => resource === '*' || resource.split('/')[0] === named) &&
    covers(scope.names, object.name)
  );
}

function matchSubject({ subject, groups }: Grant, { userInfo }: AdmissionRequest) {
  if (userInfo.username !== subject) {
    return refuse('grant_wrong_subject', `it is for "${subject}"`);
  }
  const member = groups.length === 0 || groups.some((group) => userInfo.groups?.includes(group));
  const wanted = groups.map((group) => `"${group}"`).join(', ');
  return member ? undefined : refuse('grant_wrong_subject', `it asks for membership in ${wanted}`);
}

function matchValidity(grant: Grant, circumstances: GrantCircumstances) {
  const { cluster, revokedIds } = circumstances;
  if (revokedIds.has(grant.id)) return refuse('grant_revoked', 'it was revoked');
  const { clusters } = grant.scope;
  // No "*" here: a grant for every cluster would be equivalent to cluster-admin everywhere.
  if (!clusters.includes(cluster)) {
    return refuse(
      'grant_wrong_cluster',
      `it is for cluster ${clusters.join(', ')}, and this is ${cluster}`,
    );
  }
  const [excess] = findExcess(grant, circumstances);
  return excess && refuse('grant_too_broad', formatExcess(excess));
}

function matchTime(grant: Grant, { nowMs, clockSkewMs }: GrantCircumstances) {
  if (nowMs + clockSkewMs < Date.parse(grant.notBefore)) {
    return refuse('grant_not_yet_valid', `it begins at ${grant.notBefore}`);
  }
  // No tolerance at the end: expiry is exact, by our clock.
  if (nowMs >= Date.parse(grant.expires)) {
    return refuse('grant_expired', `it ended at ${grant.expires}`);
  }
  return undefined;
}

function matchScope({ scope }: Grant, request: AdmissionRequest) {
  const qualified = formatResource(request.resource);
  const asked = request.subResource ? `${qualified}/${request.subResource}` : qualified;
  const isCovered =
    scope.verbs.includes(request.operation) &&
    covers(scope.namespaces, namespaceOf(request)) &&
    covers(scope.resources, asked) &&
    covers(scope.names, nameOf(request));
  if (isCovered) return undefined;
  const where = request.namespace ? ` in namespace "${request.namespace}"` : '';
  const what = `${request.operation} of ${asked} "${nameOf(request)}"${where}`;
  return refuse('grant_out_of_scope', `it does not cover ${what}`);
}

function covers(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

// A Namespace's own requests carry its name as their namespace: a grant for objects in a namespace does not
// cover the Namespace itself.
function namespaceOf({ resource, namespace }: AdmissionRequest): string {
  return resource.group === '' && resource.resource === 'namespaces' ? '' : (namespace ?? '');
}

function nameOf({ name, oldObject, object }: AdmissionRequest): string {
  if (name) return name;
  const metadata = oldObject?.metadata ?? object?.metadata;
  return metadata?.name ?? '';
}

function refuse(code: GrantMismatchCode, reason: string): Extract<GrantMatch, { matches: false }> {
  return { matches: false, code, reason };
}
