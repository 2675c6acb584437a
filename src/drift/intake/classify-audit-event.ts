/**
 * What an event of the audit log means that admission could not see: who is behind `--as`, what failed open, what was not asked about,
 * which tokens were made, and changes of roles and of what no webhook is asked about.
 */
import type { ObservedCode } from '../../audit/audit-record.ts';
import { PLATFORM_IDENTITIES } from '../../identity/platform-identities.ts';
import type { AuditedObject, AuditedUser, AuditEvent } from './audit-event.ts';
import { classifyRole } from './classify-role.ts';

export interface AuditClassifierOptions {
  /** The names of our webhooks. */
  readonly webhooks: ReadonlySet<string>;
  /** Exact usernames of the GitOps controllers. */
  readonly writers: ReadonlySet<string>;
  /** Exact usernames whose tokens, roles, other names and changes of admission are routine. */
  readonly expected: ReadonlySet<string>;
  /** Our own. */
  readonly ownUsername: string;
  /** Exact usernames whose writes are exempt as long as the object is not managed. */
  readonly recovery: ReadonlySet<string>;
  /** Whether our webhooks are asked about writes there; "" are objects without a namespace. */
  readonly isJudged: (namespace: string) => boolean;
  /** Whether they are asked about what is not managed, too: all profiles but a trial. */
  readonly asksAll: boolean;
}

/** One thing that an event means. */
export interface AuditMeaning {
  readonly code: ObservedCode;
  /** The same for events that one record can stand for. */
  readonly cause: readonly string[];
  /** Whose object it must be for it to count: anybody's; one that is managed, or may be; one that is known to be managed. */
  readonly owner: 'any' | 'possible' | 'known';
}

export interface ReadAnnotations {
  /** Of the first of our webhooks that decided. */
  readonly decision: string | undefined;
  /** Our webhooks that did not answer. */
  readonly failedOpen: readonly string[];
}

const COMPLETE = 'ResponseComplete';
const WRITES: ReadonlySet<string> = new Set([
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
]);
/** They change nothing that Git declares. */
const UNSTORED_SUBRESOURCES: ReadonlySet<string> = new Set([
  'attach',
  'exec',
  'portforward',
  'proxy',
  'status',
  'token',
]);
/** Whose requests our registration exempts, or no webhook is asked about. Source: registration/format-match-conditions.ts. */
const UNASKED_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
]);
const ADMISSION_GROUP = 'admissionregistration.k8s.io';
const RBAC_GROUP = 'rbac.authorization.k8s.io';
/** Source: k8s.io/apiserver pkg/admission/plugin/webhook, dispatchers of validating and mutating. */
const FAILED_OPEN = /^failed-open\.(?:validating|mutation)\.webhook\.admission\.k8s\.io\//u;
const DECISION_KEY = '/decision';
const NODE_PREFIX = 'system:node:';
const ALMIGHTY_GROUP = 'system:masters';

/** Builds the classifier once from the configuration. */
export function createAuditClassifier(
  options: AuditClassifierOptions,
): (event: AuditEvent) => readonly AuditMeaning[] {
  return function classifyAuditEvent(event) {
    const { object, stage, requestUri, verb } = event;
    // A request has several stages; only in the last one it is known what became of it.
    if (stage !== COMPLETE || object === undefined || !WRITES.has(verb)) return [];
    if (isDryRun(requestUri)) return [];
    const impersonation = classifyImpersonation(event, options);
    const done = isDone(event) ? classifyWrite(event, object, options) : [];
    return [...impersonation, ...done].map((meaning) => ({ owner: 'any' as const, ...meaning }));
  };
}

/** What our webhooks, and the API server about them, have noted. Each webhook writes below its own name only. */
export function classifyAnnotations(
  { annotations }: Pick<AuditEvent, 'annotations'>,
  webhooks: ReadonlySet<string>,
): ReadAnnotations {
  const failedOpen = Object.entries(annotations)
    .filter(([key, webhook]) => FAILED_OPEN.test(key) && webhooks.has(webhook))
    .map(([, webhook]) => webhook);
  const decisions = [...webhooks].flatMap((name) => {
    const key = `${name}${DECISION_KEY}`;
    return Object.hasOwn(annotations, key) ? [annotations[key]] : [];
  });
  return { decision: decisions[0], failedOpen: [...new Set(failedOpen)] };
}

type Meaning = Pick<AuditMeaning, 'code' | 'cause'> & Partial<AuditMeaning>;

