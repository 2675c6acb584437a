/**
 * The guard of webhook configurations that Git declares, from service accounts: an account with a token changes by what its webhooks
 * are trusted, as cert-manager's cainjector and operators that make their own certificates do, and nothing else.
 *
 * Whoever may write webhook configurations could else switch off what Git declares of them, or send its requests elsewhere, with
 * the token of any operator.
 */
import { allOf, anyOf, metadataField, not, operationIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import { IS_ALLOWED, IS_COLLECTOR, IS_MARKED, IS_SERVICE_ACCOUNT } from './format-guard.ts';
import type { Guard } from './format-guard.ts';

/** The name of the policy, and of its binding. */
export const DECLARED_WEBHOOKS_GUARD_NAME = 'declared-webhooks.holdfast.dev';

const METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;
/** Source: k8s.io/api admissionregistration/v1, MutatingWebhook; all but its `clientConfig`. */
const WEBHOOK_FIELDS = [
  'admissionReviewVersions',
  'failurePolicy',
  'matchConditions',
  'matchPolicy',
  'namespaceSelector',
  'objectSelector',
  'reinvocationPolicy',
  'rules',
  'sideEffects',
  'timeoutSeconds',
];
const CLIENT_FIELDS = ['service', 'url'];

/** The guard with these rules and conditions beside its own. */
export function formatDeclaredWebhooksGuard({
  rules,
  matchConditions,
}: Pick<Guard, 'rules' | 'matchConditions'>): Guard {
  return {
    rules,
    matchConditions: [
      { name: 'a-service-account', expression: IS_SERVICE_ACCOUNT },
      ...matchConditions,
    ],
    isPassed: anyOf(
      not(allOf(IS_MARKED, 'object != oldObject')),
      IS_ALLOWED,
      onlyTrustChanged(),
      allOf(
        operationIs('DELETE'),
        `${metadataField('oldObject', 'ownerReferences')}.size() > 0`,
        IS_COLLECTOR,
      ),
    ),
    message:
      'Git declares this webhook configuration, so that a service account changes only the caBundle of its webhooks',
    remedy:
      'Commit it to the repository that your GitOps tool applies from; an operator that writes more is named in registration.guard.usernames, and the guards are applied again',
    action: 'Deny',
  };
}

function onlyTrustChanged(): Cel {
  const same = METADATA.map(
    (field) => `${metadataField('object', field)} == ${metadataField('oldObject', field)}`,
  );
  const fields = WEBHOOK_FIELDS.map((field) => `n.?${field} == o.?${field}`);
  const client = CLIENT_FIELDS.map(
    (field) => `n.clientConfig.?${field} == o.clientConfig.?${field}`,
  );
  const webhooks = (state: 'object' | 'oldObject'): Cel =>
    // The two kinds have different fields.
    `dyn(${state}).?webhooks.orValue([])`;
  return allOf(
    operationIs('UPDATE'),
    ...same,
    `${webhooks('object')}.size() == ${webhooks('oldObject')}.size()`,
    // Names are unique in a configuration.
    `${webhooks('object')}.all(n, ${webhooks('oldObject')}.exists(o, ${allOf('n.name == o.name', ...fields, ...client)}))`,
  );
}
