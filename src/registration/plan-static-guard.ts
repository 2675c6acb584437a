/**
 * The guards as files of the API server (Kubernetes 1.36 and later, feature gate ManifestBasedAdmissionControlConfig, alpha).
 *
 * Such policies are in force before the API server answers its first request, nobody can change them through the API, and
 * they alone are evaluated on admission policies and their bindings. So one more guard keeps those that Git declares, the
 * guards of the API, and people from policies that change the writer's requests.
 * Source: k8s.io/apiserver pkg/admission/plugin/policy/manifest; KEP-5793.
 */
import { allOf, anyOf, not, operationIs } from './format-cel.ts';
import type { Cel } from './format-cel.ts';
import {
  formatGuardLists,
  guardRule,
  IS_ALLOWED,
  IS_MARKED,
  IS_SERVICE_ACCOUNT,
  isAdmissionResource,
  STATIC_SUFFIX,
} from './format-guard.ts';
import type { Guard, GuardOptions } from './format-guard.ts';
import { listGuards, planGuardWith } from './plan-guard.ts';
import type { Manifest } from './plan-registration.ts';

/** Keeps admission policies and their bindings. */
export const POLICIES_GUARD_NAME = 'policies.holdfast.dev';
const OUR_SUFFIX = '.holdfast.dev';

const MUTATING = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'];
const RESOURCES = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', ...MUTATING];

/** Every guard of `planGuard` under a name for files, and the one over admission policies. */
export function planStaticGuard(options: GuardOptions): readonly Manifest[] {
  const guards = [
    ...listGuards(options.ownNamespace),
    [POLICIES_GUARD_NAME, POLICIES_GUARD] as const,
  ];
  return planGuardWith(
    new Map(guards.map(([name, guard]) => [`${name}${STATIC_SUFFIX}`, guard])),
    formatGuardLists(options),
  );
}

// Every new mutating policy: what it matches is for its maker to change later.
const STEERS: Cel = allOf(
  isAdmissionResource(...MUTATING),
  not(IS_SERVICE_ACCOUNT),
  anyOf(operationIs('CREATE'), allOf(operationIs('UPDATE'), 'object.?spec != oldObject.?spec')),
);
const IS_OURS: Cel = `oldObject.?metadata.?name.orValue('').endsWith('${OUR_SUFFIX}')`;

const POLICIES_GUARD: Guard = {
  rules: [guardRule('admissionregistration.k8s.io', RESOURCES, ['CREATE', 'UPDATE', 'DELETE'])],
  matchConditions: [{ name: 'a-change', expression: 'object != oldObject' }],
  isPassed: anyOf(not(anyOf(IS_OURS, IS_MARKED, STEERS)), IS_ALLOWED),
  message:
    'A mutating policy changes what the GitOps controller writes, so it is made and changed only through Git, as are the ' +
    'admission policies that Git declares and the guards of Holdfast, or by those whom the guard of Holdfast names',
  remedy:
    'Commit it to the repository that your GitOps tool applies from, or let one of them apply it; the guards of Holdfast ' +
    'come from `holdfast manifests --config holdfast.yaml --ca-file tls/ca.crt --with-guard`',
  action: 'Deny',
};
