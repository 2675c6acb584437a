/**
 * A ValidatingAdmissionPolicy over our webhook configurations. Webhooks are called neither for webhook configurations
 * nor for admission policies, so without it one `kubectl delete` by any cluster-admin ends all protection.
 *
 * What stays open: the guard itself can be deleted, since admission policies are not evaluated on admission policies.
 * That takes RBAC and an alert on the audit log. Source: k8s.io/apiserver admission/plugin/policy/generic/plugin.go.
 */
import { celText, isOneOf } from './format-cel.ts';
import type { Manifest } from './plan-registration.ts';
import { REGISTRATION_NAME } from './plan-registration.ts';

/** The name of the policy and of its binding. */
export const GUARD_NAME = 'registration.holdfast.dev';

export interface GuardOptions {
  /** Exact usernames that may change or delete our webhook configurations. */
  readonly allowedUsernames: readonly string[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';

/** The policy and its binding. */
export function planGuard({ allowedUsernames }: GuardOptions): readonly Manifest[] {
  return [policy([...new Set(allowedUsernames)].toSorted()), binding()];
}

function policy(usernames: readonly string[]): Manifest {
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: GUARD_NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        resourceRules: [
          {
            apiGroups: ['admissionregistration.k8s.io'],
            apiVersions: ['*'],
            operations: ['UPDATE', 'DELETE'],
            resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
            scope: 'Cluster',
          },
        ],
      },
      matchConditions: [
        {
          name: 'our-registration',
          // Not `resourceNames`: the items of a DELETECOLLECTION come without a name in the request.
          expression: `oldObject.metadata.name == ${celText(REGISTRATION_NAME)}`,
        },
      ],
      validations: [
        {
          expression: isOneOf('request.userInfo.username', usernames),
          message:
            'The registration of Holdfast changes only by the accounts that its guard names ' +
            `(ValidatingAdmissionPolicy "${GUARD_NAME}")`,
          reason: 'Forbidden',
        },
      ],
    },
  };
}

function binding(): Manifest {
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: GUARD_NAME },
    spec: { policyName: GUARD_NAME, validationActions: ['Deny'] },
  };
}
