/**
 * ValidatingAdmissionPolicies over webhook configurations: webhooks are called neither for webhook configurations nor for
 * admission policies.
 *
 * The first keeps our registration: without it one `kubectl delete` by any cluster-admin ends all protection. The second
 * keeps people from making mutating webhooks, which change the writer's own requests on their way, and from changing
 * webhook configurations that Git declares. Service accounts register their own webhooks and renew certificates in them all
 * day (cert-manager, Kyverno, Istio), so the third only has the API server's audit log tell of what they do.
 *
 * What stays open: the guard itself can be deleted, and a MutatingAdmissionPolicy made, since admission policies are not
 * evaluated on admission policies. That takes RBAC and an alert on the audit log.
 * Source: k8s.io/apiserver admission/plugin/policy/generic/plugin.go.
 */
import { allOf, anyOf, celText, isOneOf, not, operationIs, resourceIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { isUnmarked } from './format-metadata-conditions.ts';
import type { MatchCondition } from './format-match-conditions.ts';
import type { Manifest } from './plan-registration.ts';
import { parseServiceAccount } from './parse-service-account.ts';
import { REGISTRATION_NAME } from './plan-registration.ts';

/** The name of the policy over our registration, and of its binding. */
export const GUARD_NAME = 'registration.holdfast.dev';
/** Keeps people from webhooks that reach what Git declares. */
export const WEBHOOKS_GUARD_NAME = 'webhooks.holdfast.dev';
/** Tells of those that service accounts make and change. */
export const WEBHOOKS_AUDIT_NAME = 'webhooks-audit.holdfast.dev';

export interface GuardOptions {
  /** Exact usernames that may change or delete our webhook configurations, and make mutating ones. */
  readonly allowedUsernames: readonly string[];
  /** The Argo CD instance label, where labels are tracked. */
  readonly instanceLabelKey?: string | undefined;
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
const VALIDATING = 'validatingwebhookconfigurations';
const MUTATING = 'mutatingwebhookconfigurations';
const USERNAME = 'request.userInfo.username';
/** With a token a service account has a uid. One that `kubectl --as` makes has none, and is the person behind it. */
const HAS_UID = `request.userInfo.?uid.orValue('') != ''`;
const SERVICE_ACCOUNT = allOf(`${USERNAME}.startsWith('system:serviceaccount:')`, HAS_UID);

/** Each policy with its binding, the one over our registration first. */
export function planGuard({
  allowedUsernames,
  instanceLabelKey,
}: GuardOptions): readonly Manifest[] {
  const isAllowed = isOneOfThem([...new Set(allowedUsernames)].toSorted());
  const reach = reachesManaged(instanceLabelKey);
  return [
    ...guard(GUARD_NAME, {
      rules: [rule(['UPDATE', 'DELETE'], [VALIDATING, MUTATING])],
      matchConditions: [
        {
          name: 'our-registration',
          // Not `resourceNames`: items of a DELETECOLLECTION have no name in the request.
          expression: `oldObject.metadata.name == ${celText(REGISTRATION_NAME)}`,
        },
      ],
      isAllowed,
      message: 'The registration of Holdfast changes only by the accounts that its guard names',
      action: 'Deny',
    }),
    ...guard(WEBHOOKS_GUARD_NAME, {
      rules: WEBHOOK_RULES,
      matchConditions: [{ name: 'a-person', expression: not(SERVICE_ACCOUNT) }, ...reach],
      isAllowed,
      message:
        'A mutating webhook changes what the GitOps controller writes, so it is made and changed only through Git, as is ' +
        'what Git declares',
      action: 'Deny',
    }),
    ...guard(WEBHOOKS_AUDIT_NAME, {
      rules: WEBHOOK_RULES,
      matchConditions: [{ name: 'a-service-account', expression: SERVICE_ACCOUNT }, ...reach],
      isAllowed,
      message: 'A service account changed a webhook configuration that reaches what Git declares',
      action: 'Audit',
    }),
  ];
}

function isOneOfThem(usernames: readonly string[]): Cel {
  const isAccount = (username: string) => parseServiceAccount(username) !== undefined;
  const people = usernames.filter((username) => !isAccount(username));
  const accounts = usernames.filter(isAccount);
  return anyOf(
    ...(people.length === 0 ? [] : [isOneOf(USERNAME, people)]),
    ...(accounts.length === 0 ? [] : [allOf(isOneOf(USERNAME, accounts), HAS_UID)]),
  );
}

const WEBHOOK_RULES = [
  rule(['CREATE'], [MUTATING]),
  rule(['UPDATE', 'DELETE'], [VALIDATING, MUTATING]),
];

// Every new mutating webhook: which kinds it will reach is for its maker to change later.
function reachesManaged(instanceLabelKey: string | undefined): readonly MatchCondition[] {
  const isMutating = resourceIs('admissionregistration.k8s.io', MUTATING);
  const isMarked = not(isUnmarked({ instanceLabelKey }));
  const isChanged = allOf(operationIs('UPDATE'), 'object.?webhooks != oldObject.?webhooks');
  return [
    {
      name: 'not-our-registration',
      expression: `request.?name.orValue('') != ${celText(REGISTRATION_NAME)}`,
    },
    {
      name: 'reaches-what-git-declares',
      expression: anyOf(
        allOf(isMarked, anyOf(operationIs('DELETE'), 'object != oldObject')),
        allOf(isMutating, anyOf(operationIs('CREATE'), isChanged)),
      ),
    },
  ];
}

interface Guard {
  readonly rules: readonly Manifest[];
  readonly matchConditions: readonly MatchCondition[];
  readonly isAllowed: string;
  readonly message: string;
  readonly action: 'Deny' | 'Audit';
}

function guard(name: string, options: Guard): readonly Manifest[] {
  const { rules, matchConditions, isAllowed, message, action } = options;
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { matchPolicy: 'Equivalent', resourceRules: rules },
        matchConditions,
        validations: [
          {
            expression: isAllowed,
            message: `${message} (ValidatingAdmissionPolicy "${name}")`,
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: [action] },
    },
  ];
}

function rule(operations: readonly string[], resources: readonly string[]): Manifest {
  return {
    apiGroups: ['admissionregistration.k8s.io'],
    apiVersions: ['*'],
    operations,
    resources,
    scope: 'Cluster',
  };
}
