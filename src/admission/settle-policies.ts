/** Leaves out the policies that are off where the request is, as far as the labels of its namespace say so. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { isNamespaceKind } from '../kubernetes/containing-namespace.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { labelsOf } from '../policy/gatekeeper/match-constraint.ts';
import type { RequestPlace } from '../policy/request-place.ts';
import type { FactSources } from './facts/fact-sources.ts';
import type { PolicySettings } from './runtime.ts';

export interface SettledPolicies {
  readonly policies: readonly PolicyDescriptor[];
  /** Absent where labels decide nothing. */
  readonly place?: RequestPlace | undefined;
}

/** Where the namespace is read for labels. */
export type ReadNamespace = () => ReturnType<FactSources['readNamespace']>;

export interface SettlingOptions {
  readonly settings: PolicySettings | undefined;
  readonly readNamespace: ReadNamespace;
}

/** Policies that are off whatever the labels are have been left out before. */
export async function settlePolicies(
  policies: readonly PolicyDescriptor[],
  request: AdmissionRequest,
  { settings, readNamespace }: SettlingOptions,
): Promise<SettledPolicies> {
  const { namespace } = request;
  if (settings?.readsLabels(policies, namespace) !== true) return { policies };
  const labels = isNamespaceKind(request.kind)
    ? ownLabels(request)
    : await containingLabels(readNamespace);
  const place = { namespace, ...(labels !== undefined && { labels }) };
  const isOn = (policy: PolicyDescriptor) => settings.settingOf(policy, place).mode !== 'off';
  return { policies: policies.filter(isOn), place };
}

/** That it may have them is decided by the policy `namespace_labels`, in the same review. */
function ownLabels({ object, oldObject }: AdmissionRequest): RequestPlace['labels'] {
  const states = [oldObject, object].filter((one) => one !== undefined && one !== null);
  return states.length === 0 ? undefined : states.map(labelsOf);
}

async function containingLabels(read: ReadNamespace): Promise<RequestPlace['labels']> {
  const answer = await read();
  const namespace: KubernetesObject | null = answer.status === 'known' ? answer.value : null;
  return namespace === null ? undefined : [labelsOf(namespace)];
}
