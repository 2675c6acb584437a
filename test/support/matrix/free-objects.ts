/** Objects that nobody manages: which names are free, and kinds that are guarded whoever manages them. */

/** By `resource.group`. */
export const FREE_OBJECTS: Readonly<Record<string, { readonly name: string }>> = {
  // Of the part of the range that the API server gives to no Service of its own accord.
  'ipaddresses.networking.k8s.io': { name: '10.0.0.9' },
};

const STEERS = 'it decides what the GitOps controller applies';
const MUTATES = 'it changes what the GitOps controller writes, on its way';

/** Why a cluster-admin may not make, change and delete an object of this kind although no Git manages it. */
export const NOT_FREE: Readonly<Record<string, string>> = {
  'applications.argoproj.io': STEERS,
  'kustomizations.kustomize.toolkit.fluxcd.io': STEERS,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': MUTATES,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': MUTATES,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': MUTATES,
};
