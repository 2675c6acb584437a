/**
 * The kinds that steer admission itself. The API server asks no webhook about any of them, so that no decision exists of what
 * happens to them. Source: k8s.io/apiserver pkg/admission/plugin/webhook/predicates/rules, IsExemptAdmissionConfigurationResource.
 */
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** The API group of all of them. */
export const ADMISSION_GROUP = 'admissionregistration.k8s.io';

const MUTATING: Readonly<Record<string, string>> = {
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
};
const VALIDATING: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/** As kubectl writes them; what an API server does not serve is left out. */
export const ADMISSION_RESOURCES: readonly string[] = Object.values({
  ...VALIDATING,
  ...MUTATING,
}).map((resource) => `${resource}.${ADMISSION_GROUP}`);

/** Whether the object is of one of these kinds, in any version. */
export function isAdmissionObject({ apiVersion = '', kind = '' }: KubernetesObject): boolean {
  const isOfGroup = apiVersion.startsWith(`${ADMISSION_GROUP}/`);
  return isOfGroup && (Object.hasOwn(VALIDATING, kind) || Object.hasOwn(MUTATING, kind));
}

/** Whether objects of this kind change requests of others. */
export function isMutatingKind(kind: string): boolean {
  return Object.hasOwn(MUTATING, kind);
}

/** The resource of one of these kinds. */
export function resourceOf(kind: string): string {
  return MUTATING[kind] ?? VALIDATING[kind] ?? '';
}
