/**
 * ValidatingAdmissionPolicies over what no webhook sees, or what a webhook that is away does not protect.
 *
 * - Webhook configurations, about which the API server asks no webhook. One guard keeps our registration: without it one
 *   `kubectl delete` by any cluster-admin ends all protection. One keeps people from making mutating webhooks, which change
 *   the writer's own requests on their way, and from changing webhook configurations that Git declares. Service accounts
 *   register their own webhooks and renew certificates in them all day (cert-manager, Kyverno, Istio), so a third only has
 *   the API server's audit log tell of what they do, and a fourth keeps them from what Git declares, but for the certificates.
 * - What Holdfast stands on: its certificates, its rights, its namespace (`format-installation-guard.ts`).
 *
 * What stays open: the guards themselves can be deleted, and admission policies changed and made, since admission policies
 * of the API are not evaluated on admission policies. Those that the API server reads from files are
 * (`plan-static-guard.ts`). Source: k8s.io/apiserver admission/plugin/policy/generic/plugin.go.
 */
import { allOf, anyOf, celText, not, operationIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import {
  formatGuard,
  formatGuardLists,
  guardRule,
  IS_ALLOWED,
  IS_MARKED,
  IS_SERVICE_ACCOUNT,
  isAdmissionResource,
  WEBHOOK_RESOURCES,
} from './format-guard.ts';
import type { Guard, GuardOptions, GuardVariable } from './format-guard.ts';
import {
  DECLARED_WEBHOOKS_GUARD_NAME,
  formatDeclaredWebhooksGuard,
} from './format-declared-webhooks-guard.ts';
import { formatInstallationGuard, INSTALLATION_GUARD_NAME } from './format-installation-guard.ts';
import type { Manifest } from './plan-registration.ts';
import { REGISTRATION_NAME } from './plan-registration.ts';

/** The name of the policy over our registration, and of its binding. */
export const GUARD_NAME = 'registration.holdfast.dev';
/** Keeps people from webhooks that reach what Git declares. */
export const WEBHOOKS_GUARD_NAME = 'webhooks.holdfast.dev';
/** Tells of those that service accounts make and change. */
export const WEBHOOKS_AUDIT_NAME = 'webhooks-audit.holdfast.dev';

/** The guards that refuse. */
export const GUARD_NAMES: readonly string[] = [
  GUARD_NAME,
  WEBHOOKS_GUARD_NAME,
  DECLARED_WEBHOOKS_GUARD_NAME,
  INSTALLATION_GUARD_NAME,
];

/** All of them, also the one that only tells. */
export const ALL_GUARD_NAMES: readonly string[] = [...GUARD_NAMES, WEBHOOKS_AUDIT_NAME];

const ADMISSION_GROUP = 'admissionregistration.k8s.io';
const MUTATING = 'mutatingwebhookconfigurations';

/** Each policy with its binding, the one over our registration first. */
export function planGuard(options: GuardOptions): readonly Manifest[] {
  return planGuardWith(listGuards(options.ownNamespace), formatGuardLists(options));
}

/** The same guards with these lists. */
export function planGuardWith(
  guards: ReadonlyMap<string, Guard>,
  lists: readonly GuardVariable[],
): readonly Manifest[] {
  return [...guards].flatMap(([name, guard]) => formatGuard(name, guard, lists));
}

/** By the name of their policies. */
export function listGuards(ownNamespace: string): ReadonlyMap<string, Guard> {
  return new Map([
    [GUARD_NAME, REGISTRATION_GUARD],
    [WEBHOOKS_GUARD_NAME, PEOPLES_WEBHOOKS],
    [WEBHOOKS_AUDIT_NAME, ACCOUNTS_WEBHOOKS],
    [
      DECLARED_WEBHOOKS_GUARD_NAME,
      formatDeclaredWebhooksGuard({ rules: WEBHOOK_RULES, matchConditions: [NOT_OURS] }),
    ],
    [INSTALLATION_GUARD_NAME, formatInstallationGuard(ownNamespace)],
  ]);
}

const REGISTRATION_GUARD: Guard = {
  rules: [guardRule(ADMISSION_GROUP, WEBHOOK_RESOURCES, ['UPDATE', 'DELETE'])],
  matchConditions: [
    {
      name: 'our-registration',
      // Not `resourceNames`: items of a DELETECOLLECTION have no name in the request.
      expression: `oldObject.metadata.name == ${celText(REGISTRATION_NAME)}`,
    },
  ],
  isPassed: IS_ALLOWED,
  message: 'The registration of Holdfast is changed only by those whom its guard names',
  remedy:
    'Change the configuration, which a Holdfast with registration.manage follows; else one of them types ' +
    '`holdfast manifests --config holdfast.yaml --ca-file tls/ca.crt | kubectl apply --server-side -f -`. To remove it: ' +
    'docs/operations/uninstall.md',
  action: 'Deny',
};

const WEBHOOK_RULES = [
  guardRule(ADMISSION_GROUP, WEBHOOK_RESOURCES, ['CREATE', 'UPDATE', 'DELETE']),
];

const NOT_OURS = {
  name: 'not-our-registration',
  expression: `request.?name.orValue('') != ${celText(REGISTRATION_NAME)}`,
};

// Every new mutating webhook: which kinds it will reach is for its maker to change later.
const REACHES_MANAGED: Cel = anyOf(
  allOf(IS_MARKED, 'object != oldObject'),
  allOf(
    isAdmissionResource(MUTATING),
    anyOf(
      operationIs('CREATE'),
      allOf(operationIs('UPDATE'), 'object.?webhooks != oldObject.?webhooks'),
    ),
  ),
);

const PEOPLES_WEBHOOKS: Guard = {
  rules: WEBHOOK_RULES,
  matchConditions: [{ name: 'a-person', expression: not(IS_SERVICE_ACCOUNT) }, NOT_OURS],
  isPassed: anyOf(not(REACHES_MANAGED), IS_ALLOWED),
  message:
    'A mutating webhook changes what the GitOps controller writes, so it is made and changed only through Git, as is what ' +
    'Git declares, or by those whom the guard of Holdfast names',
  remedy:
    'Commit it to the repository that your GitOps tool applies from, or let one of them apply it',
  action: 'Deny',
};

const ACCOUNTS_WEBHOOKS: Guard = {
  rules: WEBHOOK_RULES,
  matchConditions: [{ name: 'a-service-account', expression: IS_SERVICE_ACCOUNT }, NOT_OURS],
  isPassed: anyOf(not(REACHES_MANAGED), IS_ALLOWED),
  message: 'A service account changed a webhook configuration that reaches what Git declares',
  remedy: 'If it is meant to, name it in registration.guard.usernames, and apply the guards again',
  action: 'Audit',
};
