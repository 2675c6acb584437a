/**
 * The parts of a guard: a ValidatingAdmissionPolicy with its binding, and the expressions that all guards share.
 *
 * What differs between clusters stands in variables, as lists: the chart fills them in, and the rest of each guard is the
 * same text everywhere. Source: k8s.io/api admissionregistration/v1, ValidatingAdmissionPolicySpec.
 */
import { allOf, anyOf, celTexts, not, resourceIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { isUnmarkedBeside } from './format-metadata-conditions.ts';
import type { MatchCondition } from './format-match-conditions.ts';
import { parseServiceAccount } from './parse-service-account.ts';
import type { Manifest } from './plan-registration.ts';

export interface GuardOptions {
  /** Exact usernames that may do what a guard refuses. An account counts only with a token. */
  readonly allowedUsernames: readonly string[];
  /** Groups whose members may: the way in when nobody of the names is there. */
  readonly exemptGroups?: readonly string[] | undefined;
  /** The Argo CD instance label, where labels are tracked. */
  readonly instanceLabelKey?: string | undefined;
  /** Where our own pods run. */
  readonly ownNamespace: string;
  /** All controllers act as `system:kube-controller-manager`. */
  readonly sharedControllerManager?: boolean | undefined;
}

/** A named expression of a policy. */
export interface GuardVariable {
  readonly name: string;
  readonly expression: Cel;
}

export interface Guard {
  readonly rules: readonly Manifest[];
  readonly matchConditions: readonly MatchCondition[];
  /** Whoever does what the conditions and rules name must satisfy it. */
  readonly isPassed: Cel;
  /** Without an end: what is refused, and who may do it. */
  readonly message: string;
  /** What to do or to type instead, without an end; commands in backticks. */
  readonly remedy: string;
  readonly action: 'Deny' | 'Audit';
}

/** The API server demands it of the names of policies in files, and refuses it elsewhere. */
export const STATIC_SUFFIX = '.static.k8s.io';

const API_VERSION = 'admissionregistration.k8s.io/v1';
const USERNAME = 'request.userInfo.username';
const ACCOUNT_PREFIX = 'system:serviceaccount:';
const GARBAGE_COLLECTOR = 'system:serviceaccount:kube-system:generic-garbage-collector';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';
/** With a token a service account has a uid. One that `kubectl --as` makes has none, and is the person behind it. */
export const HAS_UID = `request.userInfo.?uid.orValue('') != ''`;
/** A service account that shows a token. */
export const IS_SERVICE_ACCOUNT: Cel = allOf(
  `${USERNAME}.startsWith('${ACCOUNT_PREFIX}')`,
  HAS_UID,
);
/** Both kinds of webhook configurations. */
export const WEBHOOK_RESOURCES = [
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
] as const;

/** Reads the lists: people by name, accounts by name and token, members of a group. */
export const IS_ALLOWED: Cel = anyOf(
  `${USERNAME} in variables.people`,
  allOf(`${USERNAME} in variables.accounts`, HAS_UID),
  'request.userInfo.?groups.orValue([]).exists(group, group in variables.groups)',
);

/** The garbage collector, which deletes what has an owner. */
export const IS_COLLECTOR: Cel = allOf(
  `${USERNAME} in variables.collectors`,
  anyOf(not(`${USERNAME}.startsWith('${ACCOUNT_PREFIX}')`), HAS_UID),
);

/** Argo CD or Flux manages the object, before or after the request. */
export const IS_MARKED: Cel = not(isUnmarkedBeside(['k in variables.labelKeys']));

/** The lists of a cluster. Every guard has all of them: one that is not read costs nothing. */
export function formatGuardLists({
  allowedUsernames,
  exemptGroups = [],
  instanceLabelKey,
  sharedControllerManager = false,
}: Omit<GuardOptions, 'ownNamespace'>): readonly GuardVariable[] {
  const usernames = [...new Set(allowedUsernames)].toSorted();
  const isAccount = (username: string): boolean => parseServiceAccount(username) !== undefined;
  const list = (name: string, texts: readonly string[]): GuardVariable => ({
    name,
    expression: celTexts(texts),
  });
  return [
    list(
      'people',
      usernames.filter((username) => !isAccount(username)),
    ),
    list('accounts', usernames.filter(isAccount)),
    list('groups', [...new Set(exemptGroups)].toSorted()),
    list('collectors', [
      GARBAGE_COLLECTOR,
      ...(sharedControllerManager ? [CONTROLLER_MANAGER] : []),
    ]),
    list('labelKeys', instanceLabelKey === undefined ? [] : [instanceLabelKey]),
  ];
}

/** The policy and its binding. */
export function formatGuard(
  name: string,
  { rules, matchConditions, isPassed, message, remedy, action }: Guard,
  variables: readonly GuardVariable[],
): readonly Manifest[] {
  const labels = { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' };
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { matchPolicy: 'Equivalent', resourceRules: rules },
        matchConditions,
        variables,
        validations: [
          {
            expression: isPassed,
            // On one line: the API server refuses another.
            message: `${message}. ${remedy}. ${formatWhoAndWayOut(name)}`,
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels },
      spec: { policyName: name, validationActions: [action] },
    },
  ];
}

/** Whom the guard lets through stands in its lists, so that the text is the same in every cluster. */
function formatWhoAndWayOut(name: string): string {
  const lists = name.endsWith(STATIC_SUFFIX)
    ? 'Whom the guard names stands in its file on the control plane'
    : `Whom the guard names: \`kubectl get validatingadmissionpolicy ${name} -o jsonpath='{.spec.variables}'\``;
  return `${lists}. If none of them is there, docs/operations/guards.md has the way out`;
}

/** The admission configuration of one of these kinds. */
export function isAdmissionResource(...resources: readonly string[]): Cel {
  return resourceIs('admissionregistration.k8s.io', ...resources);
}

/** A rule about kinds of one group, in every version. */
export function guardRule(
  group: string,
  resources: readonly string[],
  operations: readonly string[],
): Manifest {
  return { apiGroups: [group], apiVersions: ['*'], operations, resources, scope: '*' };
}