/** Admission sees only the other name. An attempt that was refused is one, too. */
function classifyImpersonation(
  { user, impersonated }: AuditEvent,
  { writers, expected }: AuditClassifierOptions,
): readonly Meaning[] {
  if (impersonated === undefined || expected.has(user.username)) return [];
  const { username } = impersonated;
  const isGuarded =
    writers.has(username) ||
    PLATFORM_IDENTITIES.has(username) ||
    username.startsWith(NODE_PREFIX) ||
    impersonated.groups.includes(ALMIGHTY_GROUP);
  // Argo CD and Flux act in the name of accounts of the tenants: never in that of another controller.
  if (writers.has(user.username) && !isGuarded) return [];
  const code = isGuarded ? 'writer_impersonated' : 'user_impersonated';
  return [{ code, cause: [code, user.username, username] }];
}

function classifyWrite(
  event: AuditEvent,
  object: AuditedObject,
  options: AuditClassifierOptions,
): readonly Meaning[] {
  const { decision, failedOpen } = classifyAnnotations(event, options.webhooks);
  return [
    ...failedOpen.map((webhook): Meaning => {
      const code = 'admission_failed_open';
      return { code, cause: [code, webhook] };
    }),
    ...(isSpecial(event, options) ? classifySpecialWrite(event, object, options) : []),
    ...(decision === undefined ? classifyUnjudged(event, object, options) : []),
  ];
}

/** Whether the user is none of those that do this all day. In another name nobody is. */
function isSpecial(
  { user, impersonated }: AuditEvent,
  { writers, expected, ownUsername }: AuditClassifierOptions,
): boolean {
  if (impersonated !== undefined) return !expected.has(user.username);
  const { username } = user;
  return !(
    expected.has(username) ||
    writers.has(username) ||
    username === ownUsername ||
    isControlPlane(user)
  );
}

function classifySpecialWrite(
  event: AuditEvent,
  { group, resource, subresource, namespace, name }: AuditedObject,
  { writers }: AuditClassifierOptions,
): readonly Meaning[] {
  const { user, verb } = event;
  const place = [user.username, group, resource, namespace, name];
  if (group === '' && resource === 'serviceaccounts' && subresource === 'token') {
    const account = `system:serviceaccount:${namespace}:${name}`;
    const code = writers.has(account) ? 'writer_token_minted' : 'token_minted';
    return [{ code, cause: [code, ...place] }];
  }
  if (group === ADMISSION_GROUP && subresource === '') {
    const code = 'admission_configuration_changed';
    return [{ code, cause: [code, ...place] }];
  }
  const gives = group === RBAC_GROUP && verb !== 'delete' && verb !== 'deletecollection';
  if (gives && classifyRole(writtenObject(event)) === 'escalating') {
    const code = 'rbac_escalated';
    return [{ code, cause: [code, ...place] }];
  }
  return [];
}

function classifyUnjudged(
  event: AuditEvent,
  object: AuditedObject,
  { writers, recovery, ownUsername, isJudged, asksAll }: AuditClassifierOptions,
): readonly Meaning[] {
  const { user, impersonated } = event;
  const { group, resource, subresource, namespace, name } = object;
  const isUnasked =
    UNASKED_GROUPS.has(group) ||
    (group === '' && resource === 'events') ||
    UNSTORED_SUBRESOURCES.has(subresource) ||
    !isJudged(namespace);
  if (isUnasked) return [];
  const isOwn = impersonated === undefined && user.username === ownUsername;
  // The work of the control plane is exempt where it is routine; in its name, but by somebody else, nothing is.
  if (isOwn || (impersonated === undefined && isControlPlane(user))) return [];
  const isWriter = writers.has(user.username);
  const code = isWriter ? 'writer_unjudged' : 'write_unjudged';
  const cause = isWriter
    ? [code, user.username]
    : [code, user.username, group, resource, namespace, name];
  const isCertain = recovery.has(user.username) || !asksAll;
  return [{ code, cause, owner: isCertain ? 'known' : 'possible' }];
}

/** What was stored, as far as the event has it: a patch is none, and a `Status` neither. */
export function writtenObject({ verb, requestObject, responseObject }: AuditEvent): unknown {
  if (isWhole(responseObject)) return responseObject;
  const isSent = verb === 'create' || verb === 'update';
  return isSent && isWhole(requestObject) ? requestObject : undefined;
}

function isWhole(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'metadata' in value &&
    'kind' in value &&
    value.kind !== 'Status'
  );
}

function isControlPlane({ username, groups }: AuditedUser): boolean {
  if (PLATFORM_IDENTITIES.has(username)) return true;
  return username.startsWith(NODE_PREFIX) && groups.includes('system:nodes');
}

function isDone({ httpStatus }: AuditEvent): boolean {
  return httpStatus >= 200 && httpStatus < 300;
}

function isDryRun(uri: string): boolean {
  const query = uri.indexOf('?');
  return query >= 0 && new URLSearchParams(uri.slice(query)).getAll('dryRun').includes('All');
}
